package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// limitBy passes the rows skip..end-1 of each run of rows with equal keys.
type limitBy struct {
	input
	keys      *exprList
	skip, end int64 // end < 0: no bound
	count     int64 // rows of the current group so far
	last      []*batch.Column
	verifier  verifier
	from, to  []int32
	sel       []int32
}

func newLimitBy(n *physical.LimitBy, in []Operator, env *Env) (*limitBy, error) {
	keys, err := compileList(n.By, env)
	if err != nil {
		return nil, err
	}
	l := &limitBy{input: input{in[0]}, keys: keys, skip: n.Offset, end: -1}
	if n.Count >= 0 {
		l.end = n.Offset + n.Count
	}
	return l, nil
}

func (l *limitBy) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := l.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		sel, err := l.pick(b)
		if err != nil {
			return nil, err
		}
		if len(sel) > 0 {
			return &batch.Batch{N: b.N, Sel: sel, Columns: b.Columns}, nil
		}
	}
}

// pick gives the positions of b's rows that pass.
func (l *limitBy) pick(b *batch.Batch) ([]int32, error) {
	cols, err := l.keys.eval(b)
	if err != nil {
		return nil, err
	}
	n := b.Rows()
	l.from, l.to = l.from[:0], l.to[:0]
	for i := 1; i < n; i++ {
		l.from, l.to = append(l.from, int32(i-1)), append(l.to, int32(i))
	}
	if l.last == nil || len(l.verifier.equal(l.last, cols, []int32{0}, []int32{0}, false)) == 0 {
		l.count = 0
	}
	same := l.verifier.equal(cols, cols, l.from, l.to, false)
	l.sel = growInts(l.sel, 0)
	for i := range n {
		if i > 0 {
			if len(same) > 0 && same[0] == int32(i-1) {
				same = same[1:]
			} else {
				l.count = 0
			}
		}
		if l.count >= l.skip && (l.end < 0 || l.count < l.end) {
			at := int32(i)
			if b.Sel != nil {
				at = b.Sel[i]
			}
			l.sel = append(l.sel, at)
		}
		l.count++
	}
	l.last = batch.New(n, cols...).Slice(n-1, n).Clone().Columns
	return l.sel, nil
}
