package builtin

import (
	"math"
	"math/bits"

	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// The results of moments are quotients and roots of exact integers, rounded once.
// The functions of this file compute them in pairs of doubles, far more exactly
// than a double, and say whether the rounding is certain; if it is not, or the
// integers are too large, the general way over math/big decides.

// uint256 is an unsigned integer in little-endian words.
type uint256 [4]uint64

func (u *uint256) bitLen() int {
	for i := len(u) - 1; i > 0; i-- {
		if u[i] != 0 {
			return 64*i + bits.Len64(u[i])
		}
	}
	return bits.Len64(u[0])
}

// shifted is u·2^by if that fits.
func (u uint256) shifted(by int) (uint256, bool) {
	if by == 0 {
		return u, true
	}
	if by+u.bitLen() > 256 {
		return u, false
	}
	for ; by >= 64; by -= 64 {
		u = uint256{0, u[0], u[1], u[2]}
	}
	s := uint(by)
	for i := len(u) - 1; i > 0; i-- {
		u[i] = u[i]<<s | u[i-1]>>1>>(63-s)
	}
	u[0] <<= s
	return u, true
}

func multiply(a, b [2]uint64) uint256 {
	h0, l0 := bits.Mul64(a[0], b[0])
	h1, l1 := bits.Mul64(a[0], b[1])
	h2, l2 := bits.Mul64(a[1], b[0])
	h3, l3 := bits.Mul64(a[1], b[1])
	m, c := bits.Add64(l1, l2, 0)
	h, d := bits.Add64(h1, h2, c)
	w1, c := bits.Add64(h0, m, 0)
	w2, c := bits.Add64(l3, h, c)
	return uint256{l0, w1, w2, h3 + d + c}
}

// minus is the sign and magnitude of ±a − ±b if that fits.
func (a uint256) minus(b uint256, negA, negB bool) (bool, uint256, bool) {
	var out uint256
	var c uint64
	if negA != negB {
		for i := range a {
			out[i], c = bits.Add64(a[i], b[i], c)
		}
		return negA, out, c == 0
	}
	for i := range a {
		out[i], c = bits.Sub64(a[i], b[i], c)
	}
	if c == 0 {
		return negA, out, true
	}
	c = 0
	for i := range a {
		out[i], c = bits.Sub64(b[i], a[i], c)
	}
	return !negA, out, true
}

// pair is the number (hi+lo)·2^exp, hi from 1 to 2 unless it is zero and the lower
// about 2^-53 of it. Pairs are exact to 2^-100.
type pair struct {
	neg    bool
	hi, lo float64
	exp    int
}

// pairOf is the pair of ±u·2^exp, u cut off behind 106 bits.
func pairOf(neg bool, u uint256, exp int) pair {
	length := u.bitLen()
	if length == 0 {
		return pair{}
	}
	u, _ = u.shifted(256 - length)
	hi := float64(u[3]>>11) * 0x1p-52
	lo := float64((u[3]<<53|u[2]>>11)>>11) * 0x1p-105
	return pair{neg, hi, lo, exp + length - 1}
}

func (a pair) over(b pair) pair {
	q := a.hi / b.hi
	r := math.FMA(-q, b.hi, a.hi) + (a.lo - q*b.lo)
	return pair{a.neg != b.neg, q, r / b.hi, a.exp - b.exp}
}

// geometric is the square root of the product of two positive numbers.
func geometric(a, b pair) pair {
	p := a.hi * b.hi
	low := math.FMA(a.hi, b.hi, -p) + (a.hi*b.lo + a.lo*b.hi)
	exp := a.exp + b.exp
	if exp&1 != 0 {
		p, low, exp = 2*p, 2*low, exp-1
	}
	root := math.Sqrt(p)
	return pair{hi: root, lo: (math.FMA(-root, root, p) + low) / (2 * root), exp: exp / 2}
}

// float64 is the number rounded, if that is certain.
func (a pair) float64() (float64, bool) {
	const doubt = 0x1p-96
	x := a.hi + (a.lo - doubt)
	if x != a.hi+(a.lo+doubt) || a.exp < -1000 || a.exp > 1000 {
		return 0, a.hi == 0
	}
	x = math.Ldexp(x, a.exp)
	if a.neg {
		x = -x
	}
	return x, true
}

// smallSpread is n·Σxy − Σx·Σy of group g, if all of it fits.
func smallSpread(x, y, xy *exactsum.Sums, g int, n int64) (pair, bool) {
	xn, xm, xe, ok := x.Int128(g)
	yn, ym, ye, ok2 := y.Int128(g)
	pn, pm, pe, ok3 := xy.Int128(g)
	if !ok || !ok2 || !ok3 {
		return pair{}, false
	}
	a, b := multiply(pm, [2]uint64{uint64(n), 0}), multiply(xm, ym)
	low := min(pe, xe+ye)
	a, ok = a.shifted(pe - low)
	b, ok2 = b.shifted(xe + ye - low)
	neg, d, ok3 := a.minus(b, pn, xn != yn)
	return pairOf(neg, d, low), ok && ok2 && ok3
}
