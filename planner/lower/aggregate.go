package lower

import (
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// directRatio is the estimated groups per row from which a partial aggregation
// before the exchange is not worth its work.
const directRatio = 0.5

func (l *Lowerer) aggregate(n *logical.Aggregate, ordered bool) (*plan, error) {
	if x, ok := n.Input.(*logical.Expand); ok && l.groupsFirst(n, x) {
		return l.groupingSets(n, x, ordered)
	}
	in, err := l.branches(n.Input, need{}.with(n.Exprs()...), false)
	if err != nil {
		return nil, err
	}
	rows := l.cost.Of(n).Rows
	if in.branches == nil && (in.dist.single || within(in.dist.keys, texts(n.Keys))) {
		whole := l.aggregateNode(n, in, ordered)
		whole.Always = n.Always
		out := &plan{node: whole, cols: n.Cols, rows: rows, dist: dist{single: in.dist.single, partitions: in.dist.partitions}}
		out.dist.keys = renamed(in.dist.keys, n.Keys, n.Cols[:len(n.Keys)])
		return out, nil
	}
	partitions := 1
	if len(n.Keys) > 0 {
		partitions = l.partitions(0, rows)
	}
	if len(n.Keys) > 0 && len(n.Always) == 0 && rows > directRatio*in.rows && partitions > 1 {
		moved := in.union(func(b *plan) *plan { return l.hashed(b, n.Keys, partitions, false) })
		d := dist{keys: texts(refs(n.Cols[:len(n.Keys)])), partitions: partitions}
		whole := l.aggregateNode(n, moved, ordered)
		whole.Because("rows move before they are grouped: %.0f groups expected of %.0f rows", rows, in.rows)
		return &plan{node: whole, cols: n.Cols, rows: rows, dist: d}, nil
	}
	return l.halves(n, in, partitions, ordered), nil
}

// halves aggregates what each task has, and then what they all found.
func (l *Lowerer) halves(n *logical.Aggregate, in *plan, partitions int, ordered bool) *plan {
	var half *physical.HashAggregate
	moved := in.union(func(b *plan) *plan {
		half = l.aggregateNode(n, b, false)
		half.Phase, half.Always = physical.Partial, n.Always
		partial := &plan{node: half, cols: n.Cols, rows: l.cost.Of(n).Rows, dist: dist{single: b.dist.single}}
		return l.grouping(l.hashed(partial, refs(n.Cols[:len(n.Keys)]), partitions, false), partitions, partial.rows)
	})
	final := *half
	final.Unary = unary(moved.node)
	final.Phase, final.Ordered, final.Always = physical.Final, ordered, nil
	final.Keys = make([]scalar.Expr, len(n.Keys))
	for i, k := range n.Keys {
		final.Keys[i] = &scalar.Column{ID: i, Name: n.Cols[i].Name, Typ: k.Type()}
	}
	return &plan{node: &final, cols: n.Cols, rows: l.cost.Of(n).Rows, dist: moved.dist}
}

func (l *Lowerer) aggregateNode(n *logical.Aggregate, in *plan, ordered bool) *physical.HashAggregate {
	a := &physical.HashAggregate{Unary: unary(in.node), Keys: in.exprs(n.Keys), Names: names(n.Cols), Ordered: ordered}
	for _, g := range n.Aggs {
		g = unfilter(g)
		g.Args = in.exprs(g.Args)
		args := make([]types.Type, len(g.Args))
		for i, e := range g.Args {
			args[i] = e.Type()
		}
		f := l.functions.Lookup(g.Name)
		a.Aggs = append(a.Aggs, g)
		a.States = append(a.States, f.Aggregate.State(udf.Signature{Args: args, Returns: g.Typ}))
	}
	return a
}

// unfilter expresses FILTER (WHERE c) as arguments that are NULL where c is not
// true; every aggregate skips those. Constant arguments stay what they are, unless
// there are no others.
func unfilter(g scalar.Aggregate) scalar.Aggregate {
	if g.Filter == nil {
		return g
	}
	args := g.Args
	if len(args) == 0 {
		args = []scalar.Expr{&scalar.Literal{Value: true, Typ: types.BooleanType}}
	}
	constant := func(e scalar.Expr) bool { _, ok := e.(*scalar.Literal); return ok }
	all := !slices.ContainsFunc(args, func(e scalar.Expr) bool { return !constant(e) })
	g.Args = logical.Map(args, func(e scalar.Expr) scalar.Expr {
		if constant(e) && !all {
			return e
		}
		return &scalar.Case{Whens: []scalar.Expr{g.Filter}, Thens: []scalar.Expr{e}, Else: &scalar.Literal{Typ: e.Type()}, Typ: e.Type()}
	})
	g.Filter = nil
	return g
}

func refs(cols []logical.Column) []scalar.Expr {
	out := make([]scalar.Expr, len(cols))
	for i, c := range cols {
		out[i] = c.Ref()
	}
	return out
}

// within reports whether all of a, and at least one, are among b.
func within(a, b []string) bool {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	for _, s := range a {
		if !in[s] {
			return false
		}
	}
	return len(a) > 0
}
