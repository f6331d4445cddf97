package operator

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// sortBuffer collects rows with their keys and sorts them.
type sortBuffer struct {
	keys    *sortKeys
	types   []types.Type
	build   *batch.BatchBuilder
	arena   []byte
	offsets []int64

	rows  *batch.Batch // after sort
	order []sortEntry
	idx   []int32
}

// sortEntry is a row and the start of its key.
type sortEntry struct {
	prefix uint64
	row    int32
}

const sortEntryBytes = 16 + 4 // and its place in an output's index

func newSortBuffer(keys *sortKeys, ts []types.Type) *sortBuffer {
	return &sortBuffer{keys: keys, types: ts, build: batch.NewBatchBuilder(ts), offsets: []int64{0}}
}

// add copies the rows of b.
func (s *sortBuffer) add(b *batch.Batch) error {
	var err error
	if s.arena, s.offsets, err = s.keys.append(s.arena, s.offsets, b); err != nil {
		return err
	}
	s.build.Append(b)
	return nil
}

func (s *sortBuffer) len() int { return s.build.Rows() }

// size is the bytes held, and those that sorting will add.
func (s *sortBuffer) size() int64 {
	return s.build.Size() + int64(cap(s.arena)) + 8*int64(cap(s.offsets)) + sortEntryBytes*int64(s.len())
}

func (s *sortBuffer) key(row int32) []byte { return s.arena[s.offsets[row]:s.offsets[row+1]] }

// sort orders the rows; the buffer takes no more until reset.
func (s *sortBuffer) sort() {
	n := s.len()
	s.rows = s.build.Finish()
	s.order = slices.Grow(s.order[:0], n)[:n]
	for i := range s.order {
		s.order[i] = sortEntry{prefix(s.key(int32(i))), int32(i)}
	}
	slices.SortFunc(s.order, func(a, b sortEntry) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		if c := bytes.Compare(s.key(a.row), s.key(b.row)); c != 0 {
			return c
		}
		return compareRows(s.rows, int(a.row), s.rows, int(b.row))
	})
}

// take is rows [from, to) of the sorted order.
func (s *sortBuffer) take(from, to int) *batch.Batch {
	s.idx = make([]int32, 0, to-from)
	for _, e := range s.order[from:to] {
		s.idx = append(s.idx, e.row)
	}
	return s.rows.Take(s.idx)
}

// reset empties the buffer and keeps its small parts.
func (s *sortBuffer) reset() {
	s.rows, s.arena, s.offsets = nil, s.arena[:0], s.offsets[:1]
	s.order = s.order[:0]
	s.build = batch.NewBatchBuilder(s.types)
}
