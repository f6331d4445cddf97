package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// domain is the set of distinct bindings of the outer columns that a subquery
// reads. Pushing it into the subquery computes the subquery for all of them at
// once (Neumann and Kemper, Unnesting Arbitrary Queries, BTW 2015).
type domain struct {
	c     *Context
	def   *logical.Definition
	outer []int // the outer columns, as the columns of def
	set   map[int]bool
}

// binding maps an outer column to the column that carries it in a pushed tree.
type binding map[int]logical.Column

// bindings replaces the right side of an Apply, whatever it does, by one that
// refers to nothing outside and has a row for each binding and row of the
// subquery.
func (c *Context) bindings(j *logical.Join) (logical.Node, error) {
	free := logical.Free(j.R)
	left := &logical.Definition{Name: "outer", Root: j.L}
	l, of := sameColumns(left), left.Use(c.fresh)
	d := &domain{c: c, set: map[int]bool{}}
	distinct := &logical.Aggregate{Input: of}
	for i, col := range of.Cols {
		if id := of.From[i]; free[id] {
			if !col.Type.IsComparable() {
				return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "a subquery of this form cannot use column %s of the query around it: %s cannot be compared", col.Name, col.Type).
					WithHint("compute what it needs of the column in a subquery of FROM")
			}
			d.outer, d.set[id] = append(d.outer, id), true
			distinct.Keys = append(distinct.Keys, col.Ref())
			distinct.Cols = append(distinct.Cols, c.fresh(col))
		}
	}
	d.def = &logical.Definition{Name: "bindings", Root: distinct}
	r, by, err := d.push(j.R)
	if err != nil {
		return nil, err
	}
	own := *j
	own.L, own.R = l, r
	var eqs []scalar.Expr
	for _, col := range j.L.Columns() {
		if b, ok := by[col.ID]; ok {
			eqs = append(eqs, sameValue(col, b))
		}
	}
	if j.Kind == logical.Single {
		own.Apply, own.Many = false, physical.ManyRows
		if oneRow(j.R) {
			own.Kind, own.Many = logical.Left, ""
		}
		own.On = eqs
		return &own, nil
	}
	out, ok := c.combine(&own, eqs)
	if !ok {
		return nil, diag.Errorf(diag.CodeInternal, diag.Pos{}, "the subquery refers to columns that are not in scope")
	}
	return out, nil
}

// sameValue compares two columns, NULL being equal to itself.
func sameValue(a, b logical.Column) scalar.Expr {
	if a.Required && b.Required {
		return call("=", a.Ref(), b.Ref())
	}
	return call("<=>", a.Ref(), b.Ref())
}

// use is a fresh copy of the domain.
func (d *domain) use() (logical.Node, binding) {
	n := d.def.Use(d.c.fresh)
	by := binding{}
	for i, id := range d.outer {
		by[id] = n.Cols[i]
	}
	return n, by
}

// columns lists the columns of by in the order of the domain.
func (d *domain) columns(by binding) []logical.Column {
	out := make([]logical.Column, len(d.outer))
	for i, id := range d.outer {
		out[i] = by[id]
	}
	return out
}

func (d *domain) equal(a, b binding) []scalar.Expr {
	out := make([]scalar.Expr, len(d.outer))
	for i, id := range d.outer {
		out[i] = sameValue(a[id], b[id])
	}
	return out
}

// in puts the columns of a pushed tree in place of the outer ones.
func (by binding) in(e scalar.Expr) scalar.Expr {
	refs := map[int]scalar.Expr{}
	for id, c := range by {
		refs[id] = c.Ref()
	}
	return logical.Substitute(e, refs)
}

func (by binding) all(es []scalar.Expr) []scalar.Expr { return logical.Map(es, by.in) }

// within replaces outer columns everywhere below n.
func (by binding) within(n logical.Node) logical.Node {
	return logical.Transform(n, func(n logical.Node) logical.Node { return n.MapExprs(by.in) })
}

// push gives, for each binding, the rows that n has for it, beside the binding.
// The columns of n keep their numbers.
func (d *domain) push(n logical.Node) (logical.Node, binding, error) {
	if !refersTo(n, d.set) {
		l, by := d.use()
		return &logical.Join{Kind: logical.Inner, L: l, R: n}, by, nil
	}
	switch n := n.(type) {
	case *logical.Filter:
		in, by, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		return &logical.Filter{Input: in, Conds: by.all(n.Conds)}, by, nil
	case *logical.Project:
		in, by, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		p := &logical.Project{Input: in, Items: by.all(n.Items), Cols: n.Cols}
		return d.beside(p, by), by, nil
	case *logical.Sort:
		return d.push(n.Input) // only a Limit gives an order a meaning
	case *logical.Generate, *logical.Expand, *logical.Repeat, *logical.Distribute:
		in, by, err := d.push(n.Inputs()[0])
		if err != nil {
			return nil, nil, err
		}
		return n.WithInputs([]logical.Node{in}).MapExprs(by.in), by, nil
	case *logical.Window:
		return d.window(n)
	case *logical.Aggregate:
		return d.aggregate(n)
	case *logical.Limit:
		return d.limit(n)
	case *logical.Union:
		return d.union(n)
	case *logical.Join:
		return d.join(n)
	}
	return nil, nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "the subquery refers to the outer query in a way that is not supported").
		WithHint("write it as a join")
}

