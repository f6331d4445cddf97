package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// TopGroups passes, in any order, the rows that may be among the first Limit of
// their group (rows equal in Keys, NULLs being equal) by Order. It drops only rows
// that Limit others of the group precede, and not always all of these.
type TopGroups struct {
	Unary
	Keys  []scalar.Expr
	Order scalar.SortKey
	Limit int64
}

// Schema is the input's.
func (t *TopGroups) Schema() types.Schema { return t.Input.Schema() }

// Describe shows the node on one line.
func (t *TopGroups) Describe() string {
	return fmt.Sprintf("TopGroups %d keys=[%s] order=[%s]", t.Limit, exprs(t.Keys), t.Order)
}
