package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// What a table function is taken to make of a row, and how often a value of its
// columns comes again.
const (
	expansion = 4
	repeats   = 40
)

func (m *Model) generate(n *logical.Generate) *Estimate {
	in := m.Of(n.Input)
	rows := in.Rows * rowsOf(n.Call)
	out := fresh(rows, n.Cols)
	for id, c := range out.Columns {
		c.NDV = math.Max(1, rows/repeats)
		out.Columns[id] = c
	}
	for id, c := range in.Columns {
		out.Columns[id] = c
	}
	return out
}

func rowsOf(call scalar.TableCall) float64 {
	switch call.Name {
	case "stack":
		if l, ok := call.Args[0].(*scalar.Literal); ok {
			return Number(l.Value, l.Typ)
		}
	case "json_tuple", "keyvalue_tuple", "parse_url_tuple":
		return 1
	}
	return expansion
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
