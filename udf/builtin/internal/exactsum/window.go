package exactsum

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// bitLen is the length of a 192-bit number.
func bitLen(words *[3]uint64) int {
	switch {
	case words[2] != 0:
		return 128 + bits.Len64(words[2])
	case words[1] != 0:
		return 64 + bits.Len64(words[1])
	}
	return bits.Len64(words[0])
}

// trailing is the number of zero bits at the low end of a nonzero number.
func trailing(words *[3]uint64) int {
	switch {
	case words[0] != 0:
		return bits.TrailingZeros64(words[0])
	case words[1] != 0:
		return 64 + bits.TrailingZeros64(words[1])
	}
	return 128 + bits.TrailingZeros64(words[2])
}

// shiftLeft and shiftRight shift by fewer than 192 bits.
func shiftLeft(w *[3]uint64, by int) {
	switch {
	case by >= 128:
		w[0], w[1], w[2] = 0, 0, w[0]
	case by >= 64:
		w[0], w[1], w[2] = 0, w[0], w[1]
	}
	s := uint(by) & 63
	w[2] = w[2]<<s | w[1]>>1>>(63-s)
	w[1] = w[1]<<s | w[0]>>1>>(63-s)
	w[0] <<= s
}

func shiftRight(w *[3]uint64, by int) {
	switch {
	case by >= 128:
		w[0], w[1], w[2] = w[2], 0, 0
	case by >= 64:
		w[0], w[1], w[2] = w[1], w[2], 0
	}
	s := uint(by) & 63
	w[0] = w[0]>>s | w[1]<<1<<(63-s)
	w[1] = w[1]>>s | w[2]<<1<<(63-s)
	w[2] >>= s
}

// float64 is the window's sum rounded to nearest even; exact reports that nothing
// was rounded. It does not know (ok is false) sums near the ends of the range.
func (w *window) float64() (x float64, exact, ok bool) {
	neg, words := w.magnitude()
	// The bits from the leading one on are those of top, and behind it of rest.
	var top, rest uint64
	var length int
	if hi, mid, lo := words[2], words[1], words[0]; hi != 0 {
		length = 128 + bits.Len64(hi)
		z := uint(192-length) & 63
		top, rest = hi<<z|mid>>1>>(63-z), mid<<z|lo
	} else if mid != 0 {
		length = 64 + bits.Len64(mid)
		z := uint(128-length) & 63
		top, rest = mid<<z|lo>>1>>(63-z), lo<<z
	} else if lo != 0 {
		length = bits.Len64(lo)
		top = lo << (uint(64-length) & 63)
	} else {
		return 0, true, true
	}
	biased := int(w.base) + length - 53
	if biased < 1 || biased >= 0x7ff {
		return 0, false, false
	}
	const half = 1 << 10
	m, r := top>>11, top&(2*half-1)
	if r > half || r == half && m&1|rest != 0 {
		m++
	}
	// The leading bit of m adds one to the exponent, as a carry out of m does.
	b := uint64(biased-1)<<52 + m
	if neg {
		b |= 1 << 63
	}
	return math.Float64frombits(b), r|rest == 0, true
}

// appendState appends the state of a window whose sum is no double.
func (w *window) appendState(dst []byte) []byte {
	neg, words := w.magnitude()
	length, zeros := bitLen(&words), trailing(&words)
	shiftRight(&words, zeros)
	var buf [27]byte
	if neg {
		buf[0] = negative
	}
	binary.LittleEndian.PutUint16(buf[1:], uint16(int16(int(w.base)-1075+zeros)))
	for i, v := range words {
		binary.LittleEndian.PutUint64(buf[3+8*i:], v)
	}
	return append(dst, buf[:3+stateBytes(length-zeros)]...)
}

// merge adds ±m·2^exp, m in little-endian bytes, if it fits the window.
func (w *window) merge(m []byte, exp int, neg bool) bool {
	if len(m) > 24 {
		return false
	}
	var buf [24]byte
	copy(buf[:], m)
	var v [3]uint64
	for i := range v {
		v[i] = binary.LittleEndian.Uint64(buf[8*i:])
	}
	return w.addWords(v, exp, neg)
}

// addWords adds ±v·2^exp if it fits the window, whose range is not checked.
func (w *window) addWords(v [3]uint64, exp int, neg bool) bool {
	if w.base == isWide {
		return false
	}
	length, base := bitLen(&v), w.base
	if base == unset {
		// Placed as if the upper 53 bits were the first term.
		base = int32(min(max(exp+1075+length-53-place, minBase), maxBase))
	}
	shift := exp + 1075 - int(base)
	if shift < 0 || shift+length > maxShift+53 {
		return false
	}
	if w.base == unset {
		*w = window{base: base}
	}
	shiftLeft(&v, shift)
	var c uint64
	if neg {
		w.lo, c = bits.Sub64(w.lo, v[0], 0)
		w.mid, c = bits.Sub64(w.mid, v[1], c)
		w.hi, _ = bits.Sub64(w.hi, v[2], c)
	} else {
		w.lo, c = bits.Add64(w.lo, v[0], 0)
		w.mid, c = bits.Add64(w.mid, v[1], c)
		w.hi, _ = bits.Add64(w.hi, v[2], c)
	}
	return true
}

// Int128 is the sum of group g as ±m·2^exp, m in two words and odd unless it is
// zero; ok is false if the sum is not so small, or not finite.
func (s *Sums) Int128(g int) (neg bool, m [2]uint64, exp int, ok bool) {
	w := &s.win[g]
	if w.base >= unset {
		return false, m, 0, w.base == unset
	}
	neg, words := w.magnitude()
	if words[0]|words[1]|words[2] == 0 {
		return false, m, 0, true
	}
	zeros := trailing(&words)
	shiftRight(&words, zeros)
	return neg, [2]uint64{words[0], words[1]}, int(w.base) - 1075 + zeros, words[2] == 0
}

// AddInt128 adds an integer to group g: its magnitude in two words.
func (s *Sums) AddInt128(g int, neg bool, m [2]uint64) {
	w := &s.win[g]
	if !w.addWords([3]uint64{m[0], m[1], 0}, 0, neg) {
		for i, v := range m {
			s.addBits(g, v&(1<<32-1), 64*i, neg)
			s.addBits(g, v>>32, 64*i+32, neg)
		}
		return
	}
	if w.hi+topRoom >= 2*topRoom {
		s.widen(w)
	}
}
