package parquet

import (
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/sql/decimal"
)

// plainValue is how fixed-width values are kept while a page is built: by their bits.
type plainValue interface {
	uint32 | uint64 | decimal.Int128
}

// codeTable is an open-addressing table from hashes to dictionary codes. Slots
// hold code+1; the dictionary itself is the owner's.
type codeTable struct {
	slots []int32
	n     int
}

func (t *codeTable) reset() {
	clear(t.slots)
	t.n = 0
}

// full reports whether one more entry would crowd the table.
func (t *codeTable) full() bool { return 2*t.n >= len(t.slots) }

// fixedDict is a dictionary of fixed-width values.
type fixedDict[T plainValue] struct {
	table  codeTable
	values []T
}

func hashFixed[T plainValue](v T) uint64 {
	var x uint64
	switch unsafe.Sizeof(v) {
	case 4:
		x = uint64(*(*uint32)(unsafe.Pointer(&v)))
	case 8:
		x = *(*uint64)(unsafe.Pointer(&v))
	default:
		w := *(*[2]uint64)(unsafe.Pointer(&v))
		x = w[0] ^ w[1]*0x9e3779b97f4a7c15
	}
	x *= 0xff51afd7ed558ccd
	return x ^ x>>32
}

// code is the code of v, entered if it is new.
func (d *fixedDict[T]) code(v T) int32 {
	if d.table.full() {
		d.grow()
	}
	mask := uint64(len(d.table.slots) - 1)
	for i := hashFixed(v) & mask; ; i = (i + 1) & mask {
		c := d.table.slots[i]
		if c == 0 {
			d.values = append(d.values, v)
			d.table.n++
			d.table.slots[i] = int32(len(d.values))
			return int32(len(d.values)) - 1
		}
		if d.values[c-1] == v {
			return c - 1
		}
	}
}

func (d *fixedDict[T]) grow() {
	d.table.slots = make([]int32, max(256, 2*len(d.table.slots)))
	mask := uint64(len(d.table.slots) - 1)
	for k, v := range d.values {
		i := hashFixed(v) & mask
		for d.table.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.table.slots[i] = int32(k) + 1
	}
}

func (d *fixedDict[T]) reset() {
	d.table.reset()
	d.values = d.values[:0]
}

// bytesDict is a dictionary of texts.
type bytesDict struct {
	table   codeTable
	hashes  []uint32
	offsets []uint32 // one more than there are texts
	data    []byte
}

func (d *bytesDict) len() int { return len(d.hashes) }

func (d *bytesDict) at(code int32) []byte { return d.data[d.offsets[code]:d.offsets[code+1]] }

// code is the code of v, entered if it is new.
func (d *bytesDict) code(v []byte) (code int32, added bool) {
	if d.table.full() {
		d.grow()
	}
	if len(d.offsets) == 0 {
		d.offsets = append(d.offsets, 0)
	}
	h := uint32(xxh3.Hash(v))
	mask := uint32(len(d.table.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		c := d.table.slots[i]
		if c == 0 {
			d.hashes = append(d.hashes, h)
			d.data = append(d.data, v...)
			d.offsets = append(d.offsets, uint32(len(d.data)))
			d.table.n++
			d.table.slots[i] = int32(len(d.hashes))
			return int32(len(d.hashes)) - 1, true
		}
		if d.hashes[c-1] == h && string(d.at(c-1)) == string(v) {
			return c - 1, false
		}
	}
}

func (d *bytesDict) grow() {
	d.table.slots = make([]int32, max(256, 2*len(d.table.slots)))
	mask := uint32(len(d.table.slots) - 1)
	for k, h := range d.hashes {
		i := h & mask
		for d.table.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.table.slots[i] = int32(k) + 1
	}
}

func (d *bytesDict) reset() {
	d.table.reset()
	d.hashes, d.offsets, d.data = d.hashes[:0], d.offsets[:0], d.data[:0]
}
