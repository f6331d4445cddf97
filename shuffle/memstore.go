package shuffle

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

// Reserver is the memory outputs may take, in bytes. Grow reports whether n
// more bytes may be used; with a negative n it gives them back and cannot fail.
// Calls are serialised. A *memory.Reservation is one.
type Reserver interface {
	Grow(n int64) bool
}

// Options of a MemoryStore.
type Options struct {
	// Memory bounds what outputs hold by reference; nil: no bound, no spilling.
	Memory Reserver
	// Scratch takes what exceeds it, one file an output, below Dir.
	Scratch store.Store
	Dir     string
	// Compress packs batches that are sent elsewhere as S2 blocks, and spilled ones
	// where their file is slower than that.
	Compress bool
	// Patience is how long a reader waits for an output that nobody has begun
	// before it takes it for lost; 0: as long as its context lasts.
	Patience time.Duration
}

// MemoryStore is a Store that keeps outputs in memory by reference and spills
// an output to a scratch file when the memory is used up.
type MemoryStore struct {
	opts Options
	mu   struct {
		sync.Mutex
		outputs map[OutputID]*output
		closed  bool
	}
	memory sync.Mutex // serialises opts.Memory
	pace   pace
	// buffers are *bufio.Writers of outputs that were written to their file.
	buffers sync.Pool
}

// NewMemoryStore makes an empty store.
func NewMemoryStore(opts Options) *MemoryStore {
	s := &MemoryStore{opts: opts}
	s.mu.outputs = map[OutputID]*output{}
	return s
}

var errClosed = fmt.Errorf("the shuffle store is closed")

// Writer is Store.Writer.
func (s *MemoryStore) Writer(id OutputID, schema []types.Type, partitions int) (Writer, error) {
	if partitions < 1 {
		return nil, fmt.Errorf("shuffle: output %s of %d partitions", id, partitions)
	}
	o, err := s.output(id)
	if err != nil {
		return nil, err
	}
	if !o.begin(schema, partitions) {
		return nil, fmt.Errorf("shuffle: output %s exists", id)
	}
	return &memoryWriter{o: o, stats: Stats{PartBytes: make([]int64, partitions), PartRows: make([]int64, partitions)},
		dicts: map[*batch.Column]bool{}}, nil
}

// Reader is Store.Reader. It does not wait; the reader's Next does.
func (s *MemoryStore) Reader(_ context.Context, id OutputID, partition int) (Reader, error) {
	o, err := s.output(id)
	if err != nil {
		return nil, s.fetchError(id, err)
	}
	return &memoryReader{o: o, partition: partition}, nil
}

// Schema is the types of an output's columns; it waits until the output has
// been begun. The service needs it, local readers do not.
func (s *MemoryStore) Schema(ctx context.Context, id OutputID) ([]types.Type, error) {
	o, err := s.output(id)
	if err != nil {
		return nil, s.fetchError(id, err)
	}
	err = o.wait(ctx, func() (bool, error) { return o.mu.begun, nil })
	return o.schema, err
}

// output finds the record of id, or makes it.
func (s *MemoryStore) output(id OutputID) (*output, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.closed {
		return nil, errClosed
	}
	o := s.mu.outputs[id]
	if o == nil {
		o = newOutput(s, id)
		s.mu.outputs[id] = o
	}
	return o, nil
}

// Free is Store.Free.
func (s *MemoryStore) Free(id OutputID) {
	s.mu.Lock()
	o := s.mu.outputs[id]
	delete(s.mu.outputs, id)
	s.mu.Unlock()
	if o != nil {
		o.free(fmt.Errorf("the output has been freed"))
	}
}

// Close is Store.Close.
func (s *MemoryStore) Close() error {
	s.mu.Lock()
	all := s.mu.outputs
	s.mu.outputs, s.mu.closed = nil, true
	s.mu.Unlock()
	for _, o := range all {
		o.free(errClosed)
	}
	return nil
}

// reserve takes n bytes, or gives back -n.
func (s *MemoryStore) reserve(n int64) bool {
	if s.opts.Memory == nil || n == 0 {
		return true
	}
	s.memory.Lock()
	defer s.memory.Unlock()
	return s.opts.Memory.Grow(n)
}

func (s *MemoryStore) fetchError(id OutputID, err error) *FetchError {
	return NewFetchError(Source{ID: id}, err)
}

// NewFetchError says that an output could not be read because of err.
func NewFetchError(src Source, err error) *FetchError {
	return &FetchError{Source: src, Err: diag.Errorf(diag.CodeFetch, diag.Pos{}, "the output cannot be read").WithCause(err)}
}
