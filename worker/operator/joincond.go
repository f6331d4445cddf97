package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/worker/expr"
)

// pairFilter decides which pairs of a left and a right row a condition is true for.
type pairFilter struct {
	cond  *expr.Filter
	width int   // left columns
	left  []int // the columns the condition uses
	right []int
	cols  []*batch.Column // those columns of the pairs, the others nil
}

// newPairFilter compiles a condition over left then right columns, of which the
// left ones are width; nil gives nil.
func newPairFilter(cond scalar.Expr, width int, env *Env) (*pairFilter, error) {
	if cond == nil {
		return nil, nil
	}
	c, err := expr.CompileFilter(cond, env.Functions, env.Session)
	if err != nil {
		return nil, err
	}
	f := &pairFilter{cond: c, width: width}
	used := map[int]bool{}
	scalar.Columns(cond, used)
	for id := range used {
		for len(f.cols) <= id {
			f.cols = append(f.cols, nil)
		}
		if id < width {
			f.left = append(f.left, id)
		} else {
			f.right = append(f.right, id-width)
		}
	}
	return f, nil
}

// sel gives the positions p of the pairs (li[p], ri[p]) for which the condition
// is true, ascending.
func (f *pairFilter) sel(left *batch.Batch, right []*batch.Column, li, ri []int32) ([]int32, error) {
	for _, c := range f.left {
		f.cols[c] = batch.Take(left.Columns[c], li)
	}
	for _, c := range f.right {
		f.cols[f.width+c] = batch.Take(right[c], ri)
	}
	return f.cond.Select(batch.New(len(li), f.cols...))
}
