package planner

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// explain plans the statement inside and marks the plan to be shown. Nothing is
// made: CREATE TABLE AS is explained as its query.
func (st *statement) explain(stmt *syntax.Explain) (*Plan, error) {
	inner := stmt.Statement
	if ct, ok := inner.(*syntax.CreateTable); ok && ct.As != nil {
		inner = &syntax.QueryStatement{Source: ct.Source, Query: ct.As}
	}
	switch inner.(type) {
	case *syntax.QueryStatement, *syntax.Insert, *syntax.MultiInsert, *syntax.Update, *syntax.Delete, *syntax.Merge,
		*syntax.Load, *syntax.Unload:
	default:
		return nil, diag.Errorf(diag.CodeSemantic, inner.Pos(), "EXPLAIN takes a query or a statement that writes rows")
	}
	p, err := Make(st.ctx, st.Session, inner)
	if err != nil {
		return nil, err
	}
	p.Explain, p.Analyze = true, stmt.Analyze
	return p, nil
}
