package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// pushGroupingSets applies conds above an aggregation by grouping sets. One that
// a NULL in any of its columns fails holds for no set that lacks these keys, so
// the rows that fail it can also be left out below.
func (c *Context) pushGroupingSets(n *logical.Aggregate, x *logical.Expand, conds []scalar.Expr) logical.Node {
	key := map[int]scalar.Expr{} // of n's columns, over x's input
	for i, k := range n.Keys {
		for j, col := range x.Cols {
			if ref, ok := k.(*scalar.Column); ok && ref.ID == col.ID {
				key[n.Cols[i].ID] = x.Keys[j]
			}
		}
	}
	var down []scalar.Expr
	for _, e := range conds {
		used := columnsOf(e)
		strict := len(used) > 0 && !c.isVolatile(e)
		for id := range used {
			strict = strict && key[id] != nil && rejectsNull(e, map[int]bool{id: true})
		}
		if strict {
			down = append(down, logical.Substitute(e, key))
		}
	}
	expand := *x
	expand.Input = c.push(x.Input, down)
	out := *n
	out.Input = &expand
	return filtered(&out, conds)
}
