package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// window brings the rows of each partition together, sorts them and computes the
// functions over them. Rows that are already so because of a window below stay.
func (l *Lowerer) window(n *logical.Window, want need, ordered bool) (*plan, error) {
	below := need{}
	for id := range want.with(n.Exprs()...) {
		below[id] = true
	}
	for _, c := range n.Cols {
		delete(below, c.ID)
	}
	unsorted := l.needsNoOrder(n)
	in, err := l.lower(n.Input, below, ordered && unsorted)
	if err != nil {
		return nil, err
	}
	in = l.narrow(in, below)
	keys, rows := windowOrder(n), in.rows
	if !in.dist.single && !within(in.dist.keys, texts(n.Partition)) {
		est := l.cost.Of(n.Input)
		partitions := 1
		if len(n.Partition) > 0 {
			partitions = l.partitions(est.Rows*est.Width(in.cols), 0)
		}
		if n.Top != nil && topGain*l.cost.Partitions(n)*float64(n.Top.Limit) < in.rows {
			in, rows = l.topBefore(n, in)
		}
		in = l.hashed(in, n.Partition, partitions, ordered && unsorted)
	}
	if !unsorted && !sorted(in, keys) {
		in, _ = l.topGroups(n, in, rows, l.cost.Partitions(n))
		in.node = &physical.Sort{Unary: unary(in.node), Keys: in.keys(keys)}
	}
	out := &plan{node: l.windowNode(n, in), dist: in.dist, rows: l.cost.Of(n).Rows}
	out.cols = append(append(out.cols, in.cols...), n.Cols...)
	return out, nil
}

// topGain is how many times the rows wanted of all partitions must fit into the
// input for it to be worth sorting before the exchange too.
const topGain = 8

// sortedTop is topBefore by a window over the task's rows.
func (l *Lowerer) sortedTop(n *logical.Window, in *plan) *plan {
	at := n.Top.Func
	own := &logical.Window{
		Partition: n.Partition, Order: n.Order, Top: &logical.Top{Limit: n.Top.Limit},
		Funcs: n.Funcs[at : at+1], Cols: n.Cols[at : at+1],
	}
	ranked := *in
	ranked.node = &physical.Sort{Unary: unary(in.node), Keys: in.keys(windowOrder(n))}
	ranked.node = l.windowNode(own, &ranked)
	ranked.cols = append(append([]logical.Column{}, in.cols...), own.Cols...)
	return l.arrange(&ranked, in.cols)
}

// windowOrder is the order of a window's input.
func windowOrder(n *logical.Window) []scalar.SortKey {
	var keys []scalar.SortKey
	for _, k := range n.Partition {
		keys = append(keys, scalar.SortKey{Expr: k, NullsFirst: true})
	}
	return append(keys, n.Order...)
}

// needsNoOrder reports a window whose rows are all peers and whose functions do
// not see their order.
func (l *Lowerer) needsNoOrder(n *logical.Window) bool {
	if len(n.Partition) > 0 || len(n.Order) > 0 {
		return false
	}
	for _, f := range n.Funcs {
		if l.functions.Lookup(f.Name).Aggregate == nil || !f.Frame.IsWhole() {
			return false
		}
	}
	return true
}

// sorted reports whether the rows of p come from a window whose order begins with
// keys.
func sorted(p *plan, keys []scalar.SortKey) bool {
	w, ok := p.node.(*physical.Window)
	if !ok {
		return false
	}
	have := len(w.Partition) + len(w.Order)
	if have < len(keys) {
		return false
	}
	for i, k := range p.keys(keys) {
		switch {
		case i >= len(w.Partition):
			if k.String() != w.Order[i-len(w.Partition)].String() {
				return false
			}
		case k.String() != (scalar.SortKey{Expr: w.Partition[i], NullsFirst: true}).String():
			return false
		}
	}
	return true
}

func (l *Lowerer) windowNode(n *logical.Window, in *plan) *physical.Window {
	w := &physical.Window{Unary: unary(in.node), Partition: in.exprs(n.Partition), Order: in.keys(n.Order), Names: names(n.Cols), TopFunc: -1}
	if n.Top != nil {
		w.TopFunc, w.TopLimit = n.Top.Func, n.Top.Limit
	}
	for _, f := range n.Funcs {
		f = f.MapExprs(in.expr)
		if f.Filter != nil {
			f.Aggregate = unfilter(f.Aggregate)
		}
		var states []types.Type
		if fn := l.functions.Lookup(f.Name); fn.Aggregate != nil {
			args := make([]types.Type, len(f.Args))
			for i, e := range f.Args {
				args[i] = e.Type()
			}
			states = fn.Aggregate.State(udf.Signature{Args: args, Returns: f.Typ})
		}
		w.Funcs, w.States = append(w.Funcs, f), append(w.States, states)
	}
	return w
}
