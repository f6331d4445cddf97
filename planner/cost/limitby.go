package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
)

func (m *Model) limitBy(n *logical.LimitBy) *Estimate {
	in := m.Of(n.Input)
	out := &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
	if n.Count >= 0 {
		groups := 1.0
		for _, e := range n.By {
			groups *= math.Max(1, ofExpr(in, e).NDV)
		}
		out.Rows = math.Min(out.Rows, groups*float64(n.Count))
	}
	return out
}
