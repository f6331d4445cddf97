package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// roundFunctions lists the functions whose type follows that of a number.
func roundFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "abs", Family: "math", Resolve: resolveNumber("abs"), New: newAbs,
			Doc: udf.Doc{Summary: "The absolute value, in the type of x.", Example: "abs(-2)", Result: "2"}},
		{Name: "positive", Family: "math", Resolve: resolveNumber("positive"),
			Eval: func(_ *udf.Call, args []*batch.Column, _ int) (*batch.Column, error) { return args[0], nil },
			Doc:  udf.Doc{Summary: "x itself.", Example: "positive(3)", Result: "3"}},
		{Name: "ceil", Aliases: []string{"ceiling"}, Family: "math", Resolve: resolveWhole("ceil"), New: newWhole(math.Ceil, 1),
			Doc: udf.Doc{Summary: "The least integer that is not less than x, as BIGINT.", Example: "ceil(-1.1)", Result: "-1"}},
		{Name: "floor", Family: "math", Resolve: resolveWhole("floor"), New: newWhole(math.Floor, -1),
			Doc: udf.Doc{Summary: "The greatest integer that is not greater than x, as BIGINT.", Example: "floor(-0.1)", Result: "-1"}},
		{Name: "round", Family: "math", Resolve: resolveRound("round"), New: newRound(roundFloat, roundDecimal),
			Doc: udf.Doc{Summary: "x rounded to n decimals (0), half away from zero; a negative n rounds before the point.", Example: "round(125.315, 2)", Result: "125.32"}},
		{Name: "trunc", Aliases: []string{"truncate"}, Family: "math", Resolve: resolveRound("trunc"), New: newRound(truncFloat, truncDecimal),
			Doc: udf.Doc{Summary: "x cut to n decimals (0), toward zero.", Example: "trunc(125.815, 1)", Result: "125.80000000000001"}},
		{Name: "pmod", Family: "math", New: newPmod,
			Doc: udf.Doc{Summary: "The remainder of x by y with the sign of y; NULL if y is 0.", Example: "pmod(-7, 3)", Result: "2"},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				if len(args) == 2 {
					a, b := args[0].Type, args[1].Type
					if !a.IsInteger() || !b.IsInteger() {
						a, b = types.DoubleType, types.DoubleType
					}
					if t, ok := types.Arithmetic("%", a, b); ok && types.CanCoerce(args[0].Type, t) && types.CanCoerce(args[1].Type, t) {
						if t.IsInteger() {
							t = types.BigIntType
						}
						return udf.Signature{Args: typeList(t, t), Returns: t}, nil
					}
				}
				return udf.Signature{}, badArgs("pmod", "pmod(number, number)", args)
			}},
	}
}

// numberArg is the type as which a number argument is taken: its own, or DOUBLE
// for a text.
func numberArg(t types.Type) (types.Type, bool) {
	if t.IsText() || t.Kind == types.Null {
		return types.DoubleType, true
	}
	return t, t.IsNumeric()
}

func resolveNumber(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil {
			return udf.Signature{}, err
		}
		t, ok := numberArg(t)
		if !ok {
			return udf.Signature{}, badArgs(name, name+"(number)", args)
		}
		return udf.Signature{Args: typeList(t), Returns: t}, nil
	}
}

func newAbs(call *udf.Call) (udf.Eval, error) {
	switch batch.PhysOf(call.Args[0]) {
	case batch.PhysI8:
		return kernel.UnaryErr(absInt[int8]), nil
	case batch.PhysI16:
		return kernel.UnaryErr(absInt[int16]), nil
	case batch.PhysI32:
		return kernel.UnaryErr(absInt[int32]), nil
	case batch.PhysF32:
		return kernel.Unary(func(x float32) float32 { return float32(math.Abs(float64(x))) }), nil
	case batch.PhysF64:
		return kernel.Unary(math.Abs), nil
	}
	if call.Args[0].Kind == types.Decimal {
		return kernel.Unary(func(x decimal.Int128) decimal.Int128 {
			if x.IsNeg() {
				return x.Neg()
			}
			return x
		}), nil
	}
	return kernel.UnaryErr(absInt[int64]), nil
}

func absInt[T int8 | int16 | int32 | int64](x T) (T, error) {
	if x < 0 {
		if x = -x; x < 0 {
			return 0, overflow("abs(%d) does not fit its type", x)
		}
	}
	return x, nil
}

func resolveWhole(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		sig, err := resolveNumber(name)(args)
		if sig.Returns = types.BigIntType; err == nil && sig.Args[0].Kind == types.Float {
			sig.Args[0] = types.DoubleType
		}
		return sig, err
	}
}

// newWhole rounds to integers; towards is the direction in which decimals go.
func newWhole(f func(float64) float64, towards int64) func(*udf.Call) (udf.Eval, error) {
	return func(call *udf.Call) (udf.Eval, error) {
		switch t := call.Args[0]; {
		case t.IsInteger():
			return kernel.Unary(func(x int64) int64 { return x }), nil
		case t.IsFloating():
			return kernel.UnaryErr(func(x float64) (int64, error) {
				v := f(x)
				if !(v >= -1<<63 && v < 1<<63) {
					return 0, overflow("%v exceeds BIGINT", x)
				}
				return int64(v), nil
			}), nil
		default:
			return kernel.UnaryErr(func(x decimal.Int128) (int64, error) {
				// Quotient toward zero, then a step if something was cut off on
				// that side.
				one := decimal.Pow10(t.Scale)
				rest := decimal.RemScaled(x, one, 0)
				whole, ok := decimal.QuoInt(x, one, 0)
				if !rest.IsZero() && rest.IsNeg() == (towards < 0) {
					whole = whole.Add(decimal.FromInt64(towards))
				}
				if !ok || !whole.FitsInt64() {
					return 0, overflow("%s exceeds BIGINT", x.Text(t.Scale))
				}
				return whole.Int64(), nil
			}), nil
		}
	}
}

