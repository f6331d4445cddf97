package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// repeater gives each row of its input as often as an expression says.
type repeater struct {
	input
	count *exprList
	step  int

	batch  *batch.Batch // of the input, dense
	counts *batch.Column
	row    int
	given  int64 // copies of row given so far
	rows   []int32
}

func newRepeat(n *physical.Repeat, in []Operator, env *Env) (*repeater, error) {
	count, err := compileList([]scalar.Expr{n.Count}, env)
	if err != nil {
		return nil, err
	}
	return &repeater{input: input{in[0]}, count: count, step: env.batchRows()}, nil
}

func (r *repeater) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if r.batch == nil {
			b, err := r.in.Next(ctx)
			if err != nil {
				return nil, err
			}
			if b.Rows() == 0 {
				continue
			}
			cols, err := r.count.eval(b)
			if err != nil {
				return nil, err
			}
			r.batch, r.counts, r.row, r.given = b.Dense(), cols[0], 0, 0
		}
		if b := r.take(); b != nil {
			return b, nil
		}
		r.batch = nil
	}
}

// take gives the next copies of rows, nil when those of the batch are given.
func (r *repeater) take() *batch.Batch {
	r.rows = r.rows[:0]
	for ; r.row < r.batch.N; r.row, r.given = r.row+1, 0 {
		if r.counts.IsNull(r.row) {
			continue
		}
		for ; r.given < r.counts.Int(r.row); r.given++ {
			if len(r.rows) == r.step {
				return r.batch.Take(r.rows)
			}
			r.rows = append(r.rows, int32(r.row))
		}
	}
	if len(r.rows) == 0 {
		return nil
	}
	return r.batch.Take(r.rows)
}
