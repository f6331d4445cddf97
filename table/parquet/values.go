package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/sketch"
)

// valueWriter gathers the values of one leaf: of the open page, as dictionary
// codes or plain, and the dictionary of the row group. A row group starts with
// a dictionary; once that does not pay, its pages are plain to the end, and so
// are the row groups that follow.
type valueWriter interface {
	// add appends rows idx of c, or all of them; none is NULL.
	add(c *batch.Column, idx []int32)
	// size is the bytes of the open page if it were plain, count its values.
	size() int
	count() int
	// finish ends the page: its body is appended to dst.
	finish(dst []byte) (body []byte, coded bool, b pageBounds)
	// dictionary appends the row group's dictionary page body; n is 0 if no page
	// refers to it.
	dictionary(dst []byte) (body []byte, n int)
	// reset begins a row group.
	reset()
	// distinct is the sketch of all values of the file.
	distinct() *sketch.HyperLogLog
}

// pageBounds are the PLAIN-encoded (without length) least and greatest values,
// if ok. They are valid until the next add.
type pageBounds struct {
	lo, hi []byte
	ok     bool
}

// The limits of dictionaries.
const (
	dictGlance   = 1 << 12 // values after which one of almost as many entries is dropped
	dictProbe    = 1 << 16 // values after which one of half as many entries is dropped
	dictMaxBytes = 1 << 20 // of a row group's dictionary
)

// dictPays reports whether a dictionary of entries for values so far is kept.
func dictPays(entries, values int) bool {
	switch {
	case values < dictGlance:
		return true
	case values < dictProbe:
		return 16*entries <= 15*values
	}
	return 2*entries <= values
}

// remap translates the codes of the dictionary column that came last to codes
// of a writer's own dictionary.
type remap struct {
	of    *batch.Column
	codes []int32 // own code, -1 not asked for yet
}

// use prepares for columns over dict. Dictionaries are immutable and the
// pointer is held, so the same pointer is the same dictionary.
func (m *remap) use(dict *batch.Column) {
	if m.of == dict {
		return
	}
	m.of = dict
	if cap(m.codes) < dict.N {
		m.codes = make([]int32, dict.N)
	}
	m.codes = m.codes[:dict.N]
	for i := range m.codes {
		m.codes[i] = -1
	}
}

// forget drops what is known, because the writer's dictionary began anew.
func (m *remap) forget() { m.of = nil }

// usedCodes marks the codes that occur; the result has one bool an entry.
func usedCodes(codes []int32, n int, mem []bool) []bool {
	if cap(mem) < n {
		mem = make([]bool, n)
	}
	mem = mem[:n]
	clear(mem)
	for _, c := range codes {
		mem[c] = true
	}
	return mem
}
