package lower

import (
	"fmt"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

const (
	// prefilterShare is the largest share of the probe side's rows that may be
	// expected to find a match, if the others are to be left out before they are moved.
	prefilterShare = 0.5
	// prefilterRows is the most keys that make a filter worth its memory.
	prefilterRows = 1 << 22
	keyBytes      = 8 // of a key that is read again, about
)

// prefilter lets the scans that feed the probe side of a join whose sides are both
// spread leave out rows whose keys the build side does not have. The build side's
// exchange is read a second time for that, and the probe side waits for it.
func (l *Lowerer) prefilter(n *logical.Join, j *physical.HashJoin, ls, rs *joinSide) {
	probe, build := ls.node.(*physical.Exchange), rs.node.(*physical.Exchange)
	if !dropsUnmatched(j.Kind) || rs.rows > prefilterRows {
		return
	}
	share := l.matched(n.On, ls, rs)
	saved := (1 - share) * ls.bytes
	if share > prefilterShare || saved < keyBytes*rs.rows+min(l.opts.PartitionBytes, l.opts.BroadcastBytes) {
		return
	}
	f := &physical.Prefilter{Join: j.ID}
	keys := &physical.Project{}
	for i, k := range ls.keys {
		c, ok := ls.expr(k).(*scalar.Column)
		if !ok || j.NullSafe != nil && j.NullSafe[i] {
			continue
		}
		if s, col := source(probe.Input, c.ID); s != nil {
			s.RuntimeFilters = append(s.RuntimeFilters, physical.RuntimeFilter{Join: j.ID, Key: i, Column: col})
			f.Keys = append(f.Keys, i)
			keys.Exprs = append(keys.Exprs, rs.expr(rs.keys[i]))
			keys.Names = append(keys.Names, fmt.Sprintf("key%d", i))
		}
	}
	if f.Keys == nil {
		return
	}
	if build.Shared == 0 {
		l.definitions++
		build.Shared, build.Mode = l.definitions, physical.Durable
	}
	again := *build
	keys.Input = &again
	f.Left = probe.Input
	f.Right = &physical.Exchange{Unary: unary(keys), Kind: physical.Broadcast, Partitions: 1}
	probe.Input = f
	reason(ls.plan, "rows whose keys the other side lacks are left out before: %.0f%% expected to match", 100*share)
}

// matched is the share of the left rows of a join on that are expected to find a match.
func (l *Lowerer) matched(on []scalar.Expr, ls, rs *joinSide) float64 {
	semi := &logical.Join{Kind: logical.Semi, L: ls.of, R: rs.of, On: on}
	return min(l.cost.Of(semi).Rows/l.cost.Of(ls.of).Rows, 1)
}
