package lower

import (
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// expand copies rows once for each grouping set.
func (l *Lowerer) expand(n *logical.Expand, want need, ordered bool) (*plan, error) {
	in, err := l.lower(n.Input, want.with(n.Keys...), ordered)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, want.with(n.Keys...))
	cols := append(append(append([]logical.Column{}, in.cols...), n.Cols...), n.Set)
	x := &physical.Expand{Unary: unary(in.node), Names: names(cols)}
	for s := range n.Sets {
		list := in.exprs(refs(in.cols))
		for k, e := range in.exprs(n.Keys) {
			list = append(list, keyOf(n, s, k, e))
		}
		x.Lists = append(x.Lists, append(list, setNumber(s)))
	}
	// A copy stays in its row's task, so what was known of the rows holds.
	return &plan{node: x, cols: cols, dist: in.dist, rows: l.cost.Of(n).Rows}, nil
}

// keyOf is key k, which e computes, in grouping set s.
func keyOf(n *logical.Expand, s, k int, e scalar.Expr) scalar.Expr {
	if n.Has(s, k) {
		return e
	}
	return &scalar.Literal{Typ: e.Type()}
}

func setNumber(s int) scalar.Expr {
	return &scalar.Literal{Value: int64(s), Typ: types.BigIntType}
}

// groupsFirst reports whether rows are better grouped by all keys before they
// are copied: every set's groups are made of those groups, and they are fewer.
func (l *Lowerer) groupsFirst(n *logical.Aggregate, x *logical.Expand) bool {
	if len(n.Keys) != len(x.Cols)+1 {
		return false
	}
	for i, c := range append(append([]logical.Column{}, x.Cols...), x.Set) {
		if n.Keys[i].String() != c.Ref().String() {
			return false
		}
	}
	below := logical.IDs(x.Input)
	for _, g := range n.Aggs {
		for _, e := range (&logical.Aggregate{Aggs: []scalar.Aggregate{g}}).Exprs() {
			if !logical.Within(e, below) {
				return false
			}
		}
	}
	finest := l.cost.Of(finest(n, x)).Rows
	return finest <= directRatio*l.cost.Of(x.Input).Rows
}

// finest groups the rows below x by all keys.
func finest(n *logical.Aggregate, x *logical.Expand) *logical.Aggregate {
	return &logical.Aggregate{Input: x.Input, Keys: x.Keys, Aggs: n.Aggs, Cols: append(append([]logical.Column{}, x.Cols...), n.Cols[len(n.Keys):]...)}
}

// groupingSets groups rows by all keys, copies the groups' states for each set,
// merges what is equal in the task, and then as any aggregation.
func (l *Lowerer) groupingSets(n *logical.Aggregate, x *logical.Expand, ordered bool) (*plan, error) {
	first := finest(n, x)
	in, err := l.lower(x.Input, need{}.with(first.Exprs()...), false)
	if err != nil {
		return nil, err
	}
	partial := l.aggregateNode(first, in, false)
	partial.Phase = physical.Partial
	merge := &physical.HashAggregate{
		Unary: unary(copyStates(x, partial)), Phase: physical.Merge, Names: names(n.Cols), Aggs: partial.Aggs, States: partial.States, Always: n.Always,
	}
	for i, k := range n.Keys {
		merge.Keys = append(merge.Keys, &scalar.Column{ID: i, Name: n.Cols[i].Name, Typ: k.Type()})
	}
	est := l.cost.Of(n)
	out := &plan{cols: n.Cols, rows: est.Rows, dist: in.dist}
	if in.dist.single {
		merge.Phase, merge.Ordered = physical.Final, ordered
		out.node = merge
		return out, nil
	}
	out.node, out.dist = merge, dist{}
	moved := l.hashed(out, refs(n.Cols[:len(n.Keys)]), l.partitions(0, est.Rows), false)
	final := *merge
	final.Unary = unary(moved.node)
	final.Phase, final.Ordered, final.Always = physical.Final, ordered, nil
	out.node, out.dist = &final, moved.dist
	return out, nil
}

// copyStates copies the keys and states that groups gives once for each set.
func copyStates(x *logical.Expand, groups *physical.HashAggregate) *physical.Expand {
	fields, keys := groups.Schema(), len(x.Keys)
	out := &physical.Expand{Unary: unary(groups), Names: slices.Insert(fields.Names(), keys, x.Set.Name)}
	column := func(i int) scalar.Expr { return &scalar.Column{ID: i, Name: fields[i].Name, Typ: fields[i].Type} }
	for s := range x.Sets {
		var list []scalar.Expr
		for k := range keys {
			list = append(list, keyOf(x, s, k, column(k)))
		}
		list = append(list, setNumber(s))
		for i := keys; i < len(fields); i++ {
			list = append(list, column(i))
		}
		out.Lists = append(out.Lists, list)
	}
	return out
}
