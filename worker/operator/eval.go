package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/worker/expr"
)

// exprList evaluates a list of expressions over batches.
type exprList struct{ program *expr.Program }

func compileList(exprs []scalar.Expr, env *Env) (*exprList, error) {
	p, err := expr.CompileAll(exprs, env.Functions, env.Session)
	if err != nil {
		return nil, err
	}
	p.Seed(uint64(env.Task))
	return &exprList{p}, nil
}

// eval gives the values as dense columns of b.Rows() rows, valid as long as b
// and until the next call.
func (l *exprList) eval(b *batch.Batch) ([]*batch.Column, error) { return l.program.Eval(b) }
