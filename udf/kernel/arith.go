package kernel

import (
	"math"
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

type integer interface {
	int8 | int16 | int32 | int64
}

// Add is + on two columns of the same numeric type, or DECIMALs of any types.
func Add(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return arithmetic('+', call, args, n)
}

// Sub is -.
func Sub(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return arithmetic('-', call, args, n)
}

// Mul is *.
func Mul(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return arithmetic('*', call, args, n)
}

func arithmetic(op byte, call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	a, b := args[0], args[1]
	if call.Returns.Kind == types.Decimal {
		return decimalArithmetic(op, call, a, b, n, valid)
	}
	switch a.Phys {
	case batch.PhysI8:
		return integerArithmetic[int8](op, call, a, b, n, valid)
	case batch.PhysI16:
		return integerArithmetic[int16](op, call, a, b, n, valid)
	case batch.PhysI32:
		return integerArithmetic[int32](op, call, a, b, n, valid)
	case batch.PhysI64:
		return integerArithmetic[int64](op, call, a, b, n, valid)
	case batch.PhysF32:
		return floatArithmetic[float32](op, call, a, b, n, valid), nil
	}
	return floatArithmetic[float64](op, call, a, b, n, valid), nil
}

// floatArithmetic follows IEEE 754. Both sides constant never comes here: the
// evaluator computes such calls over one row.
func floatArithmetic[T float32 | float64](op byte, call *udf.Call, a, b *batch.Column, n int, valid batch.Bitmap) *batch.Column {
	out := batch.SliceOf[T](call.Buffers, n)
	x, y := spread[T](call.Buffers, a, n), spread[T](call.Buffers, b, n)
	switch op {
	case '+':
		for i := range out {
			out[i] = x[i] + y[i]
		}
	case '-':
		for i := range out {
			out[i] = x[i] - y[i]
		}
	default:
		for i := range out {
			out[i] = x[i] * y[i]
		}
	}
	return Column(call.Returns, out, valid)
}

// Spread gives the n values of a flat or constant fixed-width column, repeating
// a constant.
func Spread[T batch.Fixed](c *batch.Column, n int) []T { return spread[T](nil, c, n) }

func spread[T batch.Fixed](b *batch.Buffers, c *batch.Column, n int) []T {
	vals := batch.Values[T](c)
	if c.Enc != batch.Const {
		return vals[:n]
	}
	out, v := batch.SliceOf[T](b, n), vals[0]
	for i := range out {
		out[i] = v
	}
	return out
}

func integerArithmetic[T integer](op byte, call *udf.Call, a, b *batch.Column, n int, valid batch.Bitmap) (*batch.Column, error) {
	out := batch.SliceOf[T](call.Buffers, n)
	x, y := spread[T](call.Buffers, a, n), spread[T](call.Buffers, b, n)
	if !integerLoop(op, x, y, out) && !wraps(call) {
		if err := findOverflow(op, x, y, call.Returns, valid); err != nil {
			return nil, err
		}
	}
	return Column(call.Returns, out, valid), nil
}

// wraps reports whether integers go round instead of overflowing.
func wraps(call *udf.Call) bool { return call.Session != nil && call.Session.Dialect.Hive }

// integerLoop computes all rows and reports whether none wrapped, NULL rows included.
func integerLoop[T integer](op byte, x, y, out []T) bool {
	x, y = x[:len(out)], y[:len(out)]
	var wrapped T // negative if any row wrapped
	switch op {
	case '+':
		for i := range out {
			r := x[i] + y[i]
			wrapped |= (x[i] ^ r) & (y[i] ^ r)
			out[i] = r
		}
	case '-':
		for i := range out {
			r := x[i] - y[i]
			wrapped |= (x[i] ^ y[i]) & (x[i] ^ r)
			out[i] = r
		}
	default:
		return mulLoop(x, y, out)
	}
	return wrapped >= 0
}

// mulLoop multiplies; when the magnitudes of each side are known to be small no
// row needs a check.
func mulLoop[T integer](x, y, out []T) bool {
	if magnitude(x)+magnitude(y) < bitsOf[T]()-1 {
		for i := range out {
			out[i] = x[i] * y[i]
		}
		return true
	}
	for i := range out {
		p := decimal.MulInt64(int64(x[i]), int64(y[i]))
		out[i] = T(p.Lo)
		if !p.FitsInt64() || int64(out[i]) != p.Int64() {
			return mulRest(x, y, out)
		}
	}
	return true
}

func mulRest[T integer](x, y, out []T) bool {
	for i := range out {
		out[i] = x[i] * y[i]
	}
	return false
}

func bitsOf[T integer]() int {
	var v T
	n := 0
	for v--; v != 0; v <<= 1 {
		n++
	}
	return n
}

// magnitude is the number m of bits for which -2^m <= v < 2^m holds of every value.
func magnitude[T integer](vals []T) int {
	var m int64
	for _, v := range vals {
		w := int64(v)
		m |= w ^ w>>63
	}
	return bits.Len64(uint64(m))
}

// findOverflow looks for a row that counts among those that wrapped.
func findOverflow[T integer](op byte, x, y []T, t types.Type, valid batch.Bitmap) error {
	for i := range x {
		if valid != nil && !valid.Get(i) {
			continue
		}
		a, b := decimal.FromInt64(int64(x[i])), decimal.FromInt64(int64(y[i]))
		var r decimal.Int128
		switch op {
		case '+':
			r = a.Add(b)
		case '-':
			r = a.Sub(b)
		default:
			r, _ = a.Mul(b)
		}
		if !r.FitsInt64() || r.Int64() != int64(T(r.Int64())) {
			return overflow(t, "%d %c %d", x[i], op, y[i])
		}
	}
	return nil
}

func overflow(t types.Type, format string, args ...any) error {
	return diag.Errorf(diag.CodeOverflow, diag.Pos{}, format+" does not fit "+t.String(), args...).
		WithHint("cast an operand to a wider type")
}

// Neg is the unary minus.
func Neg(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	a := args[0]
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	switch a.Phys {
	case batch.PhysF32:
		return negFloat[float32](call.Returns, a, n, valid), nil
	case batch.PhysF64:
		return negFloat[float64](call.Returns, a, n, valid), nil
	case batch.PhysI128:
		x, out := Spread[decimal.Int128](a, n), make([]decimal.Int128, n)
		for i := range out {
			out[i] = x[i].Neg()
		}
		return Decimals(call.Returns, out, valid), nil
	case batch.PhysI64:
		if a.Type.Kind == types.Decimal { // the smallest int64 leaves the narrow form
			return decimalArithmetic('-', call, batch.DatumColumn(a.Type, decimal.Int128{}, n), a, n, valid)
		}
	}
	zero := batch.DatumColumn(a.Type, int64(0), n)
	return arithmetic('-', call, []*batch.Column{zero, a}, n)
}

func negFloat[T float32 | float64](t types.Type, a *batch.Column, n int, valid batch.Bitmap) *batch.Column {
	x, out := Spread[T](a, n), make([]T, n)
	for i := range out {
		out[i] = -x[i]
	}
	return Column(t, out, valid)
}

// Quotient is / on DOUBLE or DECIMAL. Division by zero gives NULL, as Hive and
// Spark agree.
func Quotient(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	if call.Returns.Kind == types.Decimal {
		return decimalDivide('/', call, args, n, valid)
	}
	x, y := spread[float64](call.Buffers, args[0], n), spread[float64](call.Buffers, args[1], n)
	out := batch.SliceOf[float64](call.Buffers, n)
	zeros := 0
	for i := range out {
		out[i] = x[i] / y[i]
		zeros += int(b2i(y[i] == 0))
	}
	miss := nulls{valid: valid, n: n}
	for i := 0; zeros > 0 && i < n; i++ {
		if y[i] == 0 {
			miss.set(i)
			zeros--
		}
	}
	return Column(call.Returns, out, miss.valid), nil
}

// Remainder is % with the sign of the dividend; by zero it is NULL.
func Remainder(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	if call.Returns.Kind == types.Decimal {
		return decimalDivide('%', call, args, n, valid)
	}
	switch args[0].Phys {
	case batch.PhysI8:
		return divideIntegers(call, args, n, valid, remainder[int8])
	case batch.PhysI16:
		return divideIntegers(call, args, n, valid, remainder[int16])
	case batch.PhysI32:
		return divideIntegers(call, args, n, valid, remainder[int32])
	case batch.PhysI64:
		return divideIntegers(call, args, n, valid, remainder[int64])
	}
	if args[0].Phys == batch.PhysF32 {
		return BinaryErr(floatRemainder[float32])(call, args, n)
	}
	return BinaryErr(floatRemainder[float64])(call, args, n)
}

func floatRemainder[T float32 | float64](a, b T) (T, error) {
	if b == 0 {
		return 0, Null
	}
	return T(math.Mod(float64(a), float64(b))), nil
}

// DivideInt is DIV: the quotient without its fraction; by zero it is NULL.
func DivideInt(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	if args[0].Type.Kind == types.Decimal {
		return decimalDivide('d', call, args, n, valid)
	}
	switch args[0].Phys {
	case batch.PhysI8:
		return divideIntegers(call, args, n, valid, quotient[int8])
	case batch.PhysI16:
		return divideIntegers(call, args, n, valid, quotient[int16])
	case batch.PhysI32:
		return divideIntegers(call, args, n, valid, quotient[int32])
	case batch.PhysI64:
		return divideIntegers(call, args, n, valid, quotient[int64])
	}
	return BinaryErr(func(a, b float64) (int64, error) {
		if b == 0 {
			return 0, Null
		}
		q := math.Trunc(a / b)
		if !(q >= math.MinInt64 && q < math.MaxInt64) {
			return 0, overflow(call.Returns, "%g div %g", a, b)
		}
		return int64(q), nil
	})(call, args, n)
}

func remainder[T integer](a, b T) (T, bool) {
	if b == -1 {
		return 0, true
	}
	return a % b, true
}

func quotient[T integer](a, b T) (T, bool) {
	q := a / b
	return q, b != -1 || q != a || a == 0
}

// divideIntegers makes rows with divisor 0 NULL.
func divideIntegers[T integer](call *udf.Call, args []*batch.Column, n int, valid batch.Bitmap, f func(a, b T) (T, bool)) (*batch.Column, error) {
	x, y := spread[T](call.Buffers, args[0], n), spread[T](call.Buffers, args[1], n)
	out, miss := batch.SliceOf[T](call.Buffers, n), nulls{valid: valid, n: n}
	for i := range out {
		if y[i] == 0 {
			miss.set(i)
			continue
		}
		q, ok := f(x[i], y[i])
		if !ok && !miss.skip(i) {
			return nil, overflow(call.Returns, "%d div %d", x[i], y[i])
		}
		out[i] = q
	}
	return Column(call.Returns, out, miss.valid), nil
}
