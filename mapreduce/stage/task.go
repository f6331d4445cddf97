package stage

import (
	"fmt"
	"time"
)

// Task is what a worker is told to run: one attempt with all it needs.
type Task struct {
	Attempt  AttemptID
	Label    string
	Tasks    int // tasks of its stage
	Fragment []byte
	Args     []byte
	Inputs   []TaskInput // in the order of Stage.Inputs
	Memory   int64       // bytes granted; 0 means the worker's own default

	// Durable says that the output must stay readable, any number of times,
	// until it is freed. Otherwise every consumer runs at the same time, reads
	// it once, and the producer may wait for them.
	Durable bool
}

// TaskInput is where one input of a task comes from. Outputs has one entry for
// each task of From, in task order. A Pipelined producer may be starting on its
// worker only now: a reader that arrives first waits for it.
type TaskInput struct {
	From    StageID
	Mode    Mode
	Outputs []Output
}

// Output is where the output of a running or finished attempt is read.
type Output struct {
	Attempt AttemptID
	Worker  WorkerID
	Addr    string // of the worker's data service
}

func (o Output) String() string { return o.Attempt.String() + "@" + string(o.Worker) }

// Stats is what a finished attempt tells about itself.
type Stats struct {
	Rows       int64         // written to its output
	Bytes      int64         // of its output
	CPU        time.Duration // spent by the attempt
	PeakMemory int64         // bytes
	Partitions []int64       // bytes by partition of the output; may be nil
	Detail     []byte        // statistics of its operators, opaque here; may be nil
}

func (s Stats) String() string { return fmt.Sprintf("rows=%d bytes=%d", s.Rows, s.Bytes) }

// FetchError is the error of a task that could not read an input. It names the
// producer, so that exactly that one is run again.
type FetchError struct {
	Producer AttemptID
	Err      error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("reading the output of %v: %v", e.Producer, e.Err)
}

// Unwrap gives the cause.
func (e *FetchError) Unwrap() error { return e.Err }
