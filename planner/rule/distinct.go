package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// splitDistinct rewrites aggregates over distinct arguments. With one set of
// arguments x and nothing else: group by the keys and x first, then by the keys,
// where each x occurs once. Otherwise each set is computed on its own and the
// results are joined on the keys, or, where the input is worth it, rows are copied
// for each set (copyDistinct).
func splitDistinct(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		if a, ok := n.(*logical.Aggregate); ok {
			return c.splitOne(a)
		}
		return n
	}), nil
}

func (c *Context) splitOne(a *logical.Aggregate) logical.Node {
	sets := map[string][]int{}
	var order []string
	var plain []int
	for i, g := range a.Aggs {
		if !g.Distinct || len(g.Order) > 0 {
			plain = append(plain, i)
			continue
		}
		key := scalar.Aggregate{Args: distinctArgs(g), Filter: g.Filter}.Identity()
		if sets[key] == nil {
			order = append(order, key)
		}
		sets[key] = append(sets[key], i)
	}
	if len(order) == 0 {
		return a
	}
	if len(order) == 1 && len(plain) == 0 {
		p := c.distinctPart(a, sets[order[0]])
		p.Cols = a.Cols
		return p
	}
	if !c.isCheap(a.Input) {
		groups := make([][]int, len(order))
		for i, key := range order {
			groups[i] = sets[key]
		}
		return c.copyDistinct(a, plain, groups)
	}
	// Each distinct set is an aggregation of its own, over groups made unique.
	parts := []*logical.Aggregate{}
	if len(plain) > 0 {
		parts = append(parts, c.part(a, plain))
	}
	for _, key := range order {
		parts = append(parts, c.distinctPart(a, sets[key]))
	}
	return c.joinParts(a, parts)
}

// isCheap reports whether n only reads a table, so that it may as well be read
// again.
func (c *Context) isCheap(n logical.Node) bool {
	for _, e := range n.Exprs() {
		if c.isVolatile(e) {
			return false
		}
	}
	switch n.(type) {
	case *logical.Scan, *logical.Values:
		return true
	case *logical.Filter, *logical.Project, *logical.Expand:
		return c.isCheap(n.Inputs()[0])
	}
	return false
}

// distinctArgs are the arguments of g that vary, or the first if none does.
func distinctArgs(g scalar.Aggregate) []scalar.Expr {
	var out []scalar.Expr
	for _, e := range g.Args {
		if _, constant := e.(*scalar.Literal); !constant {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return g.Args[:1]
	}
	return out
}

// overUnique is g over columns, by the identity of what they hold, in which each
// combination occurs once.
func overUnique(g scalar.Aggregate, columns map[string]logical.Column) scalar.Aggregate {
	g.Distinct, g.Filter = false, nil
	g.Args = logical.Map(g.Args, func(e scalar.Expr) scalar.Expr {
		if c, ok := columns[scalar.Identity(e)]; ok {
			return c.Ref()
		}
		return e
	})
	return g
}

// part computes the aggregates at the positions is only, with fresh key columns;
// the aggregates keep their columns.
func (c *Context) part(a *logical.Aggregate, is []int) *logical.Aggregate {
	p := &logical.Aggregate{Input: a.Input, Keys: a.Keys, Always: a.Always}
	for _, col := range a.Cols[:len(a.Keys)] {
		p.Cols = append(p.Cols, c.NewColumn(col.Name, col.Type, col.Required))
	}
	for _, i := range is {
		p.Aggs = append(p.Aggs, a.Aggs[i])
		p.Cols = append(p.Cols, a.Cols[len(a.Keys)+i])
	}
	return p
}

// distinctPart computes the aggregates at the positions is, which have the same
// distinct arguments.
func (c *Context) distinctPart(a *logical.Aggregate, is []int) *logical.Aggregate {
	first := a.Aggs[is[0]]
	unique := &logical.Aggregate{Input: a.Input}
	for i, k := range a.Keys {
		unique.Keys = append(unique.Keys, k)
		unique.Cols = append(unique.Cols, c.NewColumn(a.Cols[i].Name, k.Type(), a.Cols[i].Required))
	}
	columns := map[string]logical.Column{}
	for _, x := range distinctArgs(first) {
		col := c.NewColumn("_distinct", x.Type(), false)
		unique.Keys, unique.Cols = append(unique.Keys, where(first.Filter, x)), append(unique.Cols, col)
		columns[scalar.Identity(x)] = col
	}
	p := c.part(a, is)
	p.Input = unique
	p.Keys = nil
	for i := range a.Keys {
		p.Keys = append(p.Keys, unique.Cols[i].Ref())
	}
	for i, g := range p.Aggs {
		p.Aggs[i] = overUnique(g, columns)
	}
	return p
}

// where is x where cond, if there is one, is true and NULL elsewhere: aggregates
// pass over NULL.
func where(cond, x scalar.Expr) scalar.Expr {
	if cond == nil {
		return x
	}
	return &scalar.Case{Whens: []scalar.Expr{cond}, Thens: []scalar.Expr{x}, Else: &scalar.Literal{Typ: x.Type()}, Typ: x.Type()}
}

// joinParts joins the parts on their keys, NULLs being equal, and gives a's columns.
func (c *Context) joinParts(a *logical.Aggregate, parts []*logical.Aggregate) logical.Node {
	var n logical.Node = parts[0]
	for _, p := range parts[1:] {
		j := &logical.Join{Kind: logical.Inner, L: n, R: p}
		for i := range a.Keys {
			j.On = append(j.On, call("<=>", parts[0].Cols[i].Ref(), p.Cols[i].Ref()))
		}
		n = j
	}
	p := &logical.Project{Input: n, Cols: a.Cols}
	for i, col := range a.Cols {
		if i < len(a.Keys) {
			col = parts[0].Cols[i]
		}
		p.Items = append(p.Items, col.Ref())
	}
	// The aggregates' columns keep their numbers below; the projection renames
	// them to fresh ones so that no column is given twice.
	renamed := map[int]scalar.Expr{}
	for _, part := range parts {
		for i := len(part.Keys); i < len(part.Cols); i++ {
			fresh := c.NewColumn(part.Cols[i].Name, part.Cols[i].Type, part.Cols[i].Required)
			renamed[part.Cols[i].ID] = fresh.Ref()
			part.Cols[i] = fresh
		}
	}
	p.Items = logical.Map(p.Items, func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, renamed) })
	return p
}
