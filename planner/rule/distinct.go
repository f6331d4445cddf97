package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
)

// splitDistinct rewrites aggregates over distinct arguments. With one set of
// arguments x: group by the keys and x first, computing the other aggregates,
// then by the keys, where each x occurs once. With several sets, each is computed
// on its own and the results are joined on the keys.
func splitDistinct(c *Context, n logical.Node) (logical.Node, error) {
	var failed error
	out := logical.Transform(n, func(n logical.Node) logical.Node {
		a, ok := n.(*logical.Aggregate)
		if !ok || failed != nil {
			return n
		}
		res, err := c.splitOne(a)
		if err != nil {
			failed = err
			return n
		}
		return res
	})
	return out, failed
}

func (c *Context) splitOne(a *logical.Aggregate) (logical.Node, error) {
	sets := map[string][]int{}
	var order []string
	var plain []int
	for i, g := range a.Aggs {
		if !g.Distinct {
			plain = append(plain, i)
			continue
		}
		key := scalar.Aggregate{Args: g.Args, Filter: g.Filter}.String()
		if sets[key] == nil {
			order = append(order, key)
		}
		sets[key] = append(sets[key], i)
	}
	if len(order) == 0 {
		return a, nil
	}
	// Each distinct set is an aggregation of its own, over groups made unique.
	parts := []*logical.Aggregate{}
	if len(plain) > 0 {
		parts = append(parts, c.part(a, plain))
	}
	for _, key := range order {
		p, err := c.distinctPart(a, sets[key])
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 1 && len(parts[0].Cols) == len(a.Cols) {
		parts[0].Cols = a.Cols
		return parts[0], nil
	}
	return c.joinParts(a, parts), nil
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

func (c *Context) distinctPart(a *logical.Aggregate, is []int) (*logical.Aggregate, error) {
	first := a.Aggs[is[0]]
	if first.Filter != nil {
		return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{Line: first.Line, Col: first.Col}, "FILTER with DISTINCT is not supported yet")
	}
	unique := &logical.Aggregate{Input: a.Input}
	for i, k := range a.Keys {
		unique.Keys = append(unique.Keys, k)
		unique.Cols = append(unique.Cols, c.NewColumn(a.Cols[i].Name, k.Type(), a.Cols[i].Required))
	}
	args := map[string]logical.Column{}
	for _, x := range first.Args {
		col := c.NewColumn("_distinct", x.Type(), false)
		unique.Keys, unique.Cols = append(unique.Keys, x), append(unique.Cols, col)
		args[x.String()] = col
	}
	p := c.part(a, is)
	p.Input = unique
	p.Keys = nil
	for i := range a.Keys {
		p.Keys = append(p.Keys, unique.Cols[i].Ref())
	}
	for i, g := range p.Aggs {
		g.Distinct = false
		g.Args = logical.Map(g.Args, func(e scalar.Expr) scalar.Expr { return args[e.String()].Ref() })
		p.Aggs[i] = g
	}
	return p, nil
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
