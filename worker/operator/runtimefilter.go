package operator

import (
	"math/bits"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Filters are the runtime filters of a task: what its hash joins' build sides
// say about the rows of their probe sides. The zero value is empty.
type Filters struct {
	mu struct {
		sync.Mutex
		joins map[int][]*KeyFilter
	}
}

// Publish gives the filters of a join, one a key; nil entries filter nothing.
func (f *Filters) Publish(join int, keys []*KeyFilter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.joins == nil {
		f.mu.joins = map[int][]*KeyFilter{}
	}
	f.mu.joins[join] = keys
}

// Find is the filter of key number key of a join, or nil if there is none (yet).
func (f *Filters) Find(join, key int) *KeyFilter {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if keys := f.mu.joins[join]; key < len(keys) {
		return keys[key]
	}
	return nil
}

// KeyFilter tells values that are surely not among a join key's values on the
// build side. It is immutable. A value is an int64 (integers, dates and times,
// DECIMAL up to 18 digits) or a text.
type KeyFilter struct {
	text   bool
	rows   int
	lo, hi int64        // least and greatest
	loText string       // the same of texts
	hiText string       //
	exact  batch.Bitmap // one bit a value from lo on; nil: bloom
	bloom  []uint64     // blocks of one word with four bits a value; nil: none
	shift  uint
}

// Filters never take any bits for more rows than this. An exact one takes at most 32
// bits a row, which is twice what the other takes: keys that lie together, as they
// do in most tables, are looked up in the same cache line.
const (
	maxFilterRows = 1 << 23
	exactBits     = 32
)

// newColumnFilter makes the filter of the rows of c for which able (nil: all) is set,
// nil for types that have none.
func newColumnFilter(c *batch.Column, able batch.Bitmap) *KeyFilter {
	switch {
	case c.Phys == batch.PhysBytes:
		return newTextFilter(c, able)
	case packWidth(c.Type) > 0:
		return newIntFilter(intWords(c, make([]uint64, c.N)), able)
	}
	return nil
}

// newIntFilter makes the filter of words for which able (nil: all) is set.
func newIntFilter(words []uint64, able batch.Bitmap) *KeyFilter {
	f := &KeyFilter{rows: countAble(len(words), able)}
	lo, span, ok := wordSpan(words, able)
	if !ok {
		if f.rows > 0 {
			return nil
		}
		f.lo, f.hi = 1, 0
		return f
	}
	f.lo, f.hi = int64(lo), int64(lo+span)
	if len(words) > maxFilterRows {
		return f
	}
	if span < exactBits*uint64(f.rows+1) {
		f.exact = batch.NewBitmap(int(span) + 1)
	} else {
		f.allocBloom()
	}
	for i, w := range words {
		switch {
		case able != nil && !able.Get(i):
		case f.exact != nil:
			f.exact.Set(int(w - lo))
		default:
			f.put(w * slotMix)
		}
	}
	return f
}

// newTextFilter makes the filter of a text column's values.
func newTextFilter(c *batch.Column, able batch.Bitmap) *KeyFilter {
	f := &KeyFilter{text: true, rows: countAble(c.N, able)}
	if c.N <= maxFilterRows {
		f.allocBloom()
	}
	first := true
	for i := range c.N {
		if able != nil && !able.Get(i) || c.IsNull(i) {
			continue
		}
		v := textKey(c, c.Bytes(i))
		if first || string(v) < f.loText {
			f.loText = string(v)
		}
		if first || string(v) > f.hiText {
			f.hiText = string(v)
		}
		first = false
		if f.bloom != nil {
			f.put(xxh3.Hash(v))
		}
	}
	return f
}

func countAble(n int, able batch.Bitmap) int {
	if able == nil {
		return n
	}
	return able.Count(n)
}

// textKey is the part of a text that counts in comparisons.
func textKey(c *batch.Column, v []byte) []byte {
	if c.Type.Kind == types.Char {
		return batch.TrimBlanks(v)
	}
	return v
}

func (f *KeyFilter) allocBloom() {
	size := bits.Len(uint(f.rows/4 + 1)) // 16 bits a value at least
	f.bloom, f.shift = batch.Zeroes[uint64](1<<size), uint(64-size)
}

// bloomBits are four bits of a word, taken from the low half of the hash; the
// block comes from the high half.
func bloomBits(h uint64) uint64 {
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}

func (f *KeyFilter) put(h uint64) { f.bloom[h>>f.shift] |= bloomBits(h ^ h>>32) }

func (f *KeyFilter) has(h uint64) bool {
	m := bloomBits(h ^ h>>32)
	return f.bloom[h>>f.shift]&m == m
}

// bytes is the memory f takes.
func (f *KeyFilter) bytes() int64 {
	if f == nil {
		return 0
	}
	return 8 * int64(len(f.exact)+len(f.bloom))
}

// MayContainRange reports whether any value from lo to hi, both included, may
// be among the key's; a nil bound is no bound.
func (f *KeyFilter) MayContainRange(lo, hi types.Datum) bool {
	if f.rows == 0 {
		return false
	}
	if f.text {
		l, lok := lo.(string)
		h, hok := hi.(string)
		return (!lok || l <= f.hiText) && (!hok || h >= f.loText)
	}
	l, lok := intDatum(lo)
	h, hok := intDatum(hi)
	return (!lok || l <= f.hi) && (!hok || h >= f.lo)
}

func intDatum(v types.Datum) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case decimal.Int128:
		return v.Int64(), v.FitsInt64()
	}
	return 0, false
}

