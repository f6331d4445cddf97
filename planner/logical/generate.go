package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
)

// Generate gives each row of the input once for each row that a table function
// makes of it, with the function's columns Cols behind the input's. If Outer, a
// row of which the function makes none is kept once, with NULLs.
type Generate struct {
	Input Node
	Call  scalar.TableCall
	Outer bool
	Cols  []Column
}

func (n *Generate) Columns() []Column {
	return append(append([]Column{}, n.Input.Columns()...), n.Cols...)
}
func (n *Generate) Inputs() []Node            { return []Node{n.Input} }
func (n *Generate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Generate) Exprs() []scalar.Expr      { return n.Call.Args }
func (n *Generate) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Call.Args = Map(n.Call.Args, f)
	return &c
}

func (n *Generate) Describe() string {
	d := "Generate"
	if n.Outer {
		d += " outer"
	}
	return fmt.Sprintf("%s [%s] = %s", d, names(n.Cols), n.Call)
}
