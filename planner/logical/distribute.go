package logical

import "github.com/bixidata/bixi/planner/scalar"

// Distribute brings rows with equal Keys to one task, wherever they are without
// Keys, and puts the rows of each task in the order of Sort.
type Distribute struct {
	Input Node
	Keys  []scalar.Expr
	Sort  []scalar.SortKey
}

// Columns are those of the input.
func (n *Distribute) Columns() []Column { return n.Input.Columns() }

// Inputs is the one input.
func (n *Distribute) Inputs() []Node { return []Node{n.Input} }

// WithInputs replaces the input.
func (n *Distribute) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Exprs are the keys, then those of the order.
func (n *Distribute) Exprs() []scalar.Expr {
	return append(append([]scalar.Expr{}, n.Keys...), (&Sort{Keys: n.Sort}).Exprs()...)
}

// MapExprs maps the keys and those of the order.
func (n *Distribute) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Keys = Map(n.Keys, f)
	c.Sort = append([]scalar.SortKey{}, n.Sort...)
	for i := range c.Sort {
		c.Sort[i].Expr = f(c.Sort[i].Expr)
	}
	return &c
}

// Describe shows the keys and the order.
func (n *Distribute) Describe() string {
	return "Distribute by " + list(n.Keys) + " sort " + list(n.Sort)
}

// MapColumns has nothing to rename.
func (n *Distribute) MapColumns(func(Column) Column) Node { return n }
