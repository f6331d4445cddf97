package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// pushFilters moves every condition as far down as it may go: into scans, below
// projections and aggregates, to the sides of joins. An outer join whose padded
// side must satisfy a condition that NULLs fail becomes an inner one.
func pushFilters(c *Context, n logical.Node) (logical.Node, error) {
	return c.push(n, nil), nil
}

// push gives n with conds, which read n's columns, applied.
func (c *Context) push(n logical.Node, conds []scalar.Expr) logical.Node {
	switch n := n.(type) {
	case *logical.Filter:
		return c.push(n.Input, append(append([]scalar.Expr{}, n.Conds...), conds...))
	case *logical.Scan:
		out := *n
		out.Conds = append(append([]scalar.Expr{}, n.Conds...), conds...)
		return &out
	case *logical.Project:
		return c.pushProject(n, conds)
	case *logical.Aggregate:
		return c.pushAggregate(n, conds)
	case *logical.Join:
		return c.pushJoin(n, conds)
	case *logical.Window:
		return c.pushWindow(n, conds)
	case *logical.Distribute:
		return n.WithInputs([]logical.Node{c.push(n.Input, conds)})
	case *logical.Repeat:
		return &logical.Repeat{Input: c.push(n.Input, conds), Count: n.Count}
	case *logical.Generate:
		return c.pushGenerate(n, conds)
	case *logical.Sort:
		return &logical.Sort{Input: c.push(n.Input, conds), Keys: n.Keys}
	case *logical.Union:
		out := &logical.Union{Cols: n.Cols}
		for _, in := range n.All {
			by := map[int]scalar.Expr{}
			for i, col := range in.Columns() {
				by[n.Cols[i].ID] = col.Ref()
			}
			out.All = append(out.All, c.push(in, logical.Map(conds, func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, by) })))
		}
		return out
	}
	in := n.Inputs()
	if len(in) > 0 {
		out := make([]logical.Node, len(in))
		for i, k := range in {
			out[i] = c.push(k, nil)
		}
		n = n.WithInputs(out)
	}
	return filtered(n, conds)
}

func (c *Context) pushProject(n *logical.Project, conds []scalar.Expr) logical.Node {
	by := map[int]scalar.Expr{}
	for i, e := range n.Items {
		if !c.isVolatile(e) {
			by[n.Cols[i].ID] = e
		}
	}
	var down, stay []scalar.Expr
	for _, e := range conds {
		ok := true
		for id := range columnsOf(e) {
			ok = ok && by[id] != nil
		}
		if ok {
			down = append(down, scalar.Transform(logical.Substitute(e, by), c.fold))
		} else {
			stay = append(stay, e)
		}
	}
	return filtered(&logical.Project{Input: c.push(n.Input, down), Items: n.Items, Cols: n.Cols}, stay)
}

func (c *Context) pushAggregate(n *logical.Aggregate, conds []scalar.Expr) logical.Node {
	if x, ok := n.Input.(*logical.Expand); ok {
		return c.pushGroupingSets(n, x, conds)
	}
	by, keys := map[int]scalar.Expr{}, map[int]bool{}
	for i, k := range n.Keys {
		by[n.Cols[i].ID], keys[n.Cols[i].ID] = k, true
	}
	var down, stay []scalar.Expr
	for _, e := range conds {
		if len(columnsOf(e)) > 0 && logical.Within(e, keys) {
			down = append(down, logical.Substitute(e, by))
			if len(n.Always) > 0 { // a group without rows is there whatever is below
				stay = append(stay, e)
			}
			continue
		}
		stay = append(stay, e)
		if weaker := implied(e, keys); weaker != nil {
			down = append(down, logical.Substitute(weaker, by))
		}
	}
	out := *n
	out.Input = c.push(n.Input, down)
	return filtered(&out, stay)
}

