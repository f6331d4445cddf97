// Package shuffle carries exchanges between tasks. A producing task writes the
// partitions of its output through a Writer into its process's Exchange store
// (memory first, spilled to a scratch store); consuming tasks read their
// partition of every producer's output through a Reader, by reference inside a
// process and over gRPC between processes. Each partition carries a row count
// and an order-independent checksum that the reader verifies.
package shuffle

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// OutputID names the output of one attempt of a task. It is opaque here: the
// string form of the attempt's id.
type OutputID string

// Source is where a reader finds one producer's output.
type Source struct {
	ID OutputID
	// Address is the worker that holds it, "" for this process.
	Address string
}

// Store holds the outputs of the tasks that ran in this process until they are
// freed.
type Store interface {
	// Writer begins the output of an attempt with that many partitions. An output
	// can be read while it is written (pipelined exchanges); a reader that comes
	// first waits for it.
	Writer(id OutputID, schema []types.Type, partitions int) (Writer, error)
	// Reader reads one partition of one output held here.
	Reader(ctx context.Context, id OutputID, partition int) (Reader, error)
	// Free drops an output and its files; readers under way fail.
	Free(id OutputID)
	// Close drops everything.
	Close() error
}

// Writer takes one task's output.
type Writer interface {
	// Write appends an owned batch to a partition: the caller will not touch it
	// again. Batches of a partition keep their order.
	Write(ctx context.Context, partition int, b *batch.Batch) error
	// Copies reports whether Write copies batches from now on, so that they need
	// not be owned and the caller may use their memory again.
	Copies() bool
	// Close completes the output. Abort ends it with an error that readers get.
	Close() (Stats, error)
	Abort(err error)
}

// Stats is what an output holds.
type Stats struct {
	Rows, Bytes  int64
	PartBytes    []int64 // per partition
	PartRows     []int64
	SpilledBytes int64
}

// Reader gives the batches of a partition in the order they were written, then
// io.EOF. A lost or damaged output is a *FetchError.
type Reader interface {
	Next(ctx context.Context) (*batch.Batch, error)
	Close() error
}

// Counted is a Reader that may know how many rows it has left to give. It must not
// be asked while Next runs.
type Counted interface {
	RowsLeft() (n int64, known bool)
}

// FetchError says that a producer's output could not be read, so that the
// scheduler recomputes exactly that output. Its diag class is Transient.
type FetchError struct {
	Source Source
	Err    error
}

func (e *FetchError) Error() string {
	s := "reading the output of " + string(e.Source.ID)
	if e.Source.Address != "" {
		s += " from " + e.Source.Address
	}
	return s + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *FetchError) Unwrap() error { return e.Err }
