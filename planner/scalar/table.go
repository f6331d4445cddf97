package scalar

import (
	"strings"

	"github.com/bixidata/bixi/sql/types"
)

// TableCall is one call of a table function. It is not an Expr: only generate
// nodes hold it.
type TableCall struct {
	Name string
	Args []Expr
	// Columns are the names and types of what it gives.
	Columns   types.Schema
	Line, Col int
}

func (c TableCall) String() string {
	args := make([]string, len(c.Args))
	for i, e := range c.Args {
		args[i] = e.String()
	}
	return c.Name + "(" + strings.Join(args, ", ") + ")"
}
