package decimal

import "math/bits"

// u256 is an unsigned 256-bit integer, least significant word first: the exact
// product of two magnitudes, or a dividend scaled up.
type u256 [4]uint64

// mul128 is the exact product of two 128-bit magnitudes.
func mul128(ah, al, bh, bl uint64) (p u256) {
	p[1], p[0] = bits.Mul64(al, bl)
	p[3], p[2] = bits.Mul64(ah, bh)
	var c uint64
	for _, f := range [2][2]uint64{{ah, bl}, {al, bh}} {
		hi, lo := bits.Mul64(f[0], f[1])
		p[1], c = bits.Add64(p[1], lo, 0)
		p[2], c = bits.Add64(p[2], hi, c)
		p[3] += c
	}
	return p
}

// add is u+v; both are below 2^255.
func (u u256) add(v u256) u256 {
	var c uint64
	for i := range u {
		u[i], c = bits.Add64(u[i], v[i], c)
	}
	return u
}

// sub is u-v for u >= v.
func (u u256) sub(v u256) u256 {
	var b uint64
	for i := range u {
		u[i], b = bits.Sub64(u[i], v[i], b)
	}
	return u
}

func (u u256) less(v u256) bool {
	var b uint64
	for i := range u {
		_, b = bits.Sub64(u[i], v[i], b)
	}
	return b != 0
}

// mul is u*m for m >= 0 and whether it fits.
func (u u256) mul(m Int128) (u256, bool) {
	low := mul128(u[1], u[0], uint64(m.Hi), m.Lo)
	if u[2]|u[3] == 0 {
		return low, true
	}
	high := mul128(u[3], u[2], uint64(m.Hi), m.Lo)
	var c uint64
	low[2], c = bits.Add64(low[2], high[0], 0)
	low[3], c = bits.Add64(low[3], high[1], c)
	return low, c == 0 && high[2]|high[3] == 0
}

// quoRem divides u by the 128-bit divisor (dh, dl), not zero, giving the
// quotient and the 128-bit remainder.
func (u u256) quoRem(dh, dl uint64) (q u256, rh, rl uint64) {
	if dh == 0 {
		for i := 3; i >= 0; i-- {
			if rl == 0 && u[i] < dl { // a division instruction is dear
				rl = u[i]
				continue
			}
			q[i], rl = bits.Div64(rl, u[i], dl)
		}
		return q, 0, rl
	}
	// Knuth's algorithm D with a divisor of two digits in base 2^64: divisor and
	// dividend are shifted so that the divisor's top bit is set.
	s := uint(bits.LeadingZeros64(dh))
	dh, dl = dh<<s|dl>>1>>(63-s), dl<<s
	var n [5]uint64
	n[4] = u[3] >> 1 >> (63 - s)
	for i := 3; i > 0; i-- {
		n[i] = u[i]<<s | u[i-1]>>1>>(63-s)
	}
	n[0] = u[0] << s
	for i := 2; i >= 0; i-- {
		q[i] = quoStep(n[i:i+3], dh, dl)
	}
	rl = n[0]>>s | n[1]<<1<<(63-s)
	return q, n[1] >> s, rl
}

// quoStep divides the three digits n (less than 2^64 times the divisor) by the
// normalised divisor and leaves the remainder in n.
func quoStep(n []uint64, dh, dl uint64) uint64 {
	q := ^uint64(0)
	if n[2] < dh {
		q, _ = bits.Div64(n[2], n[1], dh)
	}
	// n -= q*d; the estimate q is at most two too large.
	h1, l1 := bits.Mul64(q, dl)
	h2, l2 := bits.Mul64(q, dh)
	mid, c := bits.Add64(h1, l2, 0)
	top := h2 + c
	var b uint64
	n[0], b = bits.Sub64(n[0], l1, 0)
	n[1], b = bits.Sub64(n[1], mid, b)
	n[2], b = bits.Sub64(n[2], top, b)
	for b != 0 {
		q--
		n[0], c = bits.Add64(n[0], dl, 0)
		n[1], c = bits.Add64(n[1], dh, c)
		n[2], c = bits.Add64(n[2], 0, c)
		b -= c
	}
	return q
}
