package decimal

import "math/bits"

// MaxDigits is the largest precision; every value of so many digits fits Int128.
const MaxDigits = 38

// Pow10 is 10^k for k in [0, 38].
func Pow10(k int) Int128 { return pow10[k] }

var pow10 = func() (t [MaxDigits + 1]Int128) {
	t[0] = Int128{Lo: 1}
	for k := 1; k <= MaxDigits; k++ {
		t[k], _ = t[k-1].Mul(Int128{Lo: 10})
	}
	return t
}()

// abs is the magnitude of a as high and low words.
func (a Int128) abs() (hi, lo uint64) {
	if a.Hi < 0 {
		a = a.Neg()
	}
	return uint64(a.Hi), a.Lo
}

// fromAbs gives a magnitude its sign; ok is false if it does not fit.
func fromAbs(hi, lo uint64, neg bool) (v Int128, ok bool) {
	if neg {
		return Int128{lo, int64(hi)}.Neg(), hi>>63 == 0 || hi == 1<<63 && lo == 0
	}
	return Int128{lo, int64(hi)}, hi>>63 == 0
}

// Fits reports whether a has at most the given number of digits.
func (a Int128) Fits(digits int) bool {
	hi, lo := a.abs()
	p := pow10[digits]
	return hi < uint64(p.Hi) || hi == uint64(p.Hi) && lo < p.Lo
}

// AddOK is a+b and whether it did not wrap.
func (a Int128) AddOK(b Int128) (Int128, bool) {
	r := a.Add(b)
	return r, (a.Hi^r.Hi)&(b.Hi^r.Hi) >= 0
}

// SubOK is a-b and whether it did not wrap.
func (a Int128) SubOK(b Int128) (Int128, bool) {
	r := a.Sub(b)
	return r, (a.Hi^b.Hi)&(a.Hi^r.Hi) >= 0
}

// AddScaled is the exact sum of a at scale sa and b at scale sb, rounded half
// away from zero to the given scale, and whether it fits.
func AddScaled(a Int128, sa int, b Int128, sb, scale int) (Int128, bool) {
	s := max(sa, sb)
	x, ok := a.Rescale(sa, s)
	y, ok2 := b.Rescale(sb, s)
	if sum, ok3 := x.AddOK(y); ok && ok2 && ok3 {
		return sum.Rescale(s, scale)
	}
	if s-min(sa, sb) > MaxDigits || s-scale > MaxDigits || s < scale {
		return Int128{}, false
	}
	ah, al := a.abs()
	bh, bl := b.abs()
	u, v := mul128(ah, al, uint64(pow10[s-sa].Hi), pow10[s-sa].Lo), mul128(bh, bl, uint64(pow10[s-sb].Hi), pow10[s-sb].Lo)
	if a.IsNeg() == b.IsNeg() {
		return quoRound(u.add(v), pow10[s-scale], a.IsNeg())
	}
	if u.less(v) {
		return quoRound(v.sub(u), pow10[s-scale], b.IsNeg())
	}
	return quoRound(u.sub(v), pow10[s-scale], a.IsNeg())
}

// Mul is a*b and whether it fits.
func (a Int128) Mul(b Int128) (Int128, bool) {
	if a.FitsInt64() && b.FitsInt64() {
		return MulInt64(int64(a.Lo), int64(b.Lo)), true
	}
	ah, al := a.abs()
	bh, bl := b.abs()
	p := mul128(ah, al, bh, bl)
	if p[2]|p[3] != 0 {
		return Int128{}, false
	}
	return fromAbs(p[1], p[0], (a.Hi < 0) != (b.Hi < 0))
}

// MulScaled is a*b/10^drop, rounded half away from zero, and whether it fits.
// The product is exact before it is divided.
func MulScaled(a, b Int128, drop int) (Int128, bool) {
	if drop == 0 {
		return a.Mul(b)
	}
	ah, al := a.abs()
	bh, bl := b.abs()
	return quoRound(mul128(ah, al, bh, bl), pow10[drop], (a.Hi < 0) != (b.Hi < 0))
}

// QuoScaled is a*10^shift/b, rounded half away from zero, and whether it fits;
// b is not zero. A negative shift divides by 10^-shift.
func QuoScaled(a, b Int128, shift int) (Int128, bool) {
	num, den, ok := align(a, b, shift)
	if !ok && shift < 0 {
		return nearZero(a, b, shift), true
	}
	if !ok {
		return Int128{}, false
	}
	return quoRound(num, den, (a.Hi < 0) != (b.Hi < 0))
}

