package operator

import (
	"context"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// sorter sorts all its input: in memory as far as the budget goes, and by merging
// sorted runs beyond that. For TopN it gives only the first rows of the order.
type sorter struct {
	input
	env   *Env
	owner string
	keys  *sortKeys
	types []types.Type
	mem   *memory.Reservation
	first *firstRows // nil: all rows are wanted

	buf     *sortBuffer
	runs    []*run
	merge   *runMerge
	total   int64 // rows of the input, 0: not known
	read    bool
	at      int
	spilled int64
}

func newSort(n *physical.Sort, in []Operator, env *Env) (*sorter, error) {
	return newSorter("Sort", n.Keys, schemaTypes(n), in[0], env)
}

func newSorter(owner string, keys []scalar.SortKey, ts []types.Type, in Operator, env *Env) (*sorter, error) {
	k, err := newSortKeys(keys, env)
	if err != nil {
		return nil, err
	}
	return &sorter{input: input{in}, env: env, owner: owner, keys: k, types: ts}, nil
}

func (s *sorter) Open(ctx context.Context) error {
	s.mem = s.env.Memory.Reserve(s.owner)
	s.buf = newSortBuffer(s.keys, s.types)
	if err := s.in.Open(ctx); err != nil {
		return err
	}
	if c, ok := s.in.(counted); ok && s.first == nil && !s.env.SpillAlways {
		s.total, _ = c.rowsLeft()
	}
	return nil
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

// maxBuffered bounds a buffer whatever the budget, so that the offsets of its
// texts fit 32 bits.
const maxBuffered = 1 << 30

func (s *sorter) consume(ctx context.Context) error {
	for {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		b = b.Dense()
		if s.first != nil {
			if b, err = s.first.better(s.keys, b); err != nil {
				return err
			}
		}
		if b.N == 0 {
			continue
		}
		if err := s.take(ctx, b); err != nil {
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
	return s.mergeRuns(ctx)
}

// take adds b to the buffer, which is spilled first if there is no room.
func (s *sorter) take(ctx context.Context, b *batch.Batch) error {
	need := s.buf.size() + s.buf.growth(b)
	if s.buf.len() > 0 && (need > maxBuffered || !s.env.reserve(s.mem, need)) {
		if err := s.spill(ctx); err != nil {
			return err
		}
		need = s.buf.size() + s.buf.growth(b)
	}
	if !s.mem.Resize(need) {
		s.mem.Must(need - s.mem.Held()) // the least with which there is progress
	}
	if err := s.buf.add(b); err != nil {
		return err
	}
	s.expect(b)
	s.mem.Resize(s.buf.size())
	if s.env.SpillAlways {
		return s.spill(ctx)
	}
	if s.first != nil && s.first.surplus(s.buf.len()) {
		return s.first.shrink(s.buf)
	}
	return nil
}

// expect makes room for all rows if there is memory for as many as are to come, so
// that nothing moves while the buffer grows. The first rows, b, are in it.
func (s *sorter) expect(b *batch.Batch) {
	left := s.total - int64(s.buf.len())
	if s.total = 0; left <= 0 {
		return
	}
	if need := s.buf.sizeWith(left); need <= maxBuffered && s.mem.Resize(need) {
		s.buf.grow(int(left), b)
	}
}

// spill writes the buffer as a sorted run.
func (s *sorter) spill(ctx context.Context) error {
	s.buf.sort()
	n := len(s.buf.order)
	if s.first != nil {
		n = s.first.cut(s.buf)
	}
	r, err := s.writeRun(ctx, func(w *runWriter) error {
		rows := blockRows(int64(len(s.buf.order)), s.buf.rows.Size())
		for at := 0; at < n; at += rows {
			if err := w.write(s.buf.take(at, min(at+rows, n))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.buf.reset()
	s.mem.Resize(s.buf.size())
	return nil
}

func (s *sorter) writeRun(ctx context.Context, fill func(w *runWriter) error) (*run, error) {
	w, err := newRunWriter(ctx, s.env, s.types)
	if err != nil {
		return nil, err
	}
	if err := fill(w); err != nil {
		w.abort()
		return nil, err
	}
	r, err := w.finish()
	if err == nil {
		s.spilled += r.bytes
	}
	return r, err
}

// mergeRuns merges runs to fewer until the rest can be merged into the output.
func (s *sorter) mergeRuns(ctx context.Context) error {
	s.buf = nil
	s.mem.Resize(0)
	for fan := fanIn(s.env); len(s.runs) > fan; {
		m, err := newRunMerge(ctx, s.runs[:fan], s.keys, s.env, s.mem)
		if err != nil {
			return err
		}
		r, err := s.writeRun(ctx, func(w *runWriter) error { return m.drain(ctx, s.first, w) })
		m.close()
		if err != nil {
			return err
		}
		old := s.runs[:fan]
		s.runs = append(slices.Clone(s.runs[fan:]), r)
		for i, o := range old {
			if err := o.remove(); err != nil {
				s.runs = append(s.runs, old[i+1:]...)
				return err
			}
		}
		s.mem.Resize(0)
	}
	var err error
	s.merge, err = newRunMerge(ctx, s.runs, s.keys, s.env, s.mem)
	return err
}

// Usage tells the decorator what the sort took.
func (s *sorter) Usage() (peak, spilled int64) { return s.mem.Peak(), s.spilled }

func (s *sorter) report(st *physical.Stats) {
	if s.spilled > 0 {
		st.Note("memory ran short: sorted runs were spilled and merged", 1)
	}
}

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
	s.buf, s.runs, s.merge = nil, nil, nil
	if s.mem != nil {
		s.mem.Free()
	}
	return err
}
