package builtin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// entryLog holds byte strings that belong to groups: appended in any order, read
// by group in ascending order.
type entryLog struct {
	groups []int32
	ends   []int64
	data   []byte

	starts   []int32 // of each group in order; valid while sorted
	order    []int32
	sorted   bool
	distinct bool
	dedupeAt int // a set drops duplicates when it has grown to so many entries
	view     [][]byte
}

// open begins an entry of group g: append its bytes to data, then close.
func (l *entryLog) open(g int32) { l.groups = append(l.groups, g) }

func (l *entryLog) close() {
	l.ends = append(l.ends, int64(len(l.data)))
	l.sorted = false
}

func (l *entryLog) entry(k int32) []byte {
	var from int64
	if k > 0 {
		from = l.ends[k-1]
	}
	return l.data[from:l.ends[k]:l.ends[k]]
}

// sort prepares reading groups 0..n-1 by a counting sort.
func (l *entryLog) sort(n int) {
	if l.sorted && len(l.starts) == n+1 {
		return
	}
	l.starts = make([]int32, n+1)
	for _, g := range l.groups {
		l.starts[g+1]++
	}
	for g := range n {
		l.starts[g+1] += l.starts[g]
	}
	next := slices.Clone(l.starts)
	l.order = make([]int32, len(l.groups))
	for k, g := range l.groups {
		l.order[next[g]] = int32(k)
		next[g]++
	}
	l.sorted = true
}

// entries is the sorted entries of group g; the slice is valid until the next
// call. A set gives each entry once.
func (l *entryLog) entries(g int) [][]byte {
	l.view = l.view[:0]
	for _, k := range l.order[l.starts[g]:l.starts[g+1]] {
		l.view = append(l.view, l.entry(k))
	}
	slices.SortFunc(l.view, bytes.Compare)
	if l.distinct {
		l.view = slices.CompactFunc(l.view, bytes.Equal)
	}
	return l.view
}

// dedupe keeps a set of n groups from growing with its duplicates.
func (l *entryLog) dedupe(n int) {
	if !l.distinct || len(l.groups) < max(l.dedupeAt, 1<<14) {
		return
	}
	l.sort(n)
	kept := entryLog{distinct: true}
	for g := range n {
		for _, e := range l.entries(g) {
			kept.open(int32(g))
			kept.data = append(kept.data, e...)
			kept.close()
		}
	}
	kept.dedupeAt = 2 * len(kept.groups)
	*l = kept
}

// column is the entries of groups [from, to) of n, each behind its length; NULL
// for a group without.
func (l *entryLog) column(from, to, n int) *batch.Column {
	l.sort(n)
	out := newTexts(to - from)
	for g := from; g < to; g++ {
		es := l.entries(g)
		if len(es) == 0 {
			out.null()
			continue
		}
		for _, e := range es {
			out.data = binary.AppendUvarint(out.data, uint64(len(e)))
			out.data = append(out.data, e...)
		}
		out.end()
	}
	return out.column(types.BinaryType)
}

var errEntries = errors.New("damaged partial state of collected values")

// merge adds the entries of a state column.
func (l *entryLog) merge(groups []int32, c *batch.Column) error {
	for i, g := range groups {
		if c.IsNull(i) {
			continue
		}
		for b := c.Bytes(i); len(b) > 0; {
			n, w := binary.Uvarint(b)
			if w <= 0 || n > uint64(len(b)-w) {
				return errEntries
			}
			l.open(g)
			l.data = append(l.data, b[w:w+int(n)]...)
			l.close()
			b = b[w+int(n):]
		}
	}
	return nil
}

func (l *entryLog) size() int64 {
	return 4*int64(cap(l.groups)+cap(l.starts)+cap(l.order)) + 8*int64(cap(l.ends)) + int64(cap(l.data)) + 24*int64(cap(l.view))
}
