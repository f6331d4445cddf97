package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// expand computes several lists of expressions over each batch of its input, one
// after the other.
type expand struct {
	input
	lists []*exprList
	batch *batch.Batch // of the input, while lists from at on are due
	at    int
	out   batch.Batch
}

func newExpand(n *physical.Expand, in []Operator, env *Env) (*expand, error) {
	e := &expand{input: input{in[0]}}
	for _, list := range n.Lists {
		l, err := compileList(list, env)
		if err != nil {
			return nil, err
		}
		e.lists = append(e.lists, l)
	}
	return e, nil
}

func (e *expand) Next(ctx context.Context) (*batch.Batch, error) {
	for e.batch == nil {
		b, err := e.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rows() > 0 {
			e.batch, e.at = b, 0
		}
	}
	cols, err := e.lists[e.at].eval(e.batch)
	if err != nil {
		return nil, err
	}
	e.out = batch.Batch{Columns: append(e.out.Columns[:0], cols...), N: e.batch.Rows()}
	if e.at++; e.at == len(e.lists) {
		e.batch = nil
	}
	return &e.out, nil
}
