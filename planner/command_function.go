package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// createFunction checks the body of a function and keeps its text.
func (st *statement) createFunction(stmt *syntax.CreateFunction) (Command, error) {
	if stmt.Temporary {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "a temporary function is part of a script").
			WithHint("set odps.sql.submit.mode=script, or make it for good: CREATE SQL FUNCTION")
	}
	if stmt.OrReplace && stmt.IfNotExists {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "OR REPLACE and IF NOT EXISTS exclude each other")
	}
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, err
	}
	own, err := st.withoutVariables()
	if err != nil {
		return nil, err
	}
	if err := own.binder.CheckFunction(stmt, name); err != nil {
		return nil, err
	}
	if st.Functions.Lookup(name.Table) != nil {
		st.warnings.Add(diag.Warningf(stmt.Name.Pos(), "%s is a built-in function too, and %s(…) means that; call the new one as %s:%s(…)", name.Table, name.Table, name.Project, name.Table))
	}
	kept := *stmt
	kept.OrReplace, kept.IfNotExists = false, false
	f := table.Function{Name: name, Text: syntax.Print(&kept), Owner: st.Owner}
	return action(func(ctx context.Context, s *Session) error {
		if stmt.IfNotExists {
			if old, err := s.Catalog.Function(ctx, name); old != nil || err != nil {
				return err
			}
		}
		return bind.At(s.Catalog.CreateFunction(ctx, f, stmt.OrReplace), stmt.Name.Pos())
	}), nil
}

// withoutVariables begins anew, for what is kept beyond the script.
func (st *statement) withoutVariables() (*statement, error) {
	s := *st.Session
	s.Variables = nil
	own, err := s.begin(st.ctx)
	if err == nil {
		own.describing = true
	}
	return own, err
}

func (st *statement) dropFunction(stmt *syntax.Drop) (Command, error) {
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		found, err := s.Catalog.DropFunction(ctx, name)
		if err != nil || found || stmt.IfExists {
			return err
		}
		return missingFunction(ctx, s, name, stmt.Name)
	}), nil
}

func missingFunction(ctx context.Context, s *Session, name table.Name, at syntax.Name) error {
	if s.Functions.Lookup(name.Table) != nil {
		return diag.Errorf(diag.CodeFunctionMissing, at.Pos(), "%s is a built-in function", name.Table)
	}
	all, err := s.Catalog.FunctionNames(ctx, name.Project, name.Schema)
	if err != nil {
		return err
	}
	var names []string
	for _, n := range all {
		names = append(names, n.Table)
	}
	e := diag.Errorf(diag.CodeFunctionMissing, at.Pos(), "there is no function %s", name)
	if near := diag.Near(name.Table, names); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

// descOwnFunction is DESC FUNCTION of a SQL function; nil if there is none of that
// name.
func (st *statement) descOwnFunction(stmt *syntax.Desc) (Command, error) {
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, nil
	}
	f, err := st.Catalog.Function(st.ctx, name)
	if f == nil || err != nil {
		return nil, err
	}
	return rows(func(context.Context, *Session) (*Result, error) {
		out := []string{f.Text}
		if stmt.Extended {
			out = append(out, "owner: "+f.Owner, "created: "+st.stamp(f.Created))
		}
		return lines("function", out), nil
	}), nil
}

func (st *statement) showFunctions(stmt *syntax.Show) (Command, error) {
	space, err := st.space(stmt.In)
	if err != nil {
		return nil, err
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		r := functions(s, stmt)
		return r, ownFunctions(ctx, s, stmt, space, r)
	}), nil
}

// ownFunctions adds the SQL functions of the session's schema to a list.
func ownFunctions(ctx context.Context, s *Session, stmt *syntax.Show, space table.Schema, r *Result) error {
	names, err := s.Catalog.FunctionNames(ctx, space.Project, space.Name)
	if err != nil {
		return bind.At(err, stmt.Pos())
	}
	for _, n := range names {
		if stmt.HasLike && !glob(stmt.Like, n.Table) {
			continue
		}
		f, err := s.Catalog.Function(ctx, n)
		if err != nil {
			return err
		}
		if f == nil {
			continue // dropped meanwhile
		}
		usage, summary := n.Table, ""
		if parsed, err := syntax.ParseStatement(f.Text); err == nil {
			if def, ok := parsed.(*syntax.CreateFunction); ok {
				usage, summary = bind.Usage(def), def.Comment
			}
		}
		r.Rows = append(r.Rows, []types.Datum{n.Table, strings.TrimSpace(usage), summary})
	}
	return nil
}
