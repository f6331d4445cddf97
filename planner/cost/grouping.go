package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

func (m *Model) expand(n *logical.Expand) *Estimate {
	in := m.Of(n.Input)
	sets := float64(len(n.Sets))
	out := &Estimate{Rows: in.Rows * sets, Columns: copyOf(in.Columns)}
	for k, c := range n.Cols {
		d := ofExpr(in, n.Keys[k])
		lacking := 0.0
		for s := range n.Sets {
			if !n.Has(s, k) {
				lacking++
			}
		}
		d.NullFrac = 1 - (1-d.NullFrac)*(1-lacking/sets)
		out.Columns[c.ID] = d
	}
	out.Columns[n.Set.ID] = Column{NDV: sets, Min: 0, Max: sets - 1, Width: width(n.Set.Type)}
	return out
}

// groupingSets estimates an aggregation over x: the groups of its sets together.
func (m *Model) groupingSets(n *logical.Aggregate, x *logical.Expand) *Estimate {
	in, expanded := m.Of(x.Input), m.Of(x)
	at := map[int]int{}
	for k, c := range x.Cols {
		at[c.ID] = k
	}
	out := &Estimate{Columns: map[int]Column{}}
	for s := range x.Sets {
		var keys []Column
		for _, key := range n.Keys {
			if c, ok := key.(*scalar.Column); ok {
				if k, ok := at[c.ID]; (ok && !x.Has(s, k)) || c.ID == x.Set.ID {
					continue
				}
			}
			keys = append(keys, ofExpr(expanded, key))
		}
		out.Rows += math.Min(combinations(keys), in.Rows)
	}
	for i, key := range n.Keys {
		out.Columns[n.Cols[i].ID] = ofExpr(expanded, key)
	}
	for i, a := range n.Aggs {
		out.Columns[n.Cols[len(n.Keys)+i].ID] = Column{NDV: out.Rows, Min: math.NaN(), Max: math.NaN(), Width: width(a.Typ)}
	}
	return out
}
