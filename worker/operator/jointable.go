package operator

import (
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/worker/memory"
)

// joinTable is the build side of a hash join. It is read-only once built, so
// that tasks may share it.
//
// Every row has a word: the key itself where it packs into 64 bits, otherwise
// the key's hash, whose matches are verified column by column. A word leads to
// the first of its rows and next to the following ones, in ascending order.
// Rows with a NULL key that equals nothing are kept but not reachable.
type joinTable struct {
	cols     []*batch.Column // the right columns; nil where nobody needs them
	keys     []*batch.Column // the key columns, if words are hashes
	rows     int
	packed   bool // words are keys
	unique   bool // no word has two rows: next is nil
	nullRows []int32
	anyRow   bool // the right side has rows, perhaps in other tables (see joinSpill)
	anyNull  bool // … has rows in nullRows

	// Either a direct table over words min, min+1, … or an open-addressing one.
	min    uint64
	direct []int32 // row+1, 0 for none
	slots  []joinSlot
	shift  uint
	next   []int32 // row+1, 0 at the end

	filters []*KeyFilter
	memory  *memory.Reservation
}

// joinSlot holds the first row of a word.
type joinSlot struct {
	word uint64
	head int32 // row+1, 0 if the slot is free
}

const slotMix = 0x9E3779B97F4A7C15

// index makes the rows findable by words. Rows for which reachable is clear
// (nil: none) are left out.
func (t *joinTable) index(words []uint64, reachable batch.Bitmap) {
	t.unique = true
	if lo, span, ok := wordSpan(words, reachable); ok && t.packed && span < 8*uint64(len(words))+1024 && span < 1<<31 {
		t.min, t.direct = lo, batch.Zeroes[int32](int(span)+1)
		t.insertDirect(words, reachable)
		return
	}
	size := bits.Len(uint(len(words) + len(words)/3 + 8))
	t.slots, t.shift = batch.Zeroes[joinSlot](1<<size), uint(64-size)
	t.insertHashed(words, reachable)
}

// indexBytes is an upper bound of what index allocates for n rows.
func indexBytes(n int) int64 {
	return int64(n)*4 + max(4*(8*int64(n)+1024), 16<<bits.Len(uint(n+n/3+8)))
}

// insertDirect and insertHashed go from the last row to the first and put each
// at the head of its word's chain, so that chains ascend.
func (t *joinTable) insertDirect(words []uint64, reachable batch.Bitmap) {
	for i := len(words) - 1; i >= 0; i-- {
		if reachable != nil && !reachable.Get(i) {
			continue
		}
		p := &t.direct[words[i]-t.min]
		if *p != 0 {
			t.chain(i, *p, len(words))
		}
		*p = int32(i + 1)
	}
}

func (t *joinTable) insertHashed(words []uint64, reachable batch.Bitmap) {
	mask := uint64(len(t.slots) - 1)
	for i := len(words) - 1; i >= 0; i-- {
		if reachable != nil && !reachable.Get(i) {
			continue
		}
		s := words[i] * slotMix >> t.shift
		for t.slots[s&mask].head != 0 && t.slots[s&mask].word != words[i] {
			s++
		}
		e := &t.slots[s&mask]
		if e.head != 0 {
			t.chain(i, e.head, len(words))
		}
		*e = joinSlot{words[i], int32(i + 1)}
	}
}

// chain links row i to old, the row+1 that led its chain.
func (t *joinTable) chain(i int, old int32, rows int) {
	if t.next == nil {
		t.next, t.unique = make([]int32, rows), false
	}
	t.next[i] = old
}

// wordSpan is the least word, as a signed number, and the distance to the
// greatest; not ok if there is none or the distance overflows.
func wordSpan(words []uint64, reachable batch.Bitmap) (lo, span uint64, ok bool) {
	var least, most int64
	for i, w := range words {
		if reachable != nil && !reachable.Get(i) {
			continue
		}
		v := int64(w)
		if !ok {
			least, most, ok = v, v, true
		}
		least, most = min(least, v), max(most, v)
	}
	span = uint64(most) - uint64(least)
	return uint64(least), span, ok && span < 1<<62
}

// lookup finds the first row of each word: its number, or -1.
func (t *joinTable) lookup(words []uint64, heads []int32) {
	if t.direct != nil {
		table, lo := t.direct, t.min
		for i, w := range words {
			h := int32(0)
			if d := w - lo; d < uint64(len(table)) {
				h = table[d]
			}
			heads[i] = h - 1
		}
		return
	}
	t.lookupHashed(words, heads)
}

// lookupHashed looks at the first slot of every word without a branch, so that
// many cache misses are under way at a time, and then goes on with the words
// that found a slot of another.
func (t *joinTable) lookupHashed(words []uint64, heads []int32) {
	slots, shift := t.slots, t.shift
	mask := uint64(len(slots) - 1)
	var others [256]int32
	for at := 0; at < len(words); at += len(others) {
		block := words[at:min(at+len(others), len(words))]
		out := heads[at : at+len(block)]
		k := 0
		for i, w := range block {
			e := &slots[w*slotMix>>shift&mask]
			differs := e.word ^ w
			out[i] = e.head - 1
			others[k&255] = int32(i)
			k += int((differs | -differs) >> 63 & uint64(uint32(-e.head)>>31))
		}
		for _, i := range others[:k] {
			w := block[i]
			s := w*slotMix>>shift + 1
			for slots[s&mask].word != w && slots[s&mask].head != 0 {
				s++
			}
			out[i] = slots[s&mask].head - 1
		}
	}
}

// after is the row that follows row r with the same word, or -1.
func (t *joinTable) after(r int32) int32 {
	if t.next == nil {
		return -1
	}
	return t.next[r] - 1
}

// Close gives the memory back. A shared table is closed by whoever shares it.
func (t *joinTable) Close() error {
	t.memory.Free()
	return nil
}
