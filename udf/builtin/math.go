package builtin

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// mathFunctions lists the functions of numbers.
func mathFunctions() []*udf.Function {
	double, two := typeList(types.DoubleType), typeList(types.DoubleType, types.DoubleType)
	real := func(name, summary, example, result string, f func(float64) float64) *udf.Function {
		return &udf.Function{Name: name, Family: "math", Args: double, Returns: types.DoubleType,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: kernel.Unary(f)}
	}
	// partial functions give NULL where they are not defined.
	partial := func(name, summary, example, result string, f func(float64) float64) *udf.Function {
		fn := real(name, summary, example, result, f)
		fn.Eval = kernel.UnaryErr(func(x float64) (float64, error) { return defined(f(x), x) })
		return fn
	}
	binary := func(name, summary, example, result string, f func(x, y float64) (float64, error)) *udf.Function {
		return &udf.Function{Name: name, Family: "math", Args: two, Returns: types.DoubleType,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: kernel.BinaryErr(f)}
	}
	constant := func(name, summary, result string, v float64) *udf.Function {
		return &udf.Function{Name: name, Family: "math", Returns: types.DoubleType,
			Doc: udf.Doc{Summary: summary, Example: name + "()", Result: result}, Eval: constantOf(types.DoubleType, v)}
	}
	return []*udf.Function{
		partial("acos", "Arc cosine in radians; NULL outside [-1, 1].", "acos(1.0)", "0.0", math.Acos),
		partial("asin", "Arc sine in radians; NULL outside [-1, 1].", "asin(2.0)", "", math.Asin),
		real("atan", "Arc tangent in radians.", "atan(0)", "0.0", math.Atan),
		binary("atan2", "The angle of the point (x, y), given as (y, x).", "atan2(0, 0)", "0.0", func(y, x float64) (float64, error) { return math.Atan2(y+0, x+0), nil }),
		real("cos", "Cosine of radians.", "cos(0)", "1.0", math.Cos),
		real("cosh", "Hyperbolic cosine.", "cosh(0)", "1.0", math.Cosh),
		real("cot", "Cotangent of radians.", "round(cot(1.0), 6)", "0.642093", func(x float64) float64 { return 1 / math.Tan(x) }),
		real("sin", "Sine of radians.", "sin(0)", "0.0", math.Sin),
		real("sinh", "Hyperbolic sine.", "sinh(0)", "0.0", math.Sinh),
		real("tan", "Tangent of radians.", "tan(0)", "0.0", math.Tan),
		real("tanh", "Hyperbolic tangent.", "tanh(0)", "0.0", math.Tanh),
		real("cbrt", "Cube root.", "cbrt(8)", "2.0", math.Cbrt),
		real("degrees", "Radians as degrees.", "degrees(pi())", "180.0", func(x float64) float64 { return x * (180 / math.Pi) }),
		real("radians", "Degrees as radians.", "round(radians(180), 6)", "3.141593", func(x float64) float64 { return x * (math.Pi / 180) }),
		constant("e", "The base of natural logarithms.", "2.718281828459045", math.E),
		constant("pi", "The circle constant.", "3.141592653589793", math.Pi),
		{Name: "exp", Family: "math", Args: double, Returns: types.DoubleType,
			Doc: udf.Doc{Summary: "e raised to x; an error if too large.", Example: "exp(0)", Result: "1.0"},
			Eval: kernel.UnaryErr(func(x float64) (float64, error) {
				v := math.Exp(x)
				if math.IsInf(v, 1) && !math.IsInf(x, 1) {
					return 0, overflow("exp(%v) exceeds DOUBLE", x)
				}
				return v, nil
			})},
		partial("ln", "Natural logarithm; NULL unless x > 0.", "ln(1)", "0.0", positiveOnly(math.Log)),
		partial("log2", "Logarithm to base 2; NULL unless x > 0.", "log2(8)", "3.0", positiveOnly(math.Log2)),
		partial("log10", "Logarithm to base 10; NULL unless x > 0.", "log10(1000)", "3.0", positiveOnly(log10)),
		overloaded(udf.Function{Name: "log", Family: "math",
			Doc: udf.Doc{Summary: "log(base, x): the base comes first; log(x) is the natural logarithm. NULL where it is not defined.", Example: "log(2, 8)", Result: "3.0"}},
			variant{args: two, returns: types.DoubleType, eval: kernel.BinaryErr(logBase)},
			variant{args: double, returns: types.DoubleType, eval: kernel.UnaryErr(func(x float64) (float64, error) { return logBase(math.E, x) })}),
		{Name: "pow", Aliases: []string{"power"}, Family: "math", Args: two, Returns: types.DoubleType,
			Doc: udf.Doc{Summary: "x raised to y; an error if too large, NULL if not a real number.", Example: "pow(2, 10)", Result: "1024.0"},
			Eval: kernel.BinaryErr(func(x, y float64) (float64, error) {
				v := math.Pow(x, y)
				switch {
				case math.IsInf(v, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0):
					return 0, overflow("pow(%v, %v) exceeds DOUBLE", x, y)
				case v != v && x == x && y == y:
					return 0, kernel.Null
				}
				return v, nil
			})},
		partial("sqrt", "Square root; NULL for a negative number.", "sqrt(2.25)", "1.5", math.Sqrt),
		real("sign", "1.0, 0.0 or -1.0 as x is positive, zero or negative.", "sign(-7)", "-1.0", func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x * 0
		}),
		{Name: "isnan", Family: "math", Args: double, Returns: types.BooleanType,
			Doc:  udf.Doc{Summary: "Whether x is NaN.", Example: "isnan(1.0)", Result: "false"},
			Eval: kernel.Unary(func(x float64) bool { return x != x })},
		{Name: "width_bucket", Family: "math", Args: typeList(types.DoubleType, types.DoubleType, types.DoubleType, types.BigIntType), Returns: types.BigIntType,
			Doc:  udf.Doc{Summary: "The number of the bucket of x among n of equal width from min to max: 0 below, n+1 above.", Example: "width_bucket(5, 0, 10, 4)", Result: "3"},
			Eval: kernel.Rows(func(r *kernel.Row) (int64, error) { return widthBucket(r.Float(0), r.Float(1), r.Float(2), r.Int(3)) })},
	}
}

