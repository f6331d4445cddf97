package operator

import (
	"context"
	"errors"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/worker/memory"
)

// largePartition is a partition that does not fit into memory. A first pass writes
// its rows to a run and finds what is known at the end only; a second one reads
// them and computes the functions piece by piece (see windowpieces.go). A piece is
// a block of the run.
type largePartition struct {
	*windowCalc
	mem    *memory.Reservation
	writer *runWriter
	run    *run
	reader *runReader
	full   bool // the first pass is over

	rows   int64
	groups int64
	open   int64 // rows of the last group of peers so far
	peers  *edges
	blocks []blockPlace
	group  *openGroup // of the last row
	accs   []udf.Accumulator

	head, tail *batch.Batch
	totals     []*batch.Column // of byTotal functions
	carry      []udf.Accumulator
	queue      []queued // blocks in memory
	next       int      // the block that is read next
	piece      int      // the block that is computed next
}

// blockPlace is where a block is in the partition.
type blockPlace struct {
	udf.Piece
	rows int
	last *openGroup // the peers of its last row
}

// openGroup is a group of peers that a block ends with: where it ends itself, and
// what byPeers functions give there.
type openGroup struct {
	end    int64
	values []*batch.Column
}

type queued struct {
	rows *batch.Batch
	at   int64 // the first row's place in the partition
}

// openLarge makes the open partition of the collection a large one. Partitions
// before it that are complete become the chunk.
func (w *windowOp) openLarge(ctx context.Context) error {
	rows := w.build.Finish()
	open := int(w.starts[len(w.starts)-1])
	if open > 0 {
		out, err := w.compute(rows.Slice(0, open), w.starts, nil)
		if err != nil {
			return err
		}
		w.chunk, w.at = out, 0
	}
	w.starts = nil
	writer, err := newRunWriter(ctx, w.env, w.types)
	if err != nil {
		return err
	}
	l := &largePartition{windowCalc: w.windowCalc, mem: w.mem, writer: writer, peers: &edges{cols: w.order}, group: &openGroup{}}
	l.accs, l.carry = make([]udf.Accumulator, len(w.funcs)), make([]udf.Accumulator, len(w.funcs))
	for i, f := range w.funcs {
		if k := f.plan.kind; k == byTotal || k == byPeers {
			l.accs[i] = f.accumulator(1)
		}
		if k := f.plan.kind; k == byPrefix || k == byPeers {
			l.carry[i] = f.accumulator(1)
		}
	}
	w.large = l
	err = l.add(rows.Slice(open, rows.N))
	if w.chunk == nil {
		w.mem.Resize(0)
	}
	return err
}

func (f *windowFunc) accumulator(groups int) udf.Accumulator {
	acc := f.fn.Aggregate.New(f.call)
	acc.Resize(groups)
	return acc
}

// continueLarge adds the rows of b up to the next partition, if one begins, which
// begins a collection.
func (w *windowOp) continueLarge(ctx context.Context, b *batch.Batch, at []int32) error {
	if len(at) == 0 {
		return w.large.add(b)
	}
	first := at[0]
	if err := w.large.add(b.Slice(0, int(first))); err != nil {
		return err
	}
	if err := w.large.finish(ctx); err != nil {
		return err
	}
	w.spilled += w.large.run.bytes
	rest := b.Slice(int(first), b.N)
	for i := range at {
		at[i] -= first
	}
	if need := w.held(rest.N, w.build.Growth(rest)); !w.mem.Grow(need) {
		w.mem.Must(need)
	}
	w.add(rest, at)
	return nil
}

// add writes rows of the first pass.
func (l *largePartition) add(b *batch.Batch) error {
	step := blockRows(int64(b.N), b.Size())
	for from := 0; from < b.N; from += step {
		if err := l.addBlock(b.Slice(from, min(from+step, b.N))); err != nil {
			return err
		}
	}
	return nil
}

