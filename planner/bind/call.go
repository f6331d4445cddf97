package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/udf"
)

func (b *Binder) trim(e *syntax.Trim, s *exprScope) (scalar.Expr, error) {
	name := map[string]string{"LEADING": "ltrim", "TRAILING": "rtrim"}[e.Side]
	if name == "" {
		name = "trim"
	}
	args := []syntax.Expr{e.X}
	if e.Chars != nil {
		args = append(args, e.Chars)
	}
	return b.function(name, e.Pos(), args, s)
}

// call binds a function call: an aggregate, a type name used as a cast, or a
// scalar function.
func (b *Binder) call(e *syntax.Call, s *exprScope) (scalar.Expr, error) {
	name := strings.ToLower(e.Name.Name)
	if name == "grouping" || name == "grouping_id" {
		return b.groupingCall(e, name, s)
	}
	f := b.env.Functions.LookupIn(name, b.dialect())
	if !e.Project.IsZero() {
		if own, err := b.userFunction(e); own != nil || err != nil {
			return b.inlined(own, err, e, s)
		}
	}
	if e.Over != nil {
		return b.windowCall(f, e, s.ofRows())
	}
	if f != nil && f.Window != nil {
		return nil, window(e.Pos(), "%s is a window function and needs OVER (…)", name)
	}
	if e.IgnoreNulls {
		return nil, window(e.Pos(), "IGNORE NULLS goes with window functions only")
	}
	if f != nil && f.Aggregate != nil {
		if s.aggs == nil {
			return nil, semantic(e.Pos(), "the aggregate %s cannot stand in %s", name, s.clause)
		}
		return b.aggregateCall(f, e, s.ofRows())
	}
	if e.Distinct || e.Filter != nil || len(e.WithinGroup) > 0 {
		return nil, semantic(e.Pos(), "DISTINCT, FILTER and WITHIN GROUP go with aggregates only, and %s is none", name)
	}
	if f == nil {
		if own, err := b.userFunction(e); own != nil || err != nil {
			return b.inlined(own, err, e, s)
		}
	}
	if f == nil && len(e.Args) == 1 {
		if t, err := syntax.ParseType(name); err == nil {
			return b.cast(e.Args[0], t, e.Pos(), s)
		}
	}
	if !e.Project.IsZero() {
		return nil, diag.Errorf(diag.CodeFunctionMissing, e.Pos(), "project %s has no function %s", e.Project.Name, name)
	}
	return b.function(name, e.Pos(), e.Args, s)
}

func (b *Binder) function(name string, pos diag.Pos, args []syntax.Expr, s *exprScope) (scalar.Expr, error) {
	if args = b.expanded(args); hasLambda(args) {
		return b.higherOrder(name, pos, args, s)
	}
	bound, err := b.exprs(args, s)
	if err != nil {
		return nil, err
	}
	if name == "nullif" && len(bound) == 2 {
		eq, err := b.compare(syntax.OpEq, pos, bound[0], bound[1])
		if err != nil {
			return nil, err
		}
		null := &scalar.Literal{Typ: bound[0].Type()}
		return b.fold(&scalar.Case{Whens: []scalar.Expr{eq}, Thens: []scalar.Expr{null}, Else: bound[0], Typ: bound[0].Type()}), nil
	}
	return b.apply(name, pos, sampled(name, bound, s))
}

// apply resolves the overload of a scalar function and inserts the casts.
func (b *Binder) apply(name string, pos diag.Pos, args []scalar.Expr) (scalar.Expr, error) {
	f, err := b.lookup(name, pos)
	if err != nil {
		return nil, err
	}
	if f.Table != nil {
		return nil, misplaced(f.Name, pos)
	}
	if f.Aggregate != nil {
		return nil, semantic(pos, "the aggregate %s cannot stand here", name)
	}
	sig, err := b.signature(f, args)
	if err != nil {
		return nil, At(err, pos)
	}
	for i := range args {
		args[i] = b.convert(args[i], sig.Args[i], pos)
	}
	if f.Planned != nil {
		return b.planned(f, pos, args, sig.Returns)
	}
	c := call(f.Name, pos, sig.Returns, args...)
	if f.Volatile {
		return c, nil
	}
	return b.fold(c), nil
}

func (b *Binder) args(es []scalar.Expr) []udf.Arg {
	out := make([]udf.Arg, len(es))
	for i, e := range es {
		out[i].Type = e.Type()
		if l, ok := e.(*scalar.Literal); ok {
			out[i].Const, out[i].Value = true, l.Value
		}
	}
	return out
}

func (b *Binder) lookup(name string, pos diag.Pos) (*udf.Function, error) {
	if f := b.env.Functions.LookupIn(name, b.dialect()); f != nil {
		return f, nil
	}
	e := diag.Errorf(diag.CodeFunctionMissing, pos, "there is no function %s", name)
	if near := diag.Near(name, b.env.Functions.Names()); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return nil, e
}
