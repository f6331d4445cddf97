package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

const (
	blockShift = 16
	blockWords = 1 << blockShift
	// A group's chunks double from firstChunk to lastChunk words, so that a quarter
	// of what it takes is free, and links are few.
	firstChunk, lastChunk = 4, 512
)

// numberLog holds numbers that belong to groups, each group's in a chain of
// chunks. The chunks lie in blocks of one size; the first block alone grows.
type numberLog struct {
	tails  []tail
	blocks [][]int64
	used   uint32 // words taken of the last block
}

// tail is the last chunk of a group. It has the words [start, end) counted over
// all blocks: the first of them is the link to the chunk before, and those from
// at on are free. Before the first chunk there is the empty one that ends at 0.
type tail struct{ start, at, end uint32 }

func (t tail) link() int64 { return int64(uint64(t.start)<<32 | uint64(t.end)) }

func linked(link int64) tail {
	return tail{start: uint32(uint64(link) >> 32), at: uint32(link), end: uint32(link)}
}

func (l *numberLog) resize(n int) { l.tails = resize(l.tails, n) }

// words is the place of chunk words [from, to).
func (l *numberLog) words(from, to uint32) []int64 {
	return l.blocks[from>>blockShift][from%blockWords:][:to-from]
}

// add appends vals[i] to group groups[i] where valid.
func (l *numberLog) add(groups []int32, vals []int64, valid batch.Bitmap) {
	vals = vals[:len(groups)]
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		t := &l.tails[g]
		if t.at == t.end {
			l.extend(t, 1)
		}
		l.blocks[t.at>>blockShift][t.at%blockWords] = vals[i]
		t.at++
	}
}

// addPacked appends the values of a state to group g.
func (l *numberLog) addPacked(g int32, state []byte) {
	for t := &l.tails[g]; len(state) > 0; {
		if t.at == t.end {
			l.extend(t, len(state)/8)
		}
		n := min(t.end-t.at, uint32(min(len(state)/8, blockWords)))
		copy(batch.BytesOf(l.words(t.at, t.at+n)), state)
		t.at += n
		state = state[8*n:]
	}
}

// extend gives t its next chunk, for n more values or some of them.
func (l *numberLog) extend(t *tail, n int) {
	size := uint32(firstChunk)
	if t.end > 0 {
		size = min(2*(t.end-t.start), lastChunk)
	}
	size = max(size, uint32(min(n+1, blockWords)))
	if len(l.blocks) == 0 || l.used > blockWords-firstChunk {
		first := blockWords
		if len(l.blocks) == 0 {
			first = int(min(max(size, firstChunk*uint32(min(len(l.tails), blockWords))), blockWords))
		}
		l.blocks = append(l.blocks, make([]int64, first))
		l.used = 0
	}
	block := &l.blocks[len(l.blocks)-1]
	size = min(size, blockWords-l.used)
	if need := int(l.used + size); need > len(*block) {
		grown := make([]int64, min(max(need, 2*len(*block)), blockWords))
		copy(grown, *block)
		*block = grown
	}
	start := uint32(len(l.blocks)-1)<<blockShift + l.used
	l.used += size
	l.words(start, start+1)[0] = t.link()
	*t = tail{start: start, at: start + 1, end: start + size}
}

// count is the number of values of group g.
func (l *numberLog) count(g int) int {
	n := 0
	for t := l.tails[g]; t.end > 0; t = linked(l.words(t.start, t.end)[0]) {
		n += int(t.at - t.start - 1)
	}
	return n
}

// group appends the values of group g to dst, in no order.
func (l *numberLog) group(g int, dst []int64) []int64 {
	for t := l.tails[g]; t.end > 0; t = linked(l.words(t.start, t.end)[0]) {
		dst = append(dst, l.words(t.start+1, t.at)...)
	}
	return dst
}

// full reports that the log may have no place for chunks of so many words more.
func (l *numberLog) full(words int) bool {
	return len(l.blocks)+words/blockWords+2 >= 1<<(32-blockShift)
}

// column is the values of groups [from, to), eight bytes each; NULL for a group
// without.
func (l *numberLog) column(from, to int) (*batch.Column, error) {
	n := 0
	for g := from; g < to; g++ {
		n += l.count(g)
	}
	if 8*n > math.MaxInt32 {
		return nil, errTooMany
	}
	vals := make([]int64, 0, n)
	out := newTexts(to - from)
	for g := from; g < to; g++ {
		had := len(vals)
		if vals = l.group(g, vals); len(vals) == had {
			out.null()
			continue
		}
		out.data = batch.BytesOf(vals)
		out.end()
	}
	return out.column(types.BinaryType), nil
}

var errTooMany = diag.Errorf(diag.CodeMemory, diag.Pos{}, "an aggregate has to keep too many values at a place")

// merge adds the values of a state column.
func (l *numberLog) merge(groups []int32, c *batch.Column) error {
	for i, g := range groups {
		if c.IsNull(i) {
			continue
		}
		b := c.Bytes(i)
		if len(b)%8 != 0 {
			return errEntries
		}
		if l.full(len(b) / 4) {
			return errTooMany
		}
		l.addPacked(g, b)
	}
	return nil
}

func (l *numberLog) size() int64 {
	n := 12*int64(cap(l.tails)) + 24*int64(cap(l.blocks))
	for _, b := range l.blocks {
		n += 8 * int64(cap(b))
	}
	return n
}
