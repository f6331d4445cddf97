package planner

import (
	"context"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// schemaName completes the written name of a schema: s or p.s.
func (st *statement) schemaName(n syntax.Name) (table.Schema, error) {
	if len(n.Parts) > 2 {
		return table.Schema{}, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is not the name of a schema", n)
	}
	s := table.Schema{Project: st.Project, Name: strings.ToLower(n.Last().Name)}
	if len(n.Parts) == 2 {
		s.Project = strings.ToLower(n.Parts[0].Name)
	}
	return s, nil
}

func (st *statement) createSchema(stmt *syntax.CreateSchema) (Command, error) {
	if stmt.Project {
		return st.createProject(stmt)
	}
	schema, err := st.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	schema.Comment, schema.Owner = stmt.Comment, st.Owner
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.CreateSchema(ctx, schema, stmt.IfNotExists), stmt.Name.Pos())
	}), nil
}

func (st *statement) createProject(stmt *syntax.CreateSchema) (Command, error) {
	if stmt.Comment != "" {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "a project has no comment")
	}
	name := strings.ToLower(stmt.Name.Last().Name)
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.CreateProject(ctx, name), stmt.Name.Pos())
	}), nil
}

func (st *statement) dropSchema(stmt *syntax.Drop) (Command, error) {
	schema, err := st.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.DropSchema(ctx, schema.Project, schema.Name, stmt.IfExists), stmt.Name.Pos())
	}), nil
}

func (st *statement) alterSchema(stmt *syntax.AlterSchema) (Command, error) {
	name, err := st.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		schema, err := findSchema(ctx, s, name)
		if err != nil {
			return bind.At(err, stmt.Name.Pos())
		}
		switch a := stmt.Action.(type) {
		case *syntax.ChangeOwner:
			schema.Owner = a.Owner
		case *syntax.SetComment:
			schema.Comment = a.Comment
		}
		return s.Catalog.AlterSchema(ctx, schema)
	}), nil
}

func findSchema(ctx context.Context, s *Session, want table.Schema) (table.Schema, error) {
	all, err := s.Catalog.Schemas(ctx, want.Project)
	if err != nil {
		return want, err
	}
	var names []string
	for _, schema := range all {
		if schema.Name == want.Name {
			return schema, nil
		}
		names = append(names, schema.Name)
	}
	e := diag.Errorf(diag.CodeSemantic, diag.Pos{}, "project %s has no schema %s", want.Project, want.Name)
	if near := diag.Near(want.Name, names); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return want, e
}

func (st *statement) showSchemas(stmt *syntax.Show) Command {
	project := st.Project
	if !stmt.In.IsZero() {
		project = strings.ToLower(stmt.In.Parts[0].Name)
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		all, err := s.Catalog.Schemas(ctx, project)
		if err != nil {
			return nil, bind.At(err, stmt.In.Pos())
		}
		var names []string
		for _, schema := range all {
			if !stmt.HasLike || glob(stmt.Like, schema.Name) {
				names = append(names, schema.Name)
			}
		}
		return lines("schema", names), nil
	})
}

func (st *statement) descSchema(stmt *syntax.Desc) (Command, error) {
	name, err := st.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		schema, err := findSchema(ctx, s, name)
		if err != nil {
			return nil, bind.At(err, stmt.Name.Pos())
		}
		r := &Result{Schema: types.Schema{{Name: "key", Type: types.StringType}, {Name: "value", Type: types.StringType}}}
		b := &box{}
		b.rule()
		for _, f := range [][2]string{{"Name", schema.Name}, {"Project", schema.Project}, {"Owner", schema.Owner}, {"Comment", schema.Comment}, {"CreateTime", st.stamp(schema.Created)}} {
			r.Rows = append(r.Rows, []types.Datum{f[0], f[1]})
			b.fact(f[0], f[1])
		}
		b.rule()
		r.Text = b.String()
		return r, nil
	}), nil
}

// use changes the project, which leaves its schema too, or the schema.
func (st *statement) use(stmt *syntax.Use) (Command, error) {
	if stmt.Schema {
		return st.useSchema(stmt)
	}
	name := strings.ToLower(stmt.Name.Last().Name)
	return action(func(ctx context.Context, s *Session) error {
		projects, err := s.Catalog.Projects(ctx)
		if err != nil {
			return err
		}
		if slices.Contains(projects, name) {
			s.Project = name
			return s.Settings.Unset("odps.default.schema")
		}
		e := diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "there is no project %s", name)
		if near := diag.Near(name, projects); near != "" {
			e.WithHint("did you mean %s?", near)
		}
		return e
	}), nil
}

func (st *statement) useSchema(stmt *syntax.Use) (Command, error) {
	name, err := st.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		if _, err := findSchema(ctx, s, name); err != nil {
			return bind.At(err, stmt.Name.Pos())
		}
		s.Project = name.Project
		return s.Settings.Set("odps.default.schema", name.Name)
	}), nil
}
