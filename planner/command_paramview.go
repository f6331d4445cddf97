package planner

import (
	"context"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// createParamView keeps a view with parameters as the statement that makes it.
func (st *statement) createParamView(stmt *syntax.CreateView, name table.Name) (Command, error) {
	own, err := st.withoutVariables()
	if err != nil {
		return nil, err
	}
	cols, err := own.binder.CheckView(stmt, name)
	if err != nil {
		return nil, err
	}
	kept := *stmt
	kept.OrReplace, kept.IfNotExists, kept.Comment, kept.Properties = false, false, "", nil
	st.qualify(&kept, name)
	def := table.Definition{
		Name: name, Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists, Replace: stmt.OrReplace, View: syntax.Print(&kept),
	}
	if def.Properties, err = propertyMap(stmt.Properties); err != nil {
		return nil, err
	}
	for i, c := range cols {
		def.Columns = append(def.Columns, table.Column{Field: types.Field{Name: c.Name, Type: c.Type.Known()}, ID: i + 1})
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
	}), nil
}

// paramViewText is a statement that would make a view with parameters again.
func paramViewText(t *table.Table, def *syntax.CreateView) string {
	def.Name = syntax.Name{Parts: []syntax.Ident{{Name: t.Name.Table}}}
	def.Comment = t.Comment
	def.Properties = nil
	props := userProperties(t)
	for _, k := range sortedKeys(props) {
		def.Properties = append(def.Properties, &syntax.Property{Key: k, Value: props[k]})
	}
	return syntax.Print(def)
}
