package lower

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// A window of which only the first ranks are wanted is spared rows that are behind
// them: it need not sort these. That pays where those left, of topGroupsLimit at most
// a partition, are one in topGroupsGain or fewer.
const (
	topGroupsLimit = 16
	topGroupsGain  = 2
)

// topGroups gives in without rows that are beyond the limit of n's rank among those
// of their task; ok is false if it cannot tell them, or they would be few of so many
// rows of so many partitions.
func (l *Lowerer) topGroups(n *logical.Window, in *plan, rows, partitions float64) (out *plan, ok bool) {
	if n.Top == nil || n.Top.Limit < 1 || n.Top.Limit > topGroupsLimit || len(n.Partition) == 0 || len(n.Order) == 0 {
		return in, false
	}
	if n.Funcs[n.Top.Func].Name == "dense_rank" || !oneWord(n.Order[0].Expr.Type()) {
		return in, false
	}
	if topGroupsGain*partitions*float64(n.Top.Limit) > rows {
		return in, false
	}
	few := *in
	few.node = &physical.TopGroups{Unary: unary(in.node), Keys: in.exprs(n.Partition), Order: in.keys(n.Order[:1])[0], Limit: n.Top.Limit}
	return &few, true
}

// topBefore drops, in each task before the exchange, the rows whose rank among its
// own is beyond the limit: among all it cannot be less. It tells how many are left.
func (l *Lowerer) topBefore(n *logical.Window, in *plan) (*plan, float64) {
	tasks, partitions := float64(tasksOf(in.node)), l.cost.Partitions(n)
	each := partitions * -math.Expm1(-in.rows/tasks/math.Max(1, partitions)) // of a task
	left := math.Min(in.rows, tasks*each*float64(n.Top.Limit))
	if few, ok := l.topGroups(n, in, in.rows/tasks, each); ok {
		return few, left
	}
	return l.sortedTop(n, in), left
}

// oneWord reports types whose values are ordered as words of 64 bits.
func oneWord(t types.Type) bool {
	if t.Kind == types.Decimal {
		return t.Precision <= types.SmallPrecision
	}
	return t.IsInteger() || t.IsFloating() || t.IsTemporal()
}
