package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// distribute spreads rows over tasks by their keys and sorts them in each. An
// INSERT above leaves them so.
func (l *Lowerer) distribute(n *logical.Distribute, want need, ordered bool) (*plan, error) {
	want = want.with(n.Exprs()...)
	ordered = ordered && len(n.Sort) == 0
	in, err := l.lower(n.Input, want, ordered)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, want)
	if len(n.Keys) > 0 {
		est := l.cost.Of(n.Input)
		in = l.hashed(in, n.Keys, l.partitions(est.Rows*est.Width(in.cols), 0), ordered)
	}
	if len(n.Sort) > 0 {
		in.node = &physical.Sort{Unary: unary(in.node), Keys: in.keys(n.Sort)}
	}
	return in, nil
}

// asked reports whether the statement says itself which task has which rows of n.
func asked(n logical.Node) bool {
	for {
		p, ok := n.(*logical.Project)
		if !ok {
			_, ok := n.(*logical.Distribute)
			return ok
		}
		n = p.Input
	}
}
