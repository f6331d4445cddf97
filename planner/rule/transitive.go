package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// transfer adds to the conditions of each side of a join what those of the other
// say, where rows that fail it cannot have a part in the result.
func (c *Context) transfer(j *logical.Join, toL, toR []scalar.Expr, l, r map[int]bool) (left, right []scalar.Expr) {
	left, right = toL, toR
	switch j.Kind {
	case logical.Inner, logical.Semi, logical.Left, logical.Anti:
		right = added(right, c.transferred(toL, j.On, r))
	}
	switch j.Kind {
	case logical.Inner, logical.Semi, logical.Right:
		left = added(left, c.transferred(toR, j.On, l))
	}
	return left, right
}

// added is conds with those of more that are not among them.
func added(conds, more []scalar.Expr) []scalar.Expr {
	have := map[string]bool{}
	for _, e := range conds {
		have[e.String()] = true
	}
	for _, e := range more {
		if !have[e.String()] {
			have[e.String()] = true
			conds = append(conds, e)
		}
	}
	return conds
}

// transferred lists what conds, which hold for one side of a join, say of the
// columns of the other side, to, that on equates with theirs: a comparison of a
// column with constants holds for its equal too.
func (c *Context) transferred(conds, on []scalar.Expr, to map[int]bool) []scalar.Expr {
	equal := map[int]*scalar.Column{}
	for _, e := range on {
		l, r, ok := equated(e)
		if !ok {
			continue
		}
		if to[l.ID] {
			l, r = r, l
		}
		if to[r.ID] && !to[l.ID] {
			equal[l.ID] = r
		}
	}
	var out []scalar.Expr
	for _, e := range conds {
		if from, ok := constantComparison(e); ok && equal[from] != nil && !c.isVolatile(e) {
			out = append(out, logical.Substitute(e, map[int]scalar.Expr{from: equal[from]}))
		}
	}
	return out
}

// constantComparison reports the only column of a condition that compares it
// with constants.
func constantComparison(e scalar.Expr) (column int, ok bool) {
	switch e := e.(type) {
	case *scalar.Call:
		switch e.Name {
		case "=", "<", "<=", ">", ">=", "or":
		default:
			return 0, false
		}
	case *scalar.In:
	default:
		return 0, false
	}
	used := columnsOf(e)
	for id := range used {
		column = id
	}
	return column, len(used) == 1
}
