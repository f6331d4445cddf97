package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
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
	// clause names the place for messages.
	clause string
}

var binaryNames = map[syntax.BinaryOp]string{
	syntax.OpMul: "*", syntax.OpDiv: "/", syntax.OpMod: "%", syntax.OpIntDiv: "div", syntax.OpAdd: "+",
	syntax.OpSub: "-", syntax.OpConcat: "||", syntax.OpBitAnd: "&", syntax.OpBitOr: "|", syntax.OpBitXor: "^",
}

// expr binds an expression.
func (b *Binder) expr(e syntax.Expr, s *exprScope) (scalar.Expr, error) {
	switch e := e.(type) {
	case *syntax.NullLit:
		return &scalar.Literal{Typ: types.NullType}, nil
	case *syntax.BoolLit:
		return &scalar.Literal{Value: e.Value, Typ: types.BooleanType}, nil
	case *syntax.NumberLit:
		return number(e, false)
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
		x, err := b.expr(e.X, s)
		if err != nil {
			return nil, err
		}
		return b.fold(&scalar.Cast{Arg: x, Typ: e.Type, Line: e.Pos().Line, Col: e.Pos().Col}), nil
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
	case *syntax.Index, *syntax.FieldRef, *syntax.Lambda:
		return nil, unsupported(e.Pos(), "access to nested values")
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
	v, ok := b.env.Fold(&scalar.Cast{Arg: &scalar.Literal{Value: e.Value, Typ: types.StringType}, Typ: t})
	if !ok || v == nil {
		return nil, diag.Errorf(diag.CodeBadDatetime, e.Pos(), "'%s' is not a %s", e.Value, t)
	}
	return &scalar.Literal{Value: v, Typ: t}, nil
}

func (b *Binder) column(e *syntax.ColumnRef, s *exprScope) (scalar.Expr, error) {
	col, rest, err := s.names.lookup(e.Parts)
	if err != nil {
		return nil, err
	}
	if rest > 0 {
		return nil, unsupported(e.Pos(), "access to struct fields")
	}
	return col.Ref(), nil
}

func (b *Binder) exprs(es []syntax.Expr, s *exprScope) ([]scalar.Expr, error) {
	out := make([]scalar.Expr, len(es))
	for i, e := range es {
		var err error
		if out[i], err = b.expr(e, s); err != nil {
			return nil, err
		}
	}
	return out, nil
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
		return number(n, true)
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
	l, err := b.expr(e.L, s)
	if err != nil {
		return nil, err
	}
	r, err := b.expr(e.R, s)
	if err != nil {
		return nil, err
	}
	if e.Op.IsComparison() {
		return b.compare(e.Op, e.OpPos, l, r)
	}
	return b.apply(binaryNames[e.Op], e.OpPos, []scalar.Expr{l, r})
}

// compare brings both sides to one type and compares them.
func (b *Binder) compare(op syntax.BinaryOp, pos diag.Pos, l, r scalar.Expr) (scalar.Expr, error) {
	if l.Type().Kind == types.Null && r.Type().Kind == types.Null {
		l, r = b.convert(l, types.BooleanType, pos), b.convert(r, types.BooleanType, pos)
	}
	t, ok := types.Comparison(l.Type(), r.Type())
	if !ok {
		return nil, semantic(pos, "%s and %s cannot be compared", l.Type(), r.Type())
	}
	l, r = b.comparands(l, r, t, pos)
	if op == syntax.OpDistinctFrom {
		return b.fold(call("not", pos, types.BooleanType, call("<=>", pos, types.BooleanType, l, r))), nil
	}
	return b.fold(call(string(op), pos, types.BooleanType, l, r)), nil
}

// comparands brings both sides of a comparison to the common type t. A literal
// compared with a DECIMAL takes that side's type where its value allows, so that
// a column stays as it is.
func (b *Binder) comparands(l, r scalar.Expr, t types.Type, pos diag.Pos) (scalar.Expr, scalar.Expr) {
	if t.Kind == types.Decimal {
		if lit, ok := b.narrowed(r, t, l.Type()); ok {
			return l, lit
		}
		if lit, ok := b.narrowed(l, t, r.Type()); ok {
			return lit, r
		}
	}
	return b.comparand(l, t, pos), b.comparand(r, t, pos)
}

// narrowed gives the literal e as a value of other, a DECIMAL, if it is one
// without rounding. t is the type common to both.
func (b *Binder) narrowed(e scalar.Expr, t, other types.Type) (scalar.Expr, bool) {
	if _, ok := e.(*scalar.Literal); !ok || other.Kind != types.Decimal {
		return nil, false
	}
	v, ok := b.env.Fold(&scalar.Cast{Arg: e, Typ: t})
	if !ok || !fitsScale(v, t.Scale, other) {
		return nil, false
	}
	return &scalar.Literal{Value: rescale(v, t.Scale-other.Scale), Typ: other}, true
}

// comparand converts one side of a comparison to the common type; a DECIMAL
// whose scale does not change is only widened in name.
func (b *Binder) comparand(e scalar.Expr, t types.Type, pos diag.Pos) scalar.Expr {
	if t.Kind == types.Decimal && e.Type().Kind == types.Decimal && e.Type().Scale == t.Scale {
		return e
	}
	return b.convert(e, t, pos)
}

// fitsScale reports whether the unscaled value v of that scale is exact in t.
func fitsScale(v types.Datum, scale int, t types.Type) bool {
	d, ok := v.(decimal.Int128)
	if !ok || scale < t.Scale {
		return false
	}
	text := d.Text(scale)
	if scale > t.Scale && strings.Trim(text[len(text)-(scale-t.Scale):], "0") != "" {
		return false
	}
	return digits(d)-(scale-t.Scale) <= t.Precision
}

// rescale drops n zero digits of v.
func rescale(v types.Datum, n int) types.Datum {
	d := v.(decimal.Int128)
	text := d.Text(0)
	if n == 0 {
		return d
	}
	if len(strings.TrimPrefix(text, "-")) <= n {
		return decimal.Int128{}
	}
	out, _, _ := parseDecimal(text[:len(text)-n])
	return out
}

func (b *Binder) logical(e *syntax.Logical, s *exprScope) (scalar.Expr, error) {
	terms := make([]scalar.Expr, len(e.Terms))
	for i, t := range e.Terms {
		x, err := b.expr(t, s)
		if err != nil {
			return nil, err
		}
		if terms[i], err = b.boolean(x, t.Pos(), string(e.Op)); err != nil {
			return nil, err
		}
	}
	return b.chain(strings.ToLower(string(e.Op)), e.OpPos, terms), nil
}

// chain joins terms into a balanced tree of name, so that long chains stay shallow.
func (b *Binder) chain(name string, pos diag.Pos, terms []scalar.Expr) scalar.Expr {
	if len(terms) == 1 {
		return terms[0]
	}
	mid := len(terms) / 2
	return b.fold(call(name, pos, types.BooleanType, b.chain(name, pos, terms[:mid]), b.chain(name, pos, terms[mid:])))
}

func (b *Binder) is(e *syntax.Is, s *exprScope) (scalar.Expr, error) {
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	name := "is_" + strings.ToLower(string(e.What))
	if e.What != syntax.IsNull {
		if x, err = b.boolean(x, e.X.Pos(), "IS "+string(e.What)); err != nil {
			return nil, err
		}
	} else if e.Not {
		return b.fold(call("is_not_null", e.OpPos, types.BooleanType, x)), nil
	}
	c := b.fold(call(name, e.OpPos, types.BooleanType, x))
	if e.Not {
		c = b.fold(call("not", e.OpPos, types.BooleanType, c))
	}
	return c, nil
}

func (b *Binder) between(e *syntax.Between, s *exprScope) (scalar.Expr, error) {
	parts, err := b.exprs([]syntax.Expr{e.X, e.Low, e.High}, s)
	if err != nil {
		return nil, err
	}
	low, err := b.compare(syntax.OpGe, e.OpPos, parts[0], parts[1])
	if err != nil {
		return nil, err
	}
	high, err := b.compare(syntax.OpLe, e.OpPos, parts[0], parts[2])
	if err != nil {
		return nil, err
	}
	c := b.fold(call("and", e.OpPos, types.BooleanType, low, high))
	if e.Not {
		c = b.fold(call("not", e.OpPos, types.BooleanType, c))
	}
	return c, nil
}

func (b *Binder) inList(e *syntax.InList, s *exprScope) (scalar.Expr, error) {
	if row, ok := e.X.(*syntax.Row); ok {
		return b.inRows(e, row, s)
	}
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	items, err := b.exprs(e.List, s)
	if err != nil {
		return nil, err
	}
	if in, ok := b.constantIn(x, items, e.Not); ok {
		return b.fold(in), nil
	}
	terms := make([]scalar.Expr, len(items))
	for i, item := range items {
		if terms[i], err = b.compare(syntax.OpEq, e.List[i].Pos(), x, item); err != nil {
			return nil, err
		}
	}
	return b.negated(e.Not, e.OpPos, b.chain("or", e.OpPos, terms)), nil
}

func (b *Binder) negated(not bool, pos diag.Pos, e scalar.Expr) scalar.Expr {
	if not {
		return b.fold(call("not", pos, types.BooleanType, e))
	}
	return e
}

// constantIn is an In if all items are constants that compare in x's own type.
func (b *Binder) constantIn(x scalar.Expr, items []scalar.Expr, negate bool) (scalar.Expr, bool) {
	t := x.Type()
	if !t.IsComparable() || t.IsNested() || t.Kind == types.Null {
		return nil, false
	}
	in := &scalar.In{Arg: x, Negate: negate}
	for _, item := range items {
		common, ok := types.Comparison(t, item.Type())
		if !ok {
			return nil, false
		}
		_, same := b.comparands(x, item, common, diag.Pos{})
		lit, isLit := same.(*scalar.Literal)
		if !isLit || !lit.Typ.Equal(t) {
			// An integer item may be of a narrower or wider type than the column.
			if !isLit || !lit.Typ.IsInteger() || !t.IsInteger() {
				return nil, false
			}
		}
		in.List = append(in.List, lit.Value)
	}
	return in, true
}

// inRows is (a, b) IN ((1, 2), …).
func (b *Binder) inRows(e *syntax.InList, row *syntax.Row, s *exprScope) (scalar.Expr, error) {
	left, err := b.exprs(row.Items, s)
	if err != nil {
		return nil, err
	}
	var terms []scalar.Expr
	for _, item := range e.List {
		r, ok := item.(*syntax.Row)
		if !ok || len(r.Items) != len(left) {
			return nil, semantic(item.Pos(), "a row of %d values is needed here", len(left))
		}
		right, err := b.exprs(r.Items, s)
		if err != nil {
			return nil, err
		}
		eqs := make([]scalar.Expr, len(left))
		for i := range left {
			if eqs[i], err = b.compare(syntax.OpEq, r.Items[i].Pos(), left[i], right[i]); err != nil {
				return nil, err
			}
		}
		terms = append(terms, b.chain("and", e.OpPos, eqs))
	}
	return b.negated(e.Not, e.OpPos, b.chain("or", e.OpPos, terms)), nil
}

func (b *Binder) like(e *syntax.Like, s *exprScope) (scalar.Expr, error) {
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	var terms []scalar.Expr
	for _, p := range e.Patterns {
		pattern, err := b.expr(p, s)
		if err != nil {
			return nil, err
		}
		args := []scalar.Expr{x, pattern}
		if e.Escape != nil {
			esc, err := b.expr(e.Escape, s)
			if err != nil {
				return nil, err
			}
			args = append(args, esc)
		}
		term, err := b.apply(strings.ToLower(string(e.Op)), e.OpPos, args)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
	}
	name := "or"
	if e.Quant == syntax.QuantAll {
		name = "and"
	}
	return b.negated(e.Not, e.OpPos, b.chain(name, e.OpPos, terms)), nil
}

func (b *Binder) caseExpr(e *syntax.Case, s *exprScope) (scalar.Expr, error) {
	var operand scalar.Expr
	if e.Operand != nil {
		var err error
		if operand, err = b.expr(e.Operand, s); err != nil {
			return nil, err
		}
	}
	c := &scalar.Case{}
	values := []scalar.Expr{}
	for _, w := range e.Whens {
		cond, err := b.expr(w.Cond, s)
		if err != nil {
			return nil, err
		}
		if operand != nil {
			cond, err = b.compare(syntax.OpEq, w.Pos(), operand, cond)
		} else {
			cond, err = b.boolean(cond, w.Cond.Pos(), "WHEN")
		}
		if err != nil {
			return nil, err
		}
		then, err := b.expr(w.Then, s)
		if err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, cond)
		values = append(values, then)
	}
	var last scalar.Expr = &scalar.Literal{Typ: types.NullType}
	if e.Else != nil {
		var err error
		if last, err = b.expr(e.Else, s); err != nil {
			return nil, err
		}
	}
	values = append(values, last)
	t, err := commonOf(values, e.Pos(), "the branches of CASE")
	if err != nil {
		return nil, err
	}
	for i := range values {
		values[i] = b.convert(values[i], t, e.Pos())
	}
	c.Thens, c.Else, c.Typ = values[:len(values)-1], values[len(values)-1], t
	return b.fold(c), nil
}

