package shuffle

import (
	"bufio"
	"context"
	"fmt"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/table/store"
)

// memoryWriter fills an output. Once memory was refused it writes everything
// held and everything that follows to the output's file.
type memoryWriter struct {
	o     *output
	stats Stats
	dicts map[*batch.Column]bool // shared dictionaries already accounted for
	file  store.Writer
	buf   *bufio.Writer
	off   int64
	frame []byte
	done  bool
}

// spillBuffer is the bytes collected before they go to the file.
const spillBuffer = 1 << 20

func (w *memoryWriter) Write(ctx context.Context, p int, b *batch.Batch) error {
	b = b.Dense()
	size := w.size(b)
	w.stats.Rows += int64(b.N)
	w.stats.Bytes += size
	w.stats.PartRows[p] += int64(b.N)
	w.stats.PartBytes[p] += size
	if w.file == nil && !w.o.store.reserve(size) {
		if err := w.spill(ctx); err != nil {
			return err
		}
	}
	e := entry{batch: b, rows: b.N}
	if w.file != nil {
		size = 0
		if err := w.append(&e); err != nil {
			return err
		}
	}
	o := w.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.err != nil {
		o.store.reserve(-size)
		return fmt.Errorf("writing output %s: %w", o.id, o.mu.err)
	}
	o.mu.held += size
	o.mu.partitions[p].entries = append(o.mu.partitions[p].entries, e)
	o.wake()
	return nil
}

// Copies reports whether the output is in its file.
func (w *memoryWriter) Copies() bool { return w.file != nil }

// size is the bytes b adds: a dictionary that batches share counts once.
func (w *memoryWriter) size(b *batch.Batch) int64 {
	n := int64(64)
	for _, c := range b.Columns {
		if c.Enc == batch.Dict {
			if w.dicts[c.Dict] {
				n += 4*int64(c.N) + 8*int64(len(c.Valid))
				continue
			}
			w.dicts[c.Dict] = true
		}
		n += c.Size()
	}
	return n
}

// spill opens the file and moves everything held to it, partition by partition.
func (w *memoryWriter) spill(ctx context.Context) error {
	o := w.o
	if o.store.opts.Scratch == nil {
		return fmt.Errorf("shuffle: output %s exceeds its memory and there is no scratch store", o.id)
	}
	f, err := o.store.opts.Scratch.Create(ctx, o.path())
	if err != nil {
		return fmt.Errorf("spilling output %s: %w", o.id, err)
	}
	w.file, w.buf = f, o.store.buffer(f)
	o.mu.Lock()
	partitions := o.mu.partitions // only this goroutine appends to it
	o.mu.Unlock()
	for p := range partitions {
		moved := append([]entry(nil), partitions[p].entries...)
		for i := range moved {
			if err := w.append(&moved[i]); err != nil {
				return err
			}
		}
		o.mu.Lock()
		if o.mu.err == nil {
			o.mu.partitions[p].entries = moved
		}
		o.mu.Unlock()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.store.reserve(-o.mu.held)
	o.mu.held = 0
	clear(w.dicts)
	return nil
}

// buffer gives a buffer for writing to f.
func (s *MemoryStore) buffer(f store.Writer) *bufio.Writer {
	if b, ok := s.buffers.Get().(*bufio.Writer); ok {
		b.Reset(f)
		return b
	}
	return bufio.NewWriterSize(f, spillBuffer)
}

// append writes e's batch to the file and leaves its place in e.
func (w *memoryWriter) append(e *entry) error {
	pieces := w.encode(e.batch)
	start, size := time.Now(), 0
	for _, p := range pieces {
		if _, err := w.buf.Write(p); err != nil {
			return fmt.Errorf("spilling output %s: %w", w.o.id, err)
		}
		size += len(p)
	}
	w.o.store.pace.wrote(size, time.Since(start))
	e.batch, e.off, e.len = nil, w.off, int64(size)
	w.off += e.len
	w.stats.SpilledBytes += e.len
	return nil
}

// encode gives b's frame in pieces.
func (w *memoryWriter) encode(b *batch.Batch) [][]byte {
	pace := &w.o.store.pace
	if !w.o.store.opts.Compress || !pace.packs() {
		return wire.Segments(b)
	}
	w.frame = wire.Append(w.frame[:0], b)
	size, start := len(w.frame), time.Now()
	w.frame = wire.Pack(w.frame)
	pace.packed(size, len(w.frame), time.Since(start))
	return [][]byte{w.frame}
}

func (w *memoryWriter) Close() (Stats, error) {
	w.done = true
	if w.file != nil {
		if err := w.commit(); err != nil {
			err = fmt.Errorf("spilling output %s: %w", w.o.id, err)
			w.o.fail(err)
			return w.stats, err
		}
	}
	o := w.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.err != nil {
		if w.file != nil { // freed meanwhile, perhaps before the file existed
			_ = o.store.opts.Scratch.Remove(context.Background(), o.path())
		}
		return w.stats, fmt.Errorf("writing output %s: %w", o.id, o.mu.err)
	}
	o.mu.closed = true
	o.mu.committed = w.file != nil
	o.wake()
	return w.stats, nil
}

func (w *memoryWriter) commit() error {
	err := w.buf.Flush()
	w.buf.Reset(nil)
	w.o.store.buffers.Put(w.buf)
	w.buf = nil
	if err == nil {
		err = w.file.Commit()
	}
	if cerr := w.file.Close(); err == nil {
		err = cerr
	}
	return err
}

func (w *memoryWriter) Abort(err error) {
	if w.done {
		return
	}
	w.done = true
	if w.file != nil {
		w.file.Close() // without Commit nothing is left behind
	}
	w.o.fail(fmt.Errorf("its task failed: %w", err))
}
