package rule

import (
	"slices"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// totalCalls are the functions that give NULL for no arguments but NULL ones.
var totalCalls = map[string]bool{
	"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true,
	"and": true, "or": true, "not": true, "+": true, "-": true, "*": true, "neg": true,
}

// neverNull tells whether e has a value in every row in which the columns of
// required have one.
func neverNull(e scalar.Expr, required map[int]bool) bool {
	switch e := e.(type) {
	case *scalar.Column:
		return required[e.ID]
	case *scalar.Literal:
		return e.Value != nil
	case *scalar.Cast:
		return widens(e.Arg.Type(), e.Typ) && neverNull(e.Arg, required)
	case *scalar.Call:
		return totalCalls[e.Name] && neverAnyNull(e.Args, required)
	}
	return false
}

func neverAnyNull(list []scalar.Expr, required map[int]bool) bool {
	return !slices.ContainsFunc(list, func(e scalar.Expr) bool { return !neverNull(e, required) })
}

// widens tells whether every number of one type is one of another, so that no cast
// fails.
func widens(from, to types.Type) bool {
	return from.IsInteger() && (to.IsInteger() && from.Kind <= to.Kind || to.Kind == types.Double) || from.Kind == types.Float && to.Kind == types.Double
}
