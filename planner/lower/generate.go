package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// generate passes only wanted columns of the input through.
func (l *Lowerer) generate(n *logical.Generate, want need, ordered bool) (*plan, error) {
	in, err := l.lower(n.Input, want.with(n.Call.Args...), ordered)
	if err != nil {
		return nil, err
	}
	g := &physical.Generate{Unary: unary(in.node), Call: n.Call, Outer: n.Outer}
	g.Call.Args = in.exprs(n.Call.Args)
	out := &plan{node: g, dist: in.dist, rows: l.cost.Of(n).Rows}
	for i, c := range in.cols {
		if want[c.ID] {
			g.Keep, out.cols = append(g.Keep, i), append(out.cols, c)
		}
	}
	for i, c := range n.Cols {
		if want[c.ID] {
			g.Give, g.Names, out.cols = append(g.Give, i), append(g.Names, c.Name), append(out.cols, c)
		}
	}
	return out, nil
}
