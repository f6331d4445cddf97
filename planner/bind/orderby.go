package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// orderKey is a key of ORDER BY: an output column, or an expression that is
// computed beside the output and dropped after sorting.
type orderKey struct {
	scalar.SortKey
	out  int // position in the outputs, or -1
	role orderRole
}

// orderKeys binds an ordering: names of output columns and positions first, then
// expressions over the input.
func (b *Binder) orderKeys(order ordering, outs []output, es *exprScope, distinct bool) ([]orderKey, error) {
	keys := make([]orderKey, len(order.items))
	os := *es
	os.clause = "ORDER BY"
	err := diag.Each(order.items, func(i int, item *syntax.OrderItem) error {
		at, err := b.outputIndex(item.Expr, outs)
		if err != nil {
			return err
		}
		keys[i] = orderKey{SortKey: sortKey(item), out: at, role: order.roles[i]}
		if at >= 0 {
			return ordered(outs[at].expr, item)
		}
		e, err := b.expr(item.Expr, &os)
		if err != nil {
			// An expression over output names, such as the alias of an aggregate.
			if e2, err2 := b.overOutputs(item.Expr, outs, &os); err2 == nil {
				e, err = e2, nil
			}
		}
		if err == nil {
			err = ordered(e, item)
		}
		if err != nil {
			return err
		}
		keys[i].Expr = e
		for j, o := range outs {
			if o.expr.String() == e.String() {
				keys[i].out = j
			}
		}
		if distinct && keys[i].out < 0 {
			return semantic(item.Pos(), "with SELECT DISTINCT, ORDER BY can use selected columns only")
		}
		return nil
	})
	return keys, err
}

// ordered refuses keys whose type has no order.
func ordered(e scalar.Expr, item *syntax.OrderItem) error {
	if e.Type().IsComparable() {
		return nil
	}
	return semantic(item.Pos(), "%s has no order", e.Type())
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

// outputIndex finds the output column that a plain name or a position in ORDER BY
// means; -1 for none.
func (b *Binder) outputIndex(e syntax.Expr, outs []output) (int, error) {
	if i, ok := b.orderPosition(e, len(outs)); ok {
		return i, nil
	}
	ref, ok := e.(*syntax.ColumnRef)
	if !ok || len(ref.Parts) != 1 {
		return -1, nil
	}
	found := -1
	for i, o := range outs {
		if !strings.EqualFold(o.name, ref.Parts[0].Name) {
			continue
		}
		if found >= 0 && outs[found].expr.String() != o.expr.String() {
			return -1, ambiguousOutput(e.Pos(), o.name)
		}
		if found < 0 {
			found = i
		}
	}
	return found, nil
}

// havingCondition binds HAVING. What is no column of the input may be a name of
// the select list, of what wins does not compute: windows come after.
func (b *Binder) havingCondition(e syntax.Expr, outs []output, wins *windowing, es *exprScope) (scalar.Expr, error) {
	c, err := b.condition(e, es)
	if err == nil {
		return c, nil
	}
	late := map[int]bool{}
	for _, n := range wins.nodes {
		for _, c := range n.Cols {
			late[c.ID] = true
		}
	}
	early := slices.DeleteFunc(slices.Clone(outs), func(o output) bool { return logical.Refs(o.expr, late) })
	named, err2 := b.overOutputs(e, early, es)
	if err2 != nil {
		return nil, err
	}
	return b.boolean(named, e.Pos(), es.clause)
}

// orderOutput orders a set operation or VALUES by its output columns.
func (b *Binder) orderOutput(n logical.Node, order ordering, s *scope) (logical.Node, error) {
	rel, cols := n, n.Columns()
	es := &exprScope{names: &scope{parent: s, rels: []relation{{cols: cols}}}, rel: &rel, clause: "ORDER BY"}
	var keys []scalar.SortKey
	for _, item := range order.items {
		k := sortKey(item)
		if i, ok := b.orderPosition(item.Expr, len(cols)); ok {
			k.Expr = cols[i].Ref()
		} else {
			e, err := b.expr(item.Expr, es)
			if err != nil {
				return nil, err
			}
			k.Expr = e
		}
		if err := ordered(k.Expr, item); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	out := arrange(rel, keys, order.roles)
	if rel != n { // a subquery among the keys was joined
		out = keep(out, len(cols))
	}
	return out, nil
}
