package master

import (
	"fmt"
	"slices"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// simWorker is a machine whose worker process may crash and start anew.
type simWorker struct {
	sim      *sim
	name     string
	slots    int
	lives    int
	id       stage.WorkerID
	epoch    uint64
	up       bool
	isolated bool
	draining bool
	link     *simLink // nil while not connected
	unsent   []*taskpb.Up
	attempts map[stage.AttemptID]*simAttempt
}

// simAttempt is a running attempt, or a finished one whose output is held.
type simAttempt struct {
	task  stage.Task
	done  bool
	value uint64
}

// simLink is a session: messages arrive in order until it is broken.
type simLink struct {
	worker         *simWorker
	epoch          uint64
	broken         bool
	lastUp, lastDn time.Time
}

func (w *simWorker) boot() {
	w.lives++
	w.id = stage.WorkerID(fmt.Sprintf("%s.%d", w.name, w.lives))
	w.epoch, w.up, w.draining, w.link, w.unsent = 0, true, false, nil, nil
	w.attempts = make(map[stage.AttemptID]*simAttempt)
	w.sim.log("%s boots", w.id)
	w.register()
	w.beat(w.lives)
}

func (w *simWorker) crash(d time.Duration) {
	if !w.up {
		return
	}
	w.hangUp("crashed")
	w.up, w.attempts = false, nil
	w.sim.after(d, w.boot)
}

// isolate cuts a worker off from everyone for a while.
func (w *simWorker) isolate(d time.Duration) {
	w.sim.log("%s isolated for %v", w.id, d)
	w.isolated = true
	w.hangUp("isolated")
	w.sim.after(d, func() { w.isolated = false })
}

func (w *simWorker) drain() {
	if w.sim.chance(3) && w.up && !w.draining {
		w.draining = true
		w.hangUp("drains")
		// Like any drained machine it is replaced in the end.
		w.sim.after(20*time.Second, func() { w.crash(time.Second) })
	}
}

// hangUp breaks the link; what is in flight is gone.
func (w *simWorker) hangUp(why string) {
	w.sim.log("%s %s", w.id, why)
	if w.link != nil {
		w.link.broken = true
		if c := w.sim.core; c != nil && w.sim.chance(2) {
			c.disconnected(w.id, w.link.epoch)
		}
	}
	w.link = nil
}

// register sends the report until the master answers.
func (w *simWorker) register() {
	s, life := w.sim, w.lives
	w.epoch++
	epoch := w.epoch
	req := &taskpb.RegisterRequest{
		Worker: string(w.id), Epoch: epoch, Address: w.name,
		Slots: int32(w.slots), Memory: int64(w.slots) * 200, Draining: w.draining,
	}
	for _, id := range w.sorted() {
		if w.attempts[id].done {
			req.Done = append(req.Done, &taskpb.Done{Attempt: taskpb.FromAttempt(id), Stats: &taskpb.Stats{Rows: 1}})
		} else {
			req.Running = append(req.Running, taskpb.FromAttempt(id))
		}
	}
	copies := 1
	if s.chance(10) {
		copies = 2
	}
	for n := range copies {
		s.after(s.upTo(50*time.Millisecond)+time.Duration(n)*s.upTo(5*time.Second), func() { w.arrive(req) })
	}
	s.after(time.Second, func() {
		if w.up && w.lives == life && w.link == nil && w.epoch == epoch {
			w.register()
		}
	})
}

// arrive is a registration reaching the master.
func (w *simWorker) arrive(req *taskpb.RegisterRequest) {
	s := w.sim
	if s.core == nil || w.isolated || s.chance(20) {
		return
	}
	l := &simLink{worker: w, epoch: req.GetEpoch()}
	accepted, c := false, s.core
	// The answer goes down the link before anything else.
	l.down(func() {
		if accepted && s.core == c && w.up && string(w.id) == req.GetWorker() && w.epoch == l.epoch && w.link == nil && !s.chance(20) {
			s.log("%s connected, epoch %d", w.id, l.epoch)
			w.link = l
			// What happened since the report was written follows it.
			unsent := w.unsent
			w.unsent = nil
			for _, up := range unsent {
				w.send(up)
			}
			return
		}
		l.broken = true
	})
	err := s.core.register(s.now, req, l)
	accepted = err == nil
	s.log("register %s epoch %d running %d done %d: %v", req.GetWorker(), req.GetEpoch(), len(req.GetRunning()), len(req.GetDone()), err)
}

func (l *simLink) dispatch(m *taskpb.Down) {
	l.worker.sim.log("to %s %d: %v", l.worker.name, l.epoch, downLine(m))
	l.down(func() { l.worker.receive(l, m) })
}

func downLine(m *taskpb.Down) string {
	switch d := m.GetMessage().(type) {
	case *taskpb.Down_Start:
		return "start " + d.Start.GetAttempt().Go().String()
	case *taskpb.Down_Cancel:
		return "cancel " + d.Cancel.Go().String()
	case *taskpb.Down_Free:
		return "free " + d.Free.Go().String()
	}
	return "nothing"
}

// close is the master hanging up; the worker notices later.
func (l *simLink) close() {
	l.broken = true
	l.worker.sim.after(l.worker.sim.upTo(time.Second), func() {
		if l.worker.link == l {
			l.worker.link = nil
		}
	})
}

func (l *simLink) down(f func()) {
	s := l.worker.sim
	at := s.now.Add(s.upTo(50 * time.Millisecond))
	if at.Before(l.lastDn) {
		at = l.lastDn
	}
	l.lastDn = at
	s.after(at.Sub(s.now), func() {
		if !l.broken {
			f()
		}
	})
}

func (w *simWorker) send(up *taskpb.Up) {
	s, l, c, id := w.sim, w.link, w.sim.core, w.id
	if l == nil {
		w.unsent = append(w.unsent, up)
		return
	}
	at := s.now.Add(s.upTo(50 * time.Millisecond))
	if at.Before(l.lastUp) {
		at = l.lastUp
	}
	l.lastUp = at
	s.after(at.Sub(s.now), func() {
		if l.broken || s.core != c || c == nil {
			return
		}
		if events := c.heard(s.now, id, l.epoch, up); len(events) > 0 {
			s.log("from %s: %v", id, events)
			s.must(c.apply(s.now, events...))
		}
	})
}

// beat sends heartbeats, and registers again when the link is gone.
func (w *simWorker) beat(life int) {
	if !w.up || w.lives != life {
		return
	}
	if w.link != nil {
		w.send(&taskpb.Up{Message: &taskpb.Up_Heartbeat{Heartbeat: &taskpb.Heartbeat{}}})
	} else {
		w.register()
	}
	w.sim.after(time.Second, func() { w.beat(life) })
}

func (w *simWorker) receive(l *simLink, m *taskpb.Down) {
	s := w.sim
	if !w.up || w.link != l {
		return
	}
	switch d := m.GetMessage().(type) {
	case *taskpb.Down_Start:
		t := d.Start.Go()
		if s.started[t.Attempt] {
			s.fail("%v was started twice", t.Attempt)
		}
		s.started[t.Attempt] = true
		a := &simAttempt{task: t}
		w.attempts[t.Attempt] = a
		s.after(50*time.Millisecond+s.upTo(2*time.Second), func() { w.finish(a, 0) })
	case *taskpb.Down_Cancel:
		if a := w.attempts[d.Cancel.Go()]; a != nil && !a.done {
			w.send(&taskpb.Up{Message: &taskpb.Up_Stopped{Stopped: d.Cancel}})
		}
		delete(w.attempts, d.Cancel.Go())
	case *taskpb.Down_Free:
		delete(w.attempts, d.Free.Go())
	}
}

// finish ends an attempt one way or another.
func (w *simWorker) finish(a *simAttempt, waited int) {
	s, id := w.sim, a.task.Attempt
	if !w.up || w.attempts[id] != a {
		return // crashed or cancelled meanwhile
	}
	if err := s.misfortune(a.task); err != nil {
		delete(w.attempts, id)
		w.send(&taskpb.Up{Message: &taskpb.Up_Failed{Failed: &taskpb.Failed{Attempt: taskpb.FromAttempt(id), Error: taskpb.FromError(err)}}})
		return
	}
	var values []uint64
	for _, in := range a.task.Inputs {
		for _, o := range in.Outputs {
			p := s.output(o)
			if o.Worker != w.id && (w.isolated || s.chance(60) && s.now.Sub(s.start) < simFaults) {
				p = nil
			}
			switch {
			case p != nil:
				values = append(values, p.value)
			case in.Mode == stage.Pipelined && s.runs(o) && waited < 100:
				s.after(100*time.Millisecond, func() { w.finish(a, waited+1) })
				return
			default:
				delete(w.attempts, id)
				w.send(&taskpb.Up{Message: &taskpb.Up_FetchFailed{FetchFailed: &taskpb.FetchFailed{
					Reader: taskpb.FromAttempt(id), Producer: taskpb.FromAttempt(o.Attempt)}}})
				return
			}
		}
	}
	a.done, a.value = true, simValue(id.Task, values)
	w.send(&taskpb.Up{Message: &taskpb.Up_Done{Done: &taskpb.Done{Attempt: taskpb.FromAttempt(id), Stats: &taskpb.Stats{Rows: 1}}}})
}

// runs reports whether an output may still come: its worker lives and either
// runs the attempt or has not been told of it yet.
func (s *sim) runs(o stage.Output) bool {
	i := slices.IndexFunc(s.workers, func(w *simWorker) bool { return w.id == o.Worker && w.up && !w.isolated })
	return i >= 0 && (s.workers[i].attempts[o.Attempt] != nil || !s.started[o.Attempt])
}

// misfortune gives the error a task ends with, if any: a culprit's always, or
// at random and then at most twice a task.
func (s *sim) misfortune(t stage.Task) error {
	j := s.jobs[slices.IndexFunc(s.jobs, func(j *simJob) bool { return j.spec.ID == t.Attempt.Task.Job })]
	if t.Attempt.Task == j.culprit {
		switch j.want {
		case "user":
			return diag.Errorf(diag.CodeCast, diag.Pos{Line: 1, Col: 8}, "the culprit")
		case "resource":
			return diag.Errorf(diag.CodeMemory, diag.Pos{}, "the culprit")
		case "internal":
			panicked := fmt.Errorf("the culprit")
			return panicked
		}
		if s.chance(4) && t.Memory <= 100 {
			return diag.Errorf(diag.CodeMemory, diag.Pos{}, "needs twice the memory")
		}
	}
	if j.want == "" && j.tried[t.Attempt.Task] < 2 && s.chance(12) && s.now.Sub(s.start) < simFaults {
		j.tried[t.Attempt.Task]++
		return diag.Errorf(diag.CodeStorage, diag.Pos{}, "random")
	}
	return nil
}

func (w *simWorker) sorted() []stage.AttemptID {
	ids := make([]stage.AttemptID, 0, len(w.attempts))
	for id := range w.attempts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, stage.AttemptID.Compare)
	return ids
}