// Select keeps the positions in sel (nil: all rows of c) whose values may be
// among the key's; NULLs are not. It writes over sel's storage.
func (f *KeyFilter) Select(c *batch.Column, sel []int32) []int32 {
	if sel == nil {
		sel = make([]int32, c.N)
		for i := range sel {
			sel[i] = int32(i)
		}
	}
	if f.rows == 0 {
		return sel[:0]
	}
	if !f.text && c.Valid == nil {
		switch {
		case c.Enc == batch.Flat && c.Phys == batch.PhysI64:
			return selectInts(f, batch.Values[int64](c), sel)
		case c.Enc == batch.Flat && c.Phys == batch.PhysI32:
			return selectInts(f, batch.Values[int32](c), sel)
		case c.Enc == batch.Dict && c.Dict.Phys == batch.PhysI64:
			return selectCodes(f, batch.Values[int64](c.Dict), c.Codes, sel)
		case c.Enc == batch.Dict && c.Dict.Phys == batch.PhysI32:
			return selectCodes(f, batch.Values[int32](c.Dict), c.Codes, sel)
		}
	}
	k := 0
	for _, i := range sel {
		sel[k] = i
		if !c.IsNull(int(i)) && f.mayContain(c, int(i)) {
			k++
		}
	}
	return sel[:k]
}

func selectInts[T int32 | int64](f *KeyFilter, vals []T, sel []int32) []int32 {
	k := 0
	span := uint64(f.hi) - uint64(f.lo)
	for _, i := range sel {
		sel[k] = i
		v := int64(vals[i])
		d := uint64(v) - uint64(f.lo)
		switch {
		case d > span:
		case f.exact != nil:
			k += int(f.exact[d/64] >> (d % 64) & 1)
		case f.bloom == nil || f.has(uint64(v)*slotMix):
			k++
		}
	}
	return sel[:k]
}

// mayContain decides for row i of c, which is not NULL.
func (f *KeyFilter) mayContain(c *batch.Column, i int) bool {
	if f.text {
		if c.Phys != batch.PhysBytes {
			return true
		}
		return f.bloom == nil || f.has(xxh3.Hash(textKey(c, c.Bytes(i))))
	}
	d, j := c.Index(i)
	var v int64
	switch d.Phys {
	case batch.PhysI128:
		w := batch.Values[decimal.Int128](d)[j]
		if v = w.Int64(); !w.FitsInt64() {
			return false
		}
	case batch.PhysBool, batch.PhysI8, batch.PhysI16, batch.PhysI32, batch.PhysI64:
		v = d.Int(j)
	default:
		return true
	}
	if v < f.lo || v > f.hi {
		return false
	}
	if f.exact != nil {
		return f.exact.Get(int(uint64(v) - uint64(f.lo)))
	}
	return f.bloom == nil || f.has(uint64(v)*slotMix)
}