func commonOf(es []scalar.Expr, pos diag.Pos, what string) (types.Type, error) {
	t := types.NullType
	for _, e := range es {
		u, ok := types.Common(t, e.Type())
		if !ok {
			return t, semantic(pos, "%s have no common type: %s and %s", what, t, e.Type())
		}
		t = u
	}
	return t, nil
}

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
	if e.Over != nil {
		return nil, unsupported(e.Pos(), "a window function")
	}
	f := b.env.Functions.Lookup(name)
	if f != nil && f.Aggregate != nil {
		if s.aggs == nil {
			return nil, semantic(e.Pos(), "the aggregate %s cannot stand in %s", name, s.clause)
		}
		return b.aggregateCall(f, e, s)
	}
	if e.Distinct || e.Filter != nil {
		return nil, semantic(e.Pos(), "DISTINCT and FILTER go with aggregates only, and %s is none", name)
	}
	if f == nil && len(e.Args) == 1 {
		if t, err := syntax.ParseType(name); err == nil {
			x, err := b.expr(e.Args[0], s)
			if err != nil {
				return nil, err
			}
			return b.fold(&scalar.Cast{Arg: x, Typ: t, Line: e.Pos().Line, Col: e.Pos().Col}), nil
		}
	}
	return b.function(name, e.Pos(), e.Args, s)
}

func (b *Binder) function(name string, pos diag.Pos, args []syntax.Expr, s *exprScope) (scalar.Expr, error) {
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
	return b.apply(name, pos, bound)
}

// apply resolves the overload of a scalar function and inserts the casts.
func (b *Binder) apply(name string, pos diag.Pos, args []scalar.Expr) (scalar.Expr, error) {
	f, err := b.lookup(name, pos)
	if err != nil {
		return nil, err
	}
	if f.Aggregate != nil {
		return nil, semantic(pos, "the aggregate %s cannot stand here", name)
	}
	sig, err := f.Bind(b.args(args))
	if err != nil {
		return nil, At(err, pos)
	}
	for i := range args {
		args[i] = b.convert(args[i], sig.Args[i], pos)
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
	if f := b.env.Functions.Lookup(name); f != nil {
		return f, nil
	}
	e := diag.Errorf(diag.CodeFunctionMissing, pos, "there is no function %s", name)
	if near := diag.Near(name, b.env.Functions.Names()); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return nil, e
}
