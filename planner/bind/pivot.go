package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// pivot groups by the columns that PIVOT does not name, and computes each
// aggregate once for each value, over the rows that have it.
func (b *Binder) pivot(t *syntax.Pivot, outer *scope) (logical.Node, []relation, error) {
	rel, rels, err := b.tableRef(t.Input, outer)
	if err != nil {
		return nil, nil, err
	}
	names := &scope{parent: outer, rels: rels}
	es := &exprScope{names: names, aggs: &aggregation{}, clause: "PIVOT"}
	on, err := b.pivotColumns(t.For, names)
	if err != nil {
		return nil, nil, err
	}
	conds := make([]scalar.Expr, len(t.In))
	for i, v := range t.In {
		if conds[i], err = b.pivotCondition(v, on, names); err != nil {
			return nil, nil, err
		}
	}
	outs, err := b.pivotOutputs(t, conds, es)
	if err != nil {
		return nil, nil, err
	}
	outs = append(b.pivotKeys(es.aggs, on, names), outs...)
	n, err := b.aggregate(es.aggs, rel, outs, nil, nil, &syntax.Select{})
	if err != nil {
		return nil, nil, err
	}
	if n, err = b.project(n, outs, nil, false); err != nil {
		return nil, nil, err
	}
	return b.named(n, strings.ToLower(t.Alias.Name), t.Columns, "")
}

