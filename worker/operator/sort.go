package operator

import (
	"bytes"
	"container/heap"
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// sorter sorts all its input: in memory as far as the budget goes, and by merging
// sorted runs beyond that.
type sorter struct {
	input
	env   *Env
	keys  *sortKeys
	types []types.Type
	mem   *memory.Reservation

	buf     *sortBuffer
	runs    []*run
	merge   *runMerge
	read    bool
	at      int
	spilled int64
}

func newSort(n *physical.Sort, in []Operator, env *Env) (*sorter, error) {
	keys, err := newSortKeys(n.Keys, env)
	if err != nil {
		return nil, err
	}
	return &sorter{input: input{in[0]}, env: env, keys: keys, types: schemaTypes(n)}, nil
}

func (s *sorter) Open(ctx context.Context) error {
	s.mem = s.env.Memory.Reserve("Sort")
	s.buf = newSortBuffer(s.keys, s.types)
	return s.in.Open(ctx)
}

func (s *sorter) Next(ctx context.Context) (*batch.Batch, error) {
	if !s.read {
		if err := s.consume(ctx); err != nil {
			return nil, err
		}
		s.read = true
	}
	if s.merge != nil {
		return s.merge.next(ctx)
	}
	if s.at == len(s.buf.order) {
		return nil, io.EOF
	}
	from := s.at
	s.at = min(from+s.env.batchRows(), len(s.buf.order))
	return s.buf.take(from, s.at), nil
}

func (s *sorter) consume(ctx context.Context) error {
	for {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := s.buf.add(b); err != nil {
			return err
		}
		if s.mem.Resize(s.buf.size()) && !s.env.SpillAlways {
			continue
		}
		// The rows are here already; the run is written from where they lie.
		if n := s.buf.size() - s.mem.Held(); n > 0 {
			s.mem.Must(n)
		}
		if err := s.spill(ctx); err != nil {
			return err
		}
	}
	if len(s.runs) == 0 {
		s.buf.sort()
		return nil
	}
	if s.buf.len() > 0 {
		if err := s.spill(ctx); err != nil {
			return err
		}
	}
	s.buf = nil
	var err error
	s.mem.Resize(0)
	s.merge, err = newRunMerge(ctx, s.runs, s.keys, s.env, s.mem)
	return err
}

// spill writes the buffer as a sorted run.
func (s *sorter) spill(ctx context.Context) error {
	s.buf.sort()
	w, err := newRunWriter(ctx, s.env, s.types)
	if err != nil {
		return err
	}
	rows := blockRows(int64(len(s.buf.order)), s.buf.rows.Size())
	for at := 0; at < len(s.buf.order); at += rows {
		if err := w.write(s.buf.take(at, min(at+rows, len(s.buf.order)))); err != nil {
			w.abort()
			return err
		}
	}
	r, err := w.finish()
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.spilled += r.bytes
	s.buf.reset()
	s.mem.Resize(s.buf.size())
	return nil
}

// Usage tells the decorator what the sort took.
func (s *sorter) Usage() (peak, spilled int64) { return s.mem.Peak(), s.spilled }

func (s *sorter) Close() error {
	err := s.in.Close()
	if s.merge != nil {
		s.merge.close()
	}
	for _, r := range s.runs {
		if rerr := r.remove(); err == nil {
			err = rerr
		}
	}
	s.buf, s.runs = nil, nil
	if s.mem != nil {
		s.mem.Free()
	}
	return err
}

// sortedSource gives batches in the order of a merge; it need not give rows.
type sortedSource interface {
	next(ctx context.Context) (*batch.Batch, error)
	close() error
}

// runMerge merges sorted runs, or other sorted sources.
type runMerge struct {
	runs  []*mergeRun
	heap  mergeHeap
	keys  *sortKeys
	out   *batch.BatchBuilder
	batch int
}

// mergeRun is a run and the rows of it that are in memory.
type mergeRun struct {
	reader  sortedSource
	rows    *batch.Batch
	arena   []byte
	offsets []int64
	at      int
}

func (m *mergeRun) key() []byte { return m.arena[m.offsets[m.at]:m.offsets[m.at+1]] }

func newRunMerge(ctx context.Context, runs []*run, keys *sortKeys, env *Env, mem *memory.Reservation) (*runMerge, error) {
	var sources []sortedSource
	for _, r := range runs {
		mem.Must(2 * r.largest()) // the block and its keys
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
	m := &runMerge{keys: keys, out: batch.NewBatchBuilder(ts), batch: env.batchRows()}
	for _, s := range sources {
		m.runs = append(m.runs, &mergeRun{reader: s})
	}
	for _, r := range m.runs {
		if more, err := m.advance(ctx, r); err != nil {
			m.close()
			return nil, err
		} else if more {
			m.heap = append(m.heap, r)
		}
	}
	heap.Init(&m.heap)
	return m, nil
}

// advance moves to the next row of a run.
func (m *runMerge) advance(ctx context.Context, r *mergeRun) (bool, error) {
	if r.rows != nil {
		if r.at++; r.at < r.rows.N {
			return true, nil
		}
	}
	b, err := r.reader.next(ctx)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.rows, r.at = b, 0
	r.arena, r.offsets, err = m.keys.append(r.arena[:0], append(r.offsets[:0], 0), b)
	return true, err
}

func (m *runMerge) next(ctx context.Context) (*batch.Batch, error) {
	for m.out.Rows() < m.batch && len(m.heap) > 0 {
		r := m.heap[0]
		// Take as many rows of this run as come before the next run's first.
		from := r.at
		block := r.rows
		for r.at++; r.at < block.N && m.out.Rows()+r.at-from < m.batch && m.stillFirst(); {
			r.at++
		}
		m.out.Append(block.Slice(from, r.at))
		if r.at == block.N {
			r.at--
			more, err := m.advance(ctx, r)
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
	if m.out.Rows() == 0 {
		return nil, io.EOF
	}
	return m.out.Finish(), nil
}

// stillFirst reports whether the run on top of the heap still comes first.
func (m *runMerge) stillFirst() bool {
	for i := 1; i <= 2 && i < len(m.heap); i++ {
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
	m.runs, m.heap = nil, nil
}

// mergeHeap orders runs by their current rows.
type mergeHeap []*mergeRun

func (h mergeHeap) Len() int { return len(h) }
func (h mergeHeap) Less(i, j int) bool {
	if c := bytes.Compare(h[i].key(), h[j].key()); c != 0 {
		return c < 0
	}
	return compareRows(h[i].rows, h[i].at, h[j].rows, h[j].at) < 0
}
func (h mergeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *mergeHeap) Push(x any)   { *h = append(*h, x.(*mergeRun)) }
func (h *mergeHeap) Pop() any {
	old := *h
	r := old[len(old)-1]
	*h = old[:len(old)-1]
	return r
}