func (c *Context) pushJoin(n *logical.Join, conds []scalar.Expr) logical.Node {
	j := *n
	l, r := logical.IDs(n.L), logical.IDs(n.R)
	j.Kind = simplifyOuter(j.Kind, conds, l, r)
	var toL, toR, on, above []scalar.Expr
	for _, e := range conds {
		switch {
		case c.isVolatile(e):
			above = append(above, e)
		case logical.Within(e, l) && keepsLeft(j.Kind):
			toL = append(toL, e)
		case logical.Within(e, r) && (j.Kind == logical.Inner || j.Kind == logical.Right):
			toR = append(toR, e)
		case j.Kind == logical.Inner:
			on = append(on, e)
		default:
			above = append(above, e)
		}
	}
	for _, e := range j.On {
		switch {
		case logical.Within(e, r) && len(columnsOf(e)) > 0 && j.Kind != logical.Right && j.Kind != logical.Full &&
			j.Kind != logical.AntiNull && j.Kind != logical.Mark: // where a condition that is NULL is not one that is false
			toR = append(toR, e)
		case logical.Within(e, l) && len(columnsOf(e)) > 0 && (j.Kind == logical.Inner || j.Kind == logical.Semi || j.Kind == logical.Right):
			toL = append(toL, e)
		default:
			on = append(on, e)
		}
	}
	j.On = on
	if j.Kind == logical.Inner || j.Kind == logical.Semi {
		j.L, j.R = strengthen(j.L, on), strengthen(j.R, on)
	}
	toL, toR = c.transfer(&j, toL, toR, l, r)
	j.L, j.R = c.push(j.L, toL), c.push(j.R, toR)
	return asAnti(&j, above)
}

// keepsLeft reports whether a condition on the left columns may be applied before
// the join.
func keepsLeft(k logical.JoinKind) bool { return k != logical.Right && k != logical.Full }

// simplifyOuter drops the padding of a side whose columns some condition needs
// to be non-null.
func simplifyOuter(k logical.JoinKind, conds []scalar.Expr, l, r map[int]bool) logical.JoinKind {
	needL, needR := false, false
	for _, e := range conds {
		needL = needL || rejectsNull(e, l)
		needR = needR || rejectsNull(e, r)
	}
	switch {
	case k == logical.Full && needL && needR, k == logical.Left && needR, k == logical.Right && needL:
		return logical.Inner
	case k == logical.Full && needL:
		return logical.Left
	case k == logical.Full && needR:
		return logical.Right
	}
	return k
}

var strictPredicates = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "like": true, "rlike": true, "is_not_null": true, "is_true": true}
var strictFunctions = map[string]bool{"+": true, "-": true, "*": true, "/": true, "%": true, "neg": true, "||": true, "substr": true, "lower": true, "upper": true, "year": true, "month": true}

// rejectsNull reports whether e cannot be true when all columns of ids are NULL.
func rejectsNull(e scalar.Expr, ids map[int]bool) bool {
	switch e := e.(type) {
	case *scalar.Call:
		if e.Name == "and" {
			return rejectsNull(e.Args[0], ids) || rejectsNull(e.Args[1], ids)
		}
		if e.Name == "or" {
			return rejectsNull(e.Args[0], ids) && rejectsNull(e.Args[1], ids)
		}
		if !strictPredicates[e.Name] {
			return false
		}
		for _, a := range e.Args {
			if nullIfNull(a, ids) {
				return true
			}
		}
	case *scalar.In:
		return nullIfNull(e.Arg, ids)
	}
	return false
}

// nullIfNull reports whether e is NULL when all columns of ids are.
func nullIfNull(e scalar.Expr, ids map[int]bool) bool {
	switch e := e.(type) {
	case *scalar.Column:
		return ids[e.ID]
	case *scalar.Cast:
		return nullIfNull(e.Arg, ids)
	case *scalar.Call:
		if strictFunctions[e.Name] {
			for _, a := range e.Args {
				if nullIfNull(a, ids) {
					return true
				}
			}
		}
	}
	return false
}
