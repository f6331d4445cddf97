package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// pushGenerate moves the conditions on columns that only pass through below the
// table function. A condition on the function's columns that NULLs fail makes an
// outer one plain.
func (c *Context) pushGenerate(n *logical.Generate, conds []scalar.Expr) logical.Node {
	in, made := logical.IDs(n.Input), map[int]bool{}
	for _, col := range n.Cols {
		made[col.ID] = true
	}
	out := *n
	var down, stay []scalar.Expr
	for _, e := range conds {
		if !c.isVolatile(e) && len(columnsOf(e)) > 0 && logical.Within(e, in) {
			down = append(down, e)
			continue
		}
		stay = append(stay, e)
		out.Outer = out.Outer && !rejectsNull(e, made)
	}
	out.Input = c.push(n.Input, down)
	return filtered(&out, stay)
}
