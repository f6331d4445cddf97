package rule

import (
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// connectJoins is what a plan needs to end without push-filters and order-joins:
// of the relations of inner joins, in the order they are written, each is joined
// next that an equality connects with those before, and every condition decides
// the first join that can, or is applied to the one relation that it reads.
func connectJoins(c *Context, n logical.Node) (logical.Node, error) {
	return c.connect(n, nil), nil
}

// connect gives n with conds, which read n's columns, applied.
func (c *Context) connect(n logical.Node, conds []scalar.Expr) logical.Node {
	switch n := n.(type) {
	case *logical.Filter:
		ids := logical.IDs(n.Input)
		stay := slices.DeleteFunc(factored(n.Conds), func(e scalar.Expr) bool {
			goes := logical.Within(e, ids) && !c.isVolatile(e)
			if goes {
				conds = append(conds, e)
			}
			return goes
		})
		return filtered(c.connect(n.Input, conds), stay)
	case *logical.Join:
		if isInner(n) {
			g := &joinGroup{c: c, conds: conds}
			g.flatten(n)
			return g.connected()
		}
		if keepsLeft(n.Kind) {
			down, above := within(conds, logical.IDs(n.L))
			return filtered(n.WithInputs([]logical.Node{c.connect(n.L, down), c.connect(n.R, nil)}), above)
		}
	case *logical.Project:
		down, above := within(conds, passed(n))
		return filtered(n.WithInputs([]logical.Node{c.connect(n.Input, down)}), above)
	}
	if in := n.Inputs(); len(in) > 0 {
		out := make([]logical.Node, len(in))
		for i, k := range in {
			out[i] = c.connect(k, nil)
		}
		n = n.WithInputs(out)
	}
	return filtered(n, conds)
}

// within parts the conditions that read only columns of ids from the others.
func within(conds []scalar.Expr, ids map[int]bool) (down, above []scalar.Expr) {
	for _, e := range conds {
		if logical.Within(e, ids) {
			down = append(down, e)
		} else {
			above = append(above, e)
		}
	}
	return down, above
}

// passed is the set of columns that p gives as they are.
func passed(p *logical.Project) map[int]bool {
	ids := map[int]bool{}
	for i, e := range p.Items {
		if col, ok := e.(*scalar.Column); ok && col.ID == p.Cols[i].ID {
			ids[col.ID] = true
		}
	}
	return ids
}

// factored is conds with what all branches of an OR have in common apart, as some
// write the equalities of a join.
func factored(conds []scalar.Expr) []scalar.Expr {
	var out []scalar.Expr
	for _, e := range conds {
		out = append(out, factor(e)...)
	}
	return out
}

func isInner(n logical.Node) bool {
	j, ok := n.(*logical.Join)
	return ok && j.Kind == logical.Inner && !j.Apply
}

// joinGroup is the relations of inner joins and what holds for their rows.
type joinGroup struct {
	c     *Context
	rels  []logical.Node
	conds []scalar.Expr
}

func (g *joinGroup) flatten(n logical.Node) {
	if f, ok := n.(*logical.Filter); ok && isInner(f.Input) {
		g.flatten(f.Input)
		g.conds = append(g.conds, factored(f.Conds)...)
		return
	}
	if isInner(n) {
		j := n.(*logical.Join)
		g.flatten(j.L)
		g.flatten(j.R)
		g.conds = append(g.conds, factored(j.On)...)
		return
	}
	g.rels = append(g.rels, g.c.connect(n, nil))
}

// connected joins the relations.
func (g *joinGroup) connected() logical.Node {
	for i, r := range g.rels {
		ids := logical.IDs(r)
		g.rels[i] = filtered(r, g.take(func(e scalar.Expr) bool { return side(e, ids) }))
	}
	n, rest := g.rels[0], g.rels[1:]
	have := logical.IDs(n)
	for len(rest) > 0 {
		at := max(0, slices.IndexFunc(rest, func(r logical.Node) bool { return connects(g.conds, have, logical.IDs(r)) }))
		have = merged(have, logical.IDs(rest[at]))
		on := g.take(func(e scalar.Expr) bool { return side(e, have) })
		n = &logical.Join{Kind: logical.Inner, L: n, R: rest[at], On: on}
		rest = slices.Delete(slices.Clone(rest), at, at+1)
	}
	return filtered(n, g.conds)
}

// take gives the conditions that which chooses, and forgets them.
func (g *joinGroup) take(which func(scalar.Expr) bool) (taken []scalar.Expr) {
	g.conds = slices.DeleteFunc(slices.Clone(g.conds), func(e scalar.Expr) bool {
		goes := which(e) && !g.c.isVolatile(e)
		if goes {
			taken = append(taken, e)
		}
		return goes
	})
	return taken
}

// side reports whether e reads columns, all of them in ids.
func side(e scalar.Expr, ids map[int]bool) bool {
	return logical.Within(e, ids) && logical.Refs(e, ids)
}

// connects reports whether one of conds equates something of l with something of r.
func connects(conds []scalar.Expr, l, r map[int]bool) bool {
	return slices.ContainsFunc(conds, func(e scalar.Expr) bool {
		c, ok := e.(*scalar.Call)
		if !ok || c.Name != "=" {
			return false
		}
		a, b := c.Args[0], c.Args[1]
		return side(a, l) && side(b, r) || side(a, r) && side(b, l)
	})
}
