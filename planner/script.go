package planner

import (
	"context"
	"maps"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// BeginScript lets the session have variables; there are none yet.
func BeginScript(s *Session) { s.Variables = &bind.Variables{} }

// Scalar is the value of an expression in a script: Plan gives it as its one row of
// one column, unless that is nil; then it is Value.
type Scalar struct {
	Type  types.Type
	Value types.Datum
	Plan  *Plan
}

// Evaluate plans the expression of a scalar variable or a condition, which name
// tells messages. It may have subqueries; t is the type it is converted to.
func Evaluate(ctx context.Context, s *Session, e syntax.Expr, t *syntax.ParamType, name string) (*Scalar, error) {
	st, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	n, err := st.binder.ScalarOf(e, t, name)
	if err != nil {
		return nil, err
	}
	out := &Scalar{Type: n.Columns()[0].Type}
	if p, ok := n.(*logical.Project); ok {
		if lit, ok := p.Items[0].(*scalar.Literal); ok {
			out.Value = lit.Value
			return out, nil
		}
	}
	tree, lo, err := st.optimize(n)
	if err != nil {
		return nil, err
	}
	root, err := lo.Query(tree)
	if err != nil {
		return nil, err
	}
	out.Plan = &Plan{Root: st.finish(root), Schema: root.Schema(), Session: st.udf, Warnings: st.warnings.All()}
	return out, nil
}

// AssignTable gives a table variable its query, and computes its rows at once if
// they are to be cached.
func AssignTable(ctx context.Context, s *Session, a *syntax.Assign) error {
	st, err := s.begin(ctx)
	if err != nil {
		return err
	}
	next := s.Variables.WithQuery(a.Name.Name, a.Query, a.Type)
	n, err := st.binder.TableOf(next, a.Name)
	if err != nil {
		return err
	}
	if a.Cache {
		var ts []types.Type
		for _, c := range n.Columns() {
			ts = append(ts, c.Type.Known())
		}
		n = st.binder.CastColumns(n, ts)
		t := bind.Temporary(a.Name.Name, n.Columns())
		files, err := st.materialize(n, t)
		if err != nil {
			return err
		}
		cached := maps.Clone(s.Cached)
		if cached == nil {
			cached = map[*table.Table][]table.DataFile{}
		}
		cached[t] = files
		s.Cached = cached
		next = s.Variables.WithRows(a.Name.Name, t, n.Columns())
	}
	s.Variables = next
	return nil
}

// DefineTemporary checks a temporary function and adds it to the script.
func DefineTemporary(ctx context.Context, s *Session, def *syntax.CreateFunction) ([]diag.Warning, error) {
	st, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	if len(def.Name.Parts) > 1 {
		return nil, diag.Errorf(diag.CodeSemantic, def.Name.Pos(), "a temporary function belongs to no project or schema")
	}
	name := def.Name.Last().Name
	if s.Variables.HasFunction(name) && !def.OrReplace {
		if def.IfNotExists {
			return nil, nil
		}
		return nil, diag.Errorf(diag.CodeDDLFailed, def.Name.Pos(), "the script has a function %s already", name)
	}
	if err := st.binder.CheckFunction(def, table.Name{}); err != nil {
		return nil, err
	}
	if st.Functions.Lookup(name) != nil {
		st.warnings.Add(diag.Warningf(def.Name.Pos(), "%s is a built-in function too, and %s(…) means that; give the new one another name", name, name))
	}
	s.Variables = s.Variables.WithFunction(def)
	return st.warnings.All(), nil
}

// Reads lists the stored tables that a statement of a script reads itself, by the
// names in it; what variables read is not among them.
func Reads(ctx context.Context, s *Session, stmt syntax.Node) ([]*table.Table, error) {
	st, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	syntax.Inspect(stmt, func(n syntax.Node) bool {
		ref, ok := n.(*syntax.Table)
		if !ok {
			return true
		}
		// A name that cannot be read is that of a WITH clause, or planning tells of it.
		if t, err := st.binder.Resolve(ref.Name); err == nil && t.View != "" {
			_, _ = st.binder.Stored(t, t.View, ref.Pos())
		}
		return true
	})
	return st.binder.Tables(), nil
}
