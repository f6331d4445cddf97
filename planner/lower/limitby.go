package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// limitBy brings the rows of a group together, sorts, and cuts each group.
func (l *Lowerer) limitBy(n *logical.LimitBy, want need) (*plan, error) {
	want = want.with(n.Exprs()...)
	in, err := l.lower(n.Input, want, false)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, want)
	if !in.dist.single && !within(in.dist.keys, texts(n.By)) {
		in = l.hashed(in, n.By, l.partitions(in.rows*l.cost.Of(n.Input).Width(in.cols), 0), false)
	}
	var keys []scalar.SortKey
	for _, e := range n.By {
		keys = append(keys, scalar.SortKey{Expr: e})
	}
	in.node = &physical.Sort{Unary: unary(in.node), Keys: in.keys(append(keys, n.Keys...))}
	in.node = &physical.LimitBy{Unary: unary(in.node), By: in.exprs(n.By), Count: n.Count, Offset: n.Offset}
	in.rows = l.cost.Of(n).Rows
	return in, nil
}
