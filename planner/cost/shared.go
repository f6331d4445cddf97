package cost

import "github.com/bixidata/bixi/planner/logical"

// shared estimates a use of a definition.
func (m *Model) shared(n *logical.Shared) *Estimate {
	in := m.Of(n.Def.Root)
	out := &Estimate{Rows: in.Rows, Columns: map[int]Column{}}
	relations := map[int]int{0: 0} // each use has rows of its own
	for i, c := range n.Cols {
		if s, ok := in.Columns[n.From[i]]; ok {
			if _, ok := relations[s.Of]; !ok {
				relations[s.Of] = 1 + c.ID
			}
			s.Of = relations[s.Of]
			out.Columns[c.ID] = s
		}
	}
	return out
}
