package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) createView(stmt *syntax.CreateView) (Command, error) {
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.OrReplace && stmt.IfNotExists {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "OR REPLACE and IF NOT EXISTS exclude each other")
	}
	if stmt.Params != nil {
		return st.createParamView(stmt, name)
	}
	n, tables, err := st.separately(stmt.Query)
	if err != nil {
		return nil, err
	}
	def := table.Definition{Name: name, Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists, Replace: stmt.OrReplace}
	if def.Properties, err = propertyMap(stmt.Properties); err != nil {
		return nil, err
	}
	if def.Columns, err = viewColumns(n, stmt.Columns); err != nil {
		return nil, err
	}
	if err := st.notItself(tables, name, stmt.Query); err != nil {
		return nil, err
	}
	def.View = st.queryText(stmt.Query, name)
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
	}), nil
}

// viewColumns are the columns of a view on n, under the names given if there are
// any.
func viewColumns(n logical.Node, names []*syntax.ViewColumn) ([]table.Column, error) {
	cols := n.Columns()
	if len(names) > 0 && len(names) != len(cols) {
		return nil, diag.Errorf(diag.CodeSemantic, names[0].Pos(), "%d names are given for %d columns", len(names), len(cols))
	}
	var out []table.Column
	for i, c := range cols {
		f := types.Field{Name: strings.ToLower(c.Name), Type: c.Type}
		if len(names) > 0 {
			f.Name, f.Comment = strings.ToLower(names[i].Name.Name), names[i].Comment
		}
		out = append(out, table.Column{Field: f, ID: i + 1})
	}
	return out, nil
}

// separately binds a query by a binder of its own and tells which tables it reads.
func (st *statement) separately(q *syntax.Query) (logical.Node, []*table.Table, error) {
	own, err := st.withoutVariables()
	if err != nil {
		return nil, nil, err
	}
	n, err := own.binder.Known(q)
	return n, own.binder.Tables(), err
}

// notItself refuses a view whose query reads the view.
func (st *statement) notItself(tables []*table.Table, name table.Name, q *syntax.Query) error {
	for _, t := range tables {
		if t.Name == name {
			return diag.Errorf(diag.CodeSemantic, q.Pos(), "the view %s would refer to itself", name)
		}
	}
	return nil
}

// queryText is the text of a query as it is kept for an object called name:
// there, names without project mean the object's own project and schema, so
// those that mean others are written in full.
func (st *statement) queryText(q *syntax.Query, name table.Name) string {
	st.qualify(q, name)
	return syntax.Print(q)
}

// qualify writes out the names in q.
func (st *statement) qualify(q syntax.Node, name table.Name) {
	ctes := map[string]bool{}
	syntax.Inspect(q, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CTE); ok {
			ctes[strings.ToLower(c.Name.Name)] = true
		}
		return true
	})
	syntax.Inspect(q, func(n syntax.Node) bool {
		if ref, ok := n.(*syntax.Table); ok && len(ref.Name.Parts) < 3 && !(len(ref.Name.Parts) == 1 && ctes[strings.ToLower(ref.Name.Parts[0].Name)]) {
			st.writeOut(ref, name)
		}
		return true
	})
}

// writeOut names the table of ref so that it means the same in the project and
// schema of name. An alias keeps the name by which columns are qualified.
func (st *statement) writeOut(ref *syntax.Table, name table.Name) {
	t, err := st.binder.Resolve(ref.Name)
	if err != nil || len(ref.Name.Parts) == 1 && t.Name.Project == name.Project && t.Name.Schema == name.Schema {
		return
	}
	if ref.Alias.IsZero() {
		ref.Alias = ref.Name.Last()
	}
	ref.Name.Parts = []syntax.Ident{{Name: t.Name.Project}, {Name: t.Name.Schema, Quoted: true}, {Name: t.Name.Table}}
}

// viewQuery is ALTER VIEW v AS query: the columns follow from it.
func (st *statement) viewQuery(t *table.Table, a *syntax.AlterViewQuery) ([]table.Change, error) {
	n, tables, err := st.separately(a.Query)
	if err != nil {
		return nil, err
	}
	cols, err := viewColumns(n, nil)
	if err != nil {
		return nil, err
	}
	if err := st.notItself(tables, t.Name, a.Query); err != nil {
		return nil, err
	}
	return []table.Change{{View: &table.View{Query: st.queryText(a.Query, t.Name), Columns: cols}}}, nil
}
