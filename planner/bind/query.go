package bind

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// query binds a query inside parent (nil at the top). from, if given, is the
// relation that a SELECT without FROM reads (multi-insert).
func (b *Binder) query(q *syntax.Query, parent *scope, from *source) (logical.Node, error) {
	s := &scope{parent: parent}
	if len(q.With) > 0 {
		if q.Recursive {
			return nil, unsupported(q.Pos(), "WITH RECURSIVE")
		}
		s.ctes = map[string]*cte{}
		inner := s
		for _, def := range q.With {
			// Each name sees those before it, not itself.
			inner.ctes[strings.ToLower(def.Name.Name)] = &cte{def: def, scope: &scope{parent: inner.parent, ctes: clone(inner.ctes)}}
		}
	}
	if len(q.DistributeBy) > 0 || len(q.SortBy) > 0 || len(q.ClusterBy) > 0 {
		return nil, unsupported(q.Pos(), "DISTRIBUTE BY, SORT BY and CLUSTER BY")
	}
	var n logical.Node
	var err error
	if sel, ok := q.Body.(*syntax.Select); ok {
		n, err = b.selectQuery(sel, q.OrderBy, s, from)
	} else {
		n, err = b.body(q.Body, s, from)
		if err == nil && len(q.OrderBy) > 0 {
			n, err = b.orderOutput(n, q.OrderBy, s)
		}
	}
	if err != nil {
		return nil, err
	}
	return b.limit(n, q, s)
}

