package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Generate applies a table function to each row of the input. It gives the
// columns Keep of the input, by position, then the columns Give of the function,
// called Names. If Outer, a row of which the function makes none leaves once, with
// NULLs. The order of the input is kept.
type Generate struct {
	Unary
	Call  scalar.TableCall
	Outer bool
	Keep  []int
	Give  []int
	Names []string
}

func (g *Generate) Schema() types.Schema {
	out := pick(g.Input.Schema(), append([]int{}, g.Keep...))
	for i, at := range g.Give {
		out = append(out, types.Field{Name: g.Names[i], Type: g.Call.Columns[at].Type})
	}
	return out
}

func (g *Generate) Describe() string {
	d := "Generate"
	if g.Outer {
		d += " outer"
	}
	return fmt.Sprintf("%s %v = %s", d, g.Names, g.Call)
}
