package operator

import (
	"github.com/bixidata/bixi/batch"
)

// groupCodes numbers groups of keys that are all dictionary-encoded, constant
// or BOOLEAN: the codes of a row's keys combine to an index into an array of
// groups. The array is a cache in front of the group table, which is asked once
// a combination; it holds as long as the dictionaries stay the same.
type groupCodes struct {
	dicts  []*batch.Column // nil for a BOOLEAN column
	groups []int32         // by combined code; -1: not asked yet
	codes  []int32
	rows   []int32 // one row of each combination to ask for
	hasher batch.Hasher
	hash   []uint64
	ids    []int32
}

// maxCodes bounds the combinations.
const maxCodes = 1 << 14

// assign is groupTable.assign in front of t; false if the keys do not suit.
func (g *groupCodes) assign(t groupTable, keys []*batch.Column, ids []int32) bool {
	size := 1
	same, consts := len(g.dicts) == len(keys), false
	for i, c := range keys {
		switch {
		case c.Enc == batch.Const:
			same, consts = false, true // a value of its own: start afresh, now and next time
		case c.Enc == batch.Dict:
			size *= c.Dict.N + 1
			same = same && g.dicts[i] == c.Dict && !c.Borrowed
		case c.Phys == batch.PhysBool:
			size *= 3
			same = same && g.dicts[i] == nil
		default:
			return false
		}
		if size > maxCodes {
			return false
		}
	}
	if !same {
		if size > max(64, len(ids)/2) {
			return false
		}
		g.reset(keys, size)
	}
	g.combine(keys, len(ids))
	g.ask(t, keys, len(ids))
	for i, k := range g.codes[:len(ids)] {
		ids[i] = g.groups[k]
	}
	if consts {
		g.forget()
	}
	return true
}

// forget empties the cache, for another group table.
func (g *groupCodes) forget() { g.dicts = g.dicts[:0] }

func (g *groupCodes) reset(keys []*batch.Column, size int) {
	g.dicts = g.dicts[:0]
	for _, c := range keys {
		g.dicts = append(g.dicts, c.Dict)
	}
	if cap(g.groups) < size {
		g.groups = make([]int32, size)
	}
	g.groups = g.groups[:size]
	for i := range g.groups {
		g.groups[i] = -1
	}
}

// combine computes the rows' combined codes. NULL is the code after the last.
func (g *groupCodes) combine(keys []*batch.Column, n int) {
	if cap(g.codes) < n {
		g.codes = make([]int32, n)
	}
	codes := g.codes[:n]
	first := true
	for _, c := range keys {
		switch {
		case c.Enc == batch.Const:
			continue
		case c.Phys == batch.PhysBool && c.Enc == batch.Flat:
			combineBools(c, codes, first)
		case first && c.Valid == nil:
			copy(codes, c.Codes)
		default:
			combineCodes(c, codes, first)
		}
		first = false
	}
	if first {
		clear(codes)
	}
}

func combineCodes(c *batch.Column, codes []int32, first bool) {
	radix, null := int32(c.Dict.N+1), int32(c.Dict.N)
	if first {
		radix = 0
		clear(codes)
	}
	if c.Valid == nil {
		for i, k := range c.Codes[:len(codes)] {
			codes[i] = codes[i]*radix + k
		}
		return
	}
	for i, k := range c.Codes[:len(codes)] {
		if !c.Valid.Get(i) {
			k = null
		}
		codes[i] = codes[i]*radix + k
	}
}

func combineBools(c *batch.Column, codes []int32, first bool) {
	if first {
		clear(codes)
	}
	bits := c.Bits()
	for i := range codes {
		k := int32(bits[uint(i)/64] >> (uint(i) % 64) & 1)
		if c.Valid != nil && !c.Valid.Get(i) {
			k = 2
		}
		codes[i] = codes[i]*3 + k
	}
}

// ask fills the groups of the combinations that occur for the first time.
func (g *groupCodes) ask(t groupTable, keys []*batch.Column, n int) {
	const asked = -2
	g.rows = g.rows[:0]
	for i, k := range g.codes[:n] {
		if g.groups[k] == -1 {
			g.groups[k] = asked
			g.rows = append(g.rows, int32(i))
		}
	}
	if len(g.rows) == 0 {
		return
	}
	few := make([]*batch.Column, len(keys))
	for i, c := range keys {
		few[i] = batch.Take(c, g.rows)
	}
	g.hash = g.hasher.Hash(few, len(g.rows), g.hash)
	g.ids = append(g.ids[:0], g.rows...)
	t.assign(few, g.hash, g.ids)
	for i, r := range g.rows {
		g.groups[g.codes[r]] = g.ids[i]
	}
}
