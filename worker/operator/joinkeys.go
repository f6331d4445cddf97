package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// joinKeys turns the key columns of one side into words (see joinTable). Both
// sides of a join must use equal settings.
type joinKeys struct {
	exprs    *exprList
	packed   bool
	widths   []uint // bits of each key, if packed and more than one
	nullSafe []bool // nil: no key
	hasher   batch.Hasher
	words    []uint64
	buf      []uint64
}

// packWidths decides whether the keys pack into 64 bits: they are integers,
// dates or the like, of the same width on both sides unless there is only one.
func packWidths(left, right []scalar.Expr, nullSafe []bool) (widths []uint, ok bool) {
	sum := uint(0)
	for i := range left {
		l, r := packWidth(left[i].Type()), packWidth(right[i].Type())
		if l == 0 || r == 0 || i < len(nullSafe) && nullSafe[i] || l != r && len(left) > 1 {
			return nil, false
		}
		widths = append(widths, l)
		sum += l
	}
	return widths, len(left) > 0 && (sum <= 64 || len(left) == 1)
}

func packWidth(t types.Type) uint {
	if t.Kind == types.Decimal && t.Precision > types.SmallPrecision {
		return 0
	}
	switch p := batch.PhysOf(t); p {
	case batch.PhysBool:
		return 1
	case batch.PhysI8, batch.PhysI16, batch.PhysI32, batch.PhysI64:
		return uint(8 * p.Width())
	}
	return 0
}

// eval gives the key columns of b's existing rows, their words, and which of the
// rows can match at all (nil: all). The results are valid until the next call.
func (k *joinKeys) eval(b *batch.Batch) (cols []*batch.Column, words []uint64, able batch.Bitmap, err error) {
	n := b.Rows()
	cols, err = k.exprs.eval(b)
	if err != nil {
		return nil, nil, nil, err
	}
	able = k.able(cols, n)
	if !k.packed {
		k.words = k.hasher.Hash(cols, n, k.words)
		return cols, k.words, able, nil
	}
	k.words = growWords(k.words, n)
	k.words = intWords(cols[0], k.words)
	if len(cols) > 1 {
		k.pack(cols)
	}
	return cols, k.words, able, nil
}

// able tells which rows have no NULL in a key that a NULL matches nothing of.
func (k *joinKeys) able(cols []*batch.Column, n int) (able batch.Bitmap) {
	for i, c := range cols {
		if c.Valid != nil && !(i < len(k.nullSafe) && k.nullSafe[i]) {
			able = batch.And(able, rowValid(c), n)
		}
	}
	return able
}

// pack puts the keys side by side, the first one highest.
func (k *joinKeys) pack(cols []*batch.Column) {
	mask := uint64(1)<<k.widths[0] - 1
	for i := range k.words {
		k.words[i] &= mask
	}
	for c := 1; c < len(cols); c++ {
		k.buf = intWords(cols[c], growWords(k.buf, len(k.words)))
		width, mask := k.widths[c], uint64(1)<<k.widths[c]-1
		for i, w := range k.buf {
			k.words[i] = k.words[i]<<width | w&mask
		}
	}
}

func growWords(w []uint64, n int) []uint64 {
	if cap(w) < n {
		w = make([]uint64, n)
	}
	return w[:n]
}

// rowValid is c's validity by row.
func rowValid(c *batch.Column) batch.Bitmap {
	if c.Enc != batch.Const || c.Valid == nil {
		return c.Valid
	}
	if c.IsNull(0) {
		return batch.NewBitmap(c.N)
	}
	return nil
}

// intWords sign-extends the values of an integer-like column into out.
func intWords(c *batch.Column, out []uint64) []uint64 {
	d := c
	switch c.Enc {
	case batch.Dict:
		d = c.Dict
	case batch.Const:
		v := uint64(c.Int(0))
		for i := range out {
			out[i] = v
		}
		return out
	}
	var codes []int32
	if c.Enc == batch.Dict {
		codes = c.Codes
	}
	switch d.Phys {
	case batch.PhysBool:
		for i := range out {
			out[i] = uint64(c.Int(i))
		}
	case batch.PhysI8:
		widen(batch.Values[int8](d), codes, out)
	case batch.PhysI16:
		widen(batch.Values[int16](d), codes, out)
	case batch.PhysI32:
		widen(batch.Values[int32](d), codes, out)
	default:
		widen(batch.Values[int64](d), codes, out)
	}
	return out
}

func widen[T int8 | int16 | int32 | int64](vals []T, codes []int32, out []uint64) {
	if codes != nil {
		for i, k := range codes[:len(out)] {
			out[i] = uint64(int64(vals[k]))
		}
		return
	}
	for i, v := range vals[:len(out)] {
		out[i] = uint64(int64(v))
	}
}

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
