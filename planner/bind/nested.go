package bind

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// index binds x[i]: an element of an array, the value of a map's key, or a member
// of a JSON value.
func (b *Binder) index(e *syntax.Index, s *exprScope) (scalar.Expr, error) {
	args, err := b.exprs([]syntax.Expr{e.X, e.I}, s)
	if err != nil {
		return nil, err
	}
	switch args[0].Type().Kind {
	case types.Array, types.Map, types.JSON:
		return b.apply("index", e.I.Pos(), args)
	}
	return nil, semantic(e.Pos(), "%s has no elements: [] follows an array, a map or JSON", args[0].Type())
}

// fields binds the names behind x: fields of structs in structs.
func (b *Binder) fields(x scalar.Expr, names []syntax.Ident) (scalar.Expr, error) {
	for _, name := range names {
		if x.Type().Kind != types.Struct {
			e := semantic(name.Pos(), "%s has no field %s", x.Type(), name.Name)
			if x.Type().Kind == types.Array {
				e.WithHint("take an element first, as in a[0].%s, or transform(a, x -> x.%s)", name.Name, name.Name)
			}
			return nil, e
		}
		var err error
		if x, err = b.apply("field", name.Pos(), []scalar.Expr{x, &scalar.Literal{Value: name.Name, Typ: types.StringType}}); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// jsonLiteral is JSON'…', whose text must be JSON.
func (b *Binder) jsonLiteral(e *syntax.TypedLit) (scalar.Expr, error) {
	parse := call("json_parse", e.Pos(), types.JSONType, &scalar.Literal{Value: e.Value, Typ: types.StringType})
	v, ok := b.env.Fold(parse)
	if !ok {
		return nil, diag.Errorf(diag.CodeInvalidArgument, e.Pos(), "'%s' is not JSON", e.Value)
	}
	return &scalar.Literal{Value: v, Typ: types.JSONType}, nil
}
