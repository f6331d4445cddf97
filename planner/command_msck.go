package planner

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// msck makes the partitions of an external table those of its directory. There
// are none to look for yet: external tables have no partition columns, and their
// files are listed anew by every statement.
func (st *statement) msck(stmt *syntax.Msck) (Command, error) {
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	if t.Kind() != table.KindExternal {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a %s; MSCK is for external tables", t.Name, t.Kind())
	}
	return nothing{}, nil
}
