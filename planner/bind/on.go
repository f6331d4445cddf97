package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// on binds the condition of the join j and gives the join with it. The subqueries
// of an inner join's condition are computed over its pairs, of which a filter then
// keeps some. Those of other joins are computed before, over the side that they
// refer to.
func (b *Binder) on(j *logical.Join, e syntax.Expr, names *scope) (logical.Node, error) {
	pairs := &logical.Join{Kind: logical.Inner, L: j.L, R: j.R, On: j.On}
	var rel logical.Node = pairs
	c, err := b.condition(e, &exprScope{names: names, rel: &rel, clause: "ON"})
	if err != nil {
		return nil, err
	}
	conds := scalar.Conjuncts(c)
	if rel == logical.Node(pairs) {
		j.On = append(j.On, conds...)
		return j, nil
	}
	if j.Kind == logical.Inner {
		ids := logical.IDs(pairs)
		var over []scalar.Expr
		for _, e := range conds {
			if logical.Refs(e, ids) && !refsOutside(e, ids) {
				pairs.On = append(pairs.On, e)
			} else {
				over = append(over, e)
			}
		}
		return &logical.Filter{Input: rel, Conds: over}, nil
	}
	subqueries := unstack(rel, pairs)
	if j.Kind == logical.Full {
		var both []*logical.Join
		for _, a := range subqueries {
			if reads := readsOutside(a); len(common(reads, j.L)) > 0 && len(common(reads, j.R)) > 0 {
				both = append(both, a)
			} else if err := b.beside(j, a, e); err != nil {
				return nil, err
			}
		}
		if len(both) > 0 {
			return b.fullPairs(j, both, append(j.On, conds...), e)
		}
		subqueries = nil
	}
	if err := b.besideAll(j, subqueries, e); err != nil {
		return nil, err
	}
	j.On = append(j.On, conds...)
	return j, nil
}

// onSides binds a condition on the pairs of j, whose subqueries are computed over
// its sides.
func (b *Binder) onSides(j *logical.Join, e syntax.Expr, names *scope, clause string) (scalar.Expr, error) {
	pairs := &logical.Join{Kind: logical.Inner, L: j.L, R: j.R}
	var rel logical.Node = pairs
	c, err := b.condition(e, &exprScope{names: names, rel: &rel, clause: clause})
	if err != nil {
		return nil, err
	}
	return c, b.besideAll(j, unstack(rel, pairs), e)
}

// besideAll computes the subqueries of j's condition over the sides of j.
func (b *Binder) besideAll(j *logical.Join, subqueries []*logical.Join, at syntax.Expr) error {
	for _, a := range subqueries {
		if err := b.beside(j, a, at); err != nil {
			return err
		}
	}
	return nil
}

// refsOutside reports whether e reads a column that is not in ids.
func refsOutside(e scalar.Expr, ids map[int]bool) bool { return !logical.Within(e, ids) }

// unstack lists the subqueries that were put over base, innermost first.
func unstack(n, base logical.Node) []*logical.Join {
	var out []*logical.Join
	for n != base {
		a := n.(*logical.Join)
		out = append([]*logical.Join{a}, out...)
		n = a.L
	}
	return out
}

// beside computes the subquery a of j's condition over a side of j.
func (b *Binder) beside(j *logical.Join, a *logical.Join, at syntax.Expr) error {
	reads := readsOutside(a)
	l, r := common(reads, j.L), common(reads, j.R)
	own := *a
	switch {
	case len(l) == 0:
		own.L, j.R = j.R, &own
	case len(r) == 0:
		own.L, j.L = j.L, &own
	default:
		return b.pairwise(j, a, l, r, at)
	}
	return nil
}

// readsOutside is the set of columns that the subquery a reads and does not give.
func readsOutside(a *logical.Join) map[int]bool {
	reads := logical.Free(a.R)
	for _, e := range a.On {
		scalar.Columns(e, reads)
	}
	for id := range logical.IDs(a.R) {
		delete(reads, id)
	}
	return reads
}

// common lists the columns of n that are in ids.
func common(ids map[int]bool, n logical.Node) []logical.Column {
	var out []logical.Column
	for _, c := range n.Columns() {
		if ids[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

// pairwise computes a subquery that refers to both sides of an outer join: for all
// combinations of the columns l and r that it reads. The side whose rows need a
// match gains what was computed, once for each value of the other side's columns,
// of which the join then compares the own one.
func (b *Binder) pairwise(j *logical.Join, a *logical.Join, l, r []logical.Column, at syntax.Expr) error {
	if len(logical.Free(j.L))+len(logical.Free(j.R)) > 0 {
		return unsupported(at.Pos(), "a subquery about both sides in the ON of a join that itself refers to an outer query")
	}
	by := map[int]scalar.Expr{}
	left, dl := b.distinctOf(j.L, l, by)
	right, dr := b.distinctOf(j.R, r, by)
	put := func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, by) }
	table := *a
	table.L = &logical.Join{Kind: logical.Inner, L: dl, R: dr}
	table.R = logical.Transform(a.R, func(n logical.Node) logical.Node { return n.MapExprs(put) })
	table.On = logical.Map(a.On, put)
	same := func(cols []logical.Column) (out []scalar.Expr) {
		for _, c := range cols {
			out = append(out, call("<=>", at.Pos(), types.BooleanType, c.Ref(), by[c.ID]))
		}
		return out
	}
	if j.Kind == logical.Right {
		j.L, j.R = &logical.Join{Kind: logical.Inner, L: left, R: &table, On: same(l)}, right
		j.On = append(j.On, same(r)...)
		return nil
	}
	j.L, j.R = left, &logical.Join{Kind: logical.Inner, L: right, R: &table, On: same(r)}
	j.On = append(j.On, same(l)...)
	return nil
}

// distinctOf makes a definition of n, and gives its use in n's place and the
// distinct values of its columns cols, under the numbers that by gains.
func (b *Binder) distinctOf(n logical.Node, cols []logical.Column, by map[int]scalar.Expr) (use, distinct logical.Node) {
	d := b.Share("side", n)
	distinct = b.distinctIn(d, cols, by)
	return d.Use(func(c logical.Column) logical.Column { return c }), distinct
}

// distinctIn gives the distinct values of the columns cols of d, under the numbers
// that by gains.
func (b *Binder) distinctIn(d *logical.Definition, cols []logical.Column, by map[int]scalar.Expr) logical.Node {
	copied := b.Use(d)
	from := map[int]logical.Column{}
	for i, id := range copied.From {
		from[id] = copied.Cols[i]
	}
	a := &logical.Aggregate{Input: copied}
	for _, c := range cols {
		key := b.NewColumn(c.Name, c.Type, c.Required)
		a.Keys, a.Cols = append(a.Keys, from[c.ID].Ref()), append(a.Cols, key)
		by[c.ID] = key.Ref()
	}
	return a
}
