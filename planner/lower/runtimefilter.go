package lower

import (
	"fmt"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

const (
	// prefilterShare is the largest share of the probe side's rows that may be expected
	// to find a match, if the others are to be left out before they are moved.
	prefilterShare = 0.5
	// buildShare is the same for the build side, which waits for the probe side then.
	buildShare = 0.25
	// prefilterKeys is the most keys that make a filter worth its memory.
	prefilterKeys = 1 << 23
	// rowBytes and keyBytes are about what a row costs to move, and a key to read again.
	rowBytes, keyBytes = 32, 8
)

// matching is what rows of a join's sides are expected to find a match; 1 for a side whose
// other rows are not left out before they are moved.
type matching struct{ left, right float64 }

// leastMatching is the least share the number of tasks is chosen by, lest a task's table be
// many times as large as expected where the share is underestimated.
const leastMatching = 1.0 / 8

// bytes is what the larger side is expected to move.
func (m matching) bytes(ls, rs *joinSide) float64 {
	return max(ls.bytes*max(m.left, leastMatching), rs.bytes*max(m.right, leastMatching))
}

// matching decides which side of a join whose sides are spread leaves rows out: the
// probe side, where its unmatched rows do not leave the join, or else the build side, by
// the keys of the probe side.
func (l *Lowerer) matching(kind physical.JoinKind, on []scalar.Expr, nullSafe []bool, ls, rs *joinSide) matching {
	m := matching{1, 1}
	if dropsUnmatched(kind) && filterable(ls, nullSafe) {
		if share := l.share(on, ls, rs); share <= prefilterShare && l.pays(share, ls.rows, rs) {
			m.left = share
			return m
		}
	}
	if k, ok := swapped[kind]; ok && dropsUnmatched(k) && filterable(rs, nullSafe) {
		if share := l.share(on, rs, ls); share <= buildShare && l.pays(share, rs.rows, ls) {
			m.right = share
		}
	}
	return m
}

// share is the part of a side's rows that is expected to find a match on the other.
func (l *Lowerer) share(on []scalar.Expr, of, by *joinSide) float64 {
	semi := &logical.Join{Kind: logical.Semi, L: of.of, R: by.of, On: on}
	return min(l.cost.Of(semi).Rows/l.cost.Of(of.of).Rows, 1)
}

// pays reports whether it is worth while to read the keys of by a second time, so that
// only share of so many rows are moved.
func (l *Lowerer) pays(share, rows float64, by *joinSide) bool {
	return by.rows <= prefilterKeys && rowBytes*(1-share)*rows >= keyBytes*by.rows+min(l.opts.PartitionBytes, l.opts.BroadcastBytes)
}

// runtimeFilters lets the scans that feed the probe side skip rows whose key is not in
// the build side. It is allowed where unmatched probe rows do not leave the join. For
// scans in stages below, there are prefilters; and if there is none on the probe side, the
// build side may have one, with the keys of the probe side.
func (l *Lowerer) runtimeFilters(j *physical.HashJoin, on []scalar.Expr, ls, rs *joinSide) {
	left, right := filterSide{ls, j.Left, j.LeftKeys}, filterSide{rs, j.Right, j.RightKeys}
	if dropsUnmatched(j.Kind) && l.filterScans(j, on, &left, &right, prefilterShare) {
		return
	}
	if k, ok := swapped[j.Kind]; ok && dropsUnmatched(k) {
		l.filterScans(j, on, &right, &left, buildShare)
	}
}

// filterSide is a side of a join whose rows are left out by the keys of the other.
type filterSide struct {
	*joinSide
	node physical.Node
	keys []scalar.Expr // over node's output
}

// filterScans lets the scans of one side skip rows whose keys the other does not have,
// and reports whether it made a prefilter.
func (l *Lowerer) filterScans(j *physical.HashJoin, on []scalar.Expr, of, by *filterSide, most float64) bool {
	var moved []*physical.Exchange
	keys := map[*physical.Exchange][]*probedKey{}
	for i, k := range of.keys {
		c, ok := k.(*scalar.Column)
		if !ok || j.NullSafe != nil && j.NullSafe[i] {
			continue
		}
		s, col, e := source(of.node, c.ID)
		filter := physical.RuntimeFilter{Join: j.ID, Key: i, Column: col}
		switch {
		case s == nil:
		case e != nil:
			if keys[e] == nil {
				moved = append(moved, e)
			}
			keys[e] = append(keys[e], &probedKey{s, filter})
		case of.node == j.Left:
			s.RuntimeFilters = append(s.RuntimeFilters, filter)
		}
	}
	if moved == nil {
		return false
	}
	share := l.share(on, of.joinSide, by.joinSide)
	if share > most {
		return false
	}
	made := false
	for _, e := range moved {
		made = l.prefilter(j, e, keys[e], share, by) || made
	}
	return made
}

// filterable reports whether a key of s comes from a scan.
func filterable(s *joinSide, nullSafe []bool) bool {
	for i, k := range s.exprs(s.keys) {
		if c, ok := k.(*scalar.Column); ok && (nullSafe == nil || !nullSafe[i]) {
			if scan, _, _ := source(s.node, c.ID); scan != nil {
				return true
			}
		}
	}
	return false
}

// probedKey is a runtime filter of a scan in a stage below the join's.
type probedKey struct {
	scan   *physical.Scan
	filter physical.RuntimeFilter
}

// dropsUnmatched reports whether left rows without a match do not leave the join.
func dropsUnmatched(k physical.JoinKind) bool {
	switch k {
	case physical.Inner, physical.LeftSemi, physical.RightOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}

// prefilter lets the stage that e ends leave out rows without a match before they are
// moved, if that is worth while: of e's rows only share are expected to have one. The
// exchange of the side that has the keys is read a second time for that, and the stage
// waits for it.
func (l *Lowerer) prefilter(j *physical.HashJoin, e *physical.Exchange, keys []*probedKey, share float64, by *filterSide) bool {
	build, ok := by.node.(*physical.Exchange)
	rows := float64(physical.Expected(e))
	if !ok || !l.pays(share, rows, by.joinSide) {
		return false
	}
	if build.Shared == 0 {
		l.definitions++
		build.Shared, build.Mode = l.definitions, physical.Durable
	}
	again := *build
	values := &physical.Project{Unary: unary(&again)}
	f := &physical.Prefilter{Join: j.ID}
	f.Left, f.Right = e.Input, values
	if again.Kind == physical.Hash {
		f.Right = &physical.Exchange{Unary: unary(values), Kind: physical.Broadcast, Partitions: 1}
	} else {
		again.Kind = physical.Broadcast
	}
	for _, k := range keys {
		k.scan.RuntimeFilters = append(k.scan.RuntimeFilters, k.filter)
		f.Keys = append(f.Keys, k.filter.Key)
		values.Exprs = append(values.Exprs, by.keys[k.filter.Key])
		values.Names = append(values.Names, fmt.Sprintf("key%d", k.filter.Key))
	}
	physical.Expect(f, share*rows)
	f.Because("rows that find no match in join %d are left out before they are moved: %.0f%% are expected to find one", j.ID, 100*share)
	e.Input = f
	return true
}

// source finds the scan column that column at of n's output copies, and the last
// exchange that is on the way to it; the scan is nil if there is none. Rows of the scan
// may be left out if n's rows with their value of the column may.
func source(n physical.Node, at int) (s *physical.Scan, column int, below *physical.Exchange) {
	switch n := n.(type) {
	case *physical.Scan:
		return n, n.Output[at], nil
	case *physical.Exchange:
		if n.Shared > 0 { // others read its rows, too
			return nil, 0, nil
		}
		if s, column, below = source(n.Input, at); below == nil {
			below = n
		}
		return s, column, below
	case *physical.Filter:
		return source(n.Input, at)
	case *physical.Prefilter:
		return source(n.Left, at)
	case *physical.Project:
		if c, ok := n.Exprs[at].(*scalar.Column); ok {
			return source(n.Input, c.ID)
		}
	case *physical.Generate:
		if at < len(n.Keep) {
			return source(n.Input, n.Keep[at])
		}
	case *physical.HashJoin:
		if n.Output != nil {
			at = n.Output[at]
		}
		switch n.Kind {
		case physical.RightSemi, physical.RightAnti:
			return nil, 0, nil
		case physical.RightOuter, physical.FullOuter:
			return nil, 0, nil // a padded left column is NULL where no row matched
		}
		if at < len(n.Left.Schema()) {
			return source(n.Left, at)
		}
	}
	return nil, 0, nil
}