func (l *largePartition) addBlock(b *batch.Batch) error {
	if int64(b.N) > 0 && l.rows < l.context.head {
		l.keepHead(b)
	}
	l.peers.mark(b)
	// lead is the number of rows that still belong to the group before.
	lead, last := b.N, -1
	for i, m := range l.peers.marks {
		if m {
			lead, last = min(lead, i), i
		}
	}
	place := blockPlace{rows: b.N, Piece: udf.Piece{Before: l.rows, Groups: l.groups}}
	if lead > 0 {
		place.Open = l.open
	}
	if err := l.accumulate(b, 0, lead); err != nil {
		return err
	}
	if last >= 0 && l.rows > 0 {
		if err := l.closeGroup(l.rows + int64(lead)); err != nil {
			return err
		}
	}
	if err := l.accumulate(b, lead, b.N); err != nil {
		return err
	}
	for _, m := range l.peers.marks {
		l.groups += int64(b2i(m))
	}
	l.open += int64(b.N)
	if last >= 0 {
		l.open = int64(b.N - last)
	}
	l.rows += int64(b.N)
	place.last = l.group
	l.blocks = append(l.blocks, place)
	if l.context.tail {
		l.tail = b.Slice(b.N-1, b.N).Clone()
	}
	return l.writer.write(b)
}

func (l *largePartition) keepHead(b *batch.Batch) {
	build := batch.NewBatchBuilder(l.types)
	if l.head != nil {
		build.Append(l.head)
	}
	build.Append(b.Slice(0, int(min(int64(b.N), l.context.head-l.rows))))
	l.head = build.Finish()
}

// accumulate adds rows [from, to) of b to the functions that need a first pass.
func (l *largePartition) accumulate(b *batch.Batch, from, to int) error {
	if from == to {
		return nil
	}
	return l.addTo(l.accs, b.Slice(from, to))
}

func (l *largePartition) addTo(accs []udf.Accumulator, b *batch.Batch) error {
	var groups []int32
	for i, acc := range accs {
		if acc == nil {
			continue
		}
		if groups == nil {
			groups = make([]int32, b.N)
		}
		f := l.funcs[i]
		if err := acc.Update(groups, f.columns(b)); err != nil {
			return f.place(err)
		}
	}
	return nil
}

// closeGroup ends the group of peers of the last rows at row end.
func (l *largePartition) closeGroup(end int64) error {
	l.group.end = end
	l.group.values = make([]*batch.Column, len(l.funcs))
	for i, f := range l.funcs {
		if f.plan.kind == byPeers {
			var err error
			if l.group.values[i], err = l.accs[i].Final(0, 1); err != nil {
				return f.place(err)
			}
		}
	}
	l.group = &openGroup{}
	return nil
}

// finish ends the first pass.
func (l *largePartition) finish(ctx context.Context) error {
	if err := l.closeGroup(l.rows); err != nil {
		return err
	}
	l.totals = make([]*batch.Column, len(l.funcs))
	for i, f := range l.funcs {
		if f.plan.kind == byTotal {
			var err error
			if l.totals[i], err = l.accs[i].Final(0, 1); err != nil {
				return f.place(err)
			}
		}
	}
	var err error
	writer := l.writer
	l.writer = nil
	if l.run, err = writer.finish(); err != nil {
		return err
	}
	l.accs, l.full = nil, true
	l.mem.Must(4 * l.run.largest())
	l.reader, err = l.run.open(ctx)
	return err
}

func (l *largePartition) close() error {
	var err error
	if l.writer != nil {
		l.writer.abort()
	}
	if l.reader != nil {
		err = l.reader.close()
	}
	if l.run != nil {
		err = errors.Join(err, l.run.remove())
	}
	l.writer, l.reader, l.run = nil, nil, nil
	return err
}

// nextPiece computes the next block.
func (l *largePartition) nextPiece(ctx context.Context) (*batch.Batch, error) {
	if l.piece == len(l.blocks) {
		return nil, io.EOF
	}
	place := l.blocks[l.piece]
	l.piece++
	place.Size = l.rows
	place.Behind = place.last.end - place.Before - int64(place.rows)
	if err := l.load(ctx, place.Before-l.context.before, place.Before+int64(place.rows)+l.context.after); err != nil {
		return nil, err
	}
	return l.compute(&place)
}

// load brings rows [from, to) of the partition into the queue. Blocks before from
// leave it and are added to what prefixes carry.
func (l *largePartition) load(ctx context.Context, from, to int64) error {
	for l.next < len(l.blocks) && l.blocks[l.next].Before < to {
		b, err := l.reader.next(ctx)
		if err != nil {
			return err
		}
		l.queue = append(l.queue, queued{b.Clone(), l.blocks[l.next].Before})
		l.next++
	}
	for len(l.queue) > 1 && l.queue[1].at <= from {
		if err := l.addTo(l.carry, l.queue[0].rows); err != nil {
			return err
		}
		l.queue = l.queue[1:]
	}
	return nil
}
