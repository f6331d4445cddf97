package logical

import "github.com/bixidata/bixi/planner/scalar"

// Repeat gives each row Count times, a BIGINT: not at all where it is NULL or
// less than one.
type Repeat struct {
	Input Node
	Count scalar.Expr
}

// Columns are those of the input.
func (n *Repeat) Columns() []Column { return n.Input.Columns() }

// Inputs is the one input.
func (n *Repeat) Inputs() []Node { return []Node{n.Input} }

// WithInputs replaces the input.
func (n *Repeat) WithInputs(in []Node) Node { return &Repeat{Input: in[0], Count: n.Count} }

// Exprs is the count.
func (n *Repeat) Exprs() []scalar.Expr { return []scalar.Expr{n.Count} }

// MapExprs maps the count.
func (n *Repeat) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	return &Repeat{Input: n.Input, Count: f(n.Count)}
}

// Describe shows the count.
func (n *Repeat) Describe() string { return "Repeat " + n.Count.String() }

// MapColumns has nothing to rename.
func (n *Repeat) MapColumns(func(Column) Column) Node { return n }
