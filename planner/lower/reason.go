package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// What EXPLAIN ANALYZE tells of the planner's choices is noted where they are
// made, in the words of this file.

// expect notes how many rows the plan of n is expected to give.
func (l *Lowerer) expect(n logical.Node, p *plan) {
	switch n.(type) {
	case *logical.Write, *logical.Unload: // they give descriptions of files
		return
	}
	if p.branches == nil {
		physical.Expect(p.node, l.cost.Of(n).Rows)
	}
}

// reason notes the reason of a choice at an exchange that was made for it.
func reason(p *plan, format string, args ...any) {
	if e, ok := p.node.(*physical.Exchange); ok && e.Reason == "" {
		e.Because(format, args...)
	}
}

// spreading explains the number of tasks of a join whose sides are spread.
func (l *Lowerer) spreading(ls, rs *joinSide, tasks int, moved float64) {
	for _, s := range []*joinSide{ls, rs} {
		if l.opts.Partitions > 0 {
			reason(s.plan, "both sides are spread over the %d tasks that bixi.partitions asks for", tasks)
			continue
		}
		reason(s.plan, "both sides are spread over %d tasks: %s expected on the larger one, %s a task", tasks,
			size(moved), size(l.opts.PartitionBytes))
	}
}

// grouping explains the number of tasks that complete groups.
func (l *Lowerer) grouping(p *plan, tasks int, groups float64) *plan {
	switch {
	case tasks == 1:
	case l.opts.Partitions > 0:
		reason(p, "groups are completed by the %d tasks that bixi.partitions asks for", tasks)
	default:
		reason(p, "groups are completed by %d tasks: %.0f groups expected", tasks, groups)
	}
	return p
}

// sharing explains why every task reads all of a build side.
func (l *Lowerer) sharing(rs *joinSide, asked bool, kind physical.JoinKind) {
	switch {
	case asked:
		reason(rs.plan, "every task reads all of it, as a hint asks")
	case seesAllRight(kind):
		reason(rs.plan, "every task reads all of it, because a NULL in it decides for all rows")
	default:
		reason(rs.plan, "every task reads all of it: %s expected, %s at most", size(rs.bytes), size(l.opts.BroadcastBytes))
	}
}

func size(bytes float64) string { return physical.SizeText(int64(min(bytes, 1e18))) }
