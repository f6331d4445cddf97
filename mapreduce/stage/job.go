// Package stage is the vocabulary that the scheduler, the master and the
// workers share: a job as a graph of stages, the ids of everything in it, and
// what a worker is told to run. It is not the scheduler (mapreduce/schedule)
// and cannot read plans: a fragment is bytes to it. Start at Job.
package stage

import (
	"fmt"

	"github.com/bixidata/bixi/sql/diag"
)

// Mode says how the output of one stage reaches another.
type Mode uint8

const (
	// Durable output is complete before its reader starts and is kept until the
	// job ends: losing a task costs that task. It is the safe zero value.
	Durable Mode = iota
	// Pipelined output streams while both sides run: nothing waits on a disk,
	// and losing a task restarts all the stages that are connected this way.
	Pipelined
)

func (m Mode) String() string {
	switch m {
	case Durable:
		return "durable"
	case Pipelined:
		return "pipelined"
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// Job is one execution of a statement or program. Stages are in topological
// order; the last one is the root, whose outputs the client or the committer
// reads and which therefore has no consumer.
type Job struct {
	ID     JobID
	Stages []Stage
}

// Stage is a set of tasks that run the same fragment.
type Stage struct {
	ID       StageID  // equals its position in Job.Stages
	Label    string   // for people, such as "scan orders"; may be empty
	Tasks    int      // at least 1
	Fragment []byte   // part of a physical plan, opaque here
	TaskArgs [][]byte // what differs by task (its splits), opaque; nil or one per task
	Inputs   []Input
	Memory   int64 // bytes one task asks for; 0 means an even share of its worker's
}

// Input is an exchange: every task of a stage reads its partition of every
// task of From.
type Input struct {
	From StageID
	Mode Mode
}

// Root is the stage whose outputs are the job's result.
func (j *Job) Root() *Stage { return &j.Stages[len(j.Stages)-1] }

// Args gives the arguments of one task, or nil.
func (s *Stage) Args(index int) []byte {
	if s.TaskArgs == nil {
		return nil
	}
	return s.TaskArgs[index]
}

// Validate checks the promises of Job. What it reports is a bug of whoever cut
// the plan, so the error's class is Internal.
func (j *Job) Validate() error {
	if !validName(string(j.ID)) {
		return invalid(j, "the id is empty or has a character outside printable ASCII without space, '#' and ','")
	}
	if len(j.Stages) == 0 {
		return invalid(j, "there is no stage")
	}
	read := make([]bool, len(j.Stages))
	for i := range j.Stages {
		if err := j.validateStage(i, read); err != nil {
			return err
		}
	}
	for i := range j.Stages[:len(j.Stages)-1] {
		if !read[i] {
			return invalid(j, "nothing reads stage %d, and it is not the last", i)
		}
	}
	return nil
}

func (j *Job) validateStage(i int, read []bool) error {
	s := &j.Stages[i]
	switch {
	case s.ID != StageID(i):
		return invalid(j, "stage %d stands at position %d", s.ID, i)
	case s.Tasks < 1:
		return invalid(j, "stage %d has %d tasks", i, s.Tasks)
	case s.TaskArgs != nil && len(s.TaskArgs) != s.Tasks:
		return invalid(j, "stage %d has %d tasks but arguments for %d", i, s.Tasks, len(s.TaskArgs))
	case s.Memory < 0:
		return invalid(j, "stage %d asks for %d bytes", i, s.Memory)
	}
	own := make(map[StageID]bool)
	for _, in := range s.Inputs {
		switch {
		case in.From < 0 || in.From >= s.ID:
			return invalid(j, "stage %d reads stage %d, which does not come before it", i, in.From)
		case own[in.From]:
			return invalid(j, "stage %d reads stage %d twice", i, in.From)
		case in.Mode > Pipelined:
			return invalid(j, "stage %d reads stage %d in %v", i, in.From, in.Mode)
		}
		own[in.From], read[in.From] = true, true
	}
	return nil
}

func invalid(j *Job, format string, args ...any) error {
	return diag.Errorf(diag.CodeInternal, diag.Pos{}, "job %q: "+format, append([]any{j.ID}, args...)...)
}
