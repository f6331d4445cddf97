package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// LimitBy passes Count rows (all when negative) after the first Offset of each
// group: a run of adjacent rows of its input that are equal in By, NULLs being
// equal. Rows of one group must all be in one task.
type LimitBy struct {
	Unary
	By     []scalar.Expr
	Count  int64
	Offset int64
}

func (l *LimitBy) Schema() types.Schema { return l.Input.Schema() }
func (l *LimitBy) Describe() string {
	return fmt.Sprintf("LimitBy %d offset %d [%s]", l.Count, l.Offset, exprs(l.By))
}
