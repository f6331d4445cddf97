package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
)

// Over binds the text of an expression over columns.
func (b *Binder) Over(text string, cols []logical.Column) (scalar.Expr, error) {
	e, err := syntax.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	return b.expr(e, &exprScope{names: &scope{rels: []relation{{cols: cols}}}, clause: "a computed column"})
}
