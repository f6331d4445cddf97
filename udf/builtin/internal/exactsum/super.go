package exactsum

import "math"

const (
	// superBase is the weight of bit 0, below the least subnormal 2^-1074.
	superBase = -1088
	// superChunks of 32 bits reach 2^1088, which leaves 64 bits for carries.
	superChunks = 68
	// lazyCarries is how often a chunk can take a 32-bit addend without overflow.
	lazyCarries = 1 << 30
)

// special marks terms that no finite sum holds.
type special uint8

const (
	nan special = 1 << iota
	posInf
	negInf
)

func specialOf(x float64) special {
	switch {
	case x > 0:
		return posInf
	case x < 0:
		return negInf
	}
	return nan
}

func (s special) float64() float64 {
	switch s {
	case posInf:
		return math.Inf(1)
	case negInf:
		return math.Inf(-1)
	}
	return math.NaN()
}

// super is a sum over the whole range: chunk k counts units of 2^(superBase+32k).
// Carries between chunks are delayed; only the last chunk is ever left negative.
type super struct {
	chunks  [superChunks]int64
	adds    int
	special special
}

// add adds ±m·2^e with m < 2^53.
func (a *super) add(m uint64, e int, neg bool) {
	if m == 0 {
		return
	}
	if a.adds++; a.adds >= lazyCarries {
		a.carry()
	}
	at, shift := uint(e-superBase)/32, uint(e-superBase)%32
	lo, hi := m<<shift, m>>1>>(63-shift)
	parts := [3]int64{int64(lo & (1<<32 - 1)), int64(lo >> 32), int64(hi)}
	for i, p := range parts {
		if p == 0 {
			continue
		}
		if neg {
			p = -p
		}
		a.chunks[at+uint(i)] += p
	}
}

// carry brings all chunks but the last into [0, 2^32).
func (a *super) carry() {
	for k := range superChunks - 1 {
		a.chunks[k+1] += a.chunks[k] >> 32
		a.chunks[k] &= 1<<32 - 1
	}
	a.adds = 0
}

// magnitude is the sign and absolute value, in words of weight 2^(superBase+64k).
func (a *super) magnitude() (neg bool, words []uint64) {
	a.carry()
	c := *a
	if neg = c.chunks[superChunks-1] < 0; neg {
		for k := range c.chunks {
			c.chunks[k] = -c.chunks[k]
		}
		c.carry()
	}
	words = make([]uint64, superChunks/2)
	for k := range words {
		words[k] = uint64(c.chunks[2*k]) | uint64(c.chunks[2*k+1])<<32
	}
	return neg, words
}
