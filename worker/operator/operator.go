// Package operator holds the vectorized operators: each physical node has one
// operator of its name, in a file of its own, built by the builders table.
package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/worker/memory"
)

// Operator yields batches until io.EOF. A batch is valid until the next call.
// Next is never called concurrently. Close may follow Open at any point, once.
type Operator interface {
	Open(ctx context.Context) error
	Next(ctx context.Context) (*batch.Batch, error)
	Close() error
}

// Env is what the operators of one task may use of their process.
type Env struct {
	Functions *udf.Registry
	Session   *udf.Session
	Memory    *memory.Budget
	// Files holds table data, of which Parquet knows some; Scratch takes spilled runs, below ScratchDir, which
	// belongs to this attempt of the task alone.
	Files      store.Store
	Parquet    *parquet.Cache
	Scratch    store.Store
	ScratchDir string
	// BatchRows is the number of rows operators aim for.
	BatchRows int
	// Task and Tasks are this task's index in its stage and the stage's size.
	Task, Tasks int
	// Splits are this task's splits by scan ID.
	Splits map[int][]physical.Split
	// Input opens this task's partition of the outputs of all tasks of a stage,
	// in task order.
	Input func(ctx context.Context, stage int) ([]shuffle.Reader, error)
	// Output is where the task's ShuffleWrite goes.
	Output shuffle.Writer
	// Shared finds or makes a value that all tasks of the stage in this process
	// share (a broadcast hash table); make runs once. The value is released when
	// the last task that asked for it has finished.
	Shared func(key string, make func() (any, error)) (any, error)
	// FileName gives a name, unique for ever, for a data file this attempt writes.
	FileName func() string
	// Programs runs user MapReduce code.
	Programs Programs
	// Filters are the runtime filters that this task's joins publish for its
	// scans. Nil is fine; the first join makes it.
	Filters *Filters
	// ForbidScripts keeps SELECT TRANSFORM from running programs.
	ForbidScripts bool
	// SpillAlways makes blocking operators spill at every opportunity (tests).
	SpillAlways bool

	runs         int // files named so far in ScratchDir
	aggregations int // made so far
}

// batchRows is BatchRows, or the usual number if that is not set.
func (e *Env) batchRows() int {
	if e.BatchRows > 0 {
		return e.BatchRows
	}
	return batch.TargetRows
}

// reserve brings a reservation to n bytes. Up to a floor that works always: with
// less, an operator whose neighbours hold the whole budget would spill a file a
// batch.
func (e *Env) reserve(mem *memory.Reservation, n int64) bool {
	if mem.Resize(n) {
		return true
	}
	if n > min(e.Memory.Limit()/16, 4<<20) {
		return false
	}
	mem.Must(n - mem.Held())
	return true
}

// Programs opens the user code of Map and Reduce nodes: registered in this
// process, or a subprocess of the worker.
type Programs interface {
	// Open starts the side of program p that the node n stands for.
	Open(ctx context.Context, p physical.Program, n physical.Node) (UserCode, error)
}

// UserCode is a running mapper or reducer.
type UserCode interface {
	// Push hands over input; Push(nil) ends it. Pull gives output batches and
	// io.EOF at the end. Push and Pull are called alternately from one goroutine;
	// Pull returns nil without error when more input is needed first.
	Push(ctx context.Context, b *batch.Batch) error
	Pull(ctx context.Context) (*batch.Batch, error)
	Close() error
}

// Types of a node's output columns.
func schemaTypes(n physical.Node) []types.Type { return n.Schema().Types() }
