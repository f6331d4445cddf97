package physical

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Repeat gives each row Count times, a BIGINT: not at all where it is NULL or
// less than one.
type Repeat struct {
	Unary
	Count scalar.Expr
}

// Schema is that of the input.
func (r *Repeat) Schema() types.Schema { return r.Input.Schema() }

// Describe shows the count.
func (r *Repeat) Describe() string { return "Repeat " + r.Count.String() }
