package operator

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// singleRow gives exactly one row: its input's, or NULLs if it has none.
type singleRow struct {
	input
	types []types.Type
	done  bool
}

func newSingleRow(n *physical.SingleRow, in []Operator, _ *Env) (*singleRow, error) {
	return &singleRow{input: input{in[0]}, types: schemaTypes(n)}, nil
}

func (s *singleRow) Next(ctx context.Context) (*batch.Batch, error) {
	if s.done {
		return nil, io.EOF
	}
	var row *batch.Batch
	for {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if row != nil || b.Rows() > 1 {
			return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, physical.ManyRows).
				WithHint("add LIMIT 1 or an aggregate to the subquery")
		}
		row = b.Clone()
	}
	s.done = true
	if row == nil {
		row = &batch.Batch{N: 1}
		for _, t := range s.types {
			row.Columns = append(row.Columns, batch.NullColumn(t, 1))
		}
	}
	return row, nil
}
