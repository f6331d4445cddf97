package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// asksFor reports whether a hint asks for a side of n to be broadcast that can be.
// swap is then set so that this side becomes the build side.
func (l *Lowerer) asksFor(n *logical.Join, kind physical.JoinKind, ls, rs *joinSide, swap *bool) bool {
	other, can := swapped[kind]
	can = can && n.Kind != logical.Single
	switch {
	case !preservesRight(kind) && l.obey(rs.cols):
		*swap = false
		return true
	case can && !preservesRight(other) && l.obey(ls.cols):
		*swap = true
		return true
	}
	return false
}

// obey reports whether hints cover all of cols, and marks those hints.
func (l *Lowerer) obey(cols []logical.Column) bool {
	var hints []*logical.Broadcast
	for _, c := range cols {
		var of *logical.Broadcast
		for _, h := range l.opts.Broadcasts {
			if h.Columns[c.ID] {
				of = h
			}
		}
		if of == nil {
			return false
		}
		hints = append(hints, of)
	}
	for _, h := range hints {
		h.Obeyed = true
	}
	return len(hints) > 0
}
