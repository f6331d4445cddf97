package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// puller pulls the conditions on outer columns out of a subtree (Galindo-Legaria
// and Joshi, SIGMOD 2001). An aggregate on the way gains the inner side of each
// equality as a grouping key.
type puller struct {
	c     *Context
	outer map[int]bool
	// exists: only whether there is a row that satisfies preds matters.
	exists bool
	// whole is an aggregate without keys that may gain keys nevertheless: the caller
	// puts right what it gives for no rows.
	whole *logical.Aggregate
	// preds are the conditions that must hold between the columns of what was pulled
	// and the outer ones.
	preds []scalar.Expr
	// used are the columns that nodes above, which stay, read.
	used map[int]bool
}

func (p *puller) correlated(es ...scalar.Expr) bool {
	for _, e := range es {
		if logical.Refs(e, p.outer) {
			return true
		}
	}
	return false
}

// pull gives n without references to outer columns, and with the columns that
// p.preds read; false if that cannot be done.
func (p *puller) pull(n logical.Node) (logical.Node, bool) {
	if !refersTo(n, p.outer) {
		return n, true
	}
	switch n := n.(type) {
	case *logical.Filter:
		return p.filter(n)
	case *logical.Project:
		return p.project(n)
	case *logical.Aggregate:
		return p.aggregate(n)
	case *logical.Join:
		return p.join(n)
	case *logical.Generate, *logical.Expand, *logical.Repeat, *logical.Distribute:
		return p.through(n)
	case *logical.Window:
		return p.window(n)
	case *logical.Sort:
		return p.pull(n.Input) // the order of a subquery without LIMIT means nothing
	case *logical.Limit:
		if p.exists && len(p.preds) == 0 && n.Count != 0 && n.Offset == 0 {
			return p.pull(n.Input)
		}
	}
	return nil, false
}

func (p *puller) use(es ...scalar.Expr) { p.used = merged(p.used, columnsOf(es...)) }

func merged(a, b map[int]bool) map[int]bool {
	out := map[int]bool{}
	for id := range a {
		out[id] = true
	}
	for id := range b {
		out[id] = true
	}
	return out
}

// split adds the correlated ones of conds to preds and gives the others.
func (p *puller) split(conds []scalar.Expr) (keep []scalar.Expr) {
	for _, e := range conds {
		if p.correlated(e) {
			p.preds = append(p.preds, e)
		} else {
			keep = append(keep, e)
		}
	}
	return keep
}

func (p *puller) filter(n *logical.Filter) (logical.Node, bool) {
	keep := p.split(n.Conds)
	p.use(keep...)
	in, ok := p.pull(n.Input)
	if !ok {
		return nil, false
	}
	return filtered(in, keep), true
}

// project drops the items that read outer columns, where only conditions that are
// pulled read them.
func (p *puller) project(n *logical.Project) (logical.Node, bool) {
	out := &logical.Project{}
	by := map[int]scalar.Expr{}
	for i, e := range n.Items {
		if !p.correlated(e) {
			out.Items, out.Cols = append(out.Items, e), append(out.Cols, n.Cols[i])
			continue
		}
		if !p.exists || p.used[n.Cols[i].ID] {
			return nil, false
		}
		by[n.Cols[i].ID] = e
	}
	p.preds = logical.Map(p.preds, func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, by) })
	outs := logical.IDs(n)
	p.use(out.Items...)
	in, ok := p.pull(n.Input)
	if !ok {
		return nil, false
	}
	out.Input = in
	used := columnsOf(p.preds...)
	for _, c := range in.Columns() {
		if used[c.ID] && !outs[c.ID] {
			out.Items, out.Cols = append(out.Items, c.Ref()), append(out.Cols, c)
		}
	}
	return out, true
}

// through pulls from below a node that gives the columns of its only input, row by
// row.
func (p *puller) through(n logical.Node) (logical.Node, bool) {
	if p.correlated(n.Exprs()...) {
		return nil, false
	}
	p.use(n.Exprs()...)
	in, ok := p.pull(n.Inputs()[0])
	if !ok {
		return nil, false
	}
	return n.WithInputs([]logical.Node{in}), true
}

