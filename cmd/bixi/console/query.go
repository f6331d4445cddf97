package console

import (
	"context"
	"io"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/types"
)

// Rows is a small result.
type Rows struct {
	Schema  types.Schema
	Rows    [][]types.Datum
	Outcome server.Outcome
}

// Query runs one statement and gives its whole result; for the few rows of SHOW,
// DESC and aggregates.
func Query(ctx context.Context, s server.Statements, r server.Request) (*Rows, error) {
	st, err := s.Submit(ctx, r)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	out := &Rows{}
	if out.Outcome, err = st.Wait(ctx); err != nil {
		return nil, err
	}
	if out.Schema, err = st.Schema(ctx); err != nil {
		return nil, err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		b = b.Dense()
		for i := range b.N {
			row := make([]types.Datum, len(b.Columns))
			for k, c := range b.Columns {
				if !c.IsNull(i) {
					row[k] = c.Datum(i)
				}
			}
			out.Rows = append(out.Rows, row)
		}
	}
}
