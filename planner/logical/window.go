package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
)

// Window gives its input's columns and one more a function: its value over the
// rows of the same Partition that its frame holds, in the order of Order.
type Window struct {
	Input     Node
	Partition []scalar.Expr
	Order     []scalar.SortKey
	Funcs     []scalar.Window
	Cols      []Column // of Funcs
	// Top, if not nil, lets the node drop rows.
	Top *Top
}

// Top says that rows for which function Func, a ranking, is greater than Limit
// need not be given.
type Top struct {
	Func  int
	Limit int64
}

// Columns are the input's, then the functions'.
func (n *Window) Columns() []Column {
	return append(append([]Column{}, n.Input.Columns()...), n.Cols...)
}

// Inputs is the one input.
func (n *Window) Inputs() []Node { return []Node{n.Input} }

// WithInputs is n over another input.
func (n *Window) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// MapColumns renames the functions' columns.
func (n *Window) MapColumns(f func(Column) Column) Node {
	c := *n
	c.Cols = make([]Column, len(n.Cols))
	for i, col := range n.Cols {
		c.Cols[i] = f(col)
	}
	return &c
}

// Exprs lists the partition keys, the order keys and what the functions read.
func (n *Window) Exprs() []scalar.Expr {
	out := append([]scalar.Expr{}, n.Partition...)
	for _, k := range n.Order {
		out = append(out, k.Expr)
	}
	for _, f := range n.Funcs {
		out = append(out, f.Exprs()...)
	}
	return out
}

// MapExprs is n with each expression replaced.
func (n *Window) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Partition = Map(n.Partition, f)
	c.Order = append([]scalar.SortKey{}, n.Order...)
	for i := range c.Order {
		c.Order[i].Expr = f(c.Order[i].Expr)
	}
	c.Funcs = append([]scalar.Window{}, n.Funcs...)
	for i := range c.Funcs {
		c.Funcs[i] = c.Funcs[i].MapExprs(f)
	}
	return &c
}

// Describe shows the node on one line.
func (n *Window) Describe() string {
	d := fmt.Sprintf("Window [%s] partition=[%s] order=[%s] funcs=[%s]", names(n.Cols), list(n.Partition), list(n.Order), list(n.Funcs))
	if n.Top != nil {
		d += fmt.Sprintf(" top %d by %s", n.Top.Limit, n.Cols[n.Top.Func].Name)
	}
	return d
}
