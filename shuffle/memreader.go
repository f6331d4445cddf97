package shuffle

import (
	"context"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle/wire"
)

// memoryReader reads a partition of an output of this process: batches in
// memory are handed on by reference, spilled ones are read and verified.
type memoryReader struct {
	o         *output
	partition int
	next      int // entry
}

func (r *memoryReader) Next(ctx context.Context) (*batch.Batch, error) {
	e, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	if e.batch != nil {
		return e.batch, nil
	}
	return r.read(ctx, e)
}

// RowsLeft counts the rows of an output that is complete.
func (r *memoryReader) RowsLeft() (n int64, known bool) {
	mu := &r.o.mu
	mu.Lock()
	defer mu.Unlock()
	if !mu.closed || mu.err != nil || r.partition >= len(mu.partitions) {
		return 0, false
	}
	for _, e := range mu.partitions[r.partition].entries[r.next:] {
		n += int64(e.rows)
	}
	return n, true
}

// take waits for the next entry and goes past it.
func (r *memoryReader) take(ctx context.Context) (entry, error) {
	var e entry
	err := r.o.wait(ctx, func() (bool, error) { return r.entry(&e) })
	if err == nil {
		r.next++
	}
	return e, err
}

// entry gives the next entry if it can be read now; o.mu is held.
func (r *memoryReader) entry(e *entry) (bool, error) {
	mu := &r.o.mu
	if !mu.begun {
		return false, nil
	}
	if r.partition >= len(mu.partitions) {
		return false, fmt.Errorf("shuffle: output %s has no partition %d", r.o.id, r.partition)
	}
	entries := mu.partitions[r.partition].entries
	if r.next >= len(entries) {
		if mu.closed {
			return false, io.EOF
		}
		return false, nil
	}
	*e = entries[r.next]
	return e.batch != nil || mu.committed, nil
}

func (r *memoryReader) read(ctx context.Context, e entry) (*batch.Batch, error) {
	frame, err := r.frame(ctx, e)
	if err != nil {
		return nil, r.o.store.fetchError(r.o.id, err)
	}
	b, _, err := wire.Decode(frame, r.o.schema)
	if err == nil && b.N != e.rows {
		err = fmt.Errorf("%w: %d rows instead of %d", wire.ErrDamaged, b.N, e.rows)
	}
	if err != nil {
		return nil, r.o.store.fetchError(r.o.id, err)
	}
	return b, nil
}

// frame reads the bytes of a spilled entry. The file is opened by the first
// reader and closed when the output is freed.
func (r *memoryReader) frame(ctx context.Context, e entry) ([]byte, error) {
	o := r.o
	o.mu.Lock()
	if o.mu.err == nil && o.mu.file == nil {
		f, err := o.store.opts.Scratch.Open(ctx, o.path())
		if err != nil {
			o.mu.Unlock()
			return nil, err
		}
		o.mu.file = f
	}
	f, err := o.mu.file, o.mu.err
	o.mu.Unlock()
	if err != nil {
		return nil, err
	}
	buf := batch.Room(int(e.len))
	if n, err := f.ReadAt(buf, e.off); n < len(buf) {
		return nil, err
	}
	return buf, nil
}

func (r *memoryReader) Close() error { return nil }
