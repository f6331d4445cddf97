package bind

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// output is one column of a select list before it is projected.
type output struct {
	name string
	expr scalar.Expr
	// from is the select item, for messages and to match ORDER BY.
	from syntax.Expr
	at   diag.Pos // instead of from's place, if set
}

// selectQuery binds one SELECT with the ORDER BY of its query.
func (b *Binder) selectQuery(q *syntax.Select, order ordering, outer *scope, from *source) (logical.Node, error) {
	if q.Script != nil {
		return b.script(q, order, outer, from)
	}
	before := len(b.relations)
	rel, names, err := b.fromClause(q.From, outer, from)
	if err != nil {
		return nil, err
	}
	b.hints(q.Hints, names, b.relations[before:])
	var badWhere error // what follows is bound all the same: its errors are shown too
	if q.Where != nil {
		rel, badWhere = b.where(rel, q.Where, names)
	}
	if q, rel, names, err = b.selectTable(q, rel, names); err != nil {
		return nil, diag.Join(badWhere, err)
	}
	agg, wins := &aggregation{}, &windowing{names: names}
	es := &exprScope{names: names, rel: &rel, wins: wins, clause: "SELECT"}
	grouped := len(q.GroupBy) > 0 || q.Having != nil || b.hasAggregates(q, order)
	if grouped {
		es.aggs = agg
		if err := b.groupingSets(agg, q, names, &rel); err != nil {
			return nil, diag.Join(badWhere, err)
		}
	}
	err = b.define(wins, q.Windows, es)
	if err != nil {
		return nil, diag.Join(badWhere, err)
	}
	outs, err := b.selectList(q.Items, es)
	if err = diag.Join(badWhere, err); err != nil {
		return nil, err
	}
	var having []scalar.Expr
	if q.Having != nil {
		hs := *es
		hs.clause, hs.wins = "HAVING", nil
		c, err := b.havingCondition(q.Having, outs, wins, &hs)
		if err != nil {
			return nil, err
		}
		having = []scalar.Expr{c} // whole: a part of it may be a key
	}
	keys, err := b.orderKeys(order, outs, es, q.Distinct)
	if err != nil {
		return nil, err
	}
	qual, err := b.qualify(q.Qualify, outs, es)
	if err != nil {
		return nil, err
	}
	if grouped {
		if rel, err = b.aggregateAll(agg, rel, outs, having, keys, wins, qual, q); err != nil {
			return nil, err
		}
	}
	if rel, err = wins.over(b, rel); err != nil {
		return nil, err
	}
	if qual != nil {
		rel = qual.over(rel)
	}
	for _, o := range outs {
		if q.Distinct && !o.expr.Type().IsComparable() {
			return nil, semantic(q.Pos(), "column %s is %s and cannot be made DISTINCT", o.name, o.expr.Type())
		}
	}
	return b.project(rel, outs, keys, q.Distinct)
}

// selectList expands stars and binds the items.
func (b *Binder) selectList(items []*syntax.SelectItem, es *exprScope) ([]output, error) {
	var outs []output
	err := diag.Each(items, func(_ int, item *syntax.SelectItem) error {
		if star, ok := item.Expr.(*syntax.Star); ok {
			cols, err := b.star(star, es)
			outs = append(outs, cols...)
			return err
		}
		if len(item.Aliases) > 0 {
			return semantic(item.Pos(), "AS (…) names the columns of a table function, and this is none")
		}
		if cols := regexColumns(item, es.names); cols != nil {
			outs = append(outs, cols...)
			return nil
		}
		e, err := b.expr(item.Expr, es)
		if err == nil {
			outs = append(outs, output{name: outputName(item, len(outs)), expr: e, from: item.Expr})
		}
		return err
	})
	return outs, err
}

func outputName(item *syntax.SelectItem, i int) string {
	if !item.Alias.IsZero() {
		return strings.ToLower(item.Alias.Name)
	}
	if ref, ok := item.Expr.(*syntax.ColumnRef); ok {
		return strings.ToLower(ref.Parts[len(ref.Parts)-1].Name)
	}
	return fmt.Sprintf("_c%d", i)
}

