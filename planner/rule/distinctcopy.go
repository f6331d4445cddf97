package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// copyDistinct computes several distinct sets of arguments, and the aggregates
// at the positions plain, from an input that is read once. Each row is copied
// once for each set, with that set's arguments alone, and once without. Grouping
// the copies by the keys, their kind and all arguments makes arguments unique and
// computes the plain aggregates; grouping by the keys then gives the results.
func (c *Context) copyDistinct(a *logical.Aggregate, plain []int, sets [][]int) logical.Node {
	x := &logical.Expand{Input: a.Input, Sets: [][]int{{}}, Set: c.NewColumn("_copy", types.BigIntType, true)}
	columns := make([]map[string]logical.Column, len(sets)) // of x, by the identity of the argument
	for s, is := range sets {
		columns[s] = map[string]logical.Column{}
		var has []int
		for _, e := range distinctArgs(a.Aggs[is[0]]) {
			col := c.NewColumn("_distinct", e.Type(), false)
			columns[s][scalar.Identity(e)] = col
			has = append(has, len(x.Keys))
			x.Keys, x.Cols = append(x.Keys, where(a.Aggs[is[0]].Filter, e)), append(x.Cols, col)
		}
		x.Sets = append(x.Sets, has)
	}
	unique := c.groupCopies(a, x, plain)
	kind, args := unique.Cols[len(a.Keys)], unique.Cols[len(a.Keys)+1:]
	outer := &logical.Aggregate{Input: unique, Always: a.Always, Aggs: make([]scalar.Aggregate, len(a.Aggs))}
	for i := range a.Keys {
		outer.Keys = append(outer.Keys, unique.Cols[i].Ref())
		outer.Cols = append(outer.Cols, c.NewColumn(a.Cols[i].Name, a.Cols[i].Type, a.Cols[i].Required))
	}
	for i, at := range plain {
		value := unique.Cols[len(unique.Keys)+i]
		outer.Aggs[at] = scalar.Aggregate{Name: "any_value", Args: []scalar.Expr{value.Ref()}, Filter: ofKind(kind, 0), Typ: value.Type}
	}
	for s, is := range sets {
		for text := range columns[s] {
			columns[s][text] = renumbered(columns[s][text], x.Cols, args)
		}
		for _, at := range is {
			outer.Aggs[at] = overUnique(a.Aggs[at], columns[s])
			outer.Aggs[at].Filter = ofKind(kind, s+1)
		}
	}
	return c.zeroes(a, outer)
}

// groupCopies groups the copies by a's keys, their kind and their arguments, and
// computes a's plain aggregates over those of kind 0.
func (c *Context) groupCopies(a *logical.Aggregate, x *logical.Expand, plain []int) *logical.Aggregate {
	unique := &logical.Aggregate{Input: x, Keys: append([]scalar.Expr{}, a.Keys...)}
	for i, k := range a.Keys {
		unique.Cols = append(unique.Cols, c.NewColumn(a.Cols[i].Name, k.Type(), a.Cols[i].Required))
	}
	for _, col := range append([]logical.Column{x.Set}, x.Cols...) {
		unique.Keys = append(unique.Keys, col.Ref())
		unique.Cols = append(unique.Cols, c.NewColumn(col.Name, col.Type, col.Required))
	}
	for _, at := range plain {
		g := a.Aggs[at]
		conds := []scalar.Expr{ofKind(x.Set, 0)}
		if g.Filter != nil {
			conds = append(conds, g.Filter)
		}
		g.Filter = scalar.And(conds)
		unique.Aggs = append(unique.Aggs, g)
		unique.Cols = append(unique.Cols, c.NewColumn(g.Name, g.Typ, false))
	}
	return unique
}

// ofKind is the condition that a copy is of kind n.
func ofKind(kind logical.Column, n int) scalar.Expr {
	return call("=", kind.Ref(), &scalar.Literal{Value: int64(n), Typ: types.BigIntType})
}

// renumbered is the column of to at the place where from has col.
func renumbered(col logical.Column, from, to []logical.Column) logical.Column {
	for i, c := range from {
		if c.ID == col.ID {
			return to[i]
		}
	}
	return col
}

// zeroes gives the columns of a from those of n, with 0 for the NULL of a count
// of no rows.
func (c *Context) zeroes(a, n *logical.Aggregate) logical.Node {
	p := &logical.Project{Input: n, Cols: a.Cols}
	for _, col := range n.Cols {
		p.Items = append(p.Items, col.Ref())
	}
	for i, g := range a.Aggs {
		at := len(a.Keys) + i
		col := c.NewColumn(g.Name, g.Typ, false)
		n.Cols = append(n.Cols, col)
		p.Items = append(p.Items, col.Ref())
		if f := c.Functions.Lookup(g.Name); f != nil && f.Aggregate.EmptyIsZero {
			zero := &scalar.Literal{Value: int64(0), Typ: g.Typ}
			p.Items[at] = &scalar.Call{Name: "coalesce", Args: []scalar.Expr{col.Ref(), zero}, Typ: g.Typ}
		}
	}
	return p
}
