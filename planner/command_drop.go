package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// objects are the kinds of table that DROP knows.
var objects = map[syntax.ObjectKind]table.Kind{
	syntax.ObjectTable: table.KindTable, syntax.ObjectView: table.KindView, syntax.ObjectMaterialized: table.KindMaterialized,
}

func (st *statement) drop(stmt *syntax.Drop) (Command, error) {
	if stmt.Kind == syntax.ObjectSchema {
		return st.dropSchema(stmt)
	}
	if stmt.Kind == syntax.ObjectFunction {
		return st.dropFunction(stmt)
	}
	want, ok := objects[stmt.Kind]
	if !ok {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "DROP %s is not supported yet", stmt.Kind)
	}
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		if stmt.IfExists {
			return nothing{}, nil
		}
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		t, err := s.Catalog.Load(ctx, name)
		if err == nil && t.Kind().Noun() != want.Noun() {
			return diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a %s", name, t.Kind()).WithHint("use DROP %s", strings.ToUpper(t.Kind().Noun()))
		}
		err = s.Catalog.Drop(ctx, name, stmt.IfExists)
		if e := diag.Of(err); want == table.KindView && err != nil && e.Code == diag.CodeTableNotFound {
			err = diag.Errorf(diag.CodeViewNotFound, stmt.Name.Pos(), "view %s cannot be found", name).WithHint("%s", e.Hint)
		}
		return bind.At(err, stmt.Name.Pos())
	}), nil
}
