package decimal

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// Big is a as a big.Int.
func (a Int128) Big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(a.Hi), 64)
	return v.Add(v, new(big.Int).SetUint64(a.Lo))
}

// Text writes the unscaled value a with scale digits after the point.
func (a Int128) Text(scale int) string { return string(a.Append(nil, scale)) }

// Append is Text appended to dst.
func (a Int128) Append(dst []byte, scale int) []byte {
	var buf [40 + MaxDigits]byte
	hi, lo := a.abs()
	at := len(buf)
	left := scale // digits still to come after the point
	for hi != 0 || lo != 0 || left >= 0 {
		if scale > 0 && left == 0 {
			at--
			buf[at] = '.'
		}
		left--
		var d uint64
		if hi == 0 {
			lo, d = lo/10, lo%10
		} else {
			var r uint64
			hi, r = hi/10, hi%10
			lo, d = bits.Div64(r, lo, 10)
		}
		at--
		buf[at] = '0' + byte(d)
	}
	if a.Hi < 0 {
		at--
		buf[at] = '-'
	}
	return append(dst, buf[at:]...)
}

// Verdict says what became of a conversion.
type Verdict uint8

// The verdicts.
const (
	OK       Verdict = iota
	Syntax           // the text is not a number
	Overflow         // the number has more digits than the type
)

// Parse reads a number, which may have a sign, a fraction and an exponent, as
// the unscaled value of DECIMAL(precision, scale). Digits beyond the scale are
// rounded half away from zero. Blanks around the number are ignored.
func Parse(s []byte, precision, scale int) (Int128, Verdict) {
	s = trim(s)
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	mant, point, exp, ok := scan(s)
	if !ok {
		return Int128{}, Syntax
	}
	// The value is 0.d1d2d3… * 10^whole for the digits d of mant; digits up to
	// position whole+scale count and the next one rounds.
	whole := point + exp
	var v Int128
	taken, up := 0, false
	for _, c := range mant {
		if c == '.' {
			continue
		}
		if taken == whole+scale {
			up = c >= '5'
		}
		if taken >= whole+scale {
			break
		}
		if !v.Fits(MaxDigits - 1) {
			return Int128{}, Overflow
		}
		v = v.times10plus(uint64(c - '0'))
		taken++
	}
	if whole+scale < 0 {
		taken = whole + scale
	}
	for ; taken < whole+scale && !v.IsZero(); taken++ {
		if !v.Fits(MaxDigits - 1) {
			return Int128{}, Overflow
		}
		v = v.times10plus(0)
	}
	if up {
		v = v.Add(Int128{Lo: 1})
	}
	if !v.Fits(precision) {
		return Int128{}, Overflow
	}
	if neg {
		v = v.Neg()
	}
	return v, OK
}

func (a Int128) times10plus(d uint64) Int128 {
	hi, lo := bits.Mul64(a.Lo, 10)
	lo, c := bits.Add64(lo, d, 0)
	return Int128{lo, a.Hi*10 + int64(hi) + int64(c)}
}

// scan splits an unsigned number into its mantissa, the number of digits before
// its point (leading zeros count as digits) and its exponent.
func scan(s []byte) (mant []byte, point, exp int, ok bool) {
	digits, end := 0, len(s)
	point = -1
	for i, c := range s {
		if c >= '0' && c <= '9' {
			digits++
			continue
		}
		if c == '.' && point < 0 {
			point = digits
			continue
		}
		if c != 'e' && c != 'E' {
			return nil, 0, 0, false
		}
		e, err := strconv.Atoi(string(s[i+1:]))
		if err != nil {
			return nil, 0, 0, false
		}
		end, exp = i, min(max(e, -1<<20), 1<<20)
		break
	}
	if point < 0 {
		point = digits
	}
	return s[:end], point, exp, digits > 0
}

func trim(s []byte) []byte {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// float10 are the powers of ten that are exact in float64.
var float10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float64 is the float64 nearest to the value a of the given scale.
func (a Int128) Float64(scale int) float64 {
	if a.FitsInt64() {
		return Float64Of(int64(a.Lo), scale)
	}
	return slowFloat(a, scale)
}

// Float64Of is Float64 for a narrow unscaled value. Within 53 bits and 22
// decimals both operands of the division are exact, so its result is the nearest.
func Float64Of(v int64, scale int) float64 {
	if v >= -1<<53 && v <= 1<<53 && scale < len(float10) {
		return float64(v) / float10[scale]
	}
	return slowFloat(FromInt64(v), scale)
}

func slowFloat(a Int128, scale int) float64 {
	f, _ := strconv.ParseFloat(a.Text(scale), 64)
	return f
}

// FromFloat64 is the DECIMAL(precision, scale) of f, read through its shortest
// text as Hive does, so that 0.1 is 0.1. NaN and infinities overflow.
func FromFloat64(f float64, precision, scale int) (Int128, Verdict) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Int128{}, Overflow
	}
	var buf [32]byte
	return Parse(strconv.AppendFloat(buf[:0], f, 'e', -1, 64), precision, scale)
}
