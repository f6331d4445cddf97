package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// Script hands the values of Args to a program, a row a line, and gives what it
// prints: Cols, all STRING.
type Script struct {
	Input   Node
	Args    []scalar.Expr
	Program physical.ScriptProgram
	Cols    []Column
}

func (n *Script) Columns() []Column         { return n.Cols }
func (n *Script) Inputs() []Node            { return []Node{n.Input} }
func (n *Script) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Script) Exprs() []scalar.Expr      { return n.Args }
func (n *Script) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Args = Map(n.Args, f)
	return &c
}

func (n *Script) Describe() string {
	return fmt.Sprintf("Script [%s] = %s(%s)", names(n.Cols), n.Program, list(n.Args))
}
