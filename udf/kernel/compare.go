package kernel

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons. The order is such that Negate and Swap are small.
const (
	Eq CompareOp = iota
	Ne
	Lt
	Ge
	Le
	Gt
)

// Negate is the comparison that is true exactly where op is false.
func (op CompareOp) Negate() CompareOp { return op ^ 1 }

// Swap is the comparison with its sides exchanged: a op b is b op.Swap() a.
func (op CompareOp) Swap() CompareOp {
	switch op {
	case Lt:
		return Gt
	case Gt:
		return Lt
	case Le:
		return Ge
	case Ge:
		return Le
	}
	return op
}

// Holds reports whether a three-way comparison result satisfies op.
func (op CompareOp) Holds(cmp int) bool {
	switch op {
	case Eq:
		return cmp == 0
	case Ne:
		return cmp != 0
	case Lt:
		return cmp < 0
	case Ge:
		return cmp >= 0
	case Le:
		return cmp <= 0
	}
	return cmp > 0
}

// ordered are the types that < compares.
type ordered interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// Compare evaluates a op b for columns of the same type, flat or constant and
// at least one of them flat, of n rows. In the order of values NaN equals NaN
// and is above all other numbers; false is below true; texts compare by bytes,
// CHAR without trailing blanks. The NULL rows of the result are unspecified.
func Compare(op CompareOp, a, b *batch.Column, n int) batch.Bitmap {
	if a.Enc == batch.Const {
		a, b, op = b, a, op.Swap()
	}
	switch {
	case a.Phys == batch.PhysI128 || b.Phys == batch.PhysI128 && a.Phys == batch.PhysI64:
		return compareBy(op, n, ViewOf[decimal.Int128](a), ViewOf[decimal.Int128](b), decimal.Int128.Cmp)
	case a.Phys == batch.PhysI8:
		return compareFixed[int8](op, a, b, n)
	case a.Phys == batch.PhysI16:
		return compareFixed[int16](op, a, b, n)
	case a.Phys == batch.PhysI32:
		return compareFixed[int32](op, a, b, n)
	case a.Phys == batch.PhysI64:
		return compareFixed[int64](op, a, b, n)
	case a.Phys == batch.PhysF32:
		return compareFixed[float32](op, a, b, n)
	case a.Phys == batch.PhysF64:
		return compareFixed[float64](op, a, b, n)
	case a.Phys == batch.PhysBool:
		return compareBy(op, n, ViewOf[bool](a), ViewOf[bool](b), func(x, y bool) int { return int(b2i(x)) - int(b2i(y)) })
	case a.Phys == batch.PhysBytes:
		return compareTexts(op, a, b, n)
	}
	return compareNested(op, a, b, n)
}

// compareFixed maps the six comparisons to loops for =, < and <=: with
// constant c, a > c is not a <= c, which also puts NaN on top.
func compareFixed[T ordered](op CompareOp, a, b *batch.Column, n int) batch.Bitmap {
	out := batch.NewBitmap(n)
	x := batch.Values[T](a)[:n]
	if b.Enc == batch.Const {
		c := batch.Values[T](b)[0]
		if c != c {
			return compareBy(op, n, View[T]{x, -1}, View[T]{[]T{c}, 0}, totalOrder[T])
		}
		switch op &^ 1 {
		case Eq:
			eqConst(x, c, out)
		case Lt:
			ltConst(x, c, out)
		default:
			leConst(x, c, out)
		}
		if op&1 != 0 {
			Not(out, out)
		}
		return out
	}
	y := batch.Values[T](b)[:n]
	var zero T
	if isFloat := T(1)/2 != zero; isFloat {
		return compareBy(op, n, View[T]{x, -1}, View[T]{y, -1}, totalOrder[T])
	}
	switch op {
	case Eq, Ne:
		eqVectors(x, y, out)
	case Lt, Ge:
		ltVectors(x, y, out)
	default: // a <= b is not b < a
		ltVectors(y, x, out)
	}
	if op == Ne || op == Ge || op == Le {
		Not(out, out)
	}
	return out
}

func totalOrder[T ordered](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	}
	return int(b2i(a != a)) - int(b2i(b != b)) // a NaN is above what is none
}

// The loops below build a byte of eight results at a time, without branches.

func eqConst[T ordered](x []T, c T, out batch.Bitmap) {
	o := bytesOf(out)
	for len(x) >= 8 {
		v := x[:8:8]
		o[0] = b2i(v[0] == c) | b2i(v[1] == c)<<1 | b2i(v[2] == c)<<2 | b2i(v[3] == c)<<3 |
			b2i(v[4] == c)<<4 | b2i(v[5] == c)<<5 | b2i(v[6] == c)<<6 | b2i(v[7] == c)<<7
		x, o = x[8:], o[1:]
	}
	for k, v := range x {
		o[0] |= b2i(v == c) << k
	}
}

func ltConst[T ordered](x []T, c T, out batch.Bitmap) {
	o := bytesOf(out)
	for len(x) >= 8 {
		v := x[:8:8]
		o[0] = b2i(v[0] < c) | b2i(v[1] < c)<<1 | b2i(v[2] < c)<<2 | b2i(v[3] < c)<<3 |
			b2i(v[4] < c)<<4 | b2i(v[5] < c)<<5 | b2i(v[6] < c)<<6 | b2i(v[7] < c)<<7
		x, o = x[8:], o[1:]
	}
	for k, v := range x {
		o[0] |= b2i(v < c) << k
	}
}

