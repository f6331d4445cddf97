package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// decide notes the marks that the conditions of n take for FALSE when they
// are NULL: those that stand there below AND and OR only. A mark has no other
// reader than the expression its subquery stood in.
func (c *Context) decide(n *logical.Filter) {
	if c.decided == nil {
		c.decided = map[int]bool{}
	}
	var walk func(scalar.Expr)
	walk = func(e scalar.Expr) {
		switch e := e.(type) {
		case *scalar.Column:
			c.decided[e.ID] = true
		case *scalar.Call:
			if e.Name == "and" || e.Name == "or" {
				walk(e.Args[0])
				walk(e.Args[1])
			}
		}
	}
	for _, e := range n.Conds {
		walk(e)
	}
}
