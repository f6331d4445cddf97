package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/worker/expr"
)

// filter narrows the selection of its input's batches.
type filter struct {
	input
	cond *expr.Filter
	out  batch.Batch
}

func newFilter(n *physical.Filter, in []Operator, env *Env) (*filter, error) {
	cond, err := expr.CompileFilter(n.Cond, env.Functions, env.Session)
	if err != nil {
		return nil, err
	}
	return &filter{input: input{in[0]}, cond: cond}, nil
}

func (f *filter) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := f.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		sel, err := f.cond.Select(b)
		if err != nil {
			return nil, err
		}
		switch len(sel) {
		case 0:
			continue
		case b.Rows():
			return b, nil
		}
		f.out = batch.Batch{Columns: b.Columns, N: b.N, Sel: sel}
		return &f.out, nil
	}
}
