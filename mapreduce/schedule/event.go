package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// Event is something that happened. It prints itself as one line. All events
// are idempotent: what is stale or said twice changes nothing.
type Event interface {
	fmt.Stringer
	event()
}

// JobSubmitted brings a new job. Its id must not have been used before.
type JobSubmitted struct{ Job stage.Job }

// JobCancelled ends a job that has not ended yet.
type JobCancelled struct{ Job stage.JobID }

// JobReleased says that nobody will read the job's result any more. A job that
// has not ended is cancelled. The scheduler forgets the job.
type JobReleased struct{ Job stage.JobID }

// WorkerJoined says that a worker is ready, and what it has: a new worker has
// nothing, one that comes back after a broken connection or to a restarted
// master reports its attempts. What the scheduler expects of the worker and the
// worker does not report is lost; what it reports beyond that is ended.
type WorkerJoined struct {
	ID       stage.WorkerID
	Addr     string // of its data service
	Slots    int
	Memory   int64 // bytes for tasks; 0 means uncounted
	Draining bool
	Running  []stage.AttemptID
	Done     []DoneAttempt // finished, output held
}

// DoneAttempt is a finished attempt in a WorkerJoined.
type DoneAttempt struct {
	Attempt stage.AttemptID
	Stats   stage.Stats
}

// WorkerLost says that a worker will not be heard of again.
type WorkerLost struct{ ID stage.WorkerID }

// WorkerDraining says that a worker is to get no new tasks from now on. It
// keeps its outputs until they are freed.
type WorkerDraining struct{ ID stage.WorkerID }

// TaskDone says that an attempt finished and its output is complete.
type TaskDone struct {
	Attempt stage.AttemptID
	Stats   stage.Stats
}

// TaskFailed says that an attempt ended without an output. Err must have no
// cause of its own (Err.Err), because events are written down.
type TaskFailed struct {
	Attempt stage.AttemptID
	Err     *diag.Error
}

// TaskStopped says that an attempt ended because it was cancelled.
type TaskStopped struct{ Attempt stage.AttemptID }

// FetchFailed says that Reader ended because it could not read the output of
// Producer. The zero Reader is the client reading a root output.
type FetchFailed struct {
	Reader, Producer stage.AttemptID
}

// TaskProgress is for people: it changes what Progress shows and no decision,
// so it need not be written down.
type TaskProgress struct {
	Attempt  stage.AttemptID
	Fraction float64 // done, 0 to 1
	Rows     int64
}

// Tick tells the time. It must come before any event whose handling depends on
// the time (TaskFailed, FetchFailed) and at the time WakeAt names.
type Tick struct{ Now time.Time }

func (JobSubmitted) event()   {}
func (JobCancelled) event()   {}
func (JobReleased) event()    {}
func (WorkerJoined) event()   {}
func (WorkerLost) event()     {}
func (WorkerDraining) event() {}
func (TaskDone) event()       {}
func (TaskFailed) event()     {}
func (TaskStopped) event()    {}
func (FetchFailed) event()    {}
func (TaskProgress) event()   {}
func (Tick) event()           {}

// String lists the stages as "id:tasks", "<-" and the inputs, a pipelined one
// with "~".
func (e JobSubmitted) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "job-submitted %s", e.Job.ID)
	for _, s := range e.Job.Stages {
		fmt.Fprintf(&b, " %d:%d", s.ID, s.Tasks)
		if s.Memory > 0 {
			fmt.Fprintf(&b, "*%d", s.Memory)
		}
		for i, in := range s.Inputs {
			b.WriteString([]string{"<-", ","}[min(i, 1)])
			if in.Mode == stage.Pipelined {
				b.WriteByte('~')
			}
			fmt.Fprint(&b, in.From)
		}
	}
	return b.String()
}

func (e JobCancelled) String() string { return "job-cancelled " + string(e.Job) }
func (e JobReleased) String() string  { return "job-released " + string(e.Job) }

func (e WorkerJoined) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "worker-joined %s slots=%d memory=%d", e.ID, e.Slots, e.Memory)
	if e.Draining {
		b.WriteString(" draining")
	}
	for _, a := range e.Running {
		fmt.Fprintf(&b, " running=%v", a)
	}
	for _, a := range e.Done {
		fmt.Fprintf(&b, " done=%v", a.Attempt)
	}
	return b.String()
}

func (e WorkerLost) String() string     { return "worker-lost " + string(e.ID) }
func (e WorkerDraining) String() string { return "worker-draining " + string(e.ID) }
func (e TaskDone) String() string       { return fmt.Sprintf("task-done %v %v", e.Attempt, e.Stats) }

func (e TaskStopped) String() string { return fmt.Sprintf("task-stopped %v", e.Attempt) }
func (e TaskFailed) String() string {
	return fmt.Sprintf("task-failed %v %v %q", e.Attempt, e.Err.Class, e.Err.Error())
}

func (e FetchFailed) String() string {
	reader := "client"
	if !e.Reader.IsZero() {
		reader = e.Reader.String()
	}
	return fmt.Sprintf("fetch-failed %s from %v", reader, e.Producer)
}

func (e TaskProgress) String() string {
	return fmt.Sprintf("task-progress %v %.0f%% rows=%d", e.Attempt, 100*e.Fraction, e.Rows)
}

func (e Tick) String() string { return "tick " + e.Now.UTC().Format(time.RFC3339Nano) }
