package operator

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
)

// compileCond compiles the condition of pairs.
func compileCond(cond scalar.Expr, _ *Env) (pairCond, error) {
	return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "join conditions other than equality (%s)", cond)
}
