package schedule

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// Action is something the master must carry out. It prints itself as one line.
// Actions for one worker must reach it in order; those that a broken connection
// swallows are made good by the worker's next WorkerJoined.
type Action interface {
	fmt.Stringer
	action()
}

// StartTask starts an attempt. Inputs are in the order of the stage's inputs;
// their Outputs are shared between actions and must not be changed.
type StartTask struct {
	Attempt stage.AttemptID
	Worker  stage.WorkerID
	Inputs  []stage.TaskInput
	Memory  int64 // bytes granted; 0 on a worker that does not count memory
	Durable bool
}

// CancelTask stops an attempt and drops whatever it has written.
type CancelTask struct {
	Attempt stage.AttemptID
	Worker  stage.WorkerID
}

// FreeOutput drops the output of a finished attempt.
type FreeOutput struct {
	Attempt stage.AttemptID
	Worker  stage.WorkerID
}

// FinishJob ends a job, with nil when all root outputs are there. A job that
// ended well may end a second time, with an error, when a root output was lost
// before the job was released and could not be rebuilt.
type FinishJob struct {
	Job stage.JobID
	Err *diag.Error
}

func (StartTask) action()  {}
func (CancelTask) action() {}
func (FreeOutput) action() {}
func (FinishJob) action()  {}

// String lists the inputs as the stage and the outputs, a pipelined one with "~".
func (a StartTask) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "start %v on %s", a.Attempt, a.Worker)
	if a.Memory > 0 {
		fmt.Fprintf(&b, " memory=%d", a.Memory)
	}
	if !a.Durable {
		b.WriteString(" streaming")
	}
	for _, in := range a.Inputs {
		mode := ""
		if in.Mode == stage.Pipelined {
			mode = "~"
		}
		fmt.Fprintf(&b, " %s%d=%v", mode, in.From, in.Outputs)
	}
	return b.String()
}

func (a CancelTask) String() string { return fmt.Sprintf("cancel %v on %s", a.Attempt, a.Worker) }
func (a FreeOutput) String() string { return fmt.Sprintf("free %v on %s", a.Attempt, a.Worker) }

func (a FinishJob) String() string {
	if a.Err == nil {
		return fmt.Sprintf("finish %s ok", a.Job)
	}
	return fmt.Sprintf("finish %s %v %q", a.Job, a.Err.Class, a.Err.Error())
}
