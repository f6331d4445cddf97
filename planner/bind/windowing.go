package bind

import (
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/udf"
)

// windowing collects the window functions of one SELECT while its expressions are
// bound. A call is bound to a reference to the column that it will have. Calls of
// the same partition and order share a node.
type windowing struct {
	// names are the columns of FROM: windows do not see the aliases of the SELECT.
	names *scope
	defs  []*syntax.NamedWindow
	nodes []*logical.Window
	at    []diag.Pos // of the first call of each node
}

// add notes a call and gives the reference to its column.
func (w *windowing) add(b *Binder, f scalar.Window, partition []scalar.Expr, order []scalar.SortKey, fn *udf.Function, pos diag.Pos) scalar.Expr {
	at := slices.IndexFunc(w.nodes, func(n *logical.Window) bool {
		return sameTexts(n.Partition, partition) && sameTexts(n.Order, order)
	})
	if at < 0 {
		at = len(w.nodes)
		w.nodes, w.at = append(w.nodes, &logical.Window{Partition: partition, Order: order}), append(w.at, pos)
	}
	n := w.nodes[at]
	for i, other := range n.Funcs {
		if other.Identity() == f.Identity() {
			return n.Cols[i].Ref()
		}
	}
	required := fn.Aggregate != nil && fn.Aggregate.EmptyIsZero || fn.Window != nil && !fn.Window.Nulls
	col := b.NewColumn(f.Name, f.Typ, required)
	n.Funcs, n.Cols = append(n.Funcs, f), append(n.Cols, col)
	return col.Ref()
}

func sameTexts[E interface{ String() string }](a, b []E) bool {
	return slices.EqualFunc(a, b, func(x, y E) bool { return x.String() == y.String() })
}

// outputs lists all expressions of the windows, as outputs that an aggregation
// rewrites, and takes them back with restore.
func (w *windowing) outputs() []output {
	var outs []output
	for i, n := range w.nodes {
		for _, e := range n.Exprs() {
			outs = append(outs, output{expr: e, at: w.at[i]})
		}
	}
	return outs
}

func (w *windowing) restore(outs []output) {
	for i, n := range w.nodes {
		at := 0
		w.nodes[i] = n.MapExprs(func(scalar.Expr) scalar.Expr { at++; return outs[at-1].expr }).(*logical.Window)
		outs = outs[at:]
	}
}

// over puts the window nodes over rel: those of the same partition together, the
// longest order below, as its sorting may serve the others.
func (w *windowing) over(b *Binder, rel logical.Node) (logical.Node, error) {
	if len(w.nodes) == 0 {
		return rel, nil
	}
	if err := w.checkBelow(rel); err != nil {
		return nil, err
	}
	rel = w.columnKeys(b, rel)
	first := func(n *logical.Window) int {
		return slices.IndexFunc(w.nodes, func(o *logical.Window) bool { return sameTexts(o.Partition, n.Partition) })
	}
	nodes := slices.Clone(w.nodes)
	slices.SortStableFunc(nodes, func(a, b *logical.Window) int {
		if c := first(a) - first(b); c != 0 {
			return c
		}
		return len(b.Order) - len(a.Order)
	})
	for _, n := range nodes {
		c := *n
		c.Input = rel
		rel = &c
	}
	return rel, nil
}

// columnKeys makes columns of the keys that are none, so that they are computed
// once, and drops constant ones, which do not order.
func (w *windowing) columnKeys(b *Binder, rel logical.Node) logical.Node {
	p := &logical.Project{Input: rel}
	for _, c := range rel.Columns() {
		p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, c)
	}
	plain := len(p.Items)
	column := func(e scalar.Expr) scalar.Expr {
		if _, ok := e.(*scalar.Column); ok {
			return e
		}
		for i, item := range p.Items[plain:] {
			if scalar.Identity(item) == scalar.Identity(e) {
				return p.Cols[plain+i].Ref()
			}
		}
		c := b.NewColumn("_key", e.Type(), false)
		p.Items, p.Cols = append(p.Items, e), append(p.Cols, c)
		return c.Ref()
	}
	for _, n := range w.nodes {
		n.Partition = logical.Map(n.Partition, column)
		n.Order = slices.DeleteFunc(slices.Clone(n.Order), func(k scalar.SortKey) bool {
			_, literal := k.Expr.(*scalar.Literal)
			return literal
		})
		for i := range n.Order {
			n.Order[i].Expr = column(n.Order[i].Expr)
		}
	}
	if len(p.Items) == plain {
		return rel
	}
	return p
}

// checkBelow refuses subqueries, which are joined below the windows, that take a
// window function as an operand.
func (w *windowing) checkBelow(rel logical.Node) error {
	made := map[int]bool{}
	for _, n := range w.nodes {
		for _, c := range n.Cols {
			made[c.ID] = true
		}
	}
	for j, ok := rel.(*logical.Join); ok && j.Apply; j, ok = j.L.(*logical.Join) {
		for _, e := range j.On {
			if logical.Refs(e, made) {
				return unsupported(w.at[0], "a window function before IN (subquery) in the select list")
			}
		}
	}
	return nil
}
