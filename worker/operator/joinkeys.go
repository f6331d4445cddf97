package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
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
