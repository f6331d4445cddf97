package operator

import (
	"bytes"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// sortBuffer collects rows with their keys and sorts them.
type sortBuffer struct {
	keys    *sortKeys
	types   []types.Type
	ties    []int // the columns that order rows with equal keys
	build   *batch.BatchBuilder
	arena   []byte
	offsets []int64

	rows  *batch.Batch // after sort
	order []pair       // the rows in order, by id
	codes []uint64
}

func newSortBuffer(keys *sortKeys, ts []types.Type) *sortBuffer {
	return &sortBuffer{keys: keys, types: ts, ties: keys.ties(ts), build: batch.NewBatchBuilder(ts), offsets: []int64{0}}
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
	return s.build.Size() + int64(cap(s.arena)) + 8*int64(cap(s.offsets)) + pairBytes*int64(s.len())
}

// growth is about the most that add(b) and sorting then adds to size.
func (s *sortBuffer) growth(b *batch.Batch) int64 {
	n := s.build.Growth(b) + pairBytes*int64(b.N)
	if len(s.offsets)+b.N > cap(s.offsets) {
		n += 8 * int64(max(len(s.offsets)+len(s.offsets)/4, b.N))
	}
	key := 16 * b.N * len(s.keys.keys)
	if rows := s.len(); rows > 0 {
		key = len(s.arena) / rows * b.N
	}
	if len(s.arena)+key > cap(s.arena) {
		n += int64(max(len(s.arena)+len(s.arena)/4, key))
	}
	return n
}

// sizeWith is about size with n more rows like those held, of which there are some.
func (s *sortBuffer) sizeWith(n int64) int64 {
	return s.size() + int64(float64(s.size())/float64(s.len())*float64(n)*33/32)
}

// grow makes room for n more rows like those held, which are those of b.
func (s *sortBuffer) grow(n int, b *batch.Batch) {
	s.build.Grow(n, b)
	s.offsets = slices.Grow(s.offsets, n)
	s.arena = slices.Grow(s.arena, int(float64(len(s.arena))/float64(s.len())*float64(n)*33/32))
}

func (s *sortBuffer) key(row uint32) []byte { return s.arena[s.offsets[row]:s.offsets[row+1]] }

// sort orders the rows; the buffer takes no more until reset.
//
// The rows are radix-sorted by the eight bytes that follow what all keys have in
// common; those that are still equal by the next eight, and so on. Rows with equal
// keys are ordered by their columns.
func (s *sortBuffer) sort() {
	n := s.len()
	s.rows = s.build.Finish()
	s.order = make([]pair, n)
	for i := range s.order {
		s.order[i].id = uint32(i)
	}
	s.sortSpan(span{0, n}, 0, make([]pair, n))
}

// fewTied is the number of rows below which comparing them is faster than a pass.
const fewTied = 48

// sortSpan orders the rows of a span, whose keys have the first skip bytes in common.
func (s *sortBuffer) sortSpan(at span, skip int, tmp []pair) {
	order := s.order[at.from:at.to]
	skip, exact := s.common(order, skip)
	for i := range order {
		order[i].code = batch.TextCode(s.key(order[i].id)[skip:])
	}
	sortPairs(order, tmp[at.from:at.to])
	if exact {
		s.breakTies(at, tmp)
		return
	}
	eachTie(order, func(from, to int) {
		if to-from >= fewTied {
			s.sortSpan(span{at.from + from, at.from + to}, min(skip+8, s.shortest(order[from:to])), tmp)
			return
		}
		slices.SortFunc(order[from:to], func(a, b pair) int {
			if c := bytes.Compare(s.key(a.id)[skip:], s.key(b.id)[skip:]); c != 0 {
				return c
			}
			return compareRows(s.rows, int(a.id), s.rows, int(b.id), s.ties)
		})
	})
}

// shortest is the length of the shortest key among rows.
func (s *sortBuffer) shortest(order []pair) int {
	n := len(s.key(order[0].id))
	for _, p := range order {
		n = min(n, len(s.key(p.id)))
	}
	return n
}

// span is a stretch [from, to) of the order.
type span struct{ from, to int }

// breakTies orders the rows of a span whose keys are equal. Stretches of them are
// refined many at a time, so that the loads of their columns overlap.
func (s *sortBuffer) breakTies(at span, tmp []pair) {
	const together = batch.TargetRows
	var spans []span
	rows := 0
	eachTie(s.order[at.from:at.to], func(from, to int) {
		spans = append(spans, span{at.from + from, at.from + to})
		if rows += to - from; rows >= together {
			s.refine(spans, rows, tmp, s.ties)
			spans, rows = spans[:0], 0
		}
	})
	s.refine(spans, rows, tmp, s.ties)
}

// common is the number of bytes, at least skip, with which the keys of all rows in
// order begin; exact is set if no key has more than eight after these.
func (s *sortBuffer) common(order []pair, skip int) (int, bool) {
	if len(order) == 0 {
		return skip, true
	}
	first := s.key(order[0].id)
	known := skip
	skip = len(first)
	longest := 0
	for _, p := range order {
		k := s.key(p.id)
		longest = max(longest, len(k))
		if bytes.HasPrefix(k[known:], first[known:skip]) {
			continue
		}
		j := known
		for j < skip && j < len(k) && k[j] == first[j] {
			j++
		}
		skip = j
	}
	return skip, longest-skip <= 8
}

// eachTie calls f for the stretches of two pairs or more that have the same code.
func eachTie(p []pair, f func(from, to int)) {
	for i := 0; i < len(p); {
		j := i + 1
		for j < len(p) && p[j].code == p[i].code {
			j++
		}
		if j-i > 1 {
			f(i, j)
		}
		i = j
	}
}

// refine orders the rows of each span, rows in all, by the columns listed.
func (s *sortBuffer) refine(spans []span, rows int, tmp []pair, cols []int) {
	if len(spans) == 0 || len(cols) == 0 {
		return
	}
	c := s.rows.Columns[cols[0]]
	if w := orderedWidth(c.Type); rows < 32 || w == 0 || w == 16 || c.Valid != nil || c.Type.IsFloating() {
		for _, t := range spans {
			slices.SortFunc(s.order[t.from:t.to], func(a, b pair) int {
				return compareRows(s.rows, int(a.id), s.rows, int(b.id), cols)
			})
		}
		return
	}
	s.codes = slices.Grow(s.codes[:0], rows)[:rows]
	sel := make([]int32, 0, rows)
	for _, t := range spans {
		for _, p := range s.order[t.from:t.to] {
			sel = append(sel, int32(p.id))
		}
	}
	orderedWords(batch.Take(c, sel), s.codes)
	var still []span
	stillRows, at := 0, 0
	for _, t := range spans {
		p := s.order[t.from:t.to]
		for i := range p {
			p[i].code = s.codes[at]
			at++
		}
		sortPairs(p, tmp[t.from:t.to])
		eachTie(p, func(from, to int) {
			still = append(still, span{t.from + from, t.from + to})
			stillRows += to - from
		})
	}
	s.refine(still, stillRows, tmp, cols[1:])
}

// take is rows [from, to) of the sorted order.
func (s *sortBuffer) take(from, to int) *batch.Batch {
	idx := make([]int32, 0, to-from)
	for _, e := range s.order[from:to] {
		idx = append(idx, int32(e.id))
	}
	return s.rows.Take(idx)
}

// reset empties the buffer. The room of the keys is kept.
func (s *sortBuffer) reset() {
	s.rows, s.order, s.arena, s.offsets = nil, nil, s.arena[:0], s.offsets[:1]
	s.build = batch.NewBatchBuilder(s.types)
}
