package operator

import (
	"encoding/binary"
	"unsafe"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Texts in packed keys: two words, equal exactly for equal texts. The last byte
// tells what they are:
//
//	0                   NULL, all zeros
//	1 to 16             a text that lies in them, its length plus one
//	17 to 254           a text of 16 bytes, of which this is the last
//	255 (pooledMark)    a text of the pool: its place, and its length
//
// The pool keeps a text once. A nested value is packed as the text of its
// serialised form.
const (
	inlineText = 15
	lengthAt   = 56
	pooledMark = uint64(0xff) << lengthAt
)

// packedText is the two words of a text.
type packedText [2]uint64

// len is the length of the text, 0 for NULL.
func (w packedText) len() int {
	last := int(w[1] >> lengthAt)
	if last == int(pooledMark>>lengthAt) {
		return int(uint32(w[1]))
	}
	return max(0, min(last-1, inlineText+1))
}

// dictTexts are the words of a dictionary's texts, packed as they come up; zero
// before that. They hold as long as the dictionary stays.
type dictTexts struct {
	dict  *batch.Column
	seen  int // rows that came with dict
	words []packedText
}

// of makes k ready for n rows of dictionary column c if that pays.
func (k *dictTexts) of(c *batch.Column, n int) bool {
	if k.dict != c.Dict {
		*k = dictTexts{dict: c.Dict}
	}
	k.seen += n
	if !batch.WordsPay(c, k.seen) {
		k.words = nil
	} else if k.words == nil {
		k.words = make([]packedText, c.Dict.N)
	}
	return k.words != nil
}

// growth is what of may allocate for n rows of c.
func (k *dictTexts) growth(c *batch.Column, n int) int64 {
	if k.dict == c.Dict {
		n += k.seen
	}
	if c.Enc != batch.Dict || k.dict == c.Dict && k.words != nil || !batch.WordsPay(c, n) {
		return 0
	}
	return int64(unsafe.Sizeof(packedText{})) * int64(c.Dict.N)
}

// packTexts writes the words of a text or nested column, but for its NULLs.
func (l *packing) packTexts(f *packField, c *batch.Column, n int, dst []uint64) {
	at := f.word
	put := func(w packedText) {
		dst[at], dst[at+1] = w[0], w[1]
		at += l.words
	}
	plain := c.Phys == batch.PhysBytes && c.Type.Kind != types.Char
	switch {
	case c.Enc == batch.Const:
		var w packedText
		if !c.IsNull(0) {
			w = l.packText(c, 0)
		}
		for range n {
			put(w)
		}
	case c.Enc == batch.Dict && f.known.of(c, n):
		for i, k := range c.Codes[:n] {
			if c.Valid != nil && !c.Valid.Get(i) {
				put(packedText{})
				continue
			}
			w := &f.known.words[k]
			if w[1] == 0 {
				*w = l.packText(c.Dict, int(k))
			}
			put(*w)
		}
	case c.Enc == batch.Dict && plain:
		data, offsets := c.Dict.Data, c.Dict.Offsets
		for i, k := range c.Codes[:n] {
			if c.Valid != nil && !c.Valid.Get(i) {
				put(packedText{})
				continue
			}
			put(l.pool.pack(data, int(offsets[k]), int(offsets[k+1])))
		}
	case c.Enc == batch.Flat && plain && c.Valid == nil:
		data, lo := c.Data, int(c.Offsets[0])
		for _, end := range c.Offsets[1 : n+1] {
			hi := int(end)
			if size := uint(hi - lo); size <= inlineText && lo+16 <= len(data) {
				put(inlined(data, lo, size))
			} else {
				put(l.pool.packOther(data[lo:hi]))
			}
			lo = hi
		}
	default:
		for i := range n {
			if c.IsNull(i) {
				put(packedText{})
				continue
			}
			put(l.packText(c, i))
		}
	}
}

// packText packs the value of row i, which is not NULL.
func (l *packing) packText(c *batch.Column, i int) packedText {
	d, j := c.Index(i)
	if d.Phys != batch.PhysBytes {
		l.tmp = appendValue(l.tmp[:0], d, j)
		return l.pool.pack(l.tmp, 0, len(l.tmp))
	}
	lo, hi := int(d.Offsets[j]), int(d.Offsets[j+1])
	if c.Type.Kind == types.Char {
		hi = lo + len(batch.TrimBlanks(d.Data[lo:hi]))
	}
	return l.pool.pack(d.Data, lo, hi)
}

// poolGrowth estimates what n rows of c add to the pool: texts and bytes. Of a
// dictionary larger than that, they may have texts of twice the mean length.
func poolGrowth(c *batch.Column, n int) (texts int, bytes int64) {
	d, _ := c.Index(0)
	switch {
	case d.Phys != batch.PhysBytes:
		return n, c.Size() + 16*int64(n)
	case c.Enc == batch.Dict && d.N > n:
		bytes = 2 * int64(d.Offsets[d.N]-d.Offsets[0]) / int64(d.N) * int64(n)
		return min(n, int(bytes/inlineText)), bytes
	}
	for i, lo := range d.Offsets[:len(d.Offsets)-1] {
		if size := d.Offsets[i+1] - lo; size > inlineText {
			texts++
			bytes += int64(size)
		}
	}
	return texts, bytes
}

// textBytes is the sum of the lengths of the texts in packed keys.
func (l *packing) textBytes(keys []uint64) int64 {
	sum := 0
	for i := range l.fields {
		if f := &l.fields[i]; f.text {
			for at := f.word; at < len(keys); at += l.words {
				sum += packedText{keys[at], keys[at+1]}.len()
			}
		}
	}
	return int64(sum)
}

// unpackTexts gives the texts of n packed keys.
func (l *packing) unpackTexts(f *packField, t types.Type, keys keyRuns, n int) *batch.Column {
	var valid batch.Bitmap
	offsets, end, r, pooled := make([]int32, n+1), 0, 0, false
	for _, run := range keys {
		for at := f.word; at < len(run); at += l.words {
			w := packedText{run[at], run[at+1]}
			end += w.len()
			pooled = pooled || w[1] >= pooledMark
			if w[1] == 0 {
				if valid == nil {
					valid = batch.NewBitmapSet(n)
				}
				valid.Clear(r)
			}
			r++
			offsets[r] = int32(end)
		}
	}
	data := make([]byte, end+16) // an inline text is written as two words
	r = 0
	for _, run := range keys {
		for at := f.word; at < len(run); at += l.words {
			w, out := packedText{run[at], run[at+1]}, data[offsets[r]:]
			if pooled && w[1] >= pooledMark {
				copy(out, l.pool.arena.at(arenaRef(w[0]), w.len()))
			} else {
				two := (*[16]byte)(out)
				binary.LittleEndian.PutUint64(two[:], w[0])
				binary.LittleEndian.PutUint64(two[8:], w[1])
			}
			r++
		}
	}
	c := batch.FromBytes(types.BinaryType, data[:end], offsets, valid)
	if t.IsNested() {
		return readNested(t, c)
	}
	c.Type = t
	return c
}

// readNested reads the serialised values of a nested type.
func readNested(t types.Type, c *batch.Column) *batch.Column {
	b := batch.NewBuilder(t)
	for i := range c.N {
		if c.IsNull(i) {
			b.AppendNull(1)
			continue
		}
		v, _ := readDatum(t, c.Bytes(i))
		b.AppendDatum(v)
	}
	return b.Finish()
}
