package operator

import (
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

// packedKey is a key of one or two words.
type packedKey interface {
	comparable
	[1]uint64 | [2]uint64
}

// fixedTable is a groupTable of packed keys: open addressing with the keys in
// the slots, so that a hit touches one cache line.
type fixedTable[K packedKey] struct {
	layout   packing
	nullHash uint64 // hash of the NULL key of a single column
	slots    []slot[K]
	keyOf    []K
	hashOf   []uint64
	packed   []uint64
	misses   []int32
	texts    int64
}

// slot is free if id is 0, else it holds group id-1. tag is the lower half of
// the key's hash, which tells NULL from the value 0.
type slot[K packedKey] struct {
	key K
	tag uint32
	id  int32
}

func newFixedTable[K packedKey](l packing) *fixedTable[K] {
	t := &fixedTable[K]{layout: l, slots: make([]slot[K], startSlots)}
	if len(l.types) == 1 {
		t.nullHash = batch.HashColumns([]*batch.Column{batch.NullColumn(l.types[0], 1)}, 1, nil)[0]
	}
	return t
}

func (t *fixedTable[K]) hashes() []uint64 { return t.hashOf }

func (t *fixedTable[K]) textBytes() int64 { return t.texts }

func (t *fixedTable[K]) size() int64 {
	var k K
	return int64(len(t.slots))*int64(unsafe.Sizeof(slot[K]{})) + int64(cap(t.keyOf))*int64(unsafe.Sizeof(k)) +
		8*int64(cap(t.hashOf)+cap(t.packed)) + 4*int64(cap(t.misses)) + t.layout.size()
}

func (t *fixedTable[K]) growth(keys []*batch.Column, n int) int64 {
	var k K
	more := t.layout.growth(keys, n) + 8*int64(max(0, n*t.layout.words-cap(t.packed)))
	more += int64(capGrowth(cap(t.keyOf), len(t.keyOf), n)) * int64(unsafe.Sizeof(k)+8)
	if s := slotsFor(len(t.slots), len(t.keyOf)+n); s > len(t.slots) {
		more += int64(s) * int64(unsafe.Sizeof(slot[K]{})) // the old slots live until the new are filled
	}
	return more
}

// empty keeps a table that is about as large as its groups needed, if its keys refer to
// no texts.
func (t *fixedTable[K]) empty() bool {
	if len(t.slots) == startSlots || len(t.slots) > 8*len(t.keyOf) || t.layout.hasTexts() {
		return false
	}
	clear(t.slots)
	t.keyOf, t.hashOf = t.keyOf[:0], t.hashOf[:0]
	return true
}

func (t *fixedTable[K]) assign(keys []*batch.Column, hashes []uint64, ids []int32) {
	n := len(ids)
	if cap(t.misses) < n {
		t.misses = make([]int32, n)
	}
	t.packed = t.layout.packRows(keys, n, t.packed)
	packed := unsafe.Slice((*K)(unsafe.Pointer(unsafe.SliceData(t.packed))), n)
	before := len(t.keyOf)
	t.insert(packed, hashes, ids, t.probe(packed, hashes, ids))
	t.texts += t.layout.textBytes(t.words(before, len(t.keyOf)))
}

// words views the keys of groups [from, to).
func (t *fixedTable[K]) words(from, to int) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(t.keyOf[from:to]))), (to-from)*t.layout.words)
}

// probe looks at the first slot of each row only, without branches, so that the
// loads of many rows overlap; it lists the rows that must look further.
func (t *fixedTable[K]) probe(packed []K, hashes []uint64, ids []int32) []int32 {
	slots, misses := t.slots, t.misses[:len(packed)]
	shift := homeShift(len(slots))
	hashes, ids = hashes[:len(packed)], ids[:len(packed)]
	m := 0
	for i, k := range packed {
		tag := uint32(hashes[i])
		s := &slots[int(tag>>shift)&(len(slots)-1)]
		ids[i] = s.id - 1
		misses[m] = int32(i)
		if s.key != k || s.tag != tag || s.id == 0 {
			m++
		}
	}
	return misses[:m]
}

// insert finds or makes the groups of the rows listed.
func (t *fixedTable[K]) insert(packed []K, hashes []uint64, ids, rows []int32) {
	slots, shift := t.slots, homeShift(len(t.slots))
	for _, i := range rows {
		k, h := packed[i], hashes[i]
		tag := uint32(h)
		for p := int(tag >> shift); ; p++ {
			s := &slots[p&(len(slots)-1)]
			if s.id == 0 {
				t.keyOf = appendGrown(t.keyOf, k)
				t.hashOf = appendGrown(t.hashOf, h)
				*s = slot[K]{key: k, tag: tag, id: int32(len(t.keyOf))}
				ids[i] = s.id - 1
				break
			}
			if s.key == k && s.tag == tag {
				ids[i] = s.id - 1
				break
			}
		}
		if crowded(len(slots), len(t.keyOf)) {
			t.grow()
			slots, shift = t.slots, homeShift(len(t.slots))
		}
	}
}

func (t *fixedTable[K]) grow() {
	slots := batch.Zeroes[slot[K]](2 * len(t.slots))
	shift := homeShift(len(slots))
	for _, s := range t.slots {
		if s.id == 0 {
			continue
		}
		p := int(s.tag >> shift)
		for slots[p&(len(slots)-1)].id != 0 {
			p++
		}
		slots[p&(len(slots)-1)] = s
	}
	t.slots = slots
}

func (t *fixedTable[K]) keys(from, to int) []*batch.Column {
	var zero K
	return t.layout.unpack(keyRuns{t.words(from, to)}, to-from, func(i int) bool {
		return t.keyOf[from+i] == zero && t.hashOf[from+i] == t.nullHash
	})
}
