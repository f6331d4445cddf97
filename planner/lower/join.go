package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

var joinKinds = map[logical.JoinKind]physical.JoinKind{
	logical.Inner: physical.Inner, logical.Left: physical.LeftOuter, logical.Right: physical.RightOuter,
	logical.Full: physical.FullOuter, logical.Semi: physical.LeftSemi, logical.Anti: physical.LeftAnti,
	logical.AntiNull: physical.LeftAntiNull, logical.Mark: physical.LeftMark, logical.Single: physical.LeftOuter,
}

// swapped is the kind of the same join with its sides exchanged.
var swapped = map[physical.JoinKind]physical.JoinKind{
	physical.Inner: physical.Inner, physical.LeftOuter: physical.RightOuter, physical.RightOuter: physical.LeftOuter,
	physical.FullOuter: physical.FullOuter, physical.LeftSemi: physical.RightSemi, physical.LeftAnti: physical.RightAnti,
}

// preservesRight reports whether right rows leave the join by themselves, so
// that each must be in exactly one task.
func preservesRight(k physical.JoinKind) bool {
	switch k {
	case physical.RightOuter, physical.FullOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}

// seesAllRight reports whether a NULL key anywhere on the right decides for every
// left row, so that each task must see the whole right side.
func seesAllRight(k physical.JoinKind) bool {
	return k == physical.LeftAntiNull || k == physical.LeftMark
}

// joinSide is one side of a join being planned.
type joinSide struct {
	*plan
	of    logical.Node
	keys  []scalar.Expr // over logical columns
	bytes float64       // as a build side
}

// entryBytes is what a row costs in a hash table beyond its columns.
const entryBytes = 16

// insertBytes is the bytes that could be moved in the time it takes to insert a row
// into a hash table, beyond looking one up.
const insertBytes = 32

// swapFactor is how many times larger the natural build side must be before a
// semi, anti or outer join builds over its other side.
const swapFactor = 2

func (l *Lowerer) join(n *logical.Join, want need, ordered bool) (*plan, error) {
	left, right, nullSafe, residual := splitOn(n)
	kids := want.with(n.On...)
	lp, err := l.lower(n.L, kids, ordered)
	if err != nil {
		return nil, err
	}
	rp, err := l.lower(n.R, kids, ordered)
	if err != nil {
		return nil, err
	}
	ls := &joinSide{plan: l.narrow(lp, kids), of: n.L, keys: left}
	rs := &joinSide{plan: l.narrow(rp, kids), of: n.R, keys: right}
	ls.bytes = ls.rows * (l.cost.Of(n.L).Width(ls.cols) + entryBytes)
	rs.bytes = rs.rows * (l.cost.Of(n.R).Width(rs.cols) + entryBytes)
	kind := joinKinds[n.Kind]
	rows := l.cost.Of(n).Rows
	if len(left) == 0 {
		return l.loopJoin(n, kind, ls, rs, residual, want, ordered, rows)
	}
	swap := n.Kind != logical.Single && l.shouldSwap(kind, ls, rs)
	asked := l.asksFor(n, kind, ls, rs, &swap)
	if swap {
		ls, rs, kind = rs, ls, swapped[kind]
	}
	l.joins++
	j := &physical.HashJoin{ID: l.joins, Kind: kind, NullSafe: nullSafe, Many: n.Many}
	if swap && !asked {
		j.Because("the sides are exchanged: %s expected on the build side, %s on the other", size(rs.bytes), size(ls.bytes))
	}
	var d dist
	switch {
	case ls.dist.single && rs.dist.single:
		d = ls.dist
	case !preservesRight(kind) && (asked || seesAllRight(kind) || rs.bytes <= l.opts.BroadcastBytes):
		rs.plan = l.broadcast(rs.plan, ordered)
		l.sharing(rs, asked, kind)
		j.Shared = true
		d = ls.dist
	default:
		moved := l.matching(kind, n.On, nullSafe, ls, rs).bytes(ls, rs)
		parts := l.partitions(moved, 0)
		ls.plan = l.hashed(ls.plan, ls.keys, parts, ordered)
		rs.plan = l.hashed(rs.plan, rs.keys, parts, ordered)
		l.spreading(ls, rs, parts, moved)
		d = ls.dist
		if kind == physical.RightOuter || kind == physical.RightSemi || kind == physical.RightAnti {
			d = rs.dist
		}
		if kind == physical.FullOuter {
			d.keys = nil
		}
	}
	j.LeftKeys, j.RightKeys = ls.exprs(ls.keys), rs.exprs(rs.keys)
	j.Left, j.Right = ls.node, rs.node
	both := append(append([]logical.Column{}, ls.cols...), rs.cols...)
	if residual != nil {
		j.Residual = position(residual, both)
	}
	out := &plan{node: j, dist: d, rows: rows}
	out.cols, j.Output = output(n, kind, ls.cols, rs.cols, want)
	l.runtimeFilters(j, n.On, ls, rs)
	return out, nil
}

// shouldSwap decides which side becomes the build side. The order of the output
// follows the probe side; it is defined either way, as the choice follows from
// the data alone.
func (l *Lowerer) shouldSwap(kind physical.JoinKind, ls, rs *joinSide) bool {
	switch kind {
	case physical.Inner:
		return ls.bytes+insertBytes*ls.rows < rs.bytes+insertBytes*rs.rows
	case physical.RightOuter:
		// Prefer not to preserve the build side when it is small enough to broadcast.
		return ls.bytes <= l.opts.BroadcastBytes || ls.bytes < rs.bytes
	case physical.LeftOuter, physical.LeftSemi, physical.LeftAnti:
		return rs.bytes > l.opts.BroadcastBytes && swapFactor*ls.bytes < rs.bytes
	case physical.FullOuter:
		return ls.bytes < rs.bytes
	}
	return false
}

// splitOn separates equalities between the sides from the other conditions.
func splitOn(n *logical.Join) (left, right []scalar.Expr, nullSafe []bool, residual scalar.Expr) {
	l, r := logical.IDs(n.L), logical.IDs(n.R)
	var rest []scalar.Expr
	safe := false
	for _, e := range n.On {
		c, ok := e.(*scalar.Call)
		if !ok || c.Name != "=" && c.Name != "<=>" {
			rest = append(rest, e)
			continue
		}
		a, b := c.Args[0], c.Args[1]
		if side(a, r) && side(b, l) {
			a, b = b, a
		}
		if !side(a, l) || !side(b, r) {
			rest = append(rest, e)
			continue
		}
		left, right = append(left, a), append(right, b)
		nullSafe = append(nullSafe, c.Name == "<=>")
		safe = safe || c.Name == "<=>"
	}
	if !safe {
		nullSafe = nil
	}
	return left, right, nullSafe, scalar.And(rest)
}

// side reports whether e reads columns, all of them in ids.
func side(e scalar.Expr, ids map[int]bool) bool {
	return logical.Within(e, ids) && logical.Refs(e, ids)
}

// output picks the columns of a join's result that are wanted.
func output(n *logical.Join, kind physical.JoinKind, left, right []logical.Column, want need) ([]logical.Column, []int) {
	var all []logical.Column
	switch kind {
	case physical.LeftSemi, physical.LeftAnti, physical.LeftAntiNull:
		all = left
	case physical.LeftMark:
		all = append(append(all, left...), n.Mark)
	case physical.RightSemi, physical.RightAnti:
		all = right
	default:
		all = append(append(all, left...), right...)
	}
	var cols []logical.Column
	out := []int{}
	for i, c := range all {
		if want[c.ID] {
			cols, out = append(cols, c), append(out, i)
		}
	}
	if len(out) == len(all) {
		out = nil
	}
	return cols, out
}

func (l *Lowerer) loopJoin(n *logical.Join, kind physical.JoinKind, ls, rs *joinSide, residual scalar.Expr, want need, ordered bool, rows float64) (*plan, error) {
	swap := kind == physical.RightOuter || kind == physical.Inner && ls.bytes < rs.bytes
	l.asksFor(n, kind, ls, rs, &swap)
	if swap {
		ls, rs, kind = rs, ls, swapped[kind]
	}
	if preservesRight(kind) {
		// Right rows that match nothing are known only where all left rows are.
		ls.plan = l.gather(ls.plan, ordered, physical.Durable)
		rs.plan = l.gather(rs.plan, ordered, physical.Durable)
	}
	j := &physical.LoopJoin{Kind: kind, Many: n.Many}
	if !ls.dist.single || !rs.dist.single {
		rs.plan = l.broadcast(rs.plan, ordered)
		j.Shared = true
	}
	j.Left, j.Right = ls.node, rs.node
	if residual != nil {
		j.Cond = position(residual, append(append([]logical.Column{}, ls.cols...), rs.cols...))
	}
	out := &plan{node: j, dist: ls.dist, rows: rows}
	out.cols, j.Output = output(n, kind, ls.cols, rs.cols, want)
	return out, nil
}
