package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Window gives its input's columns and the value of each function over the rows
// of the same partition. Its input is sorted by Partition and then by Order.
type Window struct {
	Unary
	Partition []scalar.Expr
	Order     []scalar.SortKey
	Funcs     []scalar.Window
	Names     []string // of Funcs
	// States are the state column types of each function that is an aggregate.
	States [][]types.Type
	// TopFunc, if not negative, is a ranking function of which values above
	// TopLimit need not be given.
	TopFunc  int
	TopLimit int64
}

// Schema is the input's columns, then the functions'.
func (w *Window) Schema() types.Schema {
	out := append(types.Schema{}, w.Input.Schema()...)
	for i, f := range w.Funcs {
		out = append(out, types.Field{Name: w.Names[i], Type: f.Typ})
	}
	return out
}

// Describe shows the node on one line.
func (w *Window) Describe() string {
	d := fmt.Sprintf("Window [%s] partition=[%s] order=[%s]", exprs(w.Funcs), exprs(w.Partition), exprs(w.Order))
	if w.TopFunc >= 0 {
		d += fmt.Sprintf(" top %d by %s", w.TopLimit, w.Names[w.TopFunc])
	}
	return d
}
