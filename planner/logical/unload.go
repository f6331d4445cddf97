package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/table"
)

// Unload writes its input's rows to files of a directory and gives a row for each
// file.
type Unload struct {
	Input    Node
	Location string
	Format   *table.TextFormat // nil for Parquet
	Items    []scalar.Expr     // the columns of the files
	Row      []Column
	Cols     []Column // as of Write
}

func (n *Unload) Columns() []Column         { return n.Cols }
func (n *Unload) Inputs() []Node            { return []Node{n.Input} }
func (n *Unload) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Unload) Exprs() []scalar.Expr      { return n.Items }
func (n *Unload) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Items = Map(n.Items, f)
	return &c
}

func (n *Unload) Describe() string { return fmt.Sprintf("Unload %s [%s]", n.Location, list(n.Items)) }
