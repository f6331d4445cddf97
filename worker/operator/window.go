package operator

import (
	"context"
	"errors"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// windowOp computes window functions over sorted rows.
//
// Whole partitions are collected, several small ones at a time, and the functions
// are computed over all rows of the collection at once. A partition that is larger
// than memory goes to a run (see windowlarge.go).
type windowOp struct {
	input
	*windowCalc
	owner string
	mem   *memory.Reservation

	build  *batch.BatchBuilder
	starts []int32 // where partitions begin in build; the last one is open
	edges  *edges  // finds where partitions begin
	top    *topRows
	large  *largePartition

	chunk *batch.Batch // rows with their values, given out from at on
	at    int
	ended bool

	spilled int64
}

func newWindow(n *physical.Window, in []Operator, env *Env) (*windowOp, error) {
	calc, err := newWindowCalc(n, env)
	if err != nil {
		return nil, err
	}
	w := &windowOp{input: input{in[0]}, windowCalc: calc, owner: "Window", edges: &edges{cols: calc.partition}}
	if n.TopFunc >= 0 {
		w.top = &topRows{rank: n.Funcs[n.TopFunc].Name, limit: n.TopLimit, peers: &edges{cols: calc.order}}
	}
	return w, nil
}

func (w *windowOp) Open(ctx context.Context) error {
	w.mem = w.env.Memory.Reserve(w.owner)
	w.build = batch.NewBatchBuilder(w.types)
	return w.in.Open(ctx)
}

// Usage tells the decorator what the window took.
func (w *windowOp) Usage() (peak, spilled int64) { return w.mem.Peak(), w.spilled }

func (w *windowOp) report(s *physical.Stats) {
	if w.spilled > 0 {
		s.Note("a partition was larger than the memory: it was spilled", 1)
	}
}

func (w *windowOp) Close() error {
	var err error
	if w.large != nil {
		err = w.large.close()
	}
	w.build, w.chunk, w.large = nil, nil, nil
	if w.mem != nil {
		w.mem.Free()
	}
	return errors.Join(err, w.in.Close())
}

func (w *windowOp) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		switch {
		case w.chunk != nil && w.at < w.chunk.N:
			from := w.at
			w.at = min(from+w.env.batchRows(), w.chunk.N)
			if w.chunk.N-w.at < w.env.batchRows()/4 {
				w.at = w.chunk.N
			}
			return w.chunk.Slice(from, w.at), nil
		case w.chunk != nil:
			w.chunk = nil
			w.mem.Resize(w.held(w.build.Rows(), w.build.Size()))
		case w.large != nil && w.large.full:
			b, err := w.large.nextPiece(ctx)
			if err != io.EOF {
				return b, err
			}
			if err := w.large.close(); err != nil {
				return nil, err
			}
			w.large = nil
			w.mem.Resize(w.held(w.build.Rows(), w.build.Size()))
		case w.ended:
			return nil, io.EOF
		default:
			if err := w.fill(ctx); err != nil {
				return nil, err
			}
		}
	}
}

// fill takes a batch, which may complete a collection or a large partition.
func (w *windowOp) fill(ctx context.Context) error {
	b, err := w.in.Next(ctx)
	if err == io.EOF {
		w.ended = true
		if w.large != nil {
			err := w.large.finish(ctx)
			if err == nil {
				w.spilled += w.large.run.bytes
			}
			return err
		}
		return w.flush()
	}
	if err != nil {
		return err
	}
	if b.Rows() == 0 {
		return nil
	}
	if b, err = w.widen(b); err != nil {
		return err
	}
	at := w.edges.find(b)
	if w.top != nil {
		if b, at = w.top.keep(b, at); b.N == 0 {
			return nil
		}
	}
	if w.large != nil {
		return w.continueLarge(ctx, b, at)
	}
	return w.take(ctx, b, at)
}

// take adds b, in which partitions begin at the rows at, to the collection. If that
// is large enough, its complete partitions become the chunk.
func (w *windowOp) take(ctx context.Context, b *batch.Batch, at []int32) error {
	if err := w.reserve(ctx, b); err != nil {
		return err
	}
	if w.large != nil {
		return w.continueLarge(ctx, b, at)
	}
	have, last := w.build.Rows(), int32(-1)
	if len(at) > 0 {
		last = at[len(at)-1]
	}
	if last < 0 || 2*(have+int(last)) < w.env.batchRows() {
		w.add(b, at)
		return w.spillAlways(ctx)
	}
	if last > 0 {
		w.add(b.Slice(0, int(last)), at[:len(at)-1])
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.add(b.Slice(int(last), b.N), []int32{0})
	return w.spillAlways(ctx)
}

func (w *windowOp) add(b *batch.Batch, at []int32) {
	base := int32(w.build.Rows())
	for _, i := range at {
		w.starts = append(w.starts, base+i)
	}
	w.build.Append(b)
}

// flush computes the functions over the collection.
func (w *windowOp) flush() error {
	if w.build.Rows() == 0 {
		return nil
	}
	rows := w.build.Finish()
	out, err := w.compute(rows, append(w.starts, int32(rows.N)), nil)
	w.chunk, w.at, w.starts = out, 0, nil
	return err
}

// held is the bytes for a collection of rows and what is computed over it.
func (w *windowOp) held(rows int, size int64) int64 { return size + int64(rows)*w.work }

// reserve makes room for b in the collection. If there is none, the open partition
// becomes a large one.
func (w *windowOp) reserve(ctx context.Context, b *batch.Batch) error {
	chunk := int64(0)
	if w.chunk != nil {
		chunk = w.held(w.chunk.N, w.chunk.Size())
	}
	need := chunk + w.held(w.build.Rows()+b.N, w.build.Size()+w.build.Growth(b))
	if w.env.reserve(w.mem, need) {
		return nil
	}
	if w.build.Rows() > 0 && w.pieces {
		return w.openLarge(ctx)
	}
	if w.build.Rows() > 0 {
		return w.mem.Err(need - w.mem.Held())
	}
	w.mem.Must(need - w.mem.Held())
	return nil
}

// spillAlways treats every partition as a large one, in tests.
func (w *windowOp) spillAlways(ctx context.Context) error {
	if !w.env.SpillAlways || !w.pieces || w.build.Rows() == 0 {
		return nil
	}
	return w.openLarge(ctx)
}

// typesOf lists the types of columns.
func typesOf(cols []*batch.Column) []types.Type {
	out := make([]types.Type, len(cols))
	for i, c := range cols {
		out[i] = c.Type
	}
	return out
}
