package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// exprScope is where an expression stands: the names it sees, the relation that
// subqueries are joined to, and the aggregates it may contain.
type exprScope struct {
	names *scope
	// rel is the relation the expression is computed over; a subquery in the
	// expression wraps it in a join. nil: subqueries are not allowed here.
	rel *logical.Node
	// aggs collects aggregate calls; nil: they are not allowed here.
	aggs *aggregation
	// wins collects window functions; nil: they are not allowed here.
	wins *windowing
	// params are those of the lambdas around the expression.
	params *lambdaScope
	// clause names the place for messages.
	clause string
}

var binaryNames = map[syntax.BinaryOp]string{
	syntax.OpMul: "*", syntax.OpDiv: "/", syntax.OpMod: "%", syntax.OpIntDiv: "div", syntax.OpAdd: "+",
	syntax.OpSub: "-", syntax.OpConcat: "||", syntax.OpBitAnd: "&", syntax.OpBitOr: "|", syntax.OpBitXor: "^",
}

// expr binds an expression.
func (b *Binder) expr(e syntax.Expr, s *exprScope) (scalar.Expr, error) {
	x, err := b.unkeyed(e, s)
	if err != nil {
		return nil, err
	}
	return s.constantKey(x), nil
}

// unkeyed is expr but for what expressions are as grouping keys.
func (b *Binder) unkeyed(e syntax.Expr, s *exprScope) (scalar.Expr, error) {
	switch e := e.(type) {
	case *syntax.NullLit:
		return &scalar.Literal{Typ: types.NullType}, nil
	case *syntax.BoolLit:
		return &scalar.Literal{Value: e.Value, Typ: types.BooleanType}, nil
	case *syntax.NumberLit:
		return b.number(e, false)
	case *syntax.StringLit:
		return &scalar.Literal{Value: e.Value, Typ: types.StringType}, nil
	case *syntax.BinaryLit:
		return &scalar.Literal{Value: e.Value, Typ: types.BinaryType}, nil
	case *syntax.TypedLit:
		return b.typedLiteral(e)
	case *syntax.Interval:
		return b.interval(e, s)
	case *syntax.ColumnRef:
		return b.column(e, s)
	case *syntax.Unary:
		return b.unary(e, s)
	case *syntax.Binary:
		return b.binary(e, s)
	case *syntax.Logical:
		return b.logical(e, s)
	case *syntax.Is:
		return b.is(e, s)
	case *syntax.Between:
		return b.between(e, s)
	case *syntax.InList:
		return b.inList(e, s)
	case *syntax.Like:
		return b.like(e, s)
	case *syntax.Case:
		return b.caseExpr(e, s)
	case *syntax.Cast:
		return b.cast(e.X, e.Type, e.Pos(), s)
	case *syntax.Call:
		return b.call(e, s)
	case *syntax.Extract:
		return b.function(extractNames(e.Field), e.Pos(), []syntax.Expr{e.X}, s)
	case *syntax.Trim:
		return b.trim(e, s)
	case *syntax.Subquery:
		return b.scalarSubquery(e, s)
	case *syntax.Exists:
		return b.markSubquery(e.Pos(), e.Query, nil, s)
	case *syntax.InQuery:
		m, err := b.inQuery(e, s)
		if err != nil || !e.Not {
			return m, err
		}
		return call("not", e.OpPos, types.BooleanType, m), nil
	case *syntax.Star:
		return nil, semantic(e.Pos(), "* cannot stand here")
	case *syntax.Row:
		return nil, semantic(e.Pos(), "a row value can stand only before IN")
	case *syntax.Index:
		return b.index(e, s)
	case *syntax.FieldRef:
		x, err := b.expr(e.X, s)
		if err != nil {
			return nil, err
		}
		return b.fields(x, []syntax.Ident{e.Name})
	case *syntax.Variable:
		return b.variable(e, s)
	case *syntax.VariableCall:
		return b.variableCall(e, s)
	case *syntax.Lambda:
		return nil, semantic(e.Pos(), "a lambda can stand only as an argument of a function such as transform")
	}
	return nil, unsupported(e.Pos(), "this expression")
}

func call(name string, pos diag.Pos, t types.Type, args ...scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: name, Args: args, Typ: t, Line: pos.Line, Col: pos.Col}
}

// extractNames maps EXTRACT fields to functions.
func extractNames(u syntax.Unit) string {
	switch u {
	case "DOW":
		return "dayofweek"
	case "DOY":
		return "dayofyear"
	case "WEEK":
		return "weekofyear"
	}
	return strings.ToLower(string(u))
}

