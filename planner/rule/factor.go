package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// factorOr finds what holds in every branch of an OR: terms common to all
// branches are taken out ((a and b) or (a and c) is a and (b or c)), and for
// each side of a join the disjunction of the branches' terms on that side alone
// is added as a condition of its own, which push-filters can move down.
func factorOr(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		switch n := n.(type) {
		case *logical.Filter:
			return &logical.Filter{Input: n.Input, Conds: c.factorAll(n.Conds, n.Input)}
		case *logical.Join:
			out := *n
			if n.Kind == logical.Inner || n.Kind == logical.Semi {
				out.On = c.factorAll(n.On, n.L, n.R)
			}
			return &out
		}
		return n
	}), nil
}

func (c *Context) factorAll(conds []scalar.Expr, inputs ...logical.Node) []scalar.Expr {
	var out []scalar.Expr
	for _, e := range conds {
		out = append(out, factor(e)...)
	}
	var scans []map[int]bool
	for _, in := range inputs {
		scans = append(scans, leaves(in)...)
	}
	have := map[string]bool{}
	for _, e := range out {
		have[e.String()] = true
	}
	if len(scans) > 1 {
		for _, e := range out[:len(out):len(out)] {
			for _, ids := range scans {
				if side := implied(e, ids); side != nil && !have[side.String()] {
					have[side.String()] = true
					out = append(out, side)
				}
			}
		}
	}
	return out
}

// leaves lists the column sets of the relations that inner joins below n combine.
func leaves(n logical.Node) []map[int]bool {
	switch j := n.(type) {
	case *logical.Join:
		if j.Kind == logical.Inner {
			return append(leaves(j.L), leaves(j.R)...)
		}
	case *logical.Filter:
		return leaves(j.Input)
	}
	return []map[int]bool{logical.IDs(n)}
}

// disjuncts splits e at its top-level ORs.
func disjuncts(e scalar.Expr) []scalar.Expr {
	if c, ok := e.(*scalar.Call); ok && c.Name == "or" {
		var out []scalar.Expr
		for _, a := range c.Args {
			out = append(out, disjuncts(a)...)
		}
		return out
	}
	return []scalar.Expr{e}
}

func orOf(es []scalar.Expr) scalar.Expr {
	e := es[0]
	for _, x := range es[1:] {
		e = call("or", e, x)
	}
	return e
}

// factor takes the terms common to all branches out of an OR.
func factor(e scalar.Expr) []scalar.Expr {
	branches := disjuncts(e)
	if len(branches) < 2 {
		return []scalar.Expr{e}
	}
	count := map[string]int{}
	for _, b := range branches {
		seen := map[string]bool{}
		for _, t := range scalar.Conjuncts(b) {
			if s := t.String(); !seen[s] {
				seen[s] = true
				count[s]++
			}
		}
	}
	var common []scalar.Expr
	taken := map[string]bool{}
	for _, t := range scalar.Conjuncts(branches[0]) {
		if s := t.String(); count[s] == len(branches) && !taken[s] {
			common, taken[s] = append(common, t), true
		}
	}
	if len(common) == 0 {
		return []scalar.Expr{e}
	}
	var rest []scalar.Expr
	for _, b := range branches {
		var left []scalar.Expr
		for _, t := range scalar.Conjuncts(b) {
			if !taken[t.String()] {
				left = append(left, t)
			}
		}
		if len(left) == 0 {
			return common // this branch is implied by the common terms
		}
		rest = append(rest, scalar.And(left))
	}
	return append(common, orOf(rest))
}

// implied is the weaker condition on ids alone that an OR implies, or nil.
func implied(e scalar.Expr, ids map[int]bool) scalar.Expr {
	branches := disjuncts(e)
	if len(branches) < 2 || logical.Within(e, ids) {
		return nil
	}
	var out []scalar.Expr
	for _, b := range branches {
		var mine []scalar.Expr
		for _, t := range scalar.Conjuncts(b) {
			if logical.Within(t, ids) && len(columnsOf(t)) > 0 {
				mine = append(mine, t)
			}
		}
		if len(mine) == 0 {
			return nil
		}
		out = append(out, scalar.And(mine))
	}
	return orOf(out)
}