// defined is v, or NULL if f was not defined at x.
func defined(v, x float64) (float64, error) {
	if v != v && x == x {
		return 0, kernel.Null
	}
	return v, nil
}

func positiveOnly(f func(float64) float64) func(float64) float64 {
	return func(x float64) float64 {
		if x <= 0 {
			return math.NaN()
		}
		return f(x)
	}
}

// log10 is exact at powers of ten.
func log10(x float64) float64 {
	v := math.Log10(x)
	if r := math.Round(v); math.Abs(r) <= 308 && math.Pow10(int(r)) == x {
		return r
	}
	return v
}

func logBase(base, x float64) (float64, error) {
	if base <= 0 || base == 1 || x <= 0 {
		return 0, kernel.Null
	}
	switch base {
	case 2:
		return math.Log2(x), nil
	case 10:
		return log10(x), nil
	case math.E:
		return math.Log(x), nil
	}
	return math.Log(x) / math.Log(base), nil
}

func widthBucket(x, lo, hi float64, n int64) (int64, error) {
	if n <= 0 || lo == hi || x != x {
		return 0, invalid("width_bucket needs min <> max and a positive number of buckets")
	}
	if lo > hi {
		x, lo, hi = -x, -lo, -hi
	}
	switch {
	case x < lo:
		return 0, nil
	case x >= hi:
		return n + 1, nil
	}
	return int64(float64(n)*(x-lo)/(hi-lo)) + 1, nil
}

