package operator

import (
	"cmp"
	"math"
	"slices"
	"unsafe"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// packing is how key columns share the words of a packed key, and the texts that
// the keys refer to.
type packing struct {
	types  []types.Type
	words  int
	fields []packField
	pool   textPool
	tmp    []byte
}

// packField is a column's place in a packed key: bits [shift, shift+8*width) of
// a word (all of words word and word+1 for 16 bytes and texts), and the bit that
// marks NULL. A single column has no such bit: its NULL has key 0 and another
// hash. A text's words tell NULL.
type packField struct {
	phys      batch.Phys
	width     int
	word      int
	shift     uint
	nullWord  int // -1: none
	nullShift uint
	text      bool // a text or a nested value
	known     dictTexts
}

// hasTexts reports whether keys refer to texts.
func (l *packing) hasTexts() bool {
	return slices.ContainsFunc(l.fields, func(f packField) bool { return f.text })
}

// packLayout places the columns, wide ones first.
func packLayout(ts []types.Type) packing {
	l := packing{types: ts, fields: make([]packField, len(ts))}
	order := make([]int, len(ts))
	for i, t := range ts {
		f := &l.fields[i]
		f.phys, f.nullWord = batch.PhysOf(t), -1
		f.width = fixedBytes(t)
		if f.text = f.width == 0; f.text {
			f.width = 16
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.fields[b].width, l.fields[a].width) })
	var used []uint // bits taken of each word
	place := func(bits uint) (int, uint) {
		for w := range used {
			if used[w]+bits <= 64 {
				used[w] += bits
				return w, used[w] - bits
			}
		}
		used = append(used, bits)
		return len(used) - 1, 0
	}
	for _, i := range order {
		f := &l.fields[i]
		if f.width == 16 {
			used = append(used, 64, 64)
			f.word = len(used) - 2
			continue
		}
		f.word, f.shift = place(uint(8 * f.width))
	}
	if len(ts) > 1 {
		for i := range l.fields {
			if f := &l.fields[i]; !f.text {
				f.nullWord, f.nullShift = place(1)
			}
		}
	}
	l.words = len(used)
	return l
}

// packRows gives the keys of rows 0..n-1, in buf if it is large enough.
func (l *packing) packRows(cols []*batch.Column, n int, buf []uint64) []uint64 {
	if cap(buf) < n*l.words {
		buf = make([]uint64, n*l.words)
	}
	buf = buf[:n*l.words]
	clear(buf)
	l.pack(cols, n, buf)
	return buf
}

// size is the bytes held; growth the most that n more rows may add.
func (l *packing) size() int64 {
	n := l.pool.size() + int64(cap(l.tmp))
	for i := range l.fields {
		n += int64(cap(l.fields[i].known.words)) * int64(unsafe.Sizeof(packedText{}))
	}
	return n
}

func (l *packing) growth(cols []*batch.Column, n int) int64 {
	var texts int
	var more, bytes int64
	for i, c := range cols {
		if f := &l.fields[i]; f.text && n > 0 {
			t, b := poolGrowth(c, n)
			texts, bytes = texts+t, bytes+b
			more += f.known.growth(c, n)
		}
	}
	return more + l.pool.growth(texts, bytes)
}

// pack writes the keys of rows 0..n-1 to dst, which has n*words zeroed words.
func (l *packing) pack(cols []*batch.Column, n int, dst []uint64) {
	for i, c := range cols {
		f := &l.fields[i]
		if f.text {
			l.packTexts(f, c, n, dst)
			continue
		}
		l.packColumn(f, c, n, dst)
		if c.Valid != nil {
			l.packNulls(f, c, n, dst)
		}
	}
}

func (l *packing) packColumn(f *packField, c *batch.Column, n int, dst []uint64) {
	switch f.phys {
	case batch.PhysBool:
		d, _ := c.Index(0)
		bits := d.Bits()
		for i := range n {
			_, j := c.Index(i)
			dst[i*l.words+f.word] |= bits[uint(j)/64] >> (uint(j) % 64) & 1 << f.shift
		}
	case batch.PhysI8:
		packInts[int8](l.words, f, c, n, dst)
	case batch.PhysI16:
		packInts[int16](l.words, f, c, n, dst)
	case batch.PhysI32:
		packInts[int32](l.words, f, c, n, dst)
	case batch.PhysF32, batch.PhysF64:
		packFloats(l.words, f, c, n, dst)
	case batch.PhysI64, batch.PhysI128:
		if c.Phys == batch.PhysI128 {
			packWide(l.words, f, c, n, dst)
			return
		}
		packInts[int64](l.words, f, c, n, dst)
		if f.width == 16 { // a narrow DECIMAL: the high word is the sign
			for i := range n {
				dst[i*l.words+f.word+1] = uint64(int64(dst[i*l.words+f.word]) >> 63)
			}
		}
	}
}

func packInts[T int8 | int16 | int32 | int64](words int, f *packField, c *batch.Column, n int, dst []uint64) {
	mask := ^uint64(0) >> (64 - 8*min(f.width, 8))
	d, _ := c.Index(0)
	vals := batch.Values[T](d)
	at := f.word
	switch {
	case c.Enc == batch.Const:
		v := uint64(int64(vals[0])) & mask << f.shift
		for range n {
			dst[at] |= v
			at += words
		}
	case c.Enc == batch.Dict:
		for _, k := range c.Codes[:n] {
			dst[at] |= uint64(int64(vals[k])) & mask << f.shift
			at += words
		}
	case words == 1 && f.width == 8:
		for i, v := range vals[:n] {
			dst[i] = uint64(int64(v))
		}
	default:
		for _, v := range vals[:n] {
			dst[at] |= uint64(int64(v)) & mask << f.shift
			at += words
		}
	}
}

