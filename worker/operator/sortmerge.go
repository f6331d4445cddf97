package operator

import (
	"bytes"
	"container/heap"
	"context"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// sortedSource gives batches in the order of a merge; it need not give rows.
type sortedSource interface {
	next(ctx context.Context) (*batch.Batch, error)
	close() error
}

// runMerge merges sorted runs, or other sorted sources.
//
// The rows of an output batch are noted as they come up and copied source by
// source when the source must move on or the batch is full; order then puts
// them in their places.
type runMerge struct {
	runs  []*mergeRun
	heap  mergeHeap
	keys  *sortKeys
	out   *batch.BatchBuilder
	order []int32 // order[i] is the row of out that comes at place i
	whole *batch.Batch
	batch int
}

// mergeRun is a source and the rows of it that are in memory.
type mergeRun struct {
	reader  sortedSource
	rows    *batch.Batch
	arena   []byte
	offsets []int64
	at      int
	noted   []int32 // rows that come next in the output, not copied yet
	places  []int32 // their places
}

func (m *mergeRun) key() []byte { return m.arena[m.offsets[m.at]:m.offsets[m.at+1]] }

func newRunMerge(ctx context.Context, runs []*run, keys *sortKeys, env *Env, mem *memory.Reservation) (*runMerge, error) {
	var sources []sortedSource
	for _, r := range runs {
		mem.Must(3 * r.largest()) // the block, its keys and its share of the output
		reader, err := r.open(ctx)
		if err != nil {
			for _, s := range sources {
				_ = s.close()
			}
			return nil, err
		}
		sources = append(sources, reader)
	}
	return newMerge(ctx, sources, runs[0].types, keys, env)
}

// newMerge merges sources, which it closes.
func newMerge(ctx context.Context, sources []sortedSource, ts []types.Type, keys *sortKeys, env *Env) (*runMerge, error) {
	m := &runMerge{keys: keys, out: batch.NewBatchBuilder(ts), batch: env.batchRows(), heap: mergeHeap{ties: keys.ties(ts)}}
	for _, s := range sources {
		m.runs = append(m.runs, &mergeRun{reader: s})
	}
	for _, r := range m.runs {
		if more, err := m.load(ctx, r); err != nil {
			m.close()
			return nil, err
		} else if more {
			m.heap.runs = append(m.heap.runs, r)
		}
	}
	heap.Init(&m.heap)
	return m, nil
}

// load reads the next batch of a source; false at its end.
func (m *runMerge) load(ctx context.Context, r *mergeRun) (bool, error) {
	m.copyNoted(r)
	b, err := r.reader.next(ctx)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b = b.Dense()
	r.rows, r.at = b, 0
	r.arena, r.offsets, err = m.keys.append(r.arena[:0], append(r.offsets[:0], 0), b)
	return err == nil, err
}

// copyNoted copies the noted rows of a source before it moves on.
func (m *runMerge) copyNoted(r *mergeRun) {
	if len(r.noted) == 0 {
		return
	}
	base := int32(m.out.Rows())
	m.out.AppendRows(r.rows, r.noted)
	for i, p := range r.places {
		m.order[p] = base + int32(i)
	}
	r.noted, r.places = r.noted[:0], r.places[:0]
}

func (m *runMerge) next(ctx context.Context) (*batch.Batch, error) {
	m.order = m.order[:0]
	for len(m.order) < m.batch && len(m.heap.runs) > 0 {
		r := m.heap.runs[0]
		// Take as many rows of this source as come before the others' first.
		for {
			r.noted = append(r.noted, int32(r.at))
			r.places = append(r.places, int32(len(m.order)))
			m.order = append(m.order, 0)
			r.at++
			if r.at == r.rows.N || len(m.order) == m.batch || !m.stillFirst() {
				break
			}
		}
		if r.at == r.rows.N {
			more, err := m.load(ctx, r)
			if err != nil {
				return nil, err
			}
			if !more {
				heap.Pop(&m.heap)
				continue
			}
		}
		heap.Fix(&m.heap, 0)
	}
	if len(m.order) == 0 {
		return nil, io.EOF
	}
	for _, r := range m.runs {
		m.copyNoted(r)
	}
	m.whole = m.out.Finish()
	return m.whole.Take(slices.Clone(m.order)), nil
}

// drain writes the rows left, at most as many as first wants.
func (m *runMerge) drain(ctx context.Context, first *firstRows, w *runWriter) error {
	left := int64(-1)
	if first != nil {
		left = int64(first.want)
	}
	for left != 0 {
		b, err := m.next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if left > 0 {
			b = b.Slice(0, int(min(int64(b.N), left)))
			left -= int64(b.N)
		}
		if err := w.writeBlocks(b, m.whole.Size()); err != nil {
			return err
		}
	}
	return nil
}

// stillFirst reports whether the source on top of the heap still comes first.
func (m *runMerge) stillFirst() bool {
	for i := 1; i <= 2 && i < len(m.heap.runs); i++ {
		if m.heap.Less(i, 0) {
			return false
		}
	}
	return true
}

func (m *runMerge) close() {
	for _, r := range m.runs {
		_ = r.reader.close()
	}
	m.runs, m.heap.runs = nil, nil
}

// mergeHeap orders sources by their current rows: by key, then by the columns ties.
type mergeHeap struct {
	runs []*mergeRun
	ties []int
}

func (h *mergeHeap) Len() int { return len(h.runs) }
func (h *mergeHeap) Less(i, j int) bool {
	a, b := h.runs[i], h.runs[j]
	if c := bytes.Compare(a.key(), b.key()); c != 0 {
		return c < 0
	}
	return compareRows(a.rows, a.at, b.rows, b.at, h.ties) < 0
}
func (h *mergeHeap) Swap(i, j int) { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *mergeHeap) Push(x any)    { h.runs = append(h.runs, x.(*mergeRun)) }
func (h *mergeHeap) Pop() any {
	last := len(h.runs) - 1
	r := h.runs[last]
	h.runs = h.runs[:last]
	return r
}
