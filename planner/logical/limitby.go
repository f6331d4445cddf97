package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
)

// LimitBy passes Count rows (all when negative) after Offset of each group of
// rows with equal By, NULLs being equal, in the order of Keys; rows that Keys
// leave equal are ordered by all their columns.
type LimitBy struct {
	Input  Node
	By     []scalar.Expr
	Keys   []scalar.SortKey
	Count  int64
	Offset int64
}

func (n *LimitBy) Columns() []Column         { return n.Input.Columns() }
func (n *LimitBy) Inputs() []Node            { return []Node{n.Input} }
func (n *LimitBy) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *LimitBy) Exprs() []scalar.Expr {
	out := append([]scalar.Expr{}, n.By...)
	for _, k := range n.Keys {
		out = append(out, k.Expr)
	}
	return out
}
func (n *LimitBy) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.By = Map(n.By, f)
	c.Keys = append([]scalar.SortKey{}, n.Keys...)
	for i := range c.Keys {
		c.Keys[i].Expr = f(c.Keys[i].Expr)
	}
	return &c
}
func (n *LimitBy) Describe() string {
	return fmt.Sprintf("Limit %d offset %d by %s order %s", n.Count, n.Offset, list(n.By), list(n.Keys))
}
