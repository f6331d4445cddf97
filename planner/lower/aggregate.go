package lower

import (
	"math"
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// A partial aggregation before the exchange does its work for nothing if most rows
// have groups of their own, directRatio of them; and it is dearer than the exchange
// of all rows where a task's table leaves the cache, at about cachedGroups groups,
// unless what is left is little, keptRatio of the rows.
const (
	directRatio  = 0.5
	keptRatio    = 0.05
	cachedGroups = 32 << 10
)

// A task behind the exchange of all rows gets about as many groups as have a table
// in the cache, unless that makes too many tasks, and not too many rows.
const (
	directGroups = 16 << 10
	directRows   = 320_000
	directTasks  = 64
)

// Merging what the tasks found is spread so that each task gets about mergedRows of
// it, up to mergedTasks tasks: more are for the sake of memory only.
const (
	mergedRows  = 32 << 10
	mergedTasks = 8
)

// partial tells how to aggregate rows that are to be spread by their keys: in halves
// or not, and in how many partitions.
func (l *Lowerer) partial(n *logical.Aggregate, in *plan) (halves bool, partitions int) {
	groups, rows := l.cost.Of(n).Rows, math.Max(1, l.cost.Of(n.Input).Rows)
	tasks := 0.0
	in.each(func(b *plan) *plan {
		tasks += float64(tasksOf(b.node))
		return b
	})
	each := groups / tasks // of a task
	if !l.apart(n) {
		each = groups * -math.Expm1(-rows/tasks/groups)
	}
	left := each * tasks / rows
	if len(n.Always) > 0 || left <= directRatio && (each <= cachedGroups || left <= keptRatio || l.apart(n)) {
		merged := each * tasks
		tables := math.Max(groups, merged/4) / l.opts.PartitionGroups
		return true, l.tasks(math.Max(tables, math.Min(mergedTasks, merged/mergedRows)))
	}
	cached := math.Min(directTasks, math.Max(groups/directGroups, rows/directRows))
	return false, l.tasks(math.Max(cached, groups/l.opts.PartitionGroups))
}

// apart reports whether the rows of a group are near each other in their table.
func (l *Lowerer) apart(n *logical.Aggregate) bool {
	est := l.cost.Of(n.Input)
	return slices.ContainsFunc(n.Keys, func(k scalar.Expr) bool {
		c, ok := k.(*scalar.Column)
		return ok && est.Columns[c.ID].Apart
	})
}

// tasksOf is the number of tasks that carry out n.
func tasksOf(n physical.Node) int {
	switch n := n.(type) {
	case *physical.Scan:
		return max(1, len(n.Splits))
	case *physical.Exchange:
		return max(1, n.Partitions)
	}
	tasks := 1
	for _, in := range n.Inputs() {
		tasks = max(tasks, tasksOf(in))
	}
	return tasks
}

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
	if len(n.Keys) == 0 {
		return l.halves(n, in, 1, ordered), nil
	}
	halves, partitions := l.partial(n, in)
	if halves || partitions == 1 {
		return l.halves(n, in, partitions, ordered), nil
	}
	moved := in.union(func(b *plan) *plan { return l.hashed(b, n.Keys, partitions, false) })
	d := dist{keys: texts(refs(n.Cols[:len(n.Keys)])), partitions: partitions}
	whole := l.aggregateNode(n, moved, ordered)
	whole.Because("rows move before they are grouped: %.0f groups expected of %.0f rows", rows, in.rows)
	return &plan{node: whole, cols: n.Cols, rows: rows, dist: d}, nil
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
