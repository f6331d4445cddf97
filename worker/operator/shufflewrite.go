package operator

import (
	"context"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// shuffleWrite spreads its input over the partitions of env.Output and gives no
// batch. It writes full batches: the rows of a partition are collected until
// there are enough. The task that owns env.Output closes it, or aborts it after
// an error.
type shuffleWrite struct {
	input
	node    *physical.ShuffleWrite
	env     *Env
	types   []types.Type
	keys    *exprList
	memory  *memory.Reservation
	parts   []partBuilder
	held    []int64 // bytes of each part
	total   int64
	turn    int          // RoundRobin: the partition of the next batch
	ranges  *rangeRouter // Range
	hasher  batch.Hasher
	hashes  []uint64
	targets []int32 // partition of each row
	ends    []int32 // per partition, where its rows end in order
	order   []int32 // rows sorted by partition, in their order
	waited  waited
}

// flushBytes is the size at which the rows collected for a partition are written.
const flushBytes = 1 << 20

func newShuffleWrite(n *physical.ShuffleWrite, in []Operator, env *Env) (*shuffleWrite, error) {
	keys, err := compileList(n.Keys, env)
	if err != nil {
		return nil, err
	}
	w := &shuffleWrite{input: input{in[0]}, node: n, env: env, types: schemaTypes(n), keys: keys,
		turn: env.Task % max(n.Partitions, 1)}
	if n.Kind == physical.Range && n.Partitions > 1 {
		w.ranges, err = newRangeRouter(n, env)
	}
	return w, err
}

func (w *shuffleWrite) Open(ctx context.Context) error {
	w.memory = w.env.Memory.Reserve("exchange")
	n := 1
	if w.spreads() {
		n = w.node.Partitions
	}
	w.parts = make([]partBuilder, n)
	for i := range w.parts {
		w.parts[i].init(w.types)
	}
	w.held = make([]int64, n)
	w.ends = make([]int32, n)
	return w.in.Open(ctx)
}

// spreads reports whether the rows of one batch go to different partitions.
func (w *shuffleWrite) spreads() bool {
	return w.node.Partitions > 1 && (w.node.Kind == physical.Hash || w.ranges != nil)
}

func (w *shuffleWrite) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := w.in.Next(ctx)
		if err == io.EOF {
			if err := w.flushAll(ctx); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if w.spreads() {
			err = w.spread(ctx, b)
		} else {
			err = w.collect(ctx, b)
		}
		if err != nil {
			return nil, err
		}
	}
}

// collect takes a batch whose rows stay together. Large batches need not be
// put together from others.
func (w *shuffleWrite) collect(ctx context.Context, b *batch.Batch) error {
	if w.parts[0].rows == 0 && b.Rows() >= w.env.batchRows()/2 {
		if !w.env.Output.Copies() {
			b = b.Clone()
		}
		return w.send(ctx, b)
	}
	return w.add(ctx, 0, b, b.Sel)
}

// spread sorts the rows of b by partition and adds them to these.
func (w *shuffleWrite) spread(ctx context.Context, b *batch.Batch) error {
	n := b.Rows()
	if cap(w.order) < n {
		w.order, w.targets = make([]int32, n), make([]int32, n)
	}
	w.order, w.targets = w.order[:n], w.targets[:n]
	if w.ranges != nil {
		if err := w.ranges.route(b, w.targets); err != nil {
			return err
		}
	} else {
		keys, err := w.keys.eval(b)
		if err != nil {
			return err
		}
		w.hashes = w.hasher.Hash(keys, n, w.hashes)
		for i, h := range w.hashes[:n] {
			w.targets[i] = int32(batch.PartitionOf(h, len(w.ends)))
		}
	}
	w.sortRows(b.Sel)
	from := int32(0)
	for p, end := range w.ends {
		if end > from {
			if err := w.add(ctx, p, b, w.order[from:end]); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

// sortRows fills order with the rows (positions in the batch) by partition.
func (w *shuffleWrite) sortRows(sel []int32) {
	clear(w.ends)
	for _, p := range w.targets {
		w.ends[p]++
	}
	sum := int32(0)
	for p, k := range w.ends {
		w.ends[p] = sum
		sum += k
	}
	if sel == nil {
		for i, p := range w.targets {
			w.order[w.ends[p]] = int32(i)
			w.ends[p]++
		}
		return
	}
	for i, p := range w.targets {
		w.order[w.ends[p]] = sel[i]
		w.ends[p]++
	}
}

// add appends rows (nil: all) of b to partition p and writes it when it is full.
func (w *shuffleWrite) add(ctx context.Context, p int, b *batch.Batch, rows []int32) error {
	part := &w.parts[p]
	if part.rows >= w.env.batchRows()/4 && part.changesDictionary(b) {
		if err := w.flush(ctx, p, true); err != nil {
			return err
		}
	}
	part.add(b, rows)
	size := part.size()
	w.total += size - w.held[p]
	w.held[p] = size
	if part.rows >= w.env.batchRows() || size >= flushBytes {
		return w.flush(ctx, p, true)
	}
	if w.total > w.memory.Held() && !w.memory.Resize(w.total+w.total/8) {
		return w.flushAll(ctx)
	}
	return nil
}

// flushAll writes what is collected and keeps no memory.
func (w *shuffleWrite) flushAll(ctx context.Context) error {
	for p := range w.parts {
		if err := w.flush(ctx, p, false); err != nil {
			return err
		}
	}
	w.memory.Resize(0)
	return nil
}

// flush writes what partition p has collected; more says that more rows will come.
func (w *shuffleWrite) flush(ctx context.Context, p int, more bool) error {
	if w.parts[p].rows == 0 {
		return nil
	}
	b, size := w.parts[p].finish(), w.held[p]
	w.total -= size
	w.held[p] = 0
	copied := w.env.Output.Copies()
	var err error
	if w.spreads() {
		err = w.write(ctx, p, b)
	} else {
		err = w.send(ctx, b)
	}
	if more && copied && size <= flushBytes/2 { // else the room alone would make the next batch full
		w.parts[p].reuse(b)
	}
	return err
}

// write hands an owned batch to the exchange, which may have it wait for readers.
func (w *shuffleWrite) write(ctx context.Context, p int, b *batch.Batch) error {
	defer w.waited.since(time.Now())
	return w.env.Output.Write(ctx, p, b)
}

// send writes an owned batch to where batches that stay together go: to
// partition 0, which all consumers of a Gather or Broadcast read, or in turn.
func (w *shuffleWrite) send(ctx context.Context, b *batch.Batch) error {
	p := 0
	if w.node.Kind == physical.RoundRobin {
		p = w.turn
		w.turn = (p + 1) % max(w.node.Partitions, 1)
	}
	return w.write(ctx, p, b)
}

func (w *shuffleWrite) Close() error {
	if w.memory != nil {
		w.memory.Free()
	}
	w.parts = nil
	return w.in.Close()
}

// Usage is the memory the collected rows took.
func (w *shuffleWrite) Usage() (peak, spilled int64) { return w.memory.Peak(), 0 }

func (w *shuffleWrite) report(s *physical.Stats) { s.Waited += int64(w.waited) }
