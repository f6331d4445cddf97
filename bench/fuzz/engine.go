package fuzz

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
)

// answer is what an engine gave for a statement.
type answer struct {
	Rows  [][]*string `json:"rows"`
	Error string      `json:"error"`
	Fatal bool        `json:"fatal"` // DuckDB cannot go on
	err   error       // of ours
}

// run runs a statement in our engine with further settings.
func run(ctx context.Context, s server.Statements, settings map[string]string, text string) answer {
	rows, err := rowsOf(ctx, s, server.Request{Text: text, State: server.State{Project: "default", Settings: settings}})
	if err != nil {
		return answer{err: err, Error: err.Error()}
	}
	return answer{Rows: rows}
}

func rowsOf(ctx context.Context, s server.Statements, r server.Request) (rows [][]*string, err error) {
	st, err := s.Submit(ctx, r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if _, err := st.Wait(ctx); err != nil {
		return nil, err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = appendRows(rows, b.Dense())
	}
}

func appendRows(rows [][]*string, b *batch.Batch) [][]*string {
	for i := range b.N {
		row := make([]*string, len(b.Columns))
		for c, col := range b.Columns {
			if !col.IsNull(i) {
				v := string(batch.AppendText(nil, col, i, time.UTC))
				row[c] = &v
			}
		}
		rows = append(rows, row)
	}
	return rows
}
