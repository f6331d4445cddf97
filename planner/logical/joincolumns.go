package logical

import "slices"

// joinColumns remembers the columns of a join: in a tree of many joins each would
// put them together anew, from the bottom. They are those of the node they were
// made for, and a copy of it that was changed has others.
type joinColumns struct {
	kind JoinKind
	l, r Node
	mark Column
	cols []Column
}

// of gives the columns of n, which nobody changes.
func (k *joinColumns) of(n *Join) []Column {
	if k.cols == nil || k.kind != n.Kind || k.l != n.L || k.r != n.R || k.mark.ID != n.Mark.ID {
		*k = joinColumns{n.Kind, n.L, n.R, n.Mark, n.columns()}
	}
	return k.cols
}

func (n *Join) columns() []Column {
	l, r := n.L.Columns(), n.R.Columns()
	switch n.Kind {
	case Semi, Anti, AntiNull:
		return slices.Clip(l)
	case Mark:
		return append(slices.Clip(l), n.Mark)
	case Left, Single:
		r = nullable(r)
	case Right:
		l = nullable(l)
	case Full:
		l, r = nullable(l), nullable(r)
	}
	return slices.Clip(slices.Concat(l, r))
}
