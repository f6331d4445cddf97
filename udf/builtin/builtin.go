// Package builtin is the standard library of functions: plain udf.Function
// values, a file a family, that enter a registry by the door users' functions
// take. It is not where NULLs, encodings or loops over rows are dealt with
// (udf/kernel), nor where expressions are put together (worker/expr). To add a
// function, add an entry to its family's list; a new family adds a line to All.
package builtin

import (
	"slices"

	"github.com/bixidata/bixi/udf"
)

// All lists every built-in function.
func All() []*udf.Function {
	base := slices.Concat(
		operators(),
		comparisons(),
		logic(),
		conditional(),
		likes(),
		library(),
	)
	return append(base, hiveFunctions(base)...)
}
