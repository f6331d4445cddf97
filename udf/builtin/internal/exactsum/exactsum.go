// Package exactsum sums floating-point numbers exactly, so that a sum depends
// neither on the order of its terms nor on how they were split into partial sums.
//
// Each group holds a 192-bit fixed-point window placed around its first term
// (32 bytes). A term outside the window, an infinity or a NaN moves the group to
// a superaccumulator that covers the whole range of float64 (after Neal, "Fast
// exact summation using small and large superaccumulators", 2015). Sums are
// rounded once, to nearest even, when they are read.
package exactsum

import (
	"math"
	"math/bits"
)

const (
	// A window's shift is the biased exponent of a term less the window's base.
	// 0 <= shift <= maxShift keeps a term below 2^189, so that a sum within
	// ±2^189 stays a signed 192-bit number after the next addition.
	maxShift = 136
	// place is the shift of the first term of a window: 92 bits below it, and
	// 44 above before another term leaves the window. Terms from 28 bits below to
	// 35 above touch the upper two words only, which is the fast way.
	place = 92
	// Bases are clamped so that a biased exponent of 0 (zero, subnormal) or
	// 0x7ff (infinity, NaN) always falls outside the window.
	minBase, maxBase = 1, 0x7fe - maxShift
	unset, isWide    = 0x7000, 0x7001 // no exponent falls in such a window
	topRoom          = 1 << 61
)

// window is a signed 192-bit integer in units of 2^(base-1075).
type window struct {
	lo, mid, hi uint64
	base        int32
	wide        int32 // index into Sums.wide if base is isWide
}

// Sums are the sums of groups 0..n-1.
type Sums struct {
	win  []window
	wide []*super
}

// Resize makes room for groups 0..n-1; new groups are empty.
func (s *Sums) Resize(n int) {
	old := len(s.win)
	if n <= old {
		return
	}
	if n > cap(s.win) {
		grown := make([]window, old, max(n, 2*old))
		copy(grown, s.win)
		s.win = grown
	}
	s.win = s.win[:n]
	for g := old; g < n; g++ {
		s.win[g] = window{base: unset}
	}
}

// Size is the bytes held.
func (s *Sums) Size() int64 {
	return int64(cap(s.win))*32 + int64(len(s.wide))*(superChunks*8+24)
}

// Any reports whether group g has a term.
func (s *Sums) Any(g int) bool { return s.win[g].base != unset }

// upper is the float64 bits b, whose exponent puts them at shift s < 64 of the
// middle word, as what to add to the middle and the high word: complemented for a
// negative number, where carry is 1.
func upper(b uint64, s uint) (mid, hi, carry uint64) {
	m := b&(1<<52-1) | 1<<52
	neg := uint64(int64(b) >> 63)
	return m<<(s&63) ^ neg, m>>1>>(^s&63) ^ neg, neg & 1
}

// Add adds vals[i] to group groups[i] where bit i of valid is set; a nil valid
// means all.
func Add[T float32 | float64](s *Sums, groups []int32, vals []T, valid []uint64) {
	vals = vals[:len(groups)]
	switch {
	case len(s.win) == 1 && valid == nil:
		addAll(s, vals)
		return
	case len(s.win) <= fewGroups:
		addFew(s, groups, vals, valid)
		return
	}
	for at := 0; at < len(vals); at++ {
		if at = addMany(s.win, groups, vals, valid, at); at == len(vals) {
			break
		}
		if g := groups[at]; s.win[g].hi+topRoom >= 2*topRoom {
			s.widen(&s.win[g])
		} else {
			s.AddOne(int(g), float64(vals[at]))
		}
	}
}

// addMany adds the values from at on up to the first one that does not fit the
// upper words of its group's window, or whose addition takes the window out of
// its range. It gives the place of that value: these are rare, and the loop
// without calls has its variables in registers.
func addMany[T float32 | float64](win []window, groups []int32, vals []T, valid []uint64, at int) int {
	vals = vals[:len(groups)]
	for ; at < len(groups); at++ {
		if valid != nil && valid[uint(at)/64]>>(uint(at)%64)&1 == 0 {
			continue
		}
		b := math.Float64bits(float64(vals[at]))
		w := &win[groups[at]]
		shift := uint(int(b>>52&0x7ff) - int(w.base) - 64)
		if shift >= 64 {
			break
		}
		mid, hi, c := upper(b, shift)
		mid, c = bits.Add64(w.mid, mid, c)
		hi += w.hi + c
		w.mid, w.hi = mid, hi
		if hi+topRoom >= 2*topRoom {
			break
		}
	}
	return at
}

// AddOne adds x to group g, whatever x is.
func (s *Sums) AddOne(g int, x float64) {
	b := math.Float64bits(x)
	m, exp := b&(1<<52-1), int(b>>52&0x7ff)
	switch exp {
	case 0x7ff:
		w := &s.win[g]
		s.widen(w)
		s.wide[w.wide].special |= specialOf(x)
		return
	case 0:
		exp = 1
	default:
		m |= 1 << 52
	}
	s.addBits(g, m, exp-1075, int64(b) < 0)
}

// addBits adds ±m·2^e with m < 2^53.
func (s *Sums) addBits(g int, m uint64, e int, neg bool) {
	w := &s.win[g]
	if w.base == unset {
		*w = window{base: int32(min(max(e+1075-place, minBase), maxBase))}
		if m == 0 {
			w.base = 1023 - place
		}
	}
	if m == 0 {
		return
	}
	shift := uint(e + 1075 - int(w.base))
	if w.base == isWide || shift > maxShift {
		s.widen(w)
		s.wide[w.wide].add(m, e, neg)
		return
	}
	var v [4]uint64
	v[shift/64] = m << (shift % 64)
	v[shift/64+1] = m >> 1 >> (63 - shift%64)
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
	if w.hi+topRoom >= 2*topRoom {
		s.widen(w)
	}
}

// widen moves a group from its window to a superaccumulator.
func (s *Sums) widen(w *window) {
	if w.base == isWide {
		return
	}
	acc := &super{}
	if w.base != unset {
		neg, words := w.magnitude()
		for i, v := range words {
			e := int(w.base) - 1075 + 64*i
			acc.add(v&(1<<32-1), e, neg)
			acc.add(v>>32, e+32, neg)
		}
	}
	s.wide = append(s.wide, acc)
	*w = window{base: isWide, wide: int32(len(s.wide) - 1)}
}

// magnitude is the sign and absolute value of a window.
func (w *window) magnitude() (neg bool, words [3]uint64) {
	words = [3]uint64{w.lo, w.mid, w.hi}
	if int64(w.hi) >= 0 {
		return false, words
	}
	var b uint64
	words[0], b = bits.Sub64(0, w.lo, 0)
	words[1], b = bits.Sub64(0, w.mid, b)
	words[2], _ = bits.Sub64(0, w.hi, b)
	return true, words
}
