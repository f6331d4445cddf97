package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// foldConstants evaluates what has become constant since the binder folded
// literals, such as a view's column that a condition compares, and drops
// conditions that are always true. What would fail is left to fail at run time.
func foldConstants(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		n = n.MapExprs(func(e scalar.Expr) scalar.Expr { return scalar.Transform(e, c.fold) })
		switch n := n.(type) {
		case *logical.Filter:
			return filtered(n.Input, notTrue(n.Conds))
		case *logical.Scan:
			out := *n
			out.Conds = notTrue(n.Conds)
			return &out
		}
		return n
	}), nil
}

// fold replaces an expression over literals alone by its value.
func (c *Context) fold(e scalar.Expr) scalar.Expr {
	kids := e.Children()
	if len(kids) == 0 {
		return e
	}
	for _, k := range kids {
		if _, ok := k.(*scalar.Literal); !ok {
			return foldLogic(e)
		}
	}
	if v, ok := c.Fold(e); ok {
		return &scalar.Literal{Value: v, Typ: e.Type()}
	}
	return e
}

// foldLogic drops what does not matter in an AND or OR: its other side decides
// alone, or not at all.
func foldLogic(e scalar.Expr) scalar.Expr {
	c, ok := e.(*scalar.Call)
	if !ok || c.Name != "and" && c.Name != "or" {
		return e
	}
	for i, arg := range c.Args {
		lit, ok := arg.(*scalar.Literal)
		if !ok || lit.Value == nil {
			continue
		}
		if neutral := lit.Value == (c.Name == "and"); neutral {
			return c.Args[1-i]
		}
		return lit
	}
	return e
}

// notTrue leaves out the conditions that are TRUE.
func notTrue(conds []scalar.Expr) []scalar.Expr {
	var keep []scalar.Expr
	for _, e := range conds {
		if l, ok := e.(*scalar.Literal); !ok || l.Value != true {
			keep = append(keep, e)
		}
	}
	return keep
}
