package cost

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// expansion is the rows that a table function is taken to make of one.
const expansion = 4

func (m *Model) generate(n *logical.Generate) *Estimate {
	in := m.Of(n.Input)
	out := fresh(in.Rows*expansion, n.Cols)
	for id, c := range in.Columns {
		out.Columns[id] = c
	}
	return out
}

// shareSelectivity is the share of all rows that TABLESAMPLE takes.
func shareSelectivity(e *scalar.Call) float64 {
	low, okLow := e.Args[0].(*scalar.Literal)
	high, okHigh := e.Args[1].(*scalar.Literal)
	if !okLow || !okHigh {
		return otherDefault
	}
	from, _ := low.Value.(float64)
	to, _ := high.Value.(float64)
	return clamp(to - from)
}
