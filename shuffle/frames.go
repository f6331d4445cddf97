package shuffle

import (
	"context"

	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/sql/types"
)

// Transport reads outputs wherever they are.
type Transport interface {
	// Open gives a reader of one partition of an output. It may return before
	// the holder has been reached; the reader's Next then fails.
	Open(ctx context.Context, src Source, partition int) (Reader, error)
}

// Frames reads a partition of an output of this process in wire form, for
// sending it elsewhere: batches in memory are encoded by reference, spilled ones
// are passed on as they are in the file. The receiver verifies the frames.
type Frames struct {
	r        memoryReader
	compress bool
}

// Frames opens a partition in wire form. It waits until the output has been
// begun and gives the column types too.
func (s *MemoryStore) Frames(ctx context.Context, id OutputID, partition int) (*Frames, []types.Type, error) {
	schema, err := s.Schema(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	o, err := s.output(id)
	if err != nil {
		return nil, nil, s.fetchError(id, err)
	}
	return &Frames{r: memoryReader{o: o, partition: partition}, compress: s.opts.Compress}, schema, nil
}

// Next gives the pieces of the next frame, which must not be changed, and its
// rows; io.EOF at the end.
func (f *Frames) Next(ctx context.Context) ([][]byte, int, error) {
	e, err := f.r.take(ctx)
	if err != nil {
		return nil, 0, err
	}
	if e.batch == nil {
		frame, err := f.r.frame(ctx, e)
		if err != nil {
			return nil, 0, f.r.o.store.fetchError(f.r.o.id, err)
		}
		if f.compress {
			frame = wire.Pack(frame)
		}
		return [][]byte{frame}, e.rows, nil
	}
	if f.compress {
		return [][]byte{wire.Pack(wire.Append(nil, e.batch))}, e.rows, nil
	}
	return wire.Segments(e.batch), e.rows, nil
}

// Ready reports whether Next would not wait.
func (f *Frames) Ready() bool {
	f.r.o.mu.Lock()
	defer f.r.o.mu.Unlock()
	var e entry
	ok, _ := f.r.entry(&e)
	return ok
}
