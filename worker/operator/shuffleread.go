package operator

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/shuffle"
)

// shuffleRead gives this task's partition of all outputs of a stage: in task
// order if the plan wants that, merged if the outputs are sorted and the order is
// to be kept, as they arrive otherwise.
type shuffleRead struct {
	node    *physical.ShuffleRead
	keys    *sortKeys // nil: no merge
	merge   *runMerge
	env     *Env
	readers []shuffle.Reader
	next    int // reader, in task order
	arrival *arrival
	dicts   sharedDicts
	waited  waited
	rows    int64 // of all readers; -1: not known
}

func newShuffleRead(n *physical.ShuffleRead, _ []Operator, env *Env) (*shuffleRead, error) {
	r := &shuffleRead{node: n, env: env}
	if len(n.Merge) > 0 {
		keys, err := newSortKeys(n.Merge, env)
		if err != nil {
			return nil, err
		}
		r.keys = keys
	}
	return r, nil
}

func (r *shuffleRead) Open(ctx context.Context) error {
	start := time.Now()
	readers, err := r.env.Input(ctx, r.node.From)
	r.waited.since(start)
	r.readers = readers
	if err != nil {
		return err
	}
	r.rows = countRows(readers)
	if r.keys == nil && !r.node.Ordered && len(readers) > 1 {
		r.arrival = startArrival(ctx, readers)
	}
	return nil
}

// countRows is the number of rows of all readers, -1 if it is not known.
func countRows(readers []shuffle.Reader) int64 {
	sum := int64(0)
	for _, in := range readers {
		c, ok := in.(shuffle.Counted)
		if !ok {
			return -1
		}
		n, known := c.RowsLeft()
		if !known {
			return -1
		}
		sum += n
	}
	return sum
}

// rowsLeft is the number of rows, told before the first of them.
func (r *shuffleRead) rowsLeft() (int64, bool) { return r.rows, r.rows >= 0 }

func (r *shuffleRead) Next(ctx context.Context) (*batch.Batch, error) {
	if r.keys != nil && len(r.readers) > 1 {
		return r.nextMerged(ctx)
	}
	for {
		b, err := r.nextAny(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rows() > 0 {
			return r.dicts.share(b), nil
		}
	}
}

func (r *shuffleRead) nextMerged(ctx context.Context) (*batch.Batch, error) {
	if r.merge == nil {
		sources := make([]sortedSource, len(r.readers))
		for i, in := range r.readers {
			sources[i] = sortedReader{in, &r.waited}
		}
		m, err := newMerge(ctx, sources, r.node.Fields.Types(), r.keys, r.env)
		if err != nil {
			return nil, err
		}
		r.merge = m
	}
	return r.merge.next(ctx)
}

// sortedReader is a sorted output. The exchange closes its readers itself.
type sortedReader struct {
	in     shuffle.Reader
	waited *waited
}

func (s sortedReader) next(ctx context.Context) (*batch.Batch, error) {
	defer s.waited.since(time.Now())
	for {
		b, err := s.in.Next(ctx)
		if err != nil || b.Rows() > 0 {
			return b, err
		}
	}
}

func (sortedReader) close() error { return nil }

func (r *shuffleRead) nextAny(ctx context.Context) (*batch.Batch, error) {
	defer r.waited.since(time.Now())
	if r.arrival != nil {
		return r.arrival.Next(ctx)
	}
	for ; r.next < len(r.readers); r.next++ {
		b, err := r.readers[r.next].Next(ctx)
		if err != io.EOF {
			return b, err
		}
	}
	return nil, io.EOF
}

func (r *shuffleRead) Close() error {
	if r.arrival != nil {
		r.arrival.stop()
	}
	var err error
	for _, in := range r.readers {
		if e := in.Close(); err == nil {
			err = e
		}
	}
	return err
}

// report tells how long the outputs of other tasks were waited for, what it took to
// decode spilled and remote ones included.
func (r *shuffleRead) report(s *physical.Stats) {
	s.Waited += int64(r.waited)
	s.Figure("outputs read", int64(len(r.readers)))
}

// arrivals is how many outputs an exchange reads at a time.
const arrivals = 4

// arrival reads several readers at once. Its goroutines end when all readers
// have, at the first error, or at stop, which waits for them.
type arrival struct {
	batches chan *batch.Batch // closed when all goroutines have ended
	cancel  context.CancelCauseFunc
	mu      struct {
		sync.Mutex
		next int // reader
		err  error
	}
}

func startArrival(ctx context.Context, readers []shuffle.Reader) *arrival {
	a := &arrival{batches: make(chan *batch.Batch, arrivals)}
	ctx, a.cancel = context.WithCancelCause(ctx)
	var running sync.WaitGroup
	for range min(arrivals, len(readers)) {
		running.Go(func() { a.fail(a.read(ctx, readers)) })
	}
	go func() { // ends after those it waits for
		running.Wait()
		close(a.batches)
	}()
	return a
}

// read takes one reader after the other to its end.
func (a *arrival) read(ctx context.Context, readers []shuffle.Reader) error {
	for {
		a.mu.Lock()
		i := a.mu.next
		a.mu.next++
		a.mu.Unlock()
		if i >= len(readers) {
			return nil
		}
		for {
			b, err := readers[i].Next(ctx)
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			select {
			case a.batches <- b:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// fail keeps the first error and ends the other goroutines.
func (a *arrival) fail(err error) {
	if err == nil {
		return
	}
	a.mu.Lock()
	if a.mu.err == nil {
		a.mu.err = err
	}
	a.mu.Unlock()
	a.cancel(err)
}

func (a *arrival) Next(ctx context.Context) (*batch.Batch, error) {
	select {
	case b, ok := <-a.batches:
		if ok {
			return b, nil
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mu.err != nil {
		return nil, a.mu.err
	}
	return nil, io.EOF
}

func (a *arrival) stop() {
	a.cancel(context.Canceled)
	for range a.batches {
	}
}