// integerFunctions lists the functions of integers and their bits.
func integerFunctions() []*udf.Function {
	long := typeList(types.BigIntType)
	shift := func(name, summary, example, result string, f32 func(int32, uint) int32, f64 func(int64, uint) int64) *udf.Function {
		return overloaded(udf.Function{Name: name, Family: "math", Doc: udf.Doc{Summary: summary, Example: example, Result: result}},
			variant{args: typeList(types.IntType, types.IntType), returns: types.IntType,
				eval: kernel.Binary(func(x, n int32) int32 { return f32(x, uint(n)&31) })},
			variant{args: typeList(types.BigIntType, types.BigIntType), returns: types.BigIntType,
				eval: kernel.Binary(func(x, n int64) int64 { return f64(x, uint(n)&63) })})
	}
	return []*udf.Function{
		{Name: "bin", Family: "math", Args: long, Returns: types.StringType,
			Doc:  udf.Doc{Summary: "The binary digits of an integer (of its two's complement if negative).", Example: "bin(12)", Result: "1100"},
			Eval: kernel.ToText(func(dst []byte, n int64) []byte { return strconv.AppendUint(dst, uint64(n), 2) })},
		{Name: "bit_count", Family: "math", Args: long, Returns: types.BigIntType,
			Doc:  udf.Doc{Summary: "The number of one bits of the two's complement.", Example: "bit_count(7)", Result: "3"},
			Eval: kernel.Unary(func(n int64) int64 { return int64(bits.OnesCount64(uint64(n))) })},
		{Name: "factorial", Family: "math", Args: long, Returns: types.BigIntType,
			Doc: udf.Doc{Summary: "n! for 0 to 20, otherwise NULL.", Example: "factorial(5)", Result: "120"},
			Eval: kernel.UnaryErr(func(n int64) (int64, error) {
				if n < 0 || n > 20 {
					return 0, kernel.Null
				}
				v := int64(1)
				for ; n > 1; n-- {
					v *= n
				}
				return v, nil
			})},
		{Name: "conv", Family: "math", Args: typeList(types.StringType, types.BigIntType, types.BigIntType), Returns: types.StringType,
			Doc:  udf.Doc{Summary: "The digits of a number in one base (2, 8, 10, 16) written in another; 64 bits, lower case.", Example: "conv('ff', 16, 2)", Result: "11111111"},
			Eval: kernel.TextArg2(convertBase)},
		shift("shiftleft", "x shifted left by n bits, in the width of x.", "shiftleft(1, 3)", "8",
			func(x int32, n uint) int32 { return x << n }, func(x int64, n uint) int64 { return x << n }),
		shift("shiftright", "x shifted right by n bits, keeping its sign.", "shiftright(-8, 1)", "-4",
			func(x int32, n uint) int32 { return x >> n }, func(x int64, n uint) int64 { return x >> n }),
		shift("shiftrightunsigned", "x shifted right by n bits, filling with zeros in the width of x.", "shiftrightunsigned(-14, 2)", "1073741820",
			func(x int32, n uint) int32 { return int32(uint32(x) >> n) }, func(x int64, n uint) int64 { return int64(uint64(x) >> n) }),
	}
}

// convertBase reads the leading digits of s; too many of them give the largest number.
func convertBase(dst, s []byte, from, to int64) ([]byte, error) {
	if !baseOK(from) || !baseOK(to) {
		return nil, invalid("conv knows the bases 2, 8, 10 and 16")
	}
	if len(s) > 0 && s[0] == '-' {
		return nil, invalid("conv takes no negative number: %s", s)
	}
	var v uint64
	n, full := 0, false
	for ; n < len(s); n++ {
		d := digitOf(s[n])
		if d >= uint64(from) {
			break
		}
		hi, lo := bits.Mul64(v, uint64(from))
		sum, carry := bits.Add64(lo, d, 0)
		full = full || hi+carry != 0
		v = sum
	}
	if n == 0 {
		return nil, kernel.Null
	}
	if full {
		v = math.MaxUint64
	}
	return strconv.AppendUint(dst, v, int(to)), nil
}

func baseOK(b int64) bool { return b == 2 || b == 8 || b == 10 || b == 16 }

func digitOf(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return uint64(c - '0')
	case c >= 'a' && c <= 'f':
		return uint64(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return uint64(c-'A') + 10
	}
	return 99
}
