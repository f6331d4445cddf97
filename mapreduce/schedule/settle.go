package schedule

import (
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// settle brings a job in line with its demand: it computes which stages are
// needed, ends the job when the root is complete, stops attempts and frees
// outputs that nothing can need any more.
func (s *Scheduler) settle(j *job) {
	if !j.live() {
		return
	}
	j.demand()
	root := &j.Stages[len(j.Stages)-1]
	if j.State == Running && root.complete() {
		j.State = Succeeded
		s.emit(FinishJob{Job: j.Spec.ID})
	}
	for i := range j.Stages {
		st := &j.Stages[i]
		if st.Needed {
			continue
		}
		if st.Running > 0 {
			s.cancelStage(j, stage.StageID(i))
		}
		if st.Streams > 0 || st.Held > 0 && j.State != Running {
			s.freeStage(j, stage.StageID(i))
		}
	}
	for i := range j.Groups {
		s.retire(j, &j.Groups[i])
	}
}

// demand sets Needed: the root always is, and a stage is while a needed stage
// that reads it is incomplete.
func (j *job) demand() {
	last := len(j.Stages) - 1
	for i := range j.Stages {
		j.Stages[i].Needed = i == last
	}
	for i := last; i >= 0; i-- {
		if !j.Stages[i].Needed || j.Stages[i].complete() {
			continue
		}
		for _, in := range j.Spec.Stages[i].Inputs {
			j.Stages[in.From].Needed = true
		}
	}
}

// freeStage frees the outputs of a stage that is not needed: streamed ones at
// once, durable ones when the job has ended, because until then a lost worker
// may make them needed again.
func (s *Scheduler) freeStage(j *job, st stage.StageID) {
	j.each(st, attemptDone, func(id stage.AttemptID, a *attempt) {
		if j.State != Running || !a.Durable {
			s.drop(j, id)
		}
	})
}

func (s *Scheduler) cancelStage(j *job, st stage.StageID) {
	j.each(st, attemptRunning, func(id stage.AttemptID, _ *attempt) { s.drop(j, id) })
}

// retire ends the common run of a group whose last attempt has ended.
func (s *Scheduler) retire(j *job, g *group) {
	if !g.Active {
		return
	}
	for _, st := range g.Stages {
		if j.Stages[st].Running > 0 {
			return
		}
	}
	g.Active, g.Ran, g.Slots = false, true, nil
}

// end stops a job for good: no task of it will start again.
func (s *Scheduler) end(j *job, state JobState, err *diag.Error) {
	if !j.live() {
		return
	}
	j.State, j.Err = state, err
	s.dropAll(j)
	s.emit(FinishJob{Job: j.Spec.ID, Err: err})
}

// dropAll cancels and frees everything of a job.
func (s *Scheduler) dropAll(j *job) {
	for i := range j.Stages {
		s.cancelStage(j, stage.StageID(i))
	}
	for i := range j.Stages {
		j.each(stage.StageID(i), attemptDone, func(id stage.AttemptID, _ *attempt) { s.drop(j, id) })
	}
	for i := range j.Groups {
		j.Groups[i].Active, j.Groups[i].Slots = false, nil
	}
}

// drop gives up an attempt, telling its worker.
func (s *Scheduler) drop(j *job, id stage.AttemptID) {
	_, a := s.attempt(id)
	switch {
	case a.State == attemptRunning:
		s.emit(CancelTask{Attempt: id, Worker: a.Worker})
		a.Ending = true
		j.Ending++
	case a.State == attemptDone:
		s.emit(FreeOutput{Attempt: id, Worker: a.Worker})
	}
	s.setState(j, id, attemptGone)
}

// ended takes note that a worker has said its last word about an attempt, or
// never will.
func (s *Scheduler) ended(id stage.AttemptID) {
	if j, a := s.attempt(id); a != nil && a.Ending {
		a.Ending = false
		j.Ending--
	}
}

// setState moves an attempt on and keeps every count that depends on it.
func (s *Scheduler) setState(j *job, id stage.AttemptID, to attemptState) {
	st := &j.Stages[id.Task.Stage]
	t := &st.Tasks[id.Task.Index]
	a := &t.Attempts[id.Number]
	ready := t.winner() >= 0
	switch a.State {
	case attemptRunning:
		st.Running--
		s.vacate(j, st, a)
	case attemptDone:
		st.hold(a, -1)
	}
	if a.State = to; to == attemptDone {
		st.hold(a, 1)
	}
	switch now := t.winner() >= 0; {
	case now && !ready:
		st.Ready++
	case ready && !now:
		st.Ready--
	}
	if t.waiting() {
		st.First = min(st.First, id.Task.Index)
	}
}

func (s *stageState) hold(a *attempt, n int) {
	s.Held += n
	if !a.Durable {
		s.Streams += n
	}
}

// vacate gives back the slot and memory of an attempt that stops running.
func (s *Scheduler) vacate(j *job, st *stageState, a *attempt) {
	w := s.worker(a.Worker)
	if w == nil {
		return
	}
	w.Granted -= a.Memory
	if a.Slot >= 0 {
		slot := &j.Groups[st.Group].Slots[a.Slot]
		if slot.Running--; slot.Running > 0 {
			return
		}
	}
	w.Used--
}