func (b *Binder) star(star *syntax.Star, es *exprScope) ([]output, error) {
	var cols []logical.Column
	if len(star.Qualifier) == 0 {
		cols = es.names.columns()
	} else {
		alias := star.Qualifier[len(star.Qualifier)-1]
		found := false
		for _, r := range es.names.rels {
			if strings.EqualFold(r.alias, alias.Name) {
				cols, found = append(cols, r.cols...), true
			}
		}
		if !found {
			return nil, semantic(star.Pos(), "there is no table %s in FROM", alias.Name)
		}
	}
	if len(es.names.rels) == 0 {
		return nil, semantic(star.Pos(), "* needs a FROM clause")
	}
	except := map[string]bool{}
	for _, id := range star.Except {
		if !hasColumn(cols, id.Name) {
			return nil, semantic(id.Pos(), "column %s cannot be resolved", id.Name)
		}
		except[strings.ToLower(id.Name)] = true
	}
	replace := map[string]*syntax.SelectItem{}
	for _, item := range star.Replace {
		if !hasColumn(cols, item.Alias.Name) {
			return nil, semantic(item.Pos(), "column %s cannot be resolved", item.Alias.Name)
		}
		replace[strings.ToLower(item.Alias.Name)] = item
	}
	var outs []output
	for _, c := range cols {
		name := strings.ToLower(c.Name)
		if except[name] {
			continue
		}
		out := output{name: name, expr: c.Ref()}
		if item := replace[name]; item != nil {
			e, err := b.expr(item.Expr, es)
			if err != nil {
				return nil, err
			}
			out.expr = e
		}
		outs = append(outs, out)
	}
	return outs, nil
}

func hasColumn(cols []logical.Column, name string) bool {
	for _, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return true
		}
	}
	return false
}

func (b *Binder) where(rel logical.Node, e syntax.Expr, names *scope) (logical.Node, error) {
	var conds []scalar.Expr
	err := diag.Each(terms(e), func(_ int, term syntax.Expr) error {
		next, cond, err := b.whereTerm(rel, term, names)
		if err != nil {
			return err
		}
		rel = next
		if cond != nil {
			conds = append(conds, scalar.Conjuncts(cond)...)
		}
		return nil
	})
	if err != nil || len(conds) == 0 {
		return rel, err
	}
	return &logical.Filter{Input: rel, Conds: conds}, nil
}

// terms splits a condition at its top-level ANDs.
func terms(e syntax.Expr) []syntax.Expr {
	if l, ok := e.(*syntax.Logical); ok && l.Op == syntax.OpAnd {
		var out []syntax.Expr
		for _, t := range l.Terms {
			out = append(out, terms(t)...)
		}
		return out
	}
	return []syntax.Expr{e}
}

// project computes the outputs, removes duplicates and sorts.
func (b *Binder) project(rel logical.Node, outs []output, keys []orderKey, distinct bool) (logical.Node, error) {
	p := &logical.Project{Input: rel}
	required := map[int]bool{}
	for _, c := range rel.Columns() {
		required[c.ID] = c.Required
	}
	for _, o := range outs {
		e := o.expr
		p.Items = append(p.Items, e)
		p.Cols = append(p.Cols, b.NewColumn(o.name, e.Type(), isRequired(e, required)))
	}
	visible := len(p.Cols)
	for i := range keys {
		if keys[i].out < 0 {
			p.Items = append(p.Items, keys[i].Expr)
			p.Cols = append(p.Cols, b.NewColumn("_order", keys[i].Expr.Type(), false))
			keys[i].out = len(p.Cols) - 1
		}
	}
	var n logical.Node = p
	if distinct {
		n = b.distinct(n)
	}
	cols := n.Columns()
	sorts, roles := make([]scalar.SortKey, len(keys)), make([]orderRole, len(keys))
	for i, k := range keys {
		k.Expr = cols[k.out].Ref()
		sorts[i], roles[i] = k.SortKey, k.role
	}
	n = arrange(n, sorts, roles)
	if len(cols) == visible {
		return n, nil
	}
	return keep(n, visible), nil
}

func isRequired(e scalar.Expr, required map[int]bool) bool {
	switch e := e.(type) {
	case *scalar.Column:
		return required[e.ID]
	case *scalar.Literal:
		return e.Value != nil
	}
	return false
}

// keep drops all but the first n columns.
func keep(in logical.Node, n int) logical.Node {
	cols := in.Columns()[:n]
	p := &logical.Project{Input: in, Cols: cols}
	for _, c := range cols {
		p.Items = append(p.Items, c.Ref())
	}
	return p
}

func (b *Binder) distinct(n logical.Node) logical.Node {
	a := &logical.Aggregate{Input: n}
	for _, c := range n.Columns() {
		a.Keys = append(a.Keys, c.Ref())
		a.Cols = append(a.Cols, b.NewColumn(c.Name, c.Type, c.Required))
	}
	return a
}
