package rule

import (
	"maps"
	"slices"

	"github.com/bixidata/bixi/planner/scalar"
)

// edge is a condition and the set of relations it reads.
type edge struct {
	cond scalar.Expr
	rels uint64
}

// connects reports whether a join of a and b is the first that can decide the condition.
func (e edge) connects(a, b uint64) bool {
	return e.rels&^(a|b) == 0 && e.rels&^a != 0 && e.rels&^b != 0
}

// class is columns that conditions equate, at most one of a relation.
type class struct {
	columns map[int]*scalar.Column // by relation
	edges   []edge
}

// equalities puts the conditions into groups. From x = y and y = z follows x = z, so
// columns that conditions equate make one group, with an edge for every two of them: any
// of its relations can be joined with any other, and a join that decides one equality of
// its sides has decided all. Each other condition is a group of its own.
func (g *joinGraph) equalities() [][]edge {
	var classes []*class
	of := map[int]*class{} // by column
	classOf := func(c *scalar.Column) *class {
		if of[c.ID] == nil {
			of[c.ID] = &class{columns: map[int]*scalar.Column{g.of[c.ID]: c}}
			classes = append(classes, of[c.ID])
		}
		return of[c.ID]
	}
	for i, cond := range g.conds {
		e := edge{cond: cond}
		for _, r := range g.reads[i] {
			e.rels |= 1 << r
		}
		x, y, ok := equated(cond)
		if !ok {
			classes = append(classes, &class{edges: []edge{e}})
			continue
		}
		switch a, b := classOf(x), classOf(y); {
		case a == b:
			if !a.written(e.rels) {
				a.edges = append(a.edges, e)
			}
		case a.meets(b):
			classes = append(classes, &class{edges: []edge{e}})
		default:
			for r, c := range b.columns {
				a.columns[r], of[c.ID] = c, a
			}
			a.edges = append(append(a.edges, b.edges...), e)
			*b = class{}
		}
	}
	shared := map[uint64]int{} // by two relations: the classes that have columns of both
	for _, c := range classes {
		c.imply()
		for _, e := range c.edges {
			shared[e.rels]++
		}
	}
	var groups [][]edge
	for _, c := range classes {
		if len(c.edges) == 0 {
			continue
		}
		// Equalities of the same two relations go together: they are estimated as the
		// parts of one key.
		slices.SortStableFunc(c.edges, func(a, b edge) int { return shared[b.rels] - shared[a.rels] })
		groups = append(groups, c.edges)
	}
	return groups
}

// meets reports whether both classes have a column of some relation.
func (c *class) meets(o *class) bool {
	for r := range c.columns {
		if o.columns[r] != nil {
			return true
		}
	}
	return false
}

// written reports whether the columns of two relations are equated by a condition.
func (c *class) written(rels uint64) bool {
	return slices.ContainsFunc(c.edges, func(e edge) bool { return e.rels == rels })
}

// imply adds the equalities that are not written.
func (c *class) imply() {
	rels := slices.Sorted(maps.Keys(c.columns))
	for i, a := range rels {
		for _, b := range rels[:i] {
			if both := uint64(1)<<a | 1<<b; !c.written(both) {
				c.edges = append(c.edges, edge{call("=", c.columns[b], c.columns[a]), both})
			}
		}
	}
}

// equated gives the two columns of one type that e equates, if it does.
func equated(e scalar.Expr) (x, y *scalar.Column, ok bool) {
	c, ok := e.(*scalar.Call)
	if !ok || c.Name != "=" {
		return nil, nil, false
	}
	x, isX := c.Args[0].(*scalar.Column)
	y, isY := c.Args[1].(*scalar.Column)
	return x, y, isX && isY && x.Typ.Equal(y.Typ)
}
