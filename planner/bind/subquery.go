package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// whereTerm binds one conjunct of WHERE. [NOT] EXISTS and [NOT] IN (query) become
// semi and anti joins; anything else is a condition.
func (b *Binder) whereTerm(rel logical.Node, e syntax.Expr, names *scope) (logical.Node, scalar.Expr, error) {
	not := false
	inner := e
	for {
		u, ok := inner.(*syntax.Unary)
		if !ok || u.Op != syntax.OpNot {
			break
		}
		not, inner = !not, u.X
	}
	es := &exprScope{names: names, rel: &rel, clause: "WHERE"}
	switch x := inner.(type) {
	case *syntax.Exists:
		sub, err := b.query(x.Query, names, nil)
		if err != nil {
			return nil, nil, err
		}
		j := &logical.Join{Kind: logical.Semi, L: rel, R: sub, Apply: true}
		if not {
			j.Kind = logical.Anti
		}
		return j, nil, nil
	case *syntax.InQuery:
		j, err := b.inJoin(x, es)
		if err != nil {
			return nil, nil, err
		}
		j.L, j.Kind = rel, logical.Semi
		if not != x.Not {
			j.Kind = logical.AntiNull
		}
		return j, nil, nil
	}
	cond, err := b.condition(e, es)
	return rel, cond, err
}

// inJoin binds x IN (query) to a join without kind and left side.
func (b *Binder) inJoin(e *syntax.InQuery, s *exprScope) (*logical.Join, error) {
	left := []syntax.Expr{e.X}
	if row, ok := e.X.(*syntax.Row); ok {
		left = row.Items
	}
	bound, err := b.exprs(left, s)
	if err != nil {
		return nil, err
	}
	sub, err := b.query(e.Query, s.names, nil)
	if err != nil {
		return nil, err
	}
	cols := sub.Columns()
	if len(cols) != len(bound) {
		return nil, diag.Errorf(diag.CodeSubquery, e.Query.Pos(), "IN compares %d values with %d columns", len(bound), len(cols))
	}
	j := &logical.Join{R: sub, Apply: true}
	for i := range bound {
		eq, err := b.compare(syntax.OpEq, e.OpPos, bound[i], cols[i].Ref())
		if err != nil {
			return nil, err
		}
		j.On = append(j.On, eq)
	}
	return j, nil
}

// inQuery binds x IN (query) inside an expression to a mark.
func (b *Binder) inQuery(e *syntax.InQuery, s *exprScope) (scalar.Expr, error) {
	if s.rel == nil {
		return nil, diag.Errorf(diag.CodeSubquery, e.Query.Pos(), "a subquery cannot stand in %s", s.clause)
	}
	j, err := b.inJoin(e, s)
	if err != nil {
		return nil, err
	}
	return b.mark(j, s), nil
}

// markSubquery binds EXISTS inside an expression.
func (b *Binder) markSubquery(pos diag.Pos, q *syntax.Query, on []scalar.Expr, s *exprScope) (scalar.Expr, error) {
	if s.rel == nil {
		return nil, diag.Errorf(diag.CodeSubquery, pos, "a subquery cannot stand in %s", s.clause)
	}
	sub, err := b.query(q, s.names, nil)
	if err != nil {
		return nil, err
	}
	return b.mark(&logical.Join{R: sub, On: on, Apply: true}, s), nil
}

func (b *Binder) mark(j *logical.Join, s *exprScope) scalar.Expr {
	j.Kind = logical.Mark
	j.Mark = b.NewColumn("_mark", types.BooleanType, false)
	s.attach(j)
	return j.Mark.Ref()
}

// attach puts the join of a subquery over what the expression is computed over:
// the groups of an aggregation, or rows.
func (s *exprScope) attach(j *logical.Join) {
	if s.aggs != nil && !s.aggs.inside {
		s.aggs.above = append(s.aggs.above, j)
		return
	}
	j.L = *s.rel
	*s.rel = j
}

// subqueriesOver puts the subqueries that see groups over n, which gives these.
// over expresses what reads rows by the columns of n.
func (a *aggregation) subqueriesOver(n logical.Node, over func(scalar.Expr) scalar.Expr) logical.Node {
	for _, j := range a.above {
		c := *j
		c.L = n
		c.On = logical.Map(c.On, over)
		c.R = logical.Transform(c.R, func(n logical.Node) logical.Node { return n.MapExprs(over) })
		n = &c
	}
	return n
}

// scalarSubquery binds (query) as a value: the relation gains its column.
func (b *Binder) scalarSubquery(e *syntax.Subquery, s *exprScope) (scalar.Expr, error) {
	if s.rel == nil {
		return nil, diag.Errorf(diag.CodeSubquery, e.Pos(), "a subquery cannot stand in %s", s.clause)
	}
	sub, err := b.query(e.Query, s.names, nil)
	if err != nil {
		return nil, err
	}
	cols := sub.Columns()
	if len(cols) != 1 {
		return nil, diag.Errorf(diag.CodeSubquery, e.Pos(), "a scalar subquery has one column, this one %d", len(cols))
	}
	s.attach(&logical.Join{Kind: logical.Single, R: sub, Apply: true})
	return cols[0].Ref(), nil
}
