package operator

import (
	"slices"
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

// wideTable is a groupTable of packed keys of any number of words: open
// addressing with the numbers of the groups in the slots.
type wideTable struct {
	layout packing
	slots  []uint64 // lower half of the hash, then group+1; 0: free
	keyOf  keyRuns  // of pageGroups groups each, so that a table that grows copies no keys
	hashOf []uint64
	packed []uint64
	misses []int32
	texts  int64
}

// pageGroups is a power of two.
const (
	pageShift  = 8
	pageGroups = 1 << pageShift
)

func newWideTable(l packing) *wideTable {
	return &wideTable{layout: l, slots: make([]uint64, startSlots)}
}

func (t *wideTable) hashes() []uint64 { return t.hashOf }

func (t *wideTable) textBytes() int64 { return t.texts }

func (t *wideTable) size() int64 {
	return 8*int64(len(t.slots)+cap(t.hashOf)+cap(t.packed)) + t.pageSize(len(t.keyOf)) + 4*int64(cap(t.misses)) + t.layout.size()
}

func (t *wideTable) growth(keys []*batch.Column, n int) int64 {
	more := t.layout.growth(keys, n) + 8*int64(max(0, n*t.layout.words-cap(t.packed)))
	groups := len(t.hashOf) + n
	more += 8*int64(capGrowth(cap(t.hashOf), len(t.hashOf), n)) + t.pageSize((groups+pageGroups-1)>>pageShift-len(t.keyOf))
	if s := slotsFor(len(t.slots), groups); s > len(t.slots) {
		more += 8 * int64(s) // the old slots live until the new are filled
	}
	return more
}

// empty keeps nothing: keys lie in pages of their own.
func (t *wideTable) empty() bool { return false }

// pageSize is the bytes of so many pages and of the places that list them.
func (t *wideTable) pageSize(pages int) int64 {
	return int64(pages) * (8*pageGroups*int64(t.layout.words) + 2*int64(unsafe.Sizeof(t.keyOf[0])))
}

func (t *wideTable) assign(keys []*batch.Column, hashes []uint64, ids []int32) {
	n := len(ids)
	if cap(t.misses) < n {
		t.misses = make([]int32, n)
	}
	t.packed = t.layout.packRows(keys, n, t.packed)
	before := len(t.hashOf)
	t.insert(hashes, ids, t.probe(hashes, ids))
	for _, run := range t.runs(before, len(t.hashOf)) {
		t.texts += t.layout.textBytes(run)
	}
}

// probe looks at the first slot of each row only, first at the slots, then at the
// keys, so that the loads of many rows overlap; it lists the rows that must look
// further.
func (t *wideTable) probe(hashes []uint64, ids []int32) []int32 {
	slots, hashes := t.slots, hashes[:len(ids)]
	shift := homeShift(len(slots))
	for i, h := range hashes {
		s := slots[int(uint32(h)>>shift)&(len(slots)-1)]
		id := int32(uint32(s)) - 1
		if uint32(s>>32) != uint32(h) {
			id = -1
		}
		ids[i] = id
	}
	m := 0
	misses := t.misses[:len(ids)]
	for i, g := range ids {
		misses[m] = int32(i)
		if g < 0 || !t.equal(g, int32(i)) {
			m++
		}
	}
	return misses[:m]
}

// equal reports whether group g has the key of row i.
func (t *wideTable) equal(g, i int32) bool {
	words := t.layout.words
	a, b := t.keyOf[g>>pageShift][int(g%pageGroups)*words:][:words], t.packed[int(i)*words:][:words]
	var diff uint64
	for k, w := range a {
		diff |= w ^ b[k]
	}
	return diff == 0
}

// insert finds or makes the groups of the rows listed.
func (t *wideTable) insert(hashes []uint64, ids, rows []int32) {
	words := t.layout.words
	for _, i := range rows {
		h := hashes[i]
		for p := int(uint32(h) >> homeShift(len(t.slots))); ; p++ {
			s := &t.slots[p&(len(t.slots)-1)]
			if *s == 0 {
				t.hashOf = appendGrown(t.hashOf, h)
				*s = h<<32 | uint64(len(t.hashOf))
				ids[i] = int32(len(t.hashOf) - 1)
				t.append(t.packed[int(i)*words:][:words])
				break
			}
			if g := int32(uint32(*s)) - 1; uint32(*s>>32) == uint32(h) && t.equal(g, i) {
				ids[i] = g
				break
			}
		}
		if crowded(len(t.slots), len(t.hashOf)) {
			t.grow()
		}
	}
}

func (t *wideTable) grow() {
	slots := batch.Zeroes[uint64](2 * len(t.slots))
	shift := homeShift(len(slots))
	for _, s := range t.slots {
		if s == 0 {
			continue
		}
		p := int(uint32(s>>32) >> shift)
		for slots[p&(len(slots)-1)] != 0 {
			p++
		}
		slots[p&(len(slots)-1)] = s
	}
	t.slots = slots
}

// append keeps the key of the last group.
func (t *wideTable) append(key []uint64) {
	last := len(t.keyOf) - 1
	if len(t.hashOf) > len(t.keyOf)<<pageShift {
		t.keyOf = append(t.keyOf, make([]uint64, 0, pageGroups*t.layout.words))
		last++
	}
	t.keyOf[last] = append(t.keyOf[last], key...)
}

// runs are the keys of groups [from, to).
func (t *wideTable) runs(from, to int) keyRuns {
	if from == to {
		return nil
	}
	words, first, last := t.layout.words, from>>pageShift, (to-1)>>pageShift
	runs := slices.Clone(t.keyOf[first : last+1])
	runs[last-first] = runs[last-first][:(to-last<<pageShift)*words]
	runs[0] = runs[0][from%pageGroups*words:]
	return runs
}

func (t *wideTable) keys(from, to int) []*batch.Column {
	return t.layout.unpack(t.runs(from, to), to-from, func(int) bool { return false })
}
