package fuzz

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
)

// answer is what an engine gave for a statement.
type answer struct {
	Rows  [][]*string `json:"rows"`
	Error string      `json:"error"`
	err   error       // of ours
}

//go:embed duckdb_driver.py
var driver string

// oracle is a DuckDB in a process of its own.
type oracle struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// openOracle starts DuckDB; python is an interpreter that has its module.
func openOracle(ctx context.Context, python string, log io.Writer) (*oracle, error) {
	o := &oracle{cmd: exec.CommandContext(ctx, python, "-c", driver)}
	o.cmd.Stderr = log
	var err error
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.out = bufio.NewReaderSize(out, 1<<20)
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting DuckDB: %w", err)
	}
	return o, nil
}

func (o *oracle) close() error { return errors.Join(o.in.Close(), o.cmd.Wait()) }

// ask runs statements in one round trip.
func (o *oracle) ask(statements ...string) ([]answer, error) {
	line, err := json.Marshal(statements)
	if err != nil {
		return nil, err
	}
	if _, err := o.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("DuckDB has ended: %w", err)
	}
	reply, err := o.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("DuckDB has ended: %w", err)
	}
	var out []answer
	return out, json.Unmarshal(reply, &out)
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
