package cost

import "github.com/bixidata/bixi/planner/logical"

// shared estimates a use of a definition.
func (m *Model) shared(n *logical.Shared) *Estimate {
	in := m.Of(n.Def.Root)
	out := &Estimate{Rows: in.Rows, Columns: map[int]Column{}}
	for i, c := range n.Cols {
		if s, ok := in.Columns[n.From[i]]; ok {
			out.Columns[c.ID] = s
		}
	}
	return out
}
