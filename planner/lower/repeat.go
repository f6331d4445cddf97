package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

func (l *Lowerer) repeat(n *logical.Repeat, want need, ordered bool) (*plan, error) {
	in, err := l.lower(n.Input, want.with(n.Count), ordered)
	if err != nil {
		return nil, err
	}
	in.node = &physical.Repeat{Unary: unary(in.node), Count: in.expr(n.Count)}
	return in, nil
}
