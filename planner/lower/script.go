package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// script runs in every task of its input. What it gives may depend on the order of
// its rows, so that has to be defined.
func (l *Lowerer) script(n *logical.Script) (*plan, error) {
	in, err := l.lower(n.Input, need{}.with(n.Args...), true)
	if err != nil {
		return nil, err
	}
	out := &plan{cols: n.Cols, dist: dist{single: in.dist.single}, rows: l.cost.Of(n).Rows}
	out.node = &physical.Script{Unary: unary(in.node), Args: in.exprs(n.Args), Program: n.Program, Names: names(n.Cols)}
	return out, nil
}
