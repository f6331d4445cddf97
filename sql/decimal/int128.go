// Package decimal is the arithmetic of DECIMAL values: 128-bit unscaled
// integers whose scale is kept by the type.
package decimal

import "math/bits"

// Int128 is a two's-complement 128-bit integer. The field order gives it the
// memory layout of Arrow's decimal128 on little-endian machines.
type Int128 struct {
	Lo uint64
	Hi int64
}

// FromInt64 widens v.
func FromInt64(v int64) Int128 { return Int128{Lo: uint64(v), Hi: v >> 63} }

// FitsInt64 reports whether a is representable as int64.
func (a Int128) FitsInt64() bool { return a.Hi == int64(a.Lo)>>63 }

// Int64 is the low 64 bits; exact if FitsInt64.
func (a Int128) Int64() int64 { return int64(a.Lo) }

// IsNeg reports a < 0.
func (a Int128) IsNeg() bool { return a.Hi < 0 }

// IsZero reports a == 0.
func (a Int128) IsZero() bool { return a.Hi == 0 && a.Lo == 0 }

// Add is a+b, wrapping.
func (a Int128) Add(b Int128) Int128 {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), carry)
	return Int128{lo, int64(hi)}
}

// Sub is a-b, wrapping.
func (a Int128) Sub(b Int128) Int128 {
	lo, borrow := bits.Sub64(a.Lo, b.Lo, 0)
	hi, _ := bits.Sub64(uint64(a.Hi), uint64(b.Hi), borrow)
	return Int128{lo, int64(hi)}
}

// Neg is -a, wrapping.
func (a Int128) Neg() Int128 { return Int128{}.Sub(a) }

// Cmp is -1, 0 or 1 as a is less than, equal to or greater than b.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a.Hi < b.Hi:
		return -1
	case a.Hi > b.Hi:
		return 1
	case a.Lo < b.Lo:
		return -1
	case a.Lo > b.Lo:
		return 1
	}
	return 0
}

// MulInt64 is the exact product of two int64.
func MulInt64(a, b int64) Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return Int128{lo, h}
}