func packFloats(words int, f *packField, c *batch.Column, n int, dst []uint64) {
	d, _ := c.Index(0)
	for i := range n {
		_, j := c.Index(i)
		if f.phys == batch.PhysF32 {
			v := batch.Values[float32](d)[j]
			dst[i*words+f.word] |= uint64(math.Float32bits(float32(oneZero(float64(v))))) << f.shift
		} else {
			dst[i*words+f.word] |= math.Float64bits(oneZero(batch.Values[float64](d)[j]))
		}
	}
}

// oneZero maps the zeros to 0 and the NaNs to one NaN.
func oneZero(v float64) float64 {
	switch {
	case v == 0:
		return 0
	case v != v:
		return math.NaN()
	}
	return v
}

func packWide(words int, f *packField, c *batch.Column, n int, dst []uint64) {
	d, _ := c.Index(0)
	vals := batch.Values[decimal.Int128](d)
	for i := range n {
		_, j := c.Index(i)
		dst[i*words+f.word] = vals[j].Lo
		if f.width == 16 {
			dst[i*words+f.word+1] = uint64(vals[j].Hi)
		}
	}
}

// packNulls makes the fields of NULL rows 0 and sets their marks.
func (l *packing) packNulls(f *packField, c *batch.Column, n int, dst []uint64) {
	mask := ^uint64(0) >> (64 - 8*min(f.width, 8)) << f.shift
	for i := range n {
		if !c.IsNull(i) {
			continue
		}
		row := dst[i*l.words : (i+1)*l.words]
		row[f.word] &^= mask
		if f.width == 16 {
			row[f.word+1] = 0
		}
		if f.nullWord >= 0 {
			row[f.nullWord] |= 1 << f.nullShift
		}
	}
}

// keyRuns are packed keys one after the other, in pieces of whole keys.
type keyRuns [][]uint64

// unpack gives the columns of n packed keys. isNull tells whether row i of a
// single-column key is NULL.
func (l *packing) unpack(keys keyRuns, n int, isNull func(i int) bool) []*batch.Column {
	out := make([]*batch.Column, len(l.fields))
	for i, t := range l.types {
		f := &l.fields[i]
		if f.text {
			out[i] = l.unpackTexts(f, t, keys, n)
			continue
		}
		c := batch.NewFixedAs(t, f.phys, n)
		c.Valid = l.unpackNulls(f, keys, n, isNull)
		out[i] = l.unpackColumn(f, c, keys)
	}
	return out
}

// unpackNulls tells which of n packed keys are not NULL; nil for all.
func (l *packing) unpackNulls(f *packField, keys keyRuns, n int, isNull func(i int) bool) (valid batch.Bitmap) {
	markNull := func(r int) {
		if valid == nil {
			valid = batch.NewBitmapSet(n)
		}
		valid.Clear(r)
	}
	if f.nullWord < 0 {
		for r := range n {
			if isNull(r) {
				markNull(r)
			}
		}
		return valid
	}
	r := 0
	for _, run := range keys {
		for at := f.nullWord; at < len(run); at += l.words {
			if run[at]>>f.nullShift&1 != 0 {
				markNull(r)
			}
			r++
		}
	}
	return valid
}

func (l *packing) unpackColumn(f *packField, c *batch.Column, keys keyRuns) *batch.Column {
	switch f.phys {
	case batch.PhysBool:
		bits, r := c.Bits(), 0
		for _, run := range keys {
			for at := f.word; at < len(run); at += l.words {
				bits[r/64] |= run[at] >> f.shift & 1 << (uint(r) % 64)
				r++
			}
		}
	case batch.PhysI8:
		unpackInts[int8](l.words, f, c, keys)
	case batch.PhysI16:
		unpackInts[int16](l.words, f, c, keys)
	case batch.PhysI32, batch.PhysF32:
		unpackInts[int32](l.words, f, c, keys)
	case batch.PhysI64, batch.PhysF64:
		unpackInts[int64](l.words, f, c, keys)
	case batch.PhysI128:
		wide, r := batch.Values[decimal.Int128](c), 0
		for _, run := range keys {
			for at := f.word; at < len(run); at += l.words {
				wide[r] = decimal.Int128{Lo: run[at], Hi: int64(run[at+1])}
				r++
			}
		}
		return narrowed(c)
	}
	return c
}

func unpackInts[T int8 | int16 | int32 | int64](words int, f *packField, c *batch.Column, keys keyRuns) {
	out := batch.Values[T](c)
	for _, run := range keys {
		vals := out[:len(run)/words]
		at := f.word
		for r := range vals {
			vals[r] = T(run[at] >> f.shift)
			at += words
		}
		out = out[len(vals):]
	}
}

// narrowed is the flat PhysI128 column c as PhysI64 if all its values fit.
func narrowed(c *batch.Column) *batch.Column {
	wide := batch.Values[decimal.Int128](c)
	for i, v := range wide {
		if !v.FitsInt64() && !c.IsNull(i) {
			return c
		}
	}
	out := batch.NewFixedAs(c.Type, batch.PhysI64, c.N)
	out.Valid = c.Valid
	for i, v := range wide {
		batch.Values[int64](out)[i] = v.Int64()
	}
	return out
}
