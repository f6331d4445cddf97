package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// strengthen drops the padding of outer joins in n whose padded rows none of
// conds can accept. conds stand above n and need not read n's columns alone.
func strengthen(n logical.Node, conds []scalar.Expr) logical.Node {
	switch n := n.(type) {
	case *logical.Filter:
		if in := strengthen(n.Input, conds); in != n.Input {
			return n.WithInputs([]logical.Node{in})
		}
	case *logical.Join:
		kind, l, r := n.Kind, n.L, n.R
		if kind == logical.Left || kind == logical.Right || kind == logical.Full {
			kind = simplifyOuter(kind, conds, logical.IDs(l), logical.IDs(r))
		}
		if kind != logical.Right && kind != logical.Full {
			l = strengthen(l, conds)
		}
		if kind == logical.Inner || kind == logical.Right {
			r = strengthen(r, conds)
		}
		if kind != n.Kind || l != n.L || r != n.R {
			j := *n
			j.Kind, j.L, j.R = kind, l, r
			return &j
		}
	}
	return n
}

// asAnti gives j with conds applied. A left join of which only the rows without
// a match are wanted, because a column that a match needs must be NULL, is an
// anti join; what it gives of the right side is NULL.
func asAnti(j *logical.Join, conds []scalar.Expr) logical.Node {
	if j.Kind != logical.Left {
		return filtered(j, conds)
	}
	right := logical.IDs(j.R)
	for i, e := range conds {
		c, ok := e.(*scalar.Call)
		if !ok || c.Name != "is_null" || !needsValue(j.On, c.Args[0], right) {
			continue
		}
		anti := *j
		anti.Kind = logical.Anti
		var nulls []scalar.Expr
		var cols []logical.Column
		for _, col := range j.R.Columns() {
			col.Required = false
			nulls, cols = append(nulls, &scalar.Literal{Typ: col.Type}), append(cols, col)
		}
		rest := append(append([]scalar.Expr{}, conds[:i]...), conds[i+1:]...)
		return filtered(passThrough(&anti, j.L.Columns(), nulls, cols), rest)
	}
	return filtered(j, conds)
}

// needsValue reports whether e is a column of the right side without whose value
// no row matches.
func needsValue(on []scalar.Expr, e scalar.Expr, right map[int]bool) bool {
	col, ok := e.(*scalar.Column)
	if !ok || !right[col.ID] {
		return false
	}
	for _, cond := range on {
		if rejectsNull(cond, map[int]bool{col.ID: true}) {
			return true
		}
	}
	return false
}
