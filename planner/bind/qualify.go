package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
)

// qualification is the condition of QUALIFY. The subqueries in it are joined to
// hole, in whose place the windows' output comes.
type qualification struct {
	conds []scalar.Expr
	hole  *logical.Values
	top   logical.Node
}

// qualify binds QUALIFY, which sees the columns of FROM and then the aliases of
// the select list.
func (b *Binder) qualify(e syntax.Expr, outs []output, es *exprScope) (*qualification, error) {
	if e == nil {
		return nil, nil
	}
	byID := map[int]scalar.Expr{}
	aliases := relation{}
	for _, o := range outs {
		c := b.NewColumn(o.name, o.expr.Type(), false)
		byID[c.ID] = o.expr
		aliases.cols = append(aliases.cols, c)
	}
	q := &qualification{hole: &logical.Values{}}
	q.top = q.hole
	s := *es
	s.clause, s.rel = "QUALIFY", &q.top
	s.names = &scope{rels: es.names.rels, ctes: es.names.ctes, parent: &scope{rels: []relation{aliases}, parent: es.names.parent}}
	c, err := b.condition(e, &s)
	if err != nil {
		return nil, err
	}
	q.mapExprs(func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, byID) })
	q.conds = []scalar.Expr{logical.Substitute(c, byID)}
	return q, nil
}

// mapExprs replaces the expressions of the subqueries and their joins.
func (q *qualification) mapExprs(f func(scalar.Expr) scalar.Expr) {
	q.top = logical.Transform(q.top, func(n logical.Node) logical.Node {
		if n == logical.Node(q.hole) || len(n.Exprs()) == 0 {
			return n
		}
		return n.MapExprs(f)
	})
}

// over filters rel.
func (q *qualification) over(rel logical.Node) logical.Node {
	rel = logical.Transform(q.top, func(n logical.Node) logical.Node {
		if n == logical.Node(q.hole) {
			return rel
		}
		return n
	})
	return &logical.Filter{Input: rel, Conds: scalar.Conjuncts(scalar.And(q.conds))}
}

// aggregateAll puts the aggregation over rel like aggregate, for the windows and
// QUALIFY too.
func (b *Binder) aggregateAll(agg *aggregation, rel logical.Node, outs []output, having []scalar.Expr, keys []orderKey, wins *windowing, qual *qualification, q *syntax.Select) (logical.Node, error) {
	all := append(append([]output{}, outs...), wins.outputs()...)
	windows := len(all)
	if qual != nil {
		for _, c := range qual.conds {
			all = append(all, output{expr: c, from: q.Qualify})
		}
	}
	rel, err := b.aggregate(agg, rel, all, having, keys, q)
	if err != nil {
		return nil, err
	}
	copy(outs, all)
	wins.restore(all[len(outs):windows])
	if qual != nil {
		for i := range qual.conds {
			qual.conds[i] = all[windows+i].expr
		}
		qual.mapExprs(agg.overOutput)
	}
	return rel, nil
}
