package cost

import (
	"github.com/bixidata/bixi/planner/logical"
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
