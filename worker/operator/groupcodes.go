package operator

import (
	"slices"

	"github.com/bixidata/bixi/batch"
)

// groupCodes numbers groups of keys that are all dictionary-encoded, constant
// or BOOLEAN: the codes of a row's keys combine to an index into an array of
// groups. The array is a cache in front of the group table, which is asked once
// a combination. It holds as long as the dictionaries stay the same, and moves on
// to those of the next row group.
type groupCodes struct {
	dicts   []*batch.Column // of the keys; nil for a BOOLEAN column
	twins   []bool          // keys whose codes are those of an earlier key (columns of one build side)
	seen    int             // rows shown since the dictionaries changed
	groups  []int32         // by combined code; -1: not asked yet; empty: it did not pay so far
	codes   []int32
	rows    []int32 // one row of each combination to ask for
	hasher  batch.Hasher
	hash    []uint64
	ids     []int32
	numbers []dictNumbers // of the keys
}

// maxCodes bounds the combinations.
const maxCodes = 1 << 16

// assign is groupTable.assign in front of t; false if the keys do not suit.
func (g *groupCodes) assign(t groupTable, keys []*batch.Column, ids []int32) bool {
	size, same, ok := g.match(keys)
	if !ok {
		return false
	}
	if !same && !g.move(keys, size) {
		g.remember(keys)
	}
	g.seen += len(ids)
	if len(g.groups) == 0 {
		// The array is made once rows enough to pay for it have come.
		if size > 64 && size > g.seen/2 {
			return false
		}
		g.reset(size)
	}
	codes := g.combine(keys, len(ids))
	if !lookUp(g.groups, codes, ids) {
		g.ask(t, keys, codes)
		lookUp(g.groups, codes, ids)
	}
	if !keepsMeaning(keys) {
		g.forget()
	}
	return true
}

// match gives the number of combinations of the keys' codes, if they suit, and
// whether the dictionaries are those of the last call.
func (g *groupCodes) match(keys []*batch.Column) (size int, same, ok bool) {
	size, same = 1, len(g.dicts) == len(keys)
	for i, c := range keys {
		switch {
		case c.Enc == batch.Const:
			same = false
		case c.Enc == batch.Dict:
			twin := isTwin(keys[:i], c)
			same = same && g.dicts[i] == c.Dict && g.twins[i] == twin
			if !twin {
				size *= c.Dict.N + 1
			}
		case c.Phys == batch.PhysBool:
			size *= 3
			same = same && g.dicts[i] == nil
		default:
			return 0, false, false
		}
		if size > maxCodes {
			return 0, false, false
		}
	}
	return size, same, true
}

// isTwin reports whether c has the codes of a column before it.
func isTwin(before []*batch.Column, c *batch.Column) bool {
	if c.Enc != batch.Dict || c.Valid != nil {
		return false
	}
	for _, b := range before {
		if b.Enc == batch.Dict && b.Valid == nil && b.Dict.N == c.Dict.N && slices.Equal(b.Codes, c.Codes) {
			return true
		}
	}
	return false
}

// keepsMeaning reports whether codes still mean the same with the next batch.
func keepsMeaning(keys []*batch.Column) bool {
	for _, c := range keys {
		if c.Enc == batch.Const || c.Enc == batch.Dict && !c.Lasts() {
			return false
		}
	}
	return true
}

func (g *groupCodes) remember(keys []*batch.Column) {
	g.forget()
	for i, c := range keys {
		g.dicts = append(g.dicts, c.Dict)
		g.twins = append(g.twins, isTwin(keys[:i], c))
	}
}

// forget empties the cache, for another group table.
func (g *groupCodes) forget() {
	g.dicts, g.twins, g.groups, g.seen, g.numbers = g.dicts[:0], g.twins[:0], g.groups[:0], 0, nil
}

func (g *groupCodes) reset(size int) {
	if cap(g.groups) < size {
		g.groups = make([]int32, size)
	}
	g.groups = g.groups[:size]
	for i := range g.groups {
		g.groups[i] = -1
	}
}

// lookUp writes the groups of the rows' codes to ids; false if some are not asked yet.
func lookUp(groups, codes, ids []int32) bool {
	var all int32
	for i, k := range codes[:len(ids)] {
		g := groups[k]
		ids[i] = g
		all |= g
	}
	return all >= 0
}

// combine gives the rows' combined codes. NULL is the code after the last.
func (g *groupCodes) combine(keys []*batch.Column, n int) []int32 {
	if len(keys) == 1 && keys[0].Enc == batch.Dict && keys[0].Valid == nil {
		return keys[0].Codes[:n]
	}
	if cap(g.codes) < n {
		g.codes = make([]int32, n)
	}
	codes := g.codes[:n]
	var single *batch.Column // the only column so far, whose codes are not copied yet
	first := true
	for i, c := range keys {
		switch {
		case c.Enc == batch.Const, g.twins[i]:
			continue
		case first && c.Enc == batch.Dict && c.Valid == nil:
			single = c
		case single != nil && c.Enc == batch.Dict && c.Valid == nil:
			combineTwo(single, c, codes)
			single = nil
		default:
			if single != nil {
				copy(codes, single.Codes)
				single = nil
			}
			if c.Phys == batch.PhysBool && c.Enc == batch.Flat {
				combineBools(c, codes, first)
			} else {
				combineCodes(c, codes, first)
			}
		}
		first = false
	}
	if single != nil {
		return single.Codes[:n]
	}
	if first {
		clear(codes)
	}
	return codes
}

// combineTwo combines the codes of two columns without NULLs.
func combineTwo(a, b *batch.Column, codes []int32) {
	radix, left, right := int32(b.Dict.N+1), a.Codes[:len(codes)], b.Codes[:len(codes)]
	for i := range codes {
		codes[i] = left[i]*radix + right[i]
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
func (g *groupCodes) ask(t groupTable, keys []*batch.Column, codes []int32) {
	const asked = -2
	g.rows = g.rows[:0]
	for i, k := range codes {
		if g.groups[k] == -1 {
			g.groups[k] = asked
			g.rows = append(g.rows, int32(i))
		}
	}
	few := make([]*batch.Column, len(keys))
	for i, c := range keys {
		few[i] = batch.Take(c, g.rows)
	}
	g.hash = g.hasher.Hash(few, len(g.rows), g.hash)
	g.ids = append(g.ids[:0], g.rows...)
	t.assign(few, g.hash, g.ids)
	for i, r := range g.rows {
		g.groups[codes[r]] = g.ids[i]
	}
}
