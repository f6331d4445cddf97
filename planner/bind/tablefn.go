package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// lateralView applies a table function to the rows of what is before it, whose
// names its arguments see.
func (b *Binder) lateralView(v *syntax.LateralView, outer *scope) (logical.Node, []relation, error) {
	n, rels, err := b.tableRef(v.Left, outer)
	if err != nil {
		return nil, nil, err
	}
	alias := strings.ToLower(v.Alias.Name)
	for _, r := range rels {
		if alias != "" && r.alias == alias {
			return nil, nil, semantic(v.Alias.Pos(), "%s stands twice in FROM", alias).WithHint("give one of them another alias")
		}
	}
	g, err := b.generate(n, v.Call, v.Columns, &scope{parent: outer, rels: rels}, "LATERAL VIEW")
	if err != nil {
		return nil, nil, err
	}
	g.Outer = v.Outer
	return g, append(append([]relation{}, rels...), relation{alias: alias, cols: g.Cols}), nil
}

// commaLateral reads "a, b LATERAL VIEW f(…)" as a view over both a and b, so that
// f may take columns of a too; nil if j is no such join.
func commaLateral(j *syntax.Join) *syntax.LateralView {
	v, ok := j.R.(*syntax.LateralView)
	if !ok || j.Kind != syntax.CommaJoin {
		return nil
	}
	inner, over := *j, *v
	inner.R = v.Left
	over.Left = &inner
	return &over
}

// funcTable is a table function in FROM, whose arguments see no other table.
func (b *Binder) funcTable(ref *syntax.FuncTable, outer *scope) (logical.Node, []relation, error) {
	if b.env.Functions.LookupIn(strings.ToLower(ref.Call.Name.Name), b.dialect()) == nil || !ref.Call.Project.IsZero() {
		return b.viewCall(ref, outer)
	}
	one := &logical.Values{Rows: [][]types.Datum{{}}}
	g, err := b.generate(one, ref.Call, ref.Columns, &scope{parent: outer}, "FROM")
	if err != nil {
		return nil, nil, err
	}
	alias := strings.ToLower(ref.Alias.Name)
	if alias == "" {
		alias = strings.ToLower(ref.Call.Name.Name)
	}
	return g, []relation{{alias: alias, cols: g.Cols}}, nil
}

// generate applies the table function e to the rows of n.
func (b *Binder) generate(n logical.Node, e *syntax.Call, names []syntax.Ident, s *scope, clause string) (*logical.Generate, error) {
	f, err := b.lookup(strings.ToLower(e.Name.Name), e.Pos())
	if err != nil {
		return nil, err
	}
	switch {
	case f.Table == nil:
		return nil, semantic(e.Pos(), "%s is no table function, so it cannot stand in %s", f.Name, clause)
	case e.Distinct || e.Filter != nil || e.Over != nil || len(e.WithinGroup) > 0:
		return nil, semantic(e.Pos(), "DISTINCT, FILTER and OVER do not go with the table function %s", f.Name)
	}
	args, err := b.exprs(e.Args, &exprScope{names: s, rel: &n, clause: "the arguments of " + f.Name})
	if err != nil {
		return nil, err
	}
	sig, err := f.Table.Resolve(b.args(args))
	if err != nil {
		return nil, At(err, e.Pos())
	}
	for i := range args {
		args[i] = b.convert(args[i], sig.Args[i], e.Pos())
	}
	if len(names) > 0 && len(names) != len(sig.Columns) {
		return nil, semantic(names[0].Pos(), "%d names are given for the %d columns of %s", len(names), len(sig.Columns), f.Name)
	}
	g := &logical.Generate{Input: n, Call: scalar.TableCall{
		Name: f.Name, Args: args, Columns: sig.Columns, Line: e.Pos().Line, Col: e.Pos().Col,
	}}
	for i, c := range sig.Columns {
		name := strings.ToLower(c.Name)
		if len(names) > 0 {
			name = strings.ToLower(names[i].Name)
		}
		g.Cols = append(g.Cols, b.NewColumn(name, c.Type, false))
	}
	return g, nil
}

// tableCall is the call of a table function that an item is, or nil.
func (b *Binder) tableCall(item *syntax.SelectItem) *syntax.Call {
	if e, ok := item.Expr.(*syntax.Call); ok {
		if f := b.env.Functions.Lookup(e.Name.Name); f != nil && f.Table != nil {
			return e
		}
	}
	return nil
}

// selectTable binds SELECT f(x) AS (a, b), where f is a table function: it must be
// alone and see plain rows. The columns it gives become those that the rest of the
// query sees, as if a query around it selected them all.
func (b *Binder) selectTable(q *syntax.Select, rel logical.Node, names *scope) (*syntax.Select, logical.Node, *scope, error) {
	var e *syntax.Call
	for _, item := range q.Items {
		if e = b.tableCall(item); e != nil {
			break
		}
	}
	if e == nil {
		return q, rel, names, nil
	}
	hint := "use LATERAL VIEW " + strings.ToLower(e.Name.Name) + "(…) t AS …"
	if len(q.Items) > 1 {
		return nil, nil, nil, semantic(e.Pos(), "a table function must be the only item of its SELECT").WithHint("%s", hint)
	}
	if len(q.GroupBy) > 0 || q.Having != nil || b.hasAggregates(q, ordering{}) {
		return nil, nil, nil, semantic(e.Pos(), "a table function cannot stand in a SELECT that aggregates").
			WithHint("aggregate in a subquery, and apply %s to its columns", strings.ToLower(e.Name.Name))
	}
	item := q.Items[0]
	aliases := item.Aliases
	if !item.Alias.IsZero() {
		aliases = []syntax.Ident{item.Alias}
	}
	g, err := b.generate(rel, e, aliases, names, "SELECT")
	if err != nil {
		return nil, nil, nil, err
	}
	plain := *q
	plain.Items = []*syntax.SelectItem{{Start: item.Start, Expr: &syntax.Star{}}}
	return &plain, g, &scope{parent: names.parent, rels: []relation{{cols: g.Cols}}, ctes: names.ctes}, nil
}

// misplaced is the error of a table function inside an expression.
func misplaced(name string, pos diag.Pos) error {
	return semantic(pos, "%s gives rows, so it cannot stand in an expression", name).
		WithHint("use LATERAL VIEW %s(…) t AS …", name)
}
