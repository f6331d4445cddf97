package kernel

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// The selection kernels write the positions of the rows that pass a test, in
// ascending order, without a branch a row: every candidate is stored and the
// length grows by the test's result. Candidates are rows 0..n-1, or those of sel
// if it is not nil; out must have room for all candidates and may be sel itself.

// SelectValid keeps the candidates that are not NULL.
func SelectValid(valid batch.Bitmap, sel []int32, n int, out []int32) []int32 {
	if sel == nil {
		return valid.Selected(n, out[:0])
	}
	out, k := out[:len(sel)], 0
	for _, i := range sel {
		out[k] = i
		k += int(valid[uint32(i)/64] >> (uint32(i) % 64) & 1)
	}
	return out[:k]
}

// SelectCompare keeps the candidates of flat column a whose value compares to
// the constant b, and reports whether there is a kernel for their types. NULL
// rows of a are tested like any other: filter them first.
func SelectCompare(op CompareOp, a, b *batch.Column, sel []int32, n int, out []int32) ([]int32, bool) {
	if a.Phys != b.Phys {
		return nil, false
	}
	if b.Enc != batch.Const {
		return selectVectors(op, a, b, sel, n, out)
	}
	switch a.Phys {
	case batch.PhysI8:
		return selectFixed[int8](op, a, b, sel, n, out)
	case batch.PhysI16:
		return selectFixed[int16](op, a, b, sel, n, out)
	case batch.PhysI32:
		return selectFixed[int32](op, a, b, sel, n, out)
	case batch.PhysI64:
		return selectFixed[int64](op, a, b, sel, n, out)
	case batch.PhysF32:
		return selectFixed[float32](op, a, b, sel, n, out)
	case batch.PhysF64:
		return selectFixed[float64](op, a, b, sel, n, out)
	case batch.PhysBytes:
		return selectText(op, a, b, sel, n, out)
	}
	return nil, false
}

func selectFixed[T ordered](op CompareOp, a, b *batch.Column, sel []int32, n int, out []int32) ([]int32, bool) {
	x, c := batch.Values[T](a)[:n], batch.Values[T](b)[0]
	if c != c {
		return nil, false
	}
	flip := int(op & 1)
	switch {
	case sel == nil && op <= Ne:
		return selectEqAll(x, c, flip, out), true
	case sel == nil && op <= Ge:
		return selectLtAll(x, c, flip, out), true
	case sel == nil:
		return selectLeAll(x, c, flip, out), true
	case op <= Ne:
		return selectEq(x, c, flip, sel, out), true
	case op <= Ge:
		return selectLt(x, c, flip, sel, out), true
	}
	return selectLe(x, c, flip, sel, out), true
}

func selectEqAll[T ordered](x []T, c T, flip int, out []int32) []int32 {
	out, k := out[:len(x)], 0
	for i, v := range x {
		out[k] = int32(i)
		k += int(b2i(v == c)) ^ flip
	}
	return out[:k]
}

func selectLtAll[T ordered](x []T, c T, flip int, out []int32) []int32 {
	out, k := out[:len(x)], 0
	for i, v := range x {
		out[k] = int32(i)
		k += int(b2i(v < c)) ^ flip
	}
	return out[:k]
}

func selectLeAll[T ordered](x []T, c T, flip int, out []int32) []int32 {
	out, k := out[:len(x)], 0
	for i, v := range x {
		out[k] = int32(i)
		k += int(b2i(v <= c)) ^ flip
	}
	return out[:k]
}

func selectEq[T ordered](x []T, c T, flip int, sel, out []int32) []int32 {
	out, k := out[:len(sel)], 0
	for _, i := range sel {
		out[k] = i
		k += int(b2i(x[i] == c)) ^ flip
	}
	return out[:k]
}

func selectLt[T ordered](x []T, c T, flip int, sel, out []int32) []int32 {
	out, k := out[:len(sel)], 0
	for _, i := range sel {
		out[k] = i
		k += int(b2i(x[i] < c)) ^ flip
	}
	return out[:k]
}

func selectLe[T ordered](x []T, c T, flip int, sel, out []int32) []int32 {
	out, k := out[:len(sel)], 0
	for _, i := range sel {
		out[k] = i
		k += int(b2i(x[i] <= c)) ^ flip
	}
	return out[:k]
}