// resolveRound types (x[, n]): DECIMAL keeps min(scale, n) decimals of a constant
// n, everything else is DOUBLE.
func resolveRound(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if len(args) < 1 || len(args) > 2 || len(args) == 2 && !types.CanCoerce(args[1].Type, types.BigIntType) {
			return udf.Signature{}, badArgs(name, name+"(number[, decimals])", args)
		}
		t, ok := numberArg(args[0].Type)
		if !ok {
			return udf.Signature{}, badArgs(name, name+"(number[, decimals])", args)
		}
		sig := udf.Signature{Args: typeList(types.DoubleType, types.BigIntType)[:len(args)], Returns: types.DoubleType}
		if t.Kind == types.Decimal {
			scale := 0
			if len(args) == 2 {
				scale = t.Scale
				if n, ok := args[1].Value.(int64); ok && args[1].Const {
					scale = int(min(max(n, 0), int64(t.Scale)))
				}
			}
			sig.Args = append([]types.Type{}, sig.Args...)
			sig.Args[0] = t
			sig.Returns = types.DecimalOf(min(t.Precision-t.Scale+scale+1, types.MaxPrecision), scale)
		}
		return sig, nil
	}
}

func newRound(float func(x float64, n int64) float64, dec func(x decimal.Int128, scale, n int) (decimal.Int128, bool)) func(*udf.Call) (udf.Eval, error) {
	return func(call *udf.Call) (udf.Eval, error) {
		t, out := call.Args[0], call.Returns
		decimals := func(x decimal.Int128, n int64) (decimal.Int128, error) {
			// x with n decimals has the scale of the result once more zeros follow.
			at := int(min(max(n, -40), int64(out.Scale)))
			v, ok := dec(x, t.Scale, at)
			if ok && at < out.Scale {
				v, ok = v.Rescale(max(at, 0), out.Scale)
			}
			if !ok || !v.Fits(out.Precision) {
				return v, overflow("%s does not fit %s", x.Text(t.Scale), out)
			}
			return v, nil
		}
		switch {
		case t.Kind == types.Decimal && len(call.Args) == 1:
			return kernel.UnaryErr(func(x decimal.Int128) (decimal.Int128, error) { return decimals(x, 0) }), nil
		case t.Kind == types.Decimal:
			return kernel.BinaryErr(decimals), nil
		case len(call.Args) == 1:
			return kernel.Unary(func(x float64) float64 { return float(x, 0) }), nil
		}
		return kernel.Binary(float), nil
	}
}

// roundFloat is floor(|x|·10ⁿ + 0.5)/10ⁿ with the sign of x.
func roundFloat(x float64, n int64) float64 {
	n = min(max(n, -400), 400)
	a, scale := math.Abs(x), math.Pow10(int(max(n, -n)))
	switch {
	case n >= 0:
		s := a * scale
		if !(s < 1<<52) { // no decimals left to round, or not finite
			return x
		}
		a = math.Floor(s+0.5) / scale
	default:
		if math.IsInf(a, 0) {
			return x
		}
		if a = math.Floor(a/scale + 0.5); a > 0 {
			a *= scale
		}
	}
	return math.Copysign(a, x) + 0
}

// truncFloat is the integer part of x·10ⁿ times 10⁻ⁿ.
func truncFloat(x float64, n int64) float64 {
	n = min(max(n, -308), 308)
	s := x * math.Pow10(int(n))
	if math.Abs(s) >= 1<<52 || s != s {
		return x
	}
	return math.Trunc(s)*math.Pow10(int(-n)) + 0
}

// roundDecimal rounds x of the scale to n decimals. The result has n decimals,
// or none for a negative n.
func roundDecimal(x decimal.Int128, scale, n int) (decimal.Int128, bool) {
	if n >= 0 {
		return x.Rescale(scale, n)
	}
	if scale-n > types.MaxPrecision {
		return decimal.Int128{}, true
	}
	v, ok := x.Rescale(scale, n)
	if ok {
		v, ok = v.Rescale(n, 0)
	}
	return v, ok
}

func truncDecimal(x decimal.Int128, scale, n int) (decimal.Int128, bool) {
	if scale-n > types.MaxPrecision {
		return decimal.Int128{}, true
	}
	if n >= scale {
		return x.Rescale(scale, n)
	}
	v := x.Trunc(scale - n)
	if n < 0 {
		return v.Rescale(n, 0)
	}
	return v, true
}

func newPmod(call *udf.Call) (udf.Eval, error) {
	if call.Returns.IsInteger() {
		return kernel.BinaryErr(func(x, y int64) (int64, error) {
			switch y {
			case 0:
				return 0, kernel.Null
			case -1:
				return 0, nil
			}
			m := x % y
			if m != 0 && (m < 0) != (y < 0) {
				m += y
			}
			return m, nil
		}), nil
	}
	return kernel.BinaryErr(func(x, y float64) (float64, error) {
		if y == 0 {
			return 0, kernel.Null
		}
		m := math.Mod(x, y)
		if m != 0 && (m < 0) != (y < 0) {
			m += y
		}
		return m, nil
	}), nil
}
