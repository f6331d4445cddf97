package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

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
