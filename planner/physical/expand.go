package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Expand gives for each batch of its input one batch for each element of Lists:
// the values of those expressions. All lists have the same types.
type Expand struct {
	Unary
	Lists [][]scalar.Expr
	Names []string
}

// Schema is that of any of the lists.
func (e *Expand) Schema() types.Schema { return fields(e.Names, e.Lists[0]) }

// Describe shows the first list.
func (e *Expand) Describe() string {
	return fmt.Sprintf("Expand %d times, first %s", len(e.Lists), exprs(e.Lists[0]))
}
