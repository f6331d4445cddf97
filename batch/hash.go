package batch

import (
	"math"
	"math/bits"

	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// The one hash of key columns. Exchanges, joins and aggregates of all processes
// and versions must agree on it, so the constants below never change.
//
// Each value has a word: integers, dates and times their int64 value, BOOLEAN 0
// or 1, floats the bits of their DOUBLE value (one zero, one NaN), DECIMAL the
// unscaled value, texts and bytes their xxh3 (CHAR without trailing blanks),
// NULL a word of its own. Nested values fold the words of their parts. The hash
// of a row is the fold of the words of its columns.
const (
	nullWord  = 0x9ae16a3b2f90404f
	foldPrime = 0xd6e8feb86659fd93
	foldSeed  = 0x2545f4914f6cdd1d
)

// fold adds word w to the hash h. It is a bijection of w for every h.
func fold(h, w uint64) uint64 {
	x := h*foldPrime + w
	x ^= x >> 32
	x *= 0xbea225f9eb34556d
	x ^= x >> 29
	x *= 0xbea225f9eb34556d
	x ^= x >> 32
	return x
}

// HashColumns hashes rows 0..n-1 of cols into out, which is grown as needed,
// and gives it back. The result does not depend on how columns are encoded.
func HashColumns(cols []*Column, n int, out []uint64) []uint64 {
	var h Hasher
	return h.Hash(cols, n, out)
}

// PartitionOf maps a hash to one of the partitions; partitions are ascending
// ranges of the hash.
func PartitionOf(hash uint64, partitions int) int {
	hi, _ := bits.Mul64(hash, uint64(partitions))
	return int(hi)
}

// Hasher is HashColumns with memory: it keeps its buffers and the words of the
// dictionaries it met, by column position.
type Hasher struct {
	words []uint64
	dicts []dictWords
}

// dictWords are the words of a dictionary's values: of a text when it first comes
// up, 0 before that, of the others all at once.
type dictWords struct {
	dict  *Column
	seen  int // rows that came with dict
	words []uint64
}

// Hash is HashColumns.
func (h *Hasher) Hash(cols []*Column, n int, out []uint64) []uint64 {
	if cap(out) < n {
		out = make([]uint64, n)
	}
	out = out[:n]
	for i := range out {
		out[i] = foldSeed
	}
	for len(h.dicts) < len(cols) {
		h.dicts = append(h.dicts, dictWords{})
	}
	for i, c := range cols {
		h.add(c, &h.dicts[i], out)
	}
	return out
}

func (h *Hasher) add(c *Column, known *dictWords, out []uint64) {
	switch {
	case c.Enc == Const:
		w := uint64(nullWord)
		if !c.IsNull(0) {
			one := *c
			one.Enc, one.N, one.Valid = Flat, 1, nil
			h.words = words64(&one, h.words)
			w = h.words[0]
		}
		for i, x := range out {
			out[i] = fold(x, w)
		}
		return
	case c.Enc == Dict:
		words := known.of(c, len(out))
		switch {
		case c.Phys == PhysBytes:
			foldTexts(c, words, out)
			return
		case words != nil:
			foldCodes(c, words, out)
			return
		case c.Phys == PhysI64 && c.Valid == nil && c.Dict.Valid == nil:
			vals := Values[int64](c.Dict)
			for i, code := range c.Codes[:len(out)] {
				out[i] = fold(out[i], uint64(vals[code]))
			}
			return
		}
		c = Flatten(c)
	}
	if c.Phys == PhysI64 && c.Valid == nil {
		for i, v := range Values[int64](c)[:len(out)] {
			out[i] = fold(out[i], uint64(v))
		}
		return
	}
	h.words = words64(c, h.words)
	if c.Valid == nil {
		for i, w := range h.words[:len(out)] {
			out[i] = fold(out[i], w)
		}
		return
	}
	for i, w := range h.words[:len(out)] {
		if !c.Valid.Get(i) {
			w = nullWord
		}
		out[i] = fold(out[i], w)
	}
}

// keptWords bounds the dictionaries whose words are kept: those of a larger one
// are not found faster than its texts.
const keptWords = 64 << 10

// WordsPay reports whether it pays to keep a word for each entry of c's
// dictionary, after that many rows that came with it.
func WordsPay(c *Column, seen int) bool {
	return !c.Borrowed && c.Dict.N <= min(8*seen, keptWords)
}

// of gives the words of c's dictionary if that pays.
func (known *dictWords) of(c *Column, rows int) []uint64 {
	if known.dict != c.Dict {
		*known = dictWords{dict: c.Dict}
	}
	known.seen += rows
	if !WordsPay(c, known.seen) {
		known.words = nil
	} else if known.words == nil && c.Phys == PhysBytes {
		known.words = make([]uint64, c.Dict.N)
	} else if known.words == nil {
		known.words = words64(c.Dict, nil)
	}
	return known.words
}

// foldTexts hashes the texts of a dictionary column; it fills words, if any.
func foldTexts(c *Column, words, out []uint64) {
	for i, k := range c.Codes[:len(out)] {
		w := uint64(nullWord)
		switch {
		case c.Valid != nil && !c.Valid.Get(i):
		case words == nil:
			w = textWord(c.Dict, k)
		default:
			if w = words[k]; w == 0 {
				w = textWord(c.Dict, k)
				words[k] = w
			}
		}
		out[i] = fold(out[i], w)
	}
}

// textWord is the word of row i of a flat column of texts.
func textWord(c *Column, i int32) uint64 {
	s := c.Data[c.Offsets[i]:c.Offsets[i+1]]
	if c.Type.Kind == types.Char {
		s = TrimBlanks(s)
	}
	return xxh3.Hash(s)
}

func foldCodes(c *Column, words, out []uint64) {
	if c.Valid == nil {
		for i, k := range c.Codes[:len(out)] {
			out[i] = fold(out[i], words[k])
		}
		return
	}
	for i, k := range c.Codes[:len(out)] {
		w := words[k]
		if !c.Valid.Get(i) {
			w = nullWord
		}
		out[i] = fold(out[i], w)
	}
}

// words64 gives the words of a flat column's values, in buf if it is large
// enough. NULL rows get any word.
func words64(c *Column, buf []uint64) []uint64 {
	if cap(buf) < c.N {
		buf = make([]uint64, max(c.N, TargetRows))
	}
	buf = buf[:c.N]
	switch c.Phys {
	case PhysBool:
		b := c.Bits()
		for i := range buf {
			buf[i] = b[uint(i)/64] >> (uint(i) % 64) & 1
		}
	case PhysI8:
		wordsOf(Values[int8](c), buf)
	case PhysI16:
		wordsOf(Values[int16](c), buf)
	case PhysI32:
		wordsOf(Values[int32](c), buf)
	case PhysI64:
		wordsOf(Values[int64](c), buf)
	case PhysF32:
		for i, v := range Values[float32](c)[:c.N] {
			buf[i] = floatWord(float64(v))
		}
	case PhysF64:
		for i, v := range Values[float64](c)[:c.N] {
			buf[i] = floatWord(v)
		}
	case PhysI128:
		for i, v := range Values[decimal.Int128](c)[:c.N] {
			buf[i] = decimalWord(v)
		}
	case PhysBytes:
		textWords(c, buf)
	case PhysList:
		listWords(c, buf)
	case PhysStruct:
		for i := range buf {
			buf[i] = foldSeed
		}
		for _, k := range c.Children {
			foldChild(k, buf)
		}
	}
	return buf
}

func wordsOf[T int8 | int16 | int32 | int64](vals []T, buf []uint64) {
	for i, v := range vals[:len(buf)] {
		buf[i] = uint64(int64(v))
	}
}

func floatWord(v float64) uint64 {
	if v == 0 {
		return 0
	}
	if v != v {
		return 0x7ff8000000000000
	}
	return math.Float64bits(v)
}

func decimalWord(v decimal.Int128) uint64 {
	if v.FitsInt64() {
		return v.Lo
	}
	return fold(uint64(v.Hi), v.Lo)
}

func textWords(c *Column, buf []uint64) {
	if c.Type.Kind == types.Char {
		for i := range buf {
			buf[i] = xxh3.Hash(TrimBlanks(c.Data[c.Offsets[i]:c.Offsets[i+1]]))
		}
		return
	}
	lo := c.Offsets[0]
	for i, hi := range c.Offsets[1 : c.N+1] {
		buf[i] = xxh3.Hash(c.Data[lo:hi])
		lo = hi
	}
}

// TrimBlanks is s without trailing blanks: the part of a CHAR value that counts.
func TrimBlanks(s []byte) []byte {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// foldChild folds the values of a nested column's child into buf.
func foldChild(k *Column, buf []uint64) {
	var h Hasher
	h.add(k, new(dictWords), buf)
}

// listWords folds each list's length and elements.
func listWords(c *Column, buf []uint64) {
	lo, hi := int(c.Offsets[0]), int(c.Offsets[c.N])
	var h Hasher
	elems := h.elementWords(Slice(c.Children[0], lo, hi), hi-lo)
	for i := range buf {
		w := uint64(c.Offsets[i+1] - c.Offsets[i])
		for _, e := range elems[int(c.Offsets[i])-lo : int(c.Offsets[i+1])-lo] {
			w = fold(w, e)
		}
		buf[i] = w
	}
}

func (h *Hasher) elementWords(c *Column, n int) []uint64 { return h.Hash([]*Column{c}, n, nil) }
