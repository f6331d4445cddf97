package schedule

import (
	"fmt"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// The state below is plain data, so that a snapshot is its JSON. What can be
// counted is kept as counts, so that a step on a wide job stays cheap; setState
// is the one place that changes them.

// JobState says how far a job has come.
type JobState uint8

const (
	// Running includes waiting for workers.
	Running JobState = iota
	Succeeded
	Failed
	Cancelled
)

func (s JobState) String() string {
	if int(s) < 4 {
		return [...]string{"running", "succeeded", "failed", "cancelled"}[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

type job struct {
	Spec   stage.Job
	State  JobState
	Err    *diag.Error
	Stages []stageState
	Groups []group // by their first stage
	Ending int     // attempts that are
}

// live reports whether the job may still start tasks: a job that succeeded may
// have to rebuild a root output.
func (j *job) live() bool { return j.State == Running || j.State == Succeeded }

type stageState struct {
	Tasks   []task
	Group   int
	Durable bool // its output is written to stay, whatever its group does

	Needed  bool
	Running int // running attempts
	Held    int // finished attempts whose output a worker holds
	Streams int // those of them that are not durable
	Ready   int // tasks with a held output
	First   int // no task before it waits to be started
}

func (s *stageState) complete() bool { return s.Ready == len(s.Tasks) }

type task struct {
	Attempts []attempt // indexed by attempt number

	Failures    int              // attempts that failed by themselves
	Disruptions int              // attempts that ended because of something else
	ByClass     [4]uint8         // of Failures, by diag.Class
	Avoid       []stage.WorkerID // where it failed

	// Finished and Stats are of the last attempt that was done; unlike the
	// attempt's state they outlive its output.
	Finished bool
	Stats    stage.Stats
}

type attempt struct {
	State   attemptState
	Worker  stage.WorkerID
	Durable bool
	Slot    int // of its group, or -1 for one of its own
	Memory  int64
	// Ending says that it was cancelled and its worker has not told yet how it
	// ended: it may have been done, and then its statistics count.
	Ending bool `json:",omitempty"`
	// Progress of a running attempt.
	Fraction float64 `json:"-"`
	Rows     int64   `json:"-"`
}

type attemptState uint8

const (
	attemptRunning attemptState = iota
	attemptDone                 // its worker holds its output
	attemptGone                 // failed, cancelled, lost or freed
)

// winner is the number of the first attempt that is done, or -1.
func (t *task) winner() int { return t.find(attemptDone) }

// runner is the number of the first running attempt, or -1.
func (t *task) runner() int { return t.find(attemptRunning) }

func (t *task) find(s attemptState) int {
	for i := range t.Attempts {
		if t.Attempts[i].State == s {
			return i
		}
	}
	return -1
}

func (t *task) waiting() bool { return t.winner() < 0 && t.runner() < 0 }

// group is a set of stages connected by pipelined inputs; most have one stage.
type group struct {
	Stages   []stage.StageID // ascending
	Spooled  bool            // run stage by stage, with durable outputs
	Active   bool            // started together and not all done
	Ran      bool            // was active and came to its end
	Restarts int
	Slots    []groupSlot // while Active
}

// pipelined reports whether the group's tasks start together.
func (g *group) pipelined() bool { return !g.Spooled && len(g.Stages) > 1 }

// groupSlot is a worker's slot that the tasks of one index share.
type groupSlot struct {
	Worker  stage.WorkerID
	Running int
}
