package schedule

import (
	"slices"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

type worker struct {
	ID       stage.WorkerID
	Addr     string
	Slots    int
	Used     int
	Memory   int64
	Granted  int64
	Draining bool

	Strikes     int // failures since the last success
	Bans        int
	BannedUntil time.Time
}

func (w *worker) banned(now time.Time) bool { return w.BannedUntil.After(now) }

// grant is what a task of s gets on w after that many doublings.
func (w *worker) grant(s *stage.Stage, doublings uint8) int64 {
	if w.Memory <= 0 {
		return s.Memory << doublings
	}
	m := s.Memory
	if m == 0 {
		m = w.Memory / int64(max(w.Slots, 1))
	}
	return min(m<<doublings, w.Memory)
}

// join adds a worker, or compares what a known one has with what it should have.
func (s *Scheduler) join(e WorkerJoined) {
	i, known := s.findWorker(e.ID)
	if !known {
		s.workers = slices.Insert(s.workers, i, &worker{ID: e.ID})
	}
	w := s.workers[i]
	w.Addr, w.Slots, w.Memory = e.Addr, e.Slots, e.Memory
	w.Draining = w.Draining || e.Draining

	has := make(map[stage.AttemptID]bool, len(e.Running)+len(e.Done))
	for _, id := range e.Running {
		has[id] = true
	}
	for _, d := range e.Done {
		has[d.Attempt] = true
		if _, a := s.attempt(d.Attempt); a != nil && a.Worker == e.ID {
			s.done(d.Attempt, d.Stats)
		}
	}
	for _, id := range e.Running {
		if !s.expects(e.ID, id) {
			s.emit(CancelTask{Attempt: id, Worker: e.ID})
		}
	}
	for _, d := range e.Done {
		if !s.expects(e.ID, d.Attempt) {
			s.emit(FreeOutput{Attempt: d.Attempt, Worker: e.ID})
		}
	}
	s.silence(e.ID, has)
	s.loseWhere(e.ID, func(id stage.AttemptID) bool { return !has[id] })
}

// expects reports whether the worker should have the attempt.
func (s *Scheduler) expects(w stage.WorkerID, id stage.AttemptID) bool {
	_, a := s.attempt(id)
	return a != nil && a.Worker == w && a.State != attemptGone
}

func (s *Scheduler) lose(id stage.WorkerID) {
	i, known := s.findWorker(id)
	if !known {
		return
	}
	s.silence(id, nil)
	s.loseWhere(id, func(stage.AttemptID) bool { return true })
	i, _ = s.findWorker(id)
	s.workers = slices.Delete(s.workers, i, i+1)
	// Nothing can be carried out on a worker that is gone.
	s.out = slices.DeleteFunc(s.out, func(a Action) bool {
		switch a := a.(type) {
		case CancelTask:
			return a.Worker == id
		case FreeOutput:
			return a.Worker == id
		}
		return false
	})
}

// silence takes note that a worker will not tell how attempts ended, but of those
// that it still runs or holds.
func (s *Scheduler) silence(w stage.WorkerID, has map[stage.AttemptID]bool) {
	for _, j := range s.jobs {
		if j.Ending == 0 {
			continue
		}
		for i := range j.Stages {
			j.each(stage.StageID(i), attemptGone, func(id stage.AttemptID, a *attempt) {
				if a.Worker == w && !has[id] {
					s.ended(id)
				}
			})
		}
	}
}

// loseWhere takes the loss of the attempts and outputs of a worker that lost
// selects.
func (s *Scheduler) loseWhere(w stage.WorkerID, lost func(stage.AttemptID) bool) {
	for _, j := range s.jobs {
		var ids []stage.AttemptID
		running := 0
		for _, state := range [...]attemptState{attemptRunning, attemptDone} {
			for i := range j.Stages {
				j.each(stage.StageID(i), state, func(id stage.AttemptID, a *attempt) {
					if a.Worker == w && lost(id) {
						ids = append(ids, id)
					}
				})
			}
			if state == attemptRunning {
				running = len(ids)
			}
		}
		// All are gone before the first restart, which would otherwise spend
		// actions on them.
		for _, id := range ids {
			s.setState(j, id, attemptGone)
		}
		for i, id := range ids {
			s.restart(j, id)
			if i < running {
				s.disrupt(j, id, diag.Errorf(diag.CodeWorkerLost, diag.Pos{},
					"worker %s was lost while it ran task %v", w, id.Task))
			}
		}
	}
}

// strike counts a failure against a worker and bans it after too many in a row.
func (s *Scheduler) strike(id stage.WorkerID) {
	w := s.worker(id)
	if w == nil {
		return
	}
	if w.Strikes++; w.Strikes < s.opts.Strikes {
		return
	}
	w.Strikes = 0
	w.BannedUntil = s.now.Add(min(s.opts.Ban<<min(w.Bans, 16), s.opts.MaxBan))
	w.Bans++
}

// acquit counts a success for a worker.
func (s *Scheduler) acquit(id stage.WorkerID) {
	w := s.worker(id)
	if w == nil {
		return
	}
	w.Strikes = 0
	if w.Bans > 0 && !w.banned(s.now) {
		w.Bans--
	}
}
