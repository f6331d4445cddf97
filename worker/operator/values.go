package operator

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// values gives constant rows.
type values struct {
	node *physical.Values
	step int
	next int
}

func newValues(n *physical.Values, _ []Operator, env *Env) (*values, error) {
	return &values{node: n, step: env.batchRows()}, nil
}

func (v *values) Open(context.Context) error { return nil }

func (v *values) Next(context.Context) (*batch.Batch, error) {
	rows := v.node.Rows[v.next:]
	if len(rows) == 0 {
		return nil, io.EOF
	}
	rows = rows[:min(len(rows), v.step)]
	v.next += len(rows)
	out := &batch.Batch{N: len(rows)}
	for i, f := range v.node.Fields {
		if len(rows) == 1 {
			out.Columns = append(out.Columns, batch.DatumColumn(f.Type, rows[0][i], 1))
			continue
		}
		b := batch.NewBuilder(f.Type)
		for _, r := range rows {
			b.AppendDatum(r[i])
		}
		out.Columns = append(out.Columns, b.Finish())
	}
	return out, nil
}

func (v *values) Close() error { return nil }
