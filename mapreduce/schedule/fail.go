package schedule

import (
	"slices"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// What a failed attempt means, by the class of its error:
//
//	User       the job fails with it
//	Transient  the task runs again on another worker
//	Resource   the task runs again once, with twice the memory
//	Internal   the task runs again once, on another worker
//
// MaxAttempts failures of one task end the job with the last of them. Losing a
// worker or an input is not the task's own failure and is counted apart.

func (s *Scheduler) done(id stage.AttemptID, stats stage.Stats) {
	j, a := s.attempt(id)
	if a == nil || a.State == attemptDone {
		return
	}
	t := &j.Stages[id.Task.Stage].Tasks[id.Task.Index]
	if a.State == attemptGone {
		// A producer whose readers were faster was cancelled while its last word
		// was on the way. Its output is gone but its statistics count.
		if !t.Finished && t.waiting() {
			t.Finished, t.Stats = true, stats
		}
		return
	}
	s.setState(j, id, attemptDone)
	t.Finished, t.Stats = true, stats
	s.acquit(a.Worker)
	// The first one done wins: other attempts of the task are of no use.
	for n := range t.Attempts {
		if n != id.Number && t.Attempts[n].State != attemptGone {
			s.drop(j, j.id(id.Task.Stage, id.Task.Index, n))
		}
	}
}

func (s *Scheduler) failed(id stage.AttemptID, err *diag.Error) {
	j, a := s.attempt(id)
	if a == nil || !j.live() {
		return
	}
	st := &j.Stages[id.Task.Stage]
	t := &st.Tasks[id.Task.Index]
	// A user's mistake will be made again by every attempt, so it counts even
	// from one that was given up meanwhile. That also makes the cause win over
	// the broken streams it leaves behind in a pipelined group.
	running := a.State == attemptRunning
	if running {
		s.setState(j, id, attemptGone)
	}
	switch {
	case err.Class == diag.User && t.winner() < 0 && (running || st.Needed):
		s.end(j, Failed, err)
		return
	case !running:
		return
	}
	worker := a.Worker
	t.Failures++
	t.ByClass[err.Class]++
	if err.Class == diag.Transient || err.Class == diag.Internal {
		s.strike(worker)
		t.avoid(worker)
	}
	once := err.Class == diag.Resource || err.Class == diag.Internal
	if t.Failures >= s.opts.MaxAttempts || once && t.ByClass[err.Class] > 1 {
		s.end(j, Failed, err)
		return
	}
	s.restart(j, id)
}

// fetchFailed gives up the output that could not be read, and the reader.
func (s *Scheduler) fetchFailed(reader, producer stage.AttemptID) {
	j, p := s.attempt(producer)
	if p == nil || !j.live() {
		return
	}
	if !reader.IsZero() {
		_, r := s.attempt(reader)
		if r == nil || r.State != attemptRunning || reader.Task.Job != producer.Task.Job {
			return
		}
		s.setState(j, reader, attemptGone)
	}
	if p.State == attemptDone {
		s.strike(p.Worker)
		j.Stages[producer.Task.Stage].Tasks[producer.Task.Index].avoid(p.Worker)
	}
	if p.State != attemptGone {
		s.drop(j, producer)
		s.restart(j, producer)
	}
	if !reader.IsZero() {
		s.restart(j, reader)
		s.disrupt(j, reader, diag.Errorf(diag.CodeFetch, diag.Pos{},
			"the output of task %v could not be read by task %v", producer.Task, reader.Task))
	}
}

func (t *task) avoid(w stage.WorkerID) {
	if !slices.Contains(t.Avoid, w) {
		t.Avoid = append(t.Avoid, w)
	}
}

// disrupt counts an attempt that ended because of something else, and ends the
// job when a task seems to bring that about itself.
func (s *Scheduler) disrupt(j *job, id stage.AttemptID, err *diag.Error) {
	t := &j.Stages[id.Task.Stage].Tasks[id.Task.Index]
	if t.Disruptions++; t.Disruptions > s.opts.MaxDisruptions {
		s.end(j, Failed, err)
	}
}

// restart follows the loss of an attempt: a group that runs together starts
// again as a whole. Otherwise there is nothing to do, as place starts what is
// missing.
func (s *Scheduler) restart(j *job, id stage.AttemptID) {
	g := &j.Groups[j.Stages[id.Task.Stage].Group]
	if !g.Active || !j.live() {
		return
	}
	g.Restarts++
	g.Spooled = g.Restarts > s.opts.MaxRestarts
	for _, st := range g.Stages {
		s.cancelStage(j, st)
		j.each(st, attemptDone, func(id stage.AttemptID, a *attempt) {
			if !g.Spooled || !a.Durable {
				s.drop(j, id)
			}
		})
	}
	g.Active, g.Slots = false, nil
}