func (b *Binder) pivotColumns(refs []*syntax.ColumnRef, names *scope) ([]logical.Column, error) {
	out := make([]logical.Column, len(refs))
	for i, r := range refs {
		c, rest, err := names.lookup(r.Parts)
		if err == nil && (rest > 0 || !hasID(names.columns(), c.ID)) {
			err = semantic(r.Pos(), "%s is not a column of the table before it", join(r.Parts))
		}
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

func hasID(cols []logical.Column, id int) bool {
	for _, c := range cols {
		if c.ID == id {
			return true
		}
	}
	return false
}

// pivotCondition says that a row has the values v; NULL is a value like others.
func (b *Binder) pivotCondition(v *syntax.PivotValue, on []logical.Column, names *scope) (scalar.Expr, error) {
	if len(v.Values) != len(on) {
		return nil, semantic(v.Pos(), "%d values are given for the %d columns of FOR", len(v.Values), len(on))
	}
	var all []scalar.Expr
	for i, e := range v.Values {
		x, err := b.expr(e, &exprScope{names: names, clause: "PIVOT"})
		if err != nil {
			return nil, err
		}
		op := syntax.OpEq
		if l, ok := x.(*scalar.Literal); !ok || l.Value == nil {
			op = syntax.OpNullSafeEq
		}
		c, err := b.compare(op, e.Pos(), on[i].Ref(), x)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return scalar.And(all), nil
}

// pivotOutputs binds every aggregate for every value; an aggregate's columns stand
// together.
func (b *Binder) pivotOutputs(t *syntax.Pivot, conds []scalar.Expr, es *exprScope) ([]output, error) {
	var outs []output
	taken := map[string]bool{}
	for _, item := range t.Aggs {
		if !b.hasAggregates(&syntax.Select{Items: []*syntax.SelectItem{item}}, ordering{}) {
			return nil, semantic(item.Pos(), "PIVOT computes aggregates, and this is none").WithHint("wrap it in MAX() or ANY_VALUE()")
		}
		for i, v := range t.In {
			es.aggs.only = conds[i]
			e, err := b.expr(item.Expr, es)
			es.aggs.only = nil
			if err != nil {
				return nil, err
			}
			name := pivotName(t, item, v)
			if taken[name] {
				return nil, semantic(v.Pos(), "PIVOT gives two columns called %s", name).WithHint("give the values, and the aggregates if there are several, aliases")
			}
			taken[name] = true
			outs = append(outs, output{name: name, expr: e, from: item.Expr})
		}
	}
	return outs, nil
}

// pivotName is value_aggregate, where the value is its alias or its text; without
// an alias of the aggregate it is the value alone.
func pivotName(t *syntax.Pivot, item *syntax.SelectItem, v *syntax.PivotValue) string {
	name := v.Alias.Name
	if v.Alias.IsZero() {
		parts := make([]string, len(v.Values))
		for i, e := range v.Values {
			parts[i] = syntax.Print(e)
		}
		name = strings.Join(parts, "_")
	}
	switch {
	case !item.Alias.IsZero():
		name += "_" + item.Alias.Name
	case len(t.Aggs) > 1:
		name += "_" + syntax.Print(item.Expr)
	}
	return strings.ToLower(name)
}

// pivotKeys groups by the columns that neither FOR nor an aggregate reads.
func (b *Binder) pivotKeys(agg *aggregation, on []logical.Column, names *scope) []output {
	used := map[int]bool{}
	for _, c := range on {
		used[c.ID] = true
	}
	for _, a := range agg.aggs {
		for _, e := range a.Args {
			scalar.Columns(e, used)
		}
		if a.Filter != nil {
			scalar.Columns(a.Filter, used)
		}
	}
	var outs []output
	for _, c := range names.columns() {
		if !used[c.ID] {
			agg.addKey(c.Ref(), b.NewColumn(c.Name, c.Type, c.Required))
			outs = append(outs, output{name: strings.ToLower(c.Name), expr: c.Ref()})
		}
	}
	return outs
}

// unpivot stacks groups of columns: each row of the input becomes one row a group,
// with the group's name and values.
func (b *Binder) unpivot(t *syntax.Unpivot, outer *scope) (logical.Node, []relation, error) {
	rel, rels, err := b.tableRef(t.Input, outer)
	if err != nil {
		return nil, nil, err
	}
	names := &scope{parent: outer, rels: rels}
	used := map[int]bool{}
	args := []scalar.Expr{&scalar.Literal{Value: int64(len(t.In)), Typ: types.BigIntType}}
	for _, group := range t.In {
		if len(group.Columns) != len(t.Values) {
			return nil, nil, semantic(group.Pos(), "%d columns are given for the %d values of UNPIVOT", len(group.Columns), len(t.Values))
		}
		cols, err := b.pivotColumns(group.Columns, names)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, &scalar.Literal{Value: unpivotName(group), Typ: types.StringType})
		for _, c := range cols {
			used[c.ID] = true
			args = append(args, c.Ref())
		}
	}
	g, err := b.stacked(t, rel, args)
	if err != nil {
		return nil, nil, err
	}
	p := &logical.Project{Input: b.notAllNull(g, t)}
	for _, c := range append(names.columns(), g.Cols...) {
		if !used[c.ID] {
			p.Items = append(p.Items, c.Ref())
			p.Cols = append(p.Cols, b.NewColumn(c.Name, c.Type, c.Required))
		}
	}
	return b.named(p, strings.ToLower(t.Alias.Name), t.Columns, "")
}

// stacked applies stack, whose columns are the name and the values.
func (b *Binder) stacked(t *syntax.Unpivot, rel logical.Node, args []scalar.Expr) (*logical.Generate, error) {
	f, err := b.lookup("stack", t.Pos())
	if err != nil {
		return nil, err
	}
	sig, err := f.Table.Resolve(b.args(args))
	if err != nil {
		return nil, semantic(t.In[0].Pos(), "the columns of UNPIVOT have no common type").WithHint("CAST them in a subquery")
	}
	for i := range args {
		args[i] = b.convert(args[i], sig.Args[i], t.Pos())
	}
	g := &logical.Generate{Input: rel, Call: scalar.TableCall{Name: f.Name, Args: args, Columns: sig.Columns, Line: t.Pos().Line, Col: t.Pos().Col}}
	for i, id := range append([]syntax.Ident{t.Name}, t.Values...) {
		g.Cols = append(g.Cols, b.NewColumn(strings.ToLower(id.Name), sig.Columns[i].Type, i == 0))
	}
	return g, nil
}

// notAllNull leaves out the rows without any value, unless they are asked for.
func (b *Binder) notAllNull(g *logical.Generate, t *syntax.Unpivot) logical.Node {
	if t.IncludeNulls {
		return g
	}
	var any scalar.Expr
	for _, c := range g.Cols[1:] {
		e := call("is_not_null", t.Pos(), types.BooleanType, c.Ref())
		if any != nil {
			e = call("or", t.Pos(), types.BooleanType, any, e)
		}
		any = e
	}
	return &logical.Filter{Input: g, Conds: []scalar.Expr{any}}
}

func unpivotName(g *syntax.UnpivotColumns) string {
	if !g.Alias.IsZero() {
		return g.Alias.Name
	}
	parts := make([]string, len(g.Columns))
	for i, c := range g.Columns {
		parts[i] = c.Parts[len(c.Parts)-1].Name
	}
	return strings.Join(parts, "_")
}

// conjuncts are those of e, none if it is nil.
func conjuncts(e scalar.Expr) []scalar.Expr {
	if e == nil {
		return nil
	}
	return scalar.Conjuncts(e)
}
