package shuffle

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

// output is one task's output. Its entries only ever grow at the end; spilling
// replaces an entry's batch by its place in the file. The file can be read once
// it has been committed, when the writer closes: until then readers that come
// to a spilled entry wait, which holds nobody up because writers wait for no
// reader.
type output struct {
	store  *MemoryStore
	id     OutputID
	schema []types.Type
	mu     struct {
		sync.Mutex
		begun      bool
		closed     bool
		committed  bool // the spill file can be opened
		err        error
		partitions []partition
		held       int64 // bytes reserved
		file       store.Reader
		changed    chan struct{} // closed and replaced at every change
	}
}

type partition struct{ entries []entry }

// entry is a batch in memory, or a frame in the spill file.
type entry struct {
	batch    *batch.Batch
	off, len int64
	rows     int
}

func newOutput(s *MemoryStore, id OutputID) *output {
	o := &output{store: s, id: id}
	o.mu.changed = make(chan struct{})
	return o
}

// wake tells all waiting readers to look again; o.mu must be held.
func (o *output) wake() {
	close(o.mu.changed)
	o.mu.changed = make(chan struct{})
}

func (o *output) begin(schema []types.Type, partitions int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.begun || o.mu.err != nil {
		return false
	}
	o.schema = schema
	o.mu.begun = true
	o.mu.partitions = make([]partition, partitions)
	o.wake()
	return true
}

// wait calls ready, with o.mu held, until it gives true or an error. It fails
// when the output does, or when nobody begins it in time.
func (o *output) wait(ctx context.Context, ready func() (bool, error)) error {
	var patience <-chan time.Time
	for {
		o.mu.Lock()
		if o.mu.err != nil {
			defer o.mu.Unlock()
			return o.store.fetchError(o.id, o.mu.err)
		}
		ok, err := ready()
		changed, begun := o.mu.changed, o.mu.begun
		o.mu.Unlock()
		if ok || err != nil {
			return err
		}
		if !begun && patience == nil && o.store.opts.Patience > 0 {
			t := time.NewTimer(o.store.opts.Patience)
			defer t.Stop()
			patience = t.C
		}
		if begun {
			patience = nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		case <-patience:
			return o.store.fetchError(o.id, fmt.Errorf("nobody has begun it for %s", o.store.opts.Patience))
		}
	}
}

// fail makes the output unreadable, once, and gives its memory back.
func (o *output) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mu.err != nil {
		return
	}
	o.mu.err = err
	o.mu.partitions = nil
	o.store.reserve(-o.mu.held)
	o.mu.held = 0
	o.wake()
}

// free is fail that also drops the file.
func (o *output) free(err error) {
	o.fail(err)
	o.mu.Lock()
	committed := o.mu.committed
	if o.mu.file != nil {
		o.mu.file.Close()
		o.mu.file = nil
	}
	o.mu.committed = false
	o.mu.Unlock()
	if committed {
		// A file that cannot be removed is left to the cleaning of the scratch
		// directory; the output is gone for its readers in any case.
		_ = o.store.opts.Scratch.Remove(context.Background(), o.path())
	}
}

func (o *output) path() string {
	name := []byte(o.id)
	for i, c := range name {
		if c == '/' || c == '\\' || c == ':' {
			name[i] = '_'
		}
	}
	return o.store.opts.Dir + "/" + string(name) + ".shuffle"
}