// beside adds the columns of by, which its input gives, to p.
func (d *domain) beside(p *logical.Project, by binding) *logical.Project {
	out := &logical.Project{Input: p.Input}
	out.Items, out.Cols = append(out.Items, p.Items...), append(out.Cols, p.Cols...)
	for _, c := range d.columns(by) {
		out.Items, out.Cols = append(out.Items, c.Ref()), append(out.Cols, c)
	}
	return out
}

// aggregate groups by the binding too. Without keys there is a group for each
// binding, also where there is no row.
func (d *domain) aggregate(n *logical.Aggregate) (logical.Node, binding, error) {
	in, by, err := d.push(n.Input)
	if err != nil {
		return nil, nil, err
	}
	a := n.MapExprs(by.in).(*logical.Aggregate)
	a.Input = in
	out := binding{}
	if len(n.Always) > 0 {
		a, by = d.withAlways(a, by)
	}
	g := d.grouped(a, by, out)
	if len(n.Keys) > 0 {
		return g, out, nil
	}
	l, all := d.use()
	if padded, ok := d.c.padded(l, g, n, d.equal(all, out)); ok {
		return padded, all, nil
	}
	out = binding{}
	return d.grouped(d.withEmpty(a, by, l, all), all, out), out, nil
}

// withEmpty gives an aggregate without keys an input that has a row for each
// binding of l, marked where it stands for none.
func (d *domain) withEmpty(a *logical.Aggregate, by binding, l logical.Node, all binding) *logical.Aggregate {
	mark := d.c.NewColumn("_row", types.BooleanType, false)
	yes := &scalar.Literal{Value: true, Typ: types.BooleanType}
	rows := passThrough(a.Input, a.Input.Columns(), []scalar.Expr{yes}, []logical.Column{mark})
	own := *a
	own.Input = &logical.Join{Kind: logical.Left, L: l, R: rows, On: d.equal(all, by)}
	own.Aggs = marked(a.Aggs, mark)
	return &own
}

// grouped adds the binding to the keys of a; out becomes the binding above.
func (d *domain) grouped(a *logical.Aggregate, by, out binding) *logical.Aggregate {
	g := &logical.Aggregate{Input: a.Input, Aggs: a.Aggs}
	k := len(a.Keys)
	g.Keys, g.Cols = append(g.Keys, a.Keys...), append(g.Cols, a.Cols[:k]...)
	for i, c := range d.columns(by) {
		out[d.outer[i]] = d.c.fresh(c)
		g.Keys, g.Cols = append(g.Keys, c.Ref()), append(g.Cols, out[d.outer[i]])
	}
	g.Cols = append(g.Cols, a.Cols[k:]...)
	return g
}

// limit keeps the first rows of each binding.
func (d *domain) limit(n *logical.Limit) (logical.Node, binding, error) {
	if p, ok := n.Input.(*logical.Project); ok {
		if _, ok := p.Input.(*logical.Sort); ok { // it drops what was sorted by
			return d.push(&logical.Project{Input: n.WithInputs(p.Inputs()), Items: p.Items, Cols: p.Cols})
		}
	}
	out := &logical.LimitBy{Count: n.Count, Offset: n.Offset}
	below := n.Input
	if s, ok := below.(*logical.Sort); ok {
		out.Keys, below = s.Keys, s.Input
	}
	in, by, err := d.push(below)
	if err != nil {
		return nil, nil, err
	}
	out.Input = in
	for _, c := range d.columns(by) {
		out.By = append(out.By, c.Ref())
	}
	return out.MapExprs(by.in), by, nil
}

func (d *domain) union(n *logical.Union) (logical.Node, binding, error) {
	out := &logical.Union{Cols: append([]logical.Column{}, n.Cols...)}
	for _, in := range n.All {
		cols := in.Columns()
		pushed, by, err := d.push(in)
		if err != nil {
			return nil, nil, err
		}
		out.All = append(out.All, d.beside(passThrough(pushed, cols, nil, nil), by))
	}
	all := binding{}
	for i, c := range out.All[0].Columns()[len(n.Cols):] {
		all[d.outer[i]] = d.c.fresh(c)
		out.Cols = append(out.Cols, all[d.outer[i]])
	}
	return out, all, nil
}

// window computes the functions for each binding by itself.
func (d *domain) window(n *logical.Window) (logical.Node, binding, error) {
	in, by, err := d.push(n.Input)
	if err != nil {
		return nil, nil, err
	}
	out := n.MapExprs(by.in).(*logical.Window)
	out.Input = in
	for _, c := range d.columns(by) {
		out.Partition = append(out.Partition, c.Ref())
	}
	return out, by, nil
}
