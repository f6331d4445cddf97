package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
)

// window keeps the rows, but of a partition at most as many as Top allows.
func (m *Model) window(n *logical.Window) *Estimate {
	in := m.Of(n.Input)
	out := &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
	if n.Top != nil {
		out.Rows = math.Min(out.Rows, m.Partitions(n)*float64(n.Top.Limit))
	}
	for i, c := range n.Cols {
		out.Columns[c.ID] = Column{NDV: out.Rows, Min: math.NaN(), Max: math.NaN(), Width: width(n.Funcs[i].Typ)}
	}
	return out
}

// Partitions estimates the number of partitions of a window.
func (m *Model) Partitions(n *logical.Window) float64 {
	in, count := m.Of(n.Input), 1.0
	for _, k := range n.Partition {
		count *= math.Max(1, ofExpr(in, k).NDV)
	}
	return math.Min(count, in.Rows)
}
