package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

func (b *Binder) dialect() types.Dialect {
	if b.env.Session == nil {
		return types.Dialect{}
	}
	return b.env.Session.Dialect
}

// number is a literal in the dialect's type.
func (b *Binder) number(n *syntax.NumberLit, neg bool) (scalar.Expr, error) {
	e, err := number(n, neg)
	if l, ok := e.(*scalar.Literal); ok && err == nil && n.Suffix == "" {
		return &scalar.Literal{Value: l.Value, Typ: b.dialect().Declared(l.Typ)}, nil
	}
	return e, err
}

// cast binds CAST(x AS t). A conversion that does not exist is an error here, not
// at run time.
func (b *Binder) cast(x syntax.Expr, t types.Type, pos diag.Pos, s *exprScope) (scalar.Expr, error) {
	e, err := b.expr(x, s)
	if err != nil {
		return nil, err
	}
	if t = b.dialect().Declared(t); !kernel.CanCast(e.Type(), t) {
		return nil, diag.Errorf(diag.CodeCast, pos, "%s cannot be cast to %s", e.Type(), t)
	}
	return b.fold(&scalar.Cast{Arg: e, Typ: t, Line: pos.Line, Col: pos.Col}), nil
}

// signature resolves the overload of f. Where there is none, an untyped NULL may
// also be an array or map, and in the first type system arguments are converted
// in more ways: the first types for which an overload is found.
func (b *Binder) signature(f *udf.Function, args []scalar.Expr) (udf.Signature, error) {
	known := b.args(args)
	sig, err := f.Bind(known)
	if err == nil {
		return sig, nil
	}
	if found, ok := b.widened(f, known, 0); ok {
		return found, nil
	}
	return sig, err
}

// otherTypes are the types that an argument of f may be taken for.
func (b *Binder) otherTypes(f *udf.Function, t types.Type) []types.Type {
	switch {
	case t.Kind == types.Null && f.Family == "array":
		return []types.Type{types.ArrayOf(t), types.MapOf(t, t)}
	case b.dialect().V1:
		return types.V1Conversions(t)
	}
	return nil
}

// widened tries the types that the arguments from k on may be taken for.
func (b *Binder) widened(f *udf.Function, args []udf.Arg, k int) (udf.Signature, bool) {
	if k == len(args) {
		sig, err := f.Bind(args)
		return sig, err == nil
	}
	own := args[k]
	for _, t := range append([]types.Type{own.Type}, b.otherTypes(f, own.Type)...) {
		if args[k].Type = t; !t.Equal(own.Type) {
			args[k].Const = false
		}
		if sig, ok := b.widened(f, args, k+1); ok {
			args[k] = own
			return sig, true
		}
	}
	args[k] = own
	return udf.Signature{}, false
}

// assignable reports whether INSERT converts from to to by itself: where the
// conversion is implicit, between numbers, and where a text or time becomes a
// time; such a value may fail to fit at run time. In the Hive dialect whatever CAST
// converts.
func (b *Binder) assignable(from, to types.Type) bool {
	switch {
	case types.CanCoerce(from, to), from.IsNumeric() && to.IsNumeric(), (from.IsText() || from.IsTemporal()) && to.IsTemporal():
		return true
	case b.dialect().V1 && from.IsText() && to.IsInteger():
		return true
	}
	return b.dialect().Hive && kernel.CanCast(from, to)
}

// withoutParens binds CURRENT_DATE and CURRENT_TIMESTAMP, which are no columns:
// the Hive dialect writes them without parentheses.
func (b *Binder) withoutParens(e *syntax.ColumnRef, s *exprScope, notFound error) (scalar.Expr, error) {
	name := strings.ToLower(e.Parts[0].Name)
	if len(e.Parts) > 1 || name != "current_date" && name != "current_timestamp" {
		return nil, notFound
	}
	if b.dialect().Hive {
		return b.function(name, e.Pos(), nil, s)
	}
	return nil, semantic(e.Pos(), "column %s cannot be resolved", name).WithHint("write %s()", name)
}
