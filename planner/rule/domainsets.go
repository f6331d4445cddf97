package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// withAlways gives an aggregate by grouping sets, of which some have no keys and
// so a group even without rows, an input that has a row for each binding and each
// such group, marked as standing for none.
func (d *domain) withAlways(a *logical.Aggregate, by binding) (*logical.Aggregate, binding) {
	cols := a.Input.Columns()
	mark := d.c.NewColumn("_row", types.BooleanType, false)
	yes := &scalar.Literal{Value: true, Typ: types.BooleanType}
	u := &logical.Union{All: []logical.Node{passThrough(a.Input, cols, []scalar.Expr{yes}, []logical.Column{mark})}}
	for _, group := range a.Always {
		u.All = append(u.All, d.noRow(a.Keys, group, cols, by))
	}
	out, refs := binding{}, map[int]scalar.Expr{}
	for _, c := range cols {
		fresh := d.c.NewColumn(c.Name, c.Type, false)
		u.Cols, refs[c.ID] = append(u.Cols, fresh), fresh.Ref()
		for id, bound := range by {
			if bound.ID == c.ID {
				fresh.Required = c.Required
				u.Cols[len(u.Cols)-1], out[id] = fresh, fresh
			}
		}
	}
	mark = d.c.NewColumn("_row", types.BooleanType, false)
	u.Cols = append(u.Cols, mark)
	own := a.MapExprs(func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, refs) }).(*logical.Aggregate)
	own.Input, own.Always, own.Aggs = u, nil, marked(own.Aggs, mark)
	return own, out
}

// noRow gives for each binding a row of cols that stands for none: its keys are
// those of group, and nothing else is known of it.
func (d *domain) noRow(keys []scalar.Expr, group []types.Datum, cols []logical.Column, by binding) logical.Node {
	l, all := d.use()
	known := map[int]scalar.Expr{}
	for i, k := range keys {
		if c, ok := k.(*scalar.Column); ok {
			known[c.ID] = &scalar.Literal{Value: group[i], Typ: c.Typ}
		}
	}
	for id, c := range by {
		known[c.ID] = all[id].Ref()
	}
	p := &logical.Project{Input: l}
	for _, c := range append(cols[:len(cols):len(cols)], logical.Column{Name: "_row", Type: types.BooleanType}) {
		e := known[c.ID]
		if e == nil {
			e = &scalar.Literal{Typ: c.Type}
		}
		p.Items, p.Cols = append(p.Items, e), append(p.Cols, d.c.NewColumn(c.Name, c.Type, false))
	}
	return p
}

// marked is aggs over the rows for which mark is known.
func marked(aggs []scalar.Aggregate, mark logical.Column) []scalar.Aggregate {
	out := append([]scalar.Aggregate{}, aggs...)
	for i, g := range out {
		if !g.Distinct {
			out[i].Filter = scalar.And(append(scalar.Conjuncts(g.Filter), call("is_not_null", mark.Ref())))
			continue
		}
		out[i].Args = logical.Map(g.Args, func(e scalar.Expr) scalar.Expr {
			return &scalar.Case{Whens: []scalar.Expr{mark.Ref()}, Thens: []scalar.Expr{e}, Else: &scalar.Literal{Typ: e.Type()}, Typ: e.Type()}
		})
	}
	return out
}