func (p *puller) aggregate(n *logical.Aggregate) (logical.Node, bool) {
	if len(n.Keys) == 0 && n != p.whole || len(n.Always) > 0 || p.correlated(n.Exprs()...) {
		return nil, false
	}
	before := len(p.preds)
	p.use(n.Exprs()...)
	in, ok := p.pull(n.Input)
	if !ok {
		return nil, false
	}
	out := &logical.Aggregate{Input: in, Keys: append([]scalar.Expr{}, n.Keys...), Aggs: n.Aggs}
	keyCols := append([]logical.Column{}, n.Cols[:len(n.Keys)]...)
	for i := before; i < len(p.preds); i++ {
		inner, outer, ok := p.equality(p.preds[i])
		if !ok {
			return nil, false
		}
		col := p.c.NewColumn("_key", inner.Type(), false)
		out.Keys, keyCols = append(out.Keys, inner), append(keyCols, col)
		p.preds[i] = call("=", col.Ref(), outer)
	}
	out.Cols = append(keyCols, n.Cols[len(n.Keys):]...)
	return out, true
}

// equality splits an equality into the side over inner columns and the side over
// outer ones.
func (p *puller) equality(e scalar.Expr) (inner, outer scalar.Expr, ok bool) {
	c, is := e.(*scalar.Call)
	if !is || c.Name != "=" {
		return nil, nil, false
	}
	l, r := c.Args[0], c.Args[1]
	if p.correlated(l) {
		l, r = r, l
	}
	if p.correlated(l) || !logical.Within(r, p.outer) {
		return nil, nil, false
	}
	return l, r, true
}

func (p *puller) join(n *logical.Join) (logical.Node, bool) {
	out := *n
	var ok bool
	switch n.Kind {
	case logical.Inner:
		out.On = p.split(n.On)
		p.use(out.On...)
		if out.L, ok = p.pull(n.L); !ok {
			return nil, false
		}
		out.R, ok = p.pull(n.R)
		return &out, ok
	case logical.Left, logical.Semi, logical.Anti, logical.AntiNull, logical.Mark, logical.Single:
		if !refersTo(n.R, p.outer) && !p.correlated(n.On...) {
			p.use(n.On...)
			out.L, ok = p.pull(n.L)
			return &out, ok
		}
	}
	return nil, false
}

// pullSingle decorrelates a scalar subquery by pulling.
func (c *Context) pullSingle(j *logical.Join) (logical.Node, bool) {
	if oneRow(j.R) {
		return c.pullAggregate(j)
	}
	p := &puller{c: c, outer: logical.IDs(j.L)}
	r, ok := p.pull(j.R)
	if !ok {
		return nil, false
	}
	out := *j
	out.Apply, out.R, out.On, out.Many = false, r, p.preds, physical.ManyRows
	return &out, true
}

// pullAggregate is pullSingle over an aggregate without keys, which has a value
// over no rows too. A projection over it is computed above the join, so that it
// sees that value.
func (c *Context) pullAggregate(j *logical.Join) (logical.Node, bool) {
	switch r := j.R.(type) {
	case *logical.Project:
		below := *j
		below.R = r.Input
		n, ok := c.pullAggregate(&below)
		if !ok {
			return nil, false
		}
		return passThrough(n, n.Columns(), r.Items, r.Cols), true
	case *logical.Aggregate:
		p := &puller{c: c, outer: logical.IDs(j.L), whole: r}
		n, ok := p.pull(r)
		if !ok {
			return nil, false
		}
		return c.padded(j.L, n.(*logical.Aggregate), r, p.preds)
	}
	return nil, false
}

// padded joins l with the groups that the aggregate a became when its input was
// grouped; where there is no group, it gives what a gives over no rows. It
// reports false if that is neither NULL nor 0.
func (c *Context) padded(l logical.Node, groups, a *logical.Aggregate, on []scalar.Expr) (logical.Node, bool) {
	own := *groups
	own.Cols = append([]logical.Column{}, groups.Cols...)
	var items []scalar.Expr
	var cols []logical.Column
	for i, agg := range a.Aggs {
		at := len(groups.Keys) + i
		f := c.Functions.Lookup(agg.Name)
		switch {
		case f == nil || agg.Typ.Kind == types.Array || agg.Typ.Kind == types.Map:
			return nil, false
		case f.Aggregate.EmptyIsZero:
			raw := c.NewColumn(own.Cols[at].Name, own.Cols[at].Type, false)
			zero := &scalar.Literal{Value: int64(0), Typ: raw.Type}
			items = append(items, &scalar.Call{Name: "coalesce", Args: []scalar.Expr{raw.Ref(), zero}, Typ: raw.Type})
			cols = append(cols, own.Cols[at])
			own.Cols[at] = raw
		}
	}
	left := &logical.Join{Kind: logical.Left, L: l, R: &own, On: on}
	if len(items) == 0 {
		return left, true
	}
	return passThrough(left, left.Columns(), items, cols), true
}
