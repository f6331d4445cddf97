package operator

import (
	"encoding/binary"
	"unsafe"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Texts in packed keys: two words, equal exactly for equal texts. A text of up
// to inlineText bytes lies in them, its length plus one in the last byte; a
// longer one is kept in a pool, once, and they are its place and its length
// under pooledMark. NULL is two zeros. A nested value is packed as the text of
// its serialised form.
const (
	inlineText = 15
	lengthAt   = 56
	pooledMark = uint64(0xff) << lengthAt
)

// packedText is the two words of a text.
type packedText [2]uint64

// len is the length of the text, 0 for NULL.
func (w packedText) len() int {
	switch {
	case w[1] == 0:
		return 0
	case w[1] >= pooledMark:
		return int(uint32(w[1]))
	}
	return int(w[1]>>lengthAt) - 1
}

// dictTexts are the words of a dictionary's texts, packed as they come up; zero
// before that. They hold as long as the dictionary stays.
type dictTexts struct {
	dict  *batch.Column
	words []packedText
}

// of makes k ready for dictionary column c if that pays: words of a dictionary
// larger than the batch are kept only if it comes again, of a borrowed one never.
func (k *dictTexts) of(c *batch.Column, rows int) bool {
	if c.Borrowed {
		return false
	}
	again := k.dict == c.Dict
	if !again {
		k.dict, k.words = c.Dict, k.words[:0]
	}
	if len(k.words) == 0 && (again || c.Dict.N <= 2*rows) {
		if cap(k.words) < c.Dict.N {
			k.words = make([]packedText, c.Dict.N)
		}
		k.words = k.words[:c.Dict.N]
		clear(k.words)
	}
	return len(k.words) > 0
}

// growth is what of may allocate for c.
func (k *dictTexts) growth(c *batch.Column) int64 {
	if c.Enc != batch.Dict || c.Dict.N <= cap(k.words) {
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
	case c.Enc == batch.Flat && c.Phys == batch.PhysBytes && c.Valid == nil && c.Type.Kind != types.Char:
		lo := c.Offsets[0]
		for _, hi := range c.Offsets[1 : n+1] {
			put(l.pool.pack(c.Data, int(lo), int(hi)))
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

// textGrowth is the most that n rows of c may add to the pool: texts and bytes.
func textGrowth(c *batch.Column, n int) (texts int, bytes int64) {
	d, _ := c.Index(0)
	if d.Phys != batch.PhysBytes {
		return n, c.Size() + int64(n)*16
	}
	add := func(i int) {
		if size := d.Offsets[i+1] - d.Offsets[i]; size > inlineText {
			texts++
			bytes += int64(size)
		}
	}
	switch {
	case c.Enc == batch.Const:
		add(0)
	case c.Enc == batch.Dict && d.N > n:
		for _, k := range c.Codes[:n] {
			add(int(k))
		}
	default:
		for i := range d.N {
			add(i)
		}
	}
	return texts, bytes
}

// textBytes is the sum of the lengths of the texts in n packed keys.
func (l *packing) textBytes(keys []uint64, n int) int64 {
	sum := 0
	for i := range l.fields {
		if f := &l.fields[i]; f.text {
			for at := f.word; at < n*l.words; at += l.words {
				sum += packedText{keys[at], keys[at+1]}.len()
			}
		}
	}
	return int64(sum)
}

// unpackTexts gives the texts of n packed keys.
func (l *packing) unpackTexts(f *packField, t types.Type, keys []uint64, n int) *batch.Column {
	var valid batch.Bitmap
	sum := 0
	for i := range n {
		w := packedText{keys[i*l.words+f.word], keys[i*l.words+f.word+1]}
		if sum += w.len(); w[1] != 0 {
			continue
		}
		if valid == nil {
			valid = batch.NewBitmapSet(n)
		}
		valid.Clear(i)
	}
	offsets, data := make([]int32, n+1), make([]byte, sum+16) // an inline text is written as two words
	at := 0
	for i := range n {
		w := packedText{keys[i*l.words+f.word], keys[i*l.words+f.word+1]}
		if w[1] >= pooledMark {
			copy(data[at:], l.pool.arena.at(arenaRef(w[0]), w.len()))
		} else {
			binary.LittleEndian.PutUint64(data[at:], w[0])
			binary.LittleEndian.PutUint64(data[at+8:], w[1])
		}
		at += w.len()
		offsets[i+1] = int32(at)
	}
	c := batch.FromBytes(types.BinaryType, data[:sum], offsets, valid)
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