// nearZero is QuoScaled for a divisor b*10^-shift of more than 127 bits: 0, or
// ±1 if the dividend is at least half of it.
func nearZero(a, b Int128, shift int) Int128 {
	bh, bl := b.abs()
	den := u256{bl, bh}
	for k := -shift; k > 0; k -= min(k, MaxDigits) {
		var ok bool
		if den, ok = den.mul(pow10[min(k, MaxDigits)]); !ok {
			return Int128{}
		}
	}
	ah, al := a.abs()
	if den[2]|den[3] != 0 || ah < den[1]>>1 {
		return Int128{}
	}
	if num := (u256{al << 1, ah<<1 | al>>63}); num[1] < den[1] || num[1] == den[1] && num[0] < den[0] {
		return Int128{}
	}
	v, _ := fromAbs(0, 1, (a.Hi < 0) != (b.Hi < 0))
	return v
}

// QuoInt is a*10^shift/b without its fraction, and whether it fits; b is not zero.
func QuoInt(a, b Int128, shift int) (Int128, bool) {
	num, den, ok := align(a, b, shift)
	if !ok {
		return Int128{}, shift < 0
	}
	q, _, _ := num.quoRem(uint64(den.Hi), den.Lo)
	if q[2]|q[3] != 0 {
		return Int128{}, false
	}
	return fromAbs(q[1], q[0], (a.Hi < 0) != (b.Hi < 0))
}

// RemScaled is the remainder of a*10^shift (or of a, for a negative shift) and b
// (or b*10^-shift), with the sign of a; b is not zero.
func RemScaled(a, b Int128, shift int) Int128 {
	num, den, ok := align(a, b, shift)
	if !ok {
		if shift < 0 {
			return a // |a| is less than the divisor
		}
		return Int128{}
	}
	_, hi, lo := num.quoRem(uint64(den.Hi), den.Lo)
	v, _ := fromAbs(hi, lo, a.Hi < 0)
	return v
}

// align gives the magnitudes of a*10^shift and b, or of a and b*10^-shift.
// It is not ok when a side does not fit (num 256 bits, den 127 bits).
func align(a, b Int128, shift int) (num u256, den Int128, ok bool) {
	ah, al := a.abs()
	bh, bl := b.abs()
	den = Int128{bl, int64(bh)}
	num = u256{al, ah}
	for ; shift > 0; shift -= min(shift, MaxDigits) {
		if num, ok = num.mul(pow10[min(shift, MaxDigits)]); !ok {
			return num, den, false
		}
	}
	for ; shift < 0; shift += min(-shift, MaxDigits) {
		if den, ok = den.Mul(pow10[min(-shift, MaxDigits)]); !ok {
			return num, den, false
		}
	}
	return num, den, true
}

// quoRound divides by a positive divisor, rounding half away from zero.
func quoRound(num u256, den Int128, neg bool) (Int128, bool) {
	dh, dl := uint64(den.Hi), den.Lo
	q, rh, rl := num.quoRem(dh, dl)
	if q[2]|q[3] != 0 {
		return Int128{}, false
	}
	// 2r >= d rounds up; r < d < 2^127, so 2r does not wrap.
	rh, rl = rh<<1|rl>>63, rl<<1
	if rh > dh || rh == dh && rl >= dl {
		var c uint64
		q[0], c = bits.Add64(q[0], 1, 0)
		if q[1], c = bits.Add64(q[1], 0, c); c != 0 {
			return Int128{}, false
		}
	}
	return fromAbs(q[1], q[0], neg)
}

// Rescale moves a from scale from to scale to, rounding half away from zero, and
// reports whether it fits.
func (a Int128) Rescale(from, to int) (Int128, bool) {
	switch {
	case to == from || a.IsZero():
		return a, true
	case to > from+MaxDigits:
		return Int128{}, false
	case to > from:
		return a.Mul(pow10[to-from])
	case from-to > MaxDigits:
		return Int128{}, true
	}
	k := pow10[from-to]
	if a.FitsInt64() && k.Hi == 0 && k.Lo>>63 == 0 {
		return FromInt64(RoundQuo64(int64(a.Lo), int64(k.Lo))), true
	}
	hi, lo := a.abs()
	return quoRound(u256{lo, hi}, k, a.Hi < 0)
}

// RoundQuo64 is a/b rounded half away from zero for b > 0.
func RoundQuo64(a, b int64) int64 {
	q, r := a/b, a%b
	switch {
	case r >= b-r: // r >= b/2 without overflow
		return q + 1
	case -r >= b+r:
		return q - 1
	}
	return q
}

// Trunc is the whole part of the value a of the given scale.
func (a Int128) Trunc(scale int) Int128 {
	if scale == 0 {
		return a
	}
	q, _ := QuoInt(a, pow10[scale], 0)
	return q
}
