package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
)

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
		if out := keys[i].out; out >= 0 {
			if err := ordered(outs[out].expr, item); err != nil {
				return nil, err
			}
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
		if err := ordered(e, item); err != nil {
			return nil, err
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
		if err := ordered(e, item); err != nil {
			return nil, err
		}
		k := sortKey(item)
		k.Expr = e
		sort.Keys = append(sort.Keys, k)
	}
	return sort, nil
}
