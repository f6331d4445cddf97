package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// verifier compares key columns pair by pair. It keeps its buffers.
type verifier struct {
	keep   []int32
	li, ri []int32
}

// equal gives the positions p for which row li[p] of left equals row ri[p] of
// right in every column; NULLs are equal to each other. The result is valid
// until the next call. With lax, a NULL is equal to anything.
func (v *verifier) equal(left, right []*batch.Column, li, ri []int32, lax bool) []int32 {
	v.keep = v.keep[:0]
	for p := range li {
		v.keep = append(v.keep, int32(p))
	}
	for c := range left {
		v.column(left[c], right[c], li, ri, lax)
	}
	return v.keep
}

func (v *verifier) column(l, r *batch.Column, li, ri []int32, lax bool) {
	if l.Valid != nil || r.Valid != nil {
		v.compareNulls(l, r, li, ri, lax)
		return
	}
	a, ai := resolve(l, li, &v.li)
	b, bi := resolve(r, ri, &v.ri)
	v.values(a, b, ai, bi)
}

// compareNulls is the slower way of columns that have NULLs.
func (v *verifier) compareNulls(l, r *batch.Column, li, ri []int32, lax bool) {
	k := 0
	for _, p := range v.keep {
		i, j := int(li[p]), int(ri[p])
		ln, rn := l.IsNull(i), r.IsNull(j)
		if ln || rn {
			if lax || ln && rn {
				v.keep[k] = p
				k++
			}
			continue
		}
		a, x := l.Index(i)
		b, y := r.Index(j)
		if equalValues(a, x, b, y) {
			v.keep[k] = p
			k++
		}
	}
	v.keep = v.keep[:k]
}

// resolve gives the flat column behind c and the places of the rows idx in it.
func resolve(c *batch.Column, idx []int32, buf *[]int32) (*batch.Column, []int32) {
	if c.Enc == batch.Flat {
		return c, idx
	}
	out := (*buf)[:0]
	d := c
	if c.Enc == batch.Dict {
		d = c.Dict
		for _, i := range idx {
			out = append(out, c.Codes[i])
		}
	} else {
		for range idx {
			out = append(out, 0)
		}
	}
	*buf = out
	return d, out
}

func (v *verifier) values(a, b *batch.Column, ai, bi []int32) {
	if a.Phys == b.Phys {
		switch a.Phys {
		case batch.PhysI8:
			v.keep = keepEqual(batch.Values[int8](a), batch.Values[int8](b), ai, bi, v.keep)
			return
		case batch.PhysI16:
			v.keep = keepEqual(batch.Values[int16](a), batch.Values[int16](b), ai, bi, v.keep)
			return
		case batch.PhysI32:
			v.keep = keepEqual(batch.Values[int32](a), batch.Values[int32](b), ai, bi, v.keep)
			return
		case batch.PhysI64:
			v.keep = keepEqual(batch.Values[int64](a), batch.Values[int64](b), ai, bi, v.keep)
			return
		}
	}
	k := 0
	for _, p := range v.keep {
		if equalValues(a, int(ai[p]), b, int(bi[p])) {
			v.keep[k] = p
			k++
		}
	}
	v.keep = v.keep[:k]
}

func keepEqual[T int8 | int16 | int32 | int64](a, b []T, ai, bi, keep []int32) []int32 {
	k := 0
	for _, p := range keep {
		keep[k] = p
		if a[ai[p]] == b[bi[p]] {
			k++
		}
	}
	return keep[:k]
}

// equalValues compares place i of a flat column with place j of another; neither
// value is NULL at the top. It agrees with batch.HashColumns: one zero, one NaN,
// CHAR without trailing blanks.
func equalValues(a *batch.Column, i int, b *batch.Column, j int) bool {
	switch a.Phys {
	case batch.PhysF32, batch.PhysF64:
		x, y := floatAt(a, i), floatAt(b, j)
		return x == y || x != x && y != y
	case batch.PhysI128:
		return wideAt(a, i) == wideAt(b, j)
	case batch.PhysBytes:
		x, y := a.Bytes(i), b.Bytes(j)
		if a.Type.Kind == types.Char || b.Type.Kind == types.Char {
			x, y = batch.TrimBlanks(x), batch.TrimBlanks(y)
		}
		return bytes.Equal(x, y)
	case batch.PhysList:
		return equalLists(a, i, b, j)
	case batch.PhysStruct:
		for c := range a.Children {
			if !equalNullable(a.Children[c], i, b.Children[c], j) {
				return false
			}
		}
		return true
	}
	if b.Phys == batch.PhysI128 {
		return wideAt(a, i) == wideAt(b, j)
	}
	return a.Int(i) == b.Int(j)
}

func equalLists(a *batch.Column, i int, b *batch.Column, j int) bool {
	n := a.Offsets[i+1] - a.Offsets[i]
	if n != b.Offsets[j+1]-b.Offsets[j] {
		return false
	}
	for k := range n {
		if !equalNullable(a.Children[0], int(a.Offsets[i]+k), b.Children[0], int(b.Offsets[j]+k)) {
			return false
		}
	}
	return true
}

func equalNullable(a *batch.Column, i int, b *batch.Column, j int) bool {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		return an && bn
	}
	x, p := a.Index(i)
	y, q := b.Index(j)
	return equalValues(x, p, y, q)
}

func floatAt(c *batch.Column, i int) float64 {
	if c.Phys == batch.PhysF32 {
		return float64(batch.Values[float32](c)[i])
	}
	return batch.Values[float64](c)[i]
}

func wideAt(c *batch.Column, i int) decimal.Int128 {
	if c.Phys == batch.PhysI128 {
		return batch.Values[decimal.Int128](c)[i]
	}
	return decimal.FromInt64(c.Int(i))
}