func (b *Binder) typedLiteral(e *syntax.TypedLit) (scalar.Expr, error) {
	t := types.Type{Kind: e.Type}
	if e.Type == types.JSON {
		return b.jsonLiteral(e)
	}
	v, ok := b.env.Fold(&scalar.Cast{Arg: &scalar.Literal{Value: e.Value, Typ: types.StringType}, Typ: t})
	if !ok || v == nil {
		return nil, diag.Errorf(diag.CodeBadDatetime, e.Pos(), "'%s' is not a %s", e.Value, t)
	}
	return &scalar.Literal{Value: v, Typ: t}, nil
}

func (b *Binder) column(e *syntax.ColumnRef, s *exprScope) (scalar.Expr, error) {
	if p := s.params.lookup(e.Parts[0].Name); p != nil {
		return b.fields(p, e.Parts[1:])
	}
	col, rest, err := s.names.lookup(e.Parts)
	if err != nil && len(e.Parts) == 1 && strings.EqualFold(e.Parts[0].Name, "grouping__id") && s.aggs != nil && s.aggs.query != nil {
		return b.groupingID(s.aggs, e.Pos())
	}
	if err != nil {
		return b.withoutParens(e, s, err)
	}
	return b.fields(col.Ref(), e.Parts[len(e.Parts)-rest:])
}

func (b *Binder) exprs(es []syntax.Expr, s *exprScope) ([]scalar.Expr, error) {
	out := make([]scalar.Expr, len(es))
	return out, diag.Each(es, func(i int, e syntax.Expr) (err error) {
		out[i], err = b.expr(e, s)
		return err
	})
}

// constant evaluates e if it is constant.
func (b *Binder) constant(e scalar.Expr) (types.Datum, bool) {
	if l, ok := e.(*scalar.Literal); ok {
		return l.Value, true
	}
	used := map[int]bool{}
	scalar.Columns(e, used)
	if len(used) > 0 {
		return nil, false
	}
	return b.env.Fold(e)
}

// fold replaces an expression of literals by its value.
func (b *Binder) fold(e scalar.Expr) scalar.Expr {
	for _, k := range e.Children() {
		if _, ok := k.(*scalar.Literal); !ok {
			return e
		}
	}
	if v, ok := b.env.Fold(e); ok {
		return &scalar.Literal{Value: v, Typ: e.Type()}
	}
	return e
}

// convert is coerce without the check, for conversions an operator implies.
func (b *Binder) convert(e scalar.Expr, t types.Type, pos diag.Pos) scalar.Expr {
	if e.Type().Equal(t) {
		return e
	}
	return b.fold(&scalar.Cast{Arg: e, Typ: t, Line: pos.Line, Col: pos.Col})
}

func (b *Binder) condition(e syntax.Expr, s *exprScope) (scalar.Expr, error) {
	c, err := b.expr(e, s)
	if err != nil {
		return nil, err
	}
	return b.boolean(c, e.Pos(), s.clause)
}

func (b *Binder) boolean(c scalar.Expr, pos diag.Pos, clause string) (scalar.Expr, error) {
	switch c.Type().Kind {
	case types.Boolean:
		return c, nil
	case types.Null:
		return &scalar.Literal{Typ: types.BooleanType}, nil
	}
	return nil, semantic(pos, "%s expects BOOLEAN, not %s", clause, c.Type())
}

func (b *Binder) unary(e *syntax.Unary, s *exprScope) (scalar.Expr, error) {
	if n, ok := e.X.(*syntax.NumberLit); ok && e.Op == syntax.OpNeg {
		return b.number(n, true)
	}
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	switch e.Op {
	case syntax.OpNot:
		if x, err = b.boolean(x, e.X.Pos(), "NOT"); err != nil {
			return nil, err
		}
		return b.fold(call("not", e.Pos(), types.BooleanType, x)), nil
	case syntax.OpPlus:
		return x, nil
	case syntax.OpBitNot:
		return b.apply("~", e.Pos(), []scalar.Expr{x})
	}
	return b.apply("neg", e.Pos(), []scalar.Expr{x})
}

func (b *Binder) binary(e *syntax.Binary, s *exprScope) (scalar.Expr, error) {
	sides, err := b.exprs([]syntax.Expr{e.L, e.R}, s)
	if err != nil {
		return nil, err
	}
	if e.Op.IsComparison() {
		return b.compare(e.Op, e.OpPos, sides[0], sides[1])
	}
	return b.apply(binaryNames[e.Op], e.OpPos, sides)
}
