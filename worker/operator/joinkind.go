package operator

import (
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// neededRight tells which right columns the output or the residual needs.
func neededRight(n *physical.HashJoin, residual *pairFilter) []bool {
	_, needs := wantedColumns(n)
	if residual != nil {
		for _, c := range residual.right {
			needs[c] = true
		}
	}
	return needs
}

// wantedColumns tells which columns of the two sides leave the join.
func wantedColumns(n *physical.HashJoin) (left, right []bool) {
	left, right = make([]bool, len(n.Left.Schema())), make([]bool, len(n.Right.Schema()))
	wanted := func(i int) bool { return n.Output == nil || slices.Contains(n.Output, i) }
	base := 0
	if n.Kind != physical.RightSemi && n.Kind != physical.RightAnti {
		base = len(left)
		for i := range left {
			left[i] = wanted(i)
		}
	}
	for i := range right {
		right[i] = givesRight(n.Kind) && wanted(base+i)
	}
	return left, right
}

// pickColumns keeps the columns of b at the positions in output, all for nil.
func pickColumns(b *batch.Batch, output []int) *batch.Batch {
	if output == nil {
		return b
	}
	out := &batch.Batch{N: b.N, Sel: b.Sel, Columns: make([]*batch.Column, len(output))}
	for i, o := range output {
		out.Columns[i] = b.Columns[o]
	}
	return out
}

// givesRight reports whether right columns leave a join of that kind.
func givesRight(k physical.JoinKind) bool {
	switch k {
	case physical.LeftSemi, physical.LeftAnti, physical.LeftAntiNull, physical.LeftMark:
		return false
	}
	return true
}

// keepsRight reports whether the join must know which right rows had a match.
func keepsRight(k physical.JoinKind) bool {
	switch k {
	case physical.RightOuter, physical.FullOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}

// dropsUnmatched reports whether a left row without a match leaves no trace, so
// that scans on the left may leave it out.
func dropsUnmatched(k physical.JoinKind) bool {
	switch k {
	case physical.Inner, physical.LeftSemi, physical.RightOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}
