package server

import (
	"context"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

func (r *script) assign(ctx context.Context, a *syntax.Assign) error {
	if v, ok := a.Expr.(*syntax.Variable); ok && r.session.Variables.IsTable(v.Name.Name) && (a.Type == nil || a.Type.Kind == syntax.ParamTable) {
		a = tableOf(a, v)
	}
	if a.Query != nil {
		if err := r.checkReads(ctx, a); err != nil {
			return err
		}
		return planner.AssignTable(ctx, r.session, a)
	}
	if a.Cache {
		return diag.Errorf(diag.CodeSemantic, a.Pos(), "CACHE ON is for tables; the value of @%s is computed once in any case", a.Name.Name)
	}
	v, err := r.evaluate(ctx, a.Expr, a.Type, "@"+a.Name.Name)
	if err != nil {
		return err
	}
	r.session.Variables = r.session.Variables.WithConstant(a.Name.Name, v.Value, v.Type)
	return nil
}

// tableOf is the assignment of a table variable to another as that of a query.
func tableOf(a *syntax.Assign, v *syntax.Variable) *syntax.Assign {
	star := &syntax.Star{}
	star.At = v.Pos()
	ref := &syntax.VariableTable{Name: v.Name}
	ref.At = v.Pos()
	sel := &syntax.Select{Items: []*syntax.SelectItem{{Start: syntax.Start{At: v.Pos()}, Expr: star}}, From: ref}
	sel.At = v.Pos()
	q := &syntax.Query{Body: sel}
	q.At = v.Pos()
	out := *a
	out.Expr, out.Query = nil, q
	return &out
}

// evaluate computes a scalar, by a job if it has subqueries.
func (r *script) evaluate(ctx context.Context, e syntax.Expr, t *syntax.ParamType, name string) (*planner.Scalar, error) {
	if err := r.checkReads(ctx, e); err != nil {
		return nil, err
	}
	v, err := planner.Evaluate(ctx, r.session, e, t, name)
	if err != nil || v.Plan == nil {
		return v, err
	}
	r.warn(v.Plan.Warnings)
	values, err := r.values(ctx, v.Plan, r.settings)
	if err != nil {
		return nil, err
	}
	for _, x := range values {
		v.Value = x
	}
	return v, nil
}

func (r *script) condition(ctx context.Context, e syntax.Expr) (bool, error) {
	v, err := r.evaluate(ctx, e, nil, "the condition of IF")
	if err != nil {
		return false, err
	}
	if v.Type.Kind != types.Boolean && v.Value != nil {
		return false, diag.Errorf(diag.CodeSemantic, e.Pos(), "IF expects BOOLEAN, not %s", v.Type)
	}
	return v.Value == true, nil
}