func clone(m map[string]*cte) map[string]*cte {
	out := make(map[string]*cte, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// body binds what yields rows, without ORDER BY and LIMIT.
func (b *Binder) body(e syntax.QueryExpr, s *scope, from *source) (logical.Node, error) {
	switch e := e.(type) {
	case *syntax.Query:
		return b.query(e, s, from)
	case *syntax.Select:
		return b.selectQuery(e, nil, s, from)
	case *syntax.Values:
		return b.values(e, s)
	case *syntax.SetOp:
		return b.setOp(e, s, from)
	}
	return nil, unsupported(e.Pos(), "this query")
}

func (b *Binder) limit(n logical.Node, q *syntax.Query, s *scope) (logical.Node, error) {
	if q.Limit == nil && q.Offset == nil {
		return n, nil
	}
	l := &logical.Limit{Input: n, Count: -1}
	for _, part := range []struct {
		e    syntax.Expr
		into *int64
		name string
	}{{q.Limit, &l.Count, "LIMIT"}, {q.Offset, &l.Offset, "OFFSET"}} {
		if part.e == nil {
			continue
		}
		x, err := b.expr(part.e, &exprScope{names: &scope{}, clause: part.name})
		if err != nil {
			return nil, err
		}
		v, ok := b.constant(x)
		count, isInt := v.(int64)
		if !ok || !isInt || count < 0 {
			return nil, semantic(part.e.Pos(), "%s needs a whole number that is not negative", part.name)
		}
		*part.into = count
	}
	return l, nil
}

// output is one column of a select list before it is projected.
type output struct {
	name string
	expr scalar.Expr
	// from is the select item, for messages and to match ORDER BY.
	from syntax.Expr
}

// selectQuery binds one SELECT with the ORDER BY of its query.
func (b *Binder) selectQuery(q *syntax.Select, order []*syntax.OrderItem, outer *scope, from *source) (logical.Node, error) {
	if q.Qualify != nil || len(q.Windows) > 0 {
		return nil, unsupported(q.Pos(), "window functions")
	}
	rel, names, err := b.fromClause(q.From, outer, from)
	if err != nil {
		return nil, err
	}
	if q.Where != nil {
		if rel, err = b.where(rel, q.Where, names); err != nil {
			return nil, err
		}
	}
	agg := &aggregation{}
	es := &exprScope{names: names, rel: &rel, clause: "SELECT"}
	grouped := len(q.GroupBy) > 0 || q.Having != nil || b.hasAggregates(q, order)
	if grouped {
		es.aggs = agg
		if err := b.groupBy(agg, q, names, &rel); err != nil {
			return nil, err
		}
	}
	outs, err := b.selectList(q.Items, es)
	if err != nil {
		return nil, err
	}
	var having []scalar.Expr
	if q.Having != nil {
		hs := *es
		hs.clause = "HAVING"
		c, err := b.condition(q.Having, &hs)
		if err != nil {
			return nil, err
		}
		having = scalar.Conjuncts(c)
	}
	keys, err := b.orderKeys(order, outs, es, q.Distinct)
	if err != nil {
		return nil, err
	}
	if grouped {
		if rel, err = b.aggregate(agg, rel, outs, having, keys, q); err != nil {
			return nil, err
		}
	}
	return b.project(rel, outs, keys, q.Distinct)
}

// selectList expands stars and binds the items.
func (b *Binder) selectList(items []*syntax.SelectItem, es *exprScope) ([]output, error) {
	var outs []output
	for _, item := range items {
		if star, ok := item.Expr.(*syntax.Star); ok {
			cols, err := b.star(star, es)
			if err != nil {
				return nil, err
			}
			outs = append(outs, cols...)
			continue
		}
		if len(item.Aliases) > 0 {
			return nil, unsupported(item.Pos(), "a table function in the select list")
		}
		e, err := b.expr(item.Expr, es)
		if err != nil {
			return nil, err
		}
		outs = append(outs, output{name: outputName(item, len(outs)), expr: e, from: item.Expr})
	}
	return outs, nil
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
			return nil, diag.Errorf(diag.CodeColumnNotFound, star.Pos(), "there is no table %s in FROM", alias.Name)
		}
	}
	if len(es.names.rels) == 0 {
		return nil, semantic(star.Pos(), "* needs a FROM clause")
	}
	except := map[string]bool{}
	for _, id := range star.Except {
		if !hasColumn(cols, id.Name) {
			return nil, diag.Errorf(diag.CodeColumnNotFound, id.Pos(), "column %s cannot be resolved", id.Name)
		}
		except[strings.ToLower(id.Name)] = true
	}
	replace := map[string]*syntax.SelectItem{}
	for _, item := range star.Replace {
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
	for _, term := range terms(e) {
		next, cond, err := b.whereTerm(rel, term, names)
		if err != nil {
			return nil, err
		}
		rel = next
		if cond != nil {
			conds = append(conds, scalar.Conjuncts(cond)...)
		}
	}
	if len(conds) == 0 {
		return rel, nil
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

// orderKey is a key of ORDER BY: an output column, or an expression that is
// computed beside the output and dropped after sorting.
type orderKey struct {
	scalar.SortKey
	out int // position in the outputs, or -1
}

// orderKeys binds ORDER BY: names of output columns first, then expressions over
// the input.
func (b *Binder) orderKeys(order []*syntax.OrderItem, outs []output, es *exprScope, distinct bool) ([]orderKey, error) {
	keys := make([]orderKey, len(order))
	os := *es
	os.clause = "ORDER BY"
	for i, item := range order {
		keys[i] = orderKey{SortKey: sortKey(item), out: outputIndex(item.Expr, outs)}
		if keys[i].out >= 0 {
			continue
		}
		e, err := b.expr(item.Expr, &os)
		if err != nil {
			// An expression over output names, such as the alias of an aggregate.
			if e2, err2 := b.overOutputs(item.Expr, outs, &os); err2 == nil {
				e, err = e2, nil
			}
		}
		if err != nil {
			return nil, err
		}
		if !e.Type().IsComparable() {
			return nil, semantic(item.Pos(), "%s has no order", e.Type())
		}
		keys[i].Expr = e
		for j, o := range outs {
			if o.expr.String() == e.String() {
				keys[i].out = j
			}
		}
		if distinct && keys[i].out < 0 {
			return nil, semantic(item.Pos(), "with SELECT DISTINCT, ORDER BY can use selected columns only")
		}
	}
	return keys, nil
}

// overOutputs binds e with output names standing for their expressions.
func (b *Binder) overOutputs(e syntax.Expr, outs []output, es *exprScope) (scalar.Expr, error) {
	byID := map[int]scalar.Expr{}
	rel := relation{}
	for _, o := range outs {
		c := b.NewColumn(o.name, o.expr.Type(), false)
		byID[c.ID] = o.expr
		rel.cols = append(rel.cols, c)
	}
	bound, err := b.expr(e, &exprScope{names: &scope{parent: es.names, rels: []relation{rel}}, rel: es.rel, aggs: es.aggs, clause: es.clause})
	if err != nil {
		return nil, err
	}
	return logical.Substitute(bound, byID), nil
}

func sortKey(item *syntax.OrderItem) scalar.SortKey {
	return scalar.SortKey{
		Desc:       item.Desc,
		NullsFirst: item.Nulls == syntax.NullsFirst || item.Nulls == syntax.NullsDefault && !item.Desc,
	}
}

// outputIndex finds the output column that a plain name in ORDER BY means.
func outputIndex(e syntax.Expr, outs []output) int {
	ref, ok := e.(*syntax.ColumnRef)
	if !ok || len(ref.Parts) != 1 {
		return -1
	}
	for i, o := range outs {
		if strings.EqualFold(o.name, ref.Parts[0].Name) {
			return i
		}
	}
	return -1
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
		if e.Type().Kind == types.Null {
			e = &scalar.Literal{Typ: types.StringType}
		}
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
	if len(keys) == 0 {
		return n, nil
	}
	cols := n.Columns()
	sort := &logical.Sort{Input: n}
	for _, k := range keys {
		k.Expr = cols[k.out].Ref()
		sort.Keys = append(sort.Keys, k.SortKey)
	}
	if len(cols) == visible {
		return sort, nil
	}
	return keep(sort, visible), nil
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

// orderOutput sorts a set operation or VALUES by its output columns.
func (b *Binder) orderOutput(n logical.Node, order []*syntax.OrderItem, s *scope) (logical.Node, error) {
	rel := n
	es := &exprScope{names: &scope{parent: s, rels: []relation{{cols: n.Columns()}}}, rel: &rel, clause: "ORDER BY"}
	sort := &logical.Sort{Input: n}
	for _, item := range order {
		e, err := b.expr(item.Expr, es)
		if err != nil {
			return nil, err
		}
		k := sortKey(item)
		k.Expr = e
		sort.Keys = append(sort.Keys, k)
	}
	return sort, nil
}

// values binds VALUES as a relation; columns are named col1, col2, ….
func (b *Binder) values(v *syntax.Values, s *scope) (logical.Node, error) {
	width := len(v.Rows[0])
	rows := make([][]scalar.Expr, len(v.Rows))
	ts := make([]types.Type, width)
	for r, row := range v.Rows {
		if len(row) != width {
			return nil, semantic(row[0].Pos(), "this row has %d values, the first one %d", len(row), width)
		}
		bound, err := b.exprs(row, &exprScope{names: &scope{parent: s}, clause: "VALUES"})
		if err != nil {
			return nil, err
		}
		rows[r] = bound
		for i, e := range bound {
			t, ok := types.Common(ts[i], e.Type())
			if !ok {
				return nil, semantic(row[i].Pos(), "column %d holds %s and %s", i+1, ts[i], e.Type())
			}
			ts[i] = t
		}
	}
	n := &logical.Values{}
	for i, t := range ts {
		if t.Kind == types.Null {
			ts[i] = types.StringType
		}
		n.Cols = append(n.Cols, b.NewColumn(fmt.Sprintf("col%d", i+1), ts[i], false))
	}
	for r, row := range rows {
		vals := make([]types.Datum, width)
		for i, e := range row {
			val, ok := b.constant(b.convert(e, ts[i], v.Rows[r][i].Pos()))
			if !ok {
				return nil, semantic(v.Rows[r][i].Pos(), "VALUES takes constants only, and this is none or cannot be evaluated")
			}
			vals[i] = val
		}
		n.Rows = append(n.Rows, vals)
	}
	return n, nil
}

// setOp binds UNION, INTERSECT and EXCEPT.
func (b *Binder) setOp(e *syntax.SetOp, s *scope, from *source) (logical.Node, error) {
	// A chain leans left; walk it iteratively so that hundreds of branches are fine.
	var chain []*syntax.SetOp
	var left syntax.QueryExpr = e
	for {
		op, ok := left.(*syntax.SetOp)
		if !ok {
			break
		}
		chain = append(chain, op)
		left = op.L
	}
	n, err := b.body(left, s, from)
	if err != nil {
		return nil, err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		op := chain[i]
		r, err := b.body(op.R, s, from)
		if err != nil {
			return nil, err
		}
		if n, err = b.combine(op, n, r); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (b *Binder) combine(op *syntax.SetOp, l, r logical.Node) (logical.Node, error) {
	lc, rc := l.Columns(), r.Columns()
	if len(lc) != len(rc) {
		return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "%s has %d columns on its left and %d on its right", op.Op, len(lc), len(rc))
	}
	ts := make([]types.Type, len(lc))
	for i := range lc {
		t, ok := types.Common(lc[i].Type, rc[i].Type)
		if !ok {
			return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "column %d is %s on the left and %s on the right of %s", i+1, lc[i].Type, rc[i].Type, op.Op)
		}
		ts[i] = t
	}
	l, r = b.CastColumns(l, ts), b.CastColumns(r, ts)
	if op.Op != syntax.Union {
		if op.All {
			return nil, unsupported(op.OpPos, string(op.Op)+" ALL")
		}
		return b.intersect(op, b.distinct(l), b.distinct(r)), nil
	}
	u := &logical.Union{All: []logical.Node{l, r}}
	if lu, ok := l.(*logical.Union); ok && op.All {
		u.All = append(append([]logical.Node{}, lu.All...), r)
	}
	for i, t := range ts {
		u.Cols = append(u.Cols, b.NewColumn(lc[i].Name, t, lc[i].Required && rc[i].Required))
	}
	if op.All {
		return u, nil
	}
	return b.distinct(u), nil
}

// intersect keeps the rows of l that are (INTERSECT) or are not (EXCEPT) in r;
// NULLs count as equal.
func (b *Binder) intersect(op *syntax.SetOp, l, r logical.Node) logical.Node {
	j := &logical.Join{Kind: logical.Semi, L: l, R: r}
	if op.Op == syntax.Except {
		j.Kind = logical.Anti
	}
	rc := r.Columns()
	for i, c := range l.Columns() {
		j.On = append(j.On, call("<=>", op.OpPos, types.BooleanType, c.Ref(), rc[i].Ref()))
	}
	return j
}

// CastColumns converts the columns of n to ts.
func (b *Binder) CastColumns(n logical.Node, ts []types.Type) logical.Node {
	cols := n.Columns()
	same := true
	for i := range cols {
		same = same && cols[i].Type.Equal(ts[i])
	}
	if same {
		return n
	}
	p := &logical.Project{Input: n}
	for i, c := range cols {
		p.Items = append(p.Items, b.convert(c.Ref(), ts[i], diag.Pos{}))
		p.Cols = append(p.Cols, b.NewColumn(c.Name, ts[i], c.Required && c.Type.Equal(ts[i])))
	}
	return p
}
