package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// ordering is what a query says of the order of its rows and of the tasks that
// have them: ORDER BY, or DISTRIBUTE BY, SORT BY and CLUSTER BY.
type ordering struct {
	items []*syntax.OrderItem
	roles []orderRole // of the items
}

// orderRole is what a key is for.
type orderRole uint8

const (
	orderAll    orderRole = iota // ORDER BY: all rows are in this order
	orderWithin                  // SORT BY: those of each task are
	spread                       // DISTRIBUTE BY: equal rows meet in a task
)

func (o *ordering) add(role orderRole, items ...*syntax.OrderItem) {
	for _, item := range items {
		o.items, o.roles = append(o.items, item), append(o.roles, role)
	}
}

// orderingOf reads the clauses of q.
func orderingOf(q *syntax.Query, needsLimit bool) (ordering, error) {
	var o ordering
	o.add(orderAll, q.OrderBy...)
	if needsLimit && len(q.OrderBy) > 0 && q.Limit == nil {
		return o, semantic(q.OrderBy[0].Pos(), "ORDER BY must be used with a LIMIT clause").
			WithHint("set odps.sql.validate.orderby.limit=false")
	}
	for _, e := range q.DistributeBy {
		o.add(spread, &syntax.OrderItem{Start: syntax.Start{At: e.Pos()}, Expr: e})
	}
	o.add(orderWithin, q.SortBy...)
	if len(q.ClusterBy) > 0 && len(o.items) > 0 {
		return o, semantic(q.ClusterBy[0].Pos(), "CLUSTER BY cannot stand beside ORDER BY, DISTRIBUTE BY or SORT BY").
			WithHint("CLUSTER BY x is DISTRIBUTE BY x SORT BY x")
	}
	o.add(spread, q.ClusterBy...)
	o.add(orderWithin, q.ClusterBy...)
	if len(q.OrderBy) > 0 && len(o.items) > len(q.OrderBy) {
		return o, semantic(o.items[len(q.OrderBy)].Pos(), "ORDER BY cannot stand beside DISTRIBUTE BY or SORT BY").
			WithHint("ORDER BY puts all rows in order already")
	}
	return o, nil
}

// arrange puts n in the order of keys, whose roles are given.
func arrange(n logical.Node, keys []scalar.SortKey, roles []orderRole) logical.Node {
	if len(keys) == 0 {
		return n
	}
	if roles[0] == orderAll {
		return &logical.Sort{Input: n, Keys: keys}
	}
	d := &logical.Distribute{Input: n}
	for i, k := range keys {
		if roles[i] == spread {
			d.Keys = append(d.Keys, k.Expr)
		} else {
			d.Sort = append(d.Sort, k)
		}
	}
	return d
}

// position is the place that a number among keys means, if it means one: from 0,
// below n. A number that is no such place is a constant, of which the user is told.
func (b *Binder) position(e syntax.Expr, n int, clause string) (int, bool) {
	lit, ok := e.(*syntax.NumberLit)
	if !ok || lit.Suffix != "" || strings.ContainsAny(lit.Text, ".eE") {
		return 0, false
	}
	bound, err := number(lit, false)
	if err != nil {
		return 0, false
	}
	v, ok := bound.(*scalar.Literal).Value.(int64)
	if !ok || v < 1 || v > int64(n) {
		b.warn(e.Pos(), "%s %s is a constant: the select list has %d items", clause, lit.Text, n)
		return 0, false
	}
	return int(v) - 1, true
}

func (b *Binder) orderPosition(e syntax.Expr, n int) (int, bool) {
	if !b.env.OrderPositions {
		return 0, false
	}
	return b.position(e, n, "ORDER BY")
}

// ambiguousOutput reports an output name that stands for different values.
func ambiguousOutput(pos diag.Pos, name string) error {
	return semantic(pos, "column %s is ambiguous: the select list has it more than once", name).
		WithHint("give the columns different aliases")
}

// groupPosition is the select item that a number among the GROUP BY keys means;
// nil if it means none. An aggregate cannot be a key, so its place is no position.
func (b *Binder) groupPosition(e syntax.Expr, q *syntax.Select) syntax.Expr {
	if !b.env.GroupPositions {
		return nil
	}
	i, ok := b.position(e, len(q.Items), "GROUP BY")
	if !ok {
		return nil
	}
	for _, item := range q.Items[:i+1] {
		if _, star := item.Expr.(*syntax.Star); star {
			b.warn(e.Pos(), "GROUP BY %s is a constant: the places behind * are not known", e.(*syntax.NumberLit).Text)
			return nil
		}
	}
	if b.hasAggregates(&syntax.Select{Items: q.Items[i : i+1]}, ordering{}) {
		b.warn(e.Pos(), "GROUP BY %s is a constant: that item of the select list is an aggregate", e.(*syntax.NumberLit).Text)
		return nil
	}
	return q.Items[i].Expr
}