func leConst[T ordered](x []T, c T, out batch.Bitmap) {
	o := bytesOf(out)
	for len(x) >= 8 {
		v := x[:8:8]
		o[0] = b2i(v[0] <= c) | b2i(v[1] <= c)<<1 | b2i(v[2] <= c)<<2 | b2i(v[3] <= c)<<3 |
			b2i(v[4] <= c)<<4 | b2i(v[5] <= c)<<5 | b2i(v[6] <= c)<<6 | b2i(v[7] <= c)<<7
		x, o = x[8:], o[1:]
	}
	for k, v := range x {
		o[0] |= b2i(v <= c) << k
	}
}

func eqVectors[T ordered](x, y []T, out batch.Bitmap) {
	o := bytesOf(out)
	for len(x) >= 8 && len(y) >= 8 {
		v, w := x[:8:8], y[:8:8]
		o[0] = b2i(v[0] == w[0]) | b2i(v[1] == w[1])<<1 | b2i(v[2] == w[2])<<2 | b2i(v[3] == w[3])<<3 |
			b2i(v[4] == w[4])<<4 | b2i(v[5] == w[5])<<5 | b2i(v[6] == w[6])<<6 | b2i(v[7] == w[7])<<7
		x, y, o = x[8:], y[8:], o[1:]
	}
	for k, v := range x {
		o[0] |= b2i(v == y[k]) << k
	}
}

func ltVectors[T ordered](x, y []T, out batch.Bitmap) {
	o := bytesOf(out)
	for len(x) >= 8 && len(y) >= 8 {
		v, w := x[:8:8], y[:8:8]
		o[0] = b2i(v[0] < w[0]) | b2i(v[1] < w[1])<<1 | b2i(v[2] < w[2])<<2 | b2i(v[3] < w[3])<<3 |
			b2i(v[4] < w[4])<<4 | b2i(v[5] < w[5])<<5 | b2i(v[6] < w[6])<<6 | b2i(v[7] < w[7])<<7
		x, y, o = x[8:], y[8:], o[1:]
	}
	for k, v := range x {
		o[0] |= b2i(v < y[k]) << k
	}
}

// bytesOf views the words of a bitmap as bytes (the machines we run on are
// little-endian, as Arrow's bit order needs).
func bytesOf(b batch.Bitmap) []byte { return batch.BytesOf(b) }

func compareBy[T any](op CompareOp, n int, a, b View[T], cmp func(T, T) int) batch.Bitmap {
	out := batch.NewBitmap(n)
	for i := range n {
		out[uint(i)/64] |= uint64(b2i(op.Holds(cmp(a.At(i), b.At(i))))) << (uint(i) % 64)
	}
	return out
}

func compareTexts(op CompareOp, a, b *batch.Column, n int) batch.Bitmap {
	out := batch.NewBitmap(n)
	x, y := TextsOf(a), TextsOf(b)
	blanks := a.Type.Kind == types.Char || b.Type.Kind == types.Char
	for i := range n {
		s, t := x.At(i), y.At(i)
		if blanks {
			s, t = batch.TrimBlanks(s), batch.TrimBlanks(t)
		}
		var hit bool
		if op <= Ne {
			hit = bytes.Equal(s, t) == (op == Eq)
		} else {
			hit = op.Holds(bytes.Compare(s, t))
		}
		out[uint(i)/64] |= uint64(b2i(hit)) << (uint(i) % 64)
	}
	return out
}

func compareNested(op CompareOp, a, b *batch.Column, n int) batch.Bitmap {
	out := batch.NewBitmap(n)
	for i := range n {
		if !a.IsNull(i) && !b.IsNull(i) {
			out.SetTo(i, op.Holds(CompareAt(a, i, b, i)))
		}
	}
	return out
}

// CompareAt orders row i of a and row j of b, which have the same type; NULL is
// below every value. For nested values and rare places.
func CompareAt(a *batch.Column, i int, b *batch.Column, j int) int {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		return int(b2i(bn)) - int(b2i(an))
	}
	x, i := a.Index(i)
	y, j := b.Index(j)
	switch x.Phys {
	case batch.PhysBytes:
		s, t := x.Bytes(i), y.Bytes(j)
		if x.Type.Kind == types.Char {
			s, t = batch.TrimBlanks(s), batch.TrimBlanks(t)
		}
		return bytes.Compare(s, t)
	case batch.PhysF32:
		return totalOrder(batch.Values[float32](x)[i], batch.Values[float32](y)[j])
	case batch.PhysF64:
		return totalOrder(batch.Values[float64](x)[i], batch.Values[float64](y)[j])
	case batch.PhysList:
		return compareLists(x, i, y, j)
	case batch.PhysStruct:
		for k := range x.Children {
			if c := CompareAt(x.Children[k], i, y.Children[k], j); c != 0 {
				return c
			}
		}
		return 0
	}
	return wideAt(x, i).Cmp(wideAt(y, j))
}

// wideAt is any integer-like value or decimal in 128 bits.
func wideAt(c *batch.Column, i int) decimal.Int128 {
	if c.Phys == batch.PhysI128 {
		return batch.Values[decimal.Int128](c)[i]
	}
	return decimal.FromInt64(c.Int(i))
}

func compareLists(x *batch.Column, i int, y *batch.Column, j int) int {
	p, pEnd := int(x.Offsets[i]), int(x.Offsets[i+1])
	q, qEnd := int(y.Offsets[j]), int(y.Offsets[j+1])
	for ; p < pEnd && q < qEnd; p, q = p+1, q+1 {
		if c := CompareAt(x.Children[0], p, y.Children[0], q); c != 0 {
			return c
		}
	}
	return int(b2i(p < pEnd)) - int(b2i(q < qEnd))
}
