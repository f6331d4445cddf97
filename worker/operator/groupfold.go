package operator

import (
	"math/bits"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// groupFold numbers groups of keys with several texts whose dictionaries stay: the
// codes of a row's texts, and which of them are NULL, are folded into words, far fewer
// than the texts take, and texts of one build side, which have the same codes, count
// once. A table of those words and of the other keys is a cache in front of the group
// table, which is asked once a combination. It holds as long as the dictionaries stay
// the same, and is given up where most rows bring a new combination.
type groupFold struct {
	types []types.Type // of the keys
	off   bool

	dicts   []*batch.Column // by key; nil for one that is not a text; empty: not planned
	leaders []int           // by key: the first text that has its codes
	codes   []foldField     // by key: where a leader's codes are
	nulls   []foldField     // by key: the bit that marks NULL
	words   [][]int64

	front       groupTable
	groups      []int32 // by number in front
	seen, asked int     // rows; of them, with which the group table was asked
	cols        []*batch.Column
	hasher      batch.Hasher
	hash        []uint64
	rows        []int32
	ids         []int32
}

// foldField is a place in the words.
type foldField struct {
	word  int
	shift uint
}

// foldTrial is after how many rows it is judged whether combinations come again.
const foldTrial = 8192

func newGroupFold(ts []types.Type) groupFold {
	texts := 0
	for _, t := range ts {
		if fixedBytes(t) == 0 {
			texts++
		}
	}
	return groupFold{types: ts, off: texts < 2}
}

// assign is groupTable.assign in front of t; false if the keys do not suit.
func (g *groupFold) assign(t groupTable, keys []*batch.Column, ids []int32) bool {
	if g.off || !g.match(keys) && !g.plan(keys) {
		return false
	}
	g.fold(keys, len(ids))
	g.hash = g.hasher.Hash(g.cols, len(ids), g.hash)
	g.front.assign(g.cols, g.hash, ids)
	g.ask(t, keys, ids)
	for i, id := range ids {
		ids[i] = g.groups[id]
	}
	if g.seen += len(ids); g.seen >= foldTrial && 2*g.asked > g.seen {
		*g = groupFold{off: true}
	}
	return true
}

// match reports whether the keys are as they were planned for.
func (g *groupFold) match(keys []*batch.Column) bool {
	if len(g.dicts) == 0 {
		return false
	}
	for i, c := range keys {
		if g.dicts[i] == nil {
			continue
		}
		if c.Enc != batch.Dict || c.Dict != g.dicts[i] || !slices.Equal(c.Codes, keys[g.leaders[i]].Codes) {
			return false
		}
	}
	return true
}

// plan gives the codes of texts places in the words; false if that does not pay.
func (g *groupFold) plan(keys []*batch.Column) bool {
	g.dicts, g.leaders, g.codes, g.nulls = g.dicts[:0], g.leaders[:0], g.codes[:0], g.nulls[:0]
	words, used := 0, uint(64)
	place := func(bits uint) foldField {
		if used+bits > 64 {
			words, used = words+1, 0
		}
		used += bits
		return foldField{words - 1, used - bits}
	}
	var folded []types.Type
	for i, c := range keys {
		var dict *batch.Column
		var code, null foldField
		leader := i
		switch {
		case fixedBytes(g.types[i]) > 0:
			folded = append(folded, g.types[i])
		case c.Enc != batch.Dict || !c.Dict.Stays && !c.Lasts():
			g.dicts = g.dicts[:0]
			return false
		default:
			dict, leader = c.Dict, g.leader(keys, i)
			if leader == i {
				code = place(uint(bits.Len(uint(c.Dict.N))))
			}
			null = place(1)
		}
		g.dicts, g.leaders = append(g.dicts, dict), append(g.leaders, leader)
		g.codes, g.nulls = append(g.codes, code), append(g.nulls, null)
	}
	for range words {
		folded = append(folded, types.BigIntType)
	}
	if 2*packLayout(folded).words > packLayout(g.types).words {
		g.off = true
		return false
	}
	g.words = make([][]int64, words)
	g.front, g.groups = newGroupTable(folded), g.groups[:0]
	return true
}

// leader is the first key before i whose codes are those of key i, or i.
func (g *groupFold) leader(keys []*batch.Column, i int) int {
	for k, c := range keys[:i] {
		if g.dicts[k] != nil && c.Dict.N == keys[i].Dict.N && slices.Equal(c.Codes, keys[i].Codes) {
			return k
		}
	}
	return i
}

// fold makes the columns of the first n rows that the table in front takes.
func (g *groupFold) fold(keys []*batch.Column, n int) {
	for w := range g.words {
		g.words[w] = slices.Grow(g.words[w][:0], n)[:n]
		clear(g.words[w])
	}
	g.cols = g.cols[:0]
	for i, c := range keys {
		if g.dicts[i] == nil {
			g.cols = append(g.cols, c)
			continue
		}
		if f := g.codes[i]; g.leaders[i] == i {
			word := g.words[f.word]
			for r, k := range c.Codes[:n] {
				word[r] |= int64(k) << f.shift
			}
		}
		if c.Valid != nil {
			markNulls(g.words[g.nulls[i].word], c.Valid, g.nulls[i].shift)
		}
	}
	for _, word := range g.words {
		g.cols = append(g.cols, &batch.Column{Type: types.BigIntType, Phys: batch.PhysI64, N: n, Data: batch.BytesOf(word)})
	}
}

// markNulls sets bit shift of the words whose bit in valid is clear.
func markNulls(words []int64, valid batch.Bitmap, shift uint) {
	for at := 0; at < len(words); at += 64 {
		null := ^valid[at/64]
		if rest := len(words) - at; rest < 64 {
			null &= 1<<rest - 1
		}
		for ; null != 0; null &= null - 1 {
			words[at+bits.TrailingZeros64(null)] |= 1 << shift
		}
	}
}

// ask fills the groups of the numbers in front that came with the rows of ids: a table
// gives numbers in the order of the rows.
func (g *groupFold) ask(t groupTable, keys []*batch.Column, ids []int32) {
	next, end := len(g.groups), len(g.front.hashes())
	if next == end {
		return
	}
	g.rows = g.rows[:0]
	for i, id := range ids {
		if int(id) == next {
			g.rows = append(g.rows, int32(i))
			next++
		}
	}
	few := make([]*batch.Column, len(keys))
	for i, c := range keys {
		few[i] = batch.Take(c, g.rows)
	}
	g.hash = g.hasher.Hash(few, len(g.rows), g.hash)
	g.ids = append(g.ids[:0], g.rows...)
	t.assign(few, g.hash, g.ids)
	g.groups = append(g.groups, g.ids...)
	g.asked += len(g.rows)
}

// size is the bytes held; growth the most that n more rows add.
func (g *groupFold) size() int64 {
	if g.front == nil {
		return 0
	}
	n := g.front.size() + 4*int64(cap(g.groups)+cap(g.rows)+cap(g.ids)) + 8*int64(cap(g.hash))
	for _, w := range g.words {
		n += 8 * int64(cap(w))
	}
	return n
}

func (g *groupFold) growth(n int) int64 {
	if g.front == nil {
		return 0
	}
	return g.front.growth(nil, n) + 4*int64(capGrowth(cap(g.groups), len(g.groups), n))
}