// SelectRange keeps the candidates of flat column a between the constants lo and
// hi, both included: one subtraction and one unsigned comparison a row.
func SelectRange(a, lo, hi *batch.Column, sel []int32, n int, out []int32) ([]int32, bool) {
	if a.Phys != lo.Phys || a.Phys != hi.Phys {
		return nil, false
	}
	switch a.Phys {
	case batch.PhysI32:
		return selectRange(batch.Values[int32](a)[:n], batch.Values[int32](lo)[0], batch.Values[int32](hi)[0], sel, out), true
	case batch.PhysI64:
		return selectRange(batch.Values[int64](a)[:n], batch.Values[int64](lo)[0], batch.Values[int64](hi)[0], sel, out), true
	}
	return nil, false
}

func selectRange[T int32 | int64](x []T, lo, hi T, sel, out []int32) []int32 {
	if lo > hi {
		return out[:0]
	}
	k, width := 0, uint64(int64(hi))-uint64(int64(lo))
	if sel == nil {
		out = out[:len(x)]
		for i, v := range x {
			out[k] = int32(i)
			k += int(b2i(uint64(int64(v))-uint64(int64(lo)) <= width))
		}
		return out[:k]
	}
	out = out[:len(sel)]
	for _, i := range sel {
		out[k] = i
		k += int(b2i(uint64(int64(x[i]))-uint64(int64(lo)) <= width))
	}
	return out[:k]
}

func selectVectors(op CompareOp, a, b *batch.Column, sel []int32, n int, out []int32) ([]int32, bool) {
	switch a.Phys {
	case batch.PhysI32:
		return selectPairs(op, batch.Values[int32](a)[:n], batch.Values[int32](b)[:n], sel, out), true
	case batch.PhysI64:
		return selectPairs(op, batch.Values[int64](a)[:n], batch.Values[int64](b)[:n], sel, out), true
	}
	return nil, false
}

func selectPairs[T int32 | int64](op CompareOp, x, y []T, sel, out []int32) []int32 {
	flip := int(b2i(op == Ne || op == Ge || op == Le))
	if op == Le || op == Gt { // a <= b is not b < a
		x, y = y, x
	}
	y = y[:len(x)]
	k := 0
	switch {
	case sel == nil && op <= Ne:
		out = out[:len(x)]
		for i, v := range x {
			out[k] = int32(i)
			k += int(b2i(v == y[i])) ^ flip
		}
	case sel == nil:
		out = out[:len(x)]
		for i, v := range x {
			out[k] = int32(i)
			k += int(b2i(v < y[i])) ^ flip
		}
	case op <= Ne:
		out = out[:len(sel)]
		for _, i := range sel {
			out[k] = i
			k += int(b2i(x[i] == y[i])) ^ flip
		}
	default:
		out = out[:len(sel)]
		for _, i := range sel {
			out[k] = i
			k += int(b2i(x[i] < y[i])) ^ flip
		}
	}
	return out[:k]
}

func selectText(op CompareOp, a, b *batch.Column, sel []int32, n int, out []int32) ([]int32, bool) {
	if a.Type.Kind == types.Char || b.Type.Kind == types.Char {
		return nil, false
	}
	x, c, k := TextsOf(a), b.Bytes(0), 0
	test := func(i int) bool {
		if op <= Ne {
			return bytes.Equal(x.At(i), c) == (op == Eq)
		}
		return op.Holds(bytes.Compare(x.At(i), c))
	}
	if sel == nil {
		out = out[:n]
		for i := range out {
			out[k] = int32(i)
			k += int(b2i(test(i)))
		}
		return out[:k], true
	}
	out = out[:len(sel)]
	for _, i := range sel {
		out[k] = i
		k += int(b2i(test(int(i))))
	}
	return out[:k], true
}

// SelectCodes keeps the candidates whose dictionary code has pass set.
func SelectCodes(codes []int32, pass []uint8, sel []int32, n int, out []int32) []int32 {
	k := 0
	if sel == nil {
		out = out[:n]
		for i, c := range codes[:n] {
			out[k] = int32(i)
			k += int(pass[c])
		}
		return out[:k]
	}
	out = out[:len(sel)]
	for _, i := range sel {
		out[k] = i
		k += int(pass[codes[i]])
	}
	return out[:k]
}
