package schedule

import (
	"slices"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// place starts what is ready, job by job in Order, until the first thing that
// is ready and does not fit.
func (s *Scheduler) place() {
	usable := s.usable()
	if len(usable) == 0 {
		return
	}
	for _, j := range s.ranked() {
		if j.live() && !s.placeJob(j, usable) {
			return
		}
	}
}

// usable lists the workers that may get tasks. When all of them are banned the
// bans are ignored: a bad worker is better than none.
func (s *Scheduler) usable() []*worker {
	var good, banned []*worker
	for _, w := range s.workers {
		switch {
		case w.Draining || w.Slots < 1:
		case w.banned(s.now):
			banned = append(banned, w)
		default:
			good = append(good, w)
		}
	}
	if len(good) == 0 {
		return banned
	}
	return good
}

func (s *Scheduler) ranked() []*job {
	if s.opts.Order == nil {
		return s.jobs
	}
	type ranked struct {
		Candidate
		job *job
	}
	list := make([]ranked, len(s.jobs))
	for i, j := range s.jobs {
		list[i] = ranked{Candidate{Job: j.Spec.ID}, j}
		for _, st := range j.Stages {
			list[i].Running += st.Running
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return s.opts.Order(a.Candidate, b.Candidate) })
	jobs := make([]*job, len(list))
	for i := range list {
		jobs[i] = list[i].job
	}
	return jobs
}

// placeJob starts what it can of a job and reports whether everything that was
// ready fitted. What has begun goes first: its tasks share what they build on a
// worker, and that is dropped when a stage that came between begins.
func (s *Scheduler) placeJob(j *job, usable []*worker) bool {
	return s.placeGroups(j, usable, true) && s.placeGroups(j, usable, false)
}

// placeGroups starts what it can of the groups that have begun, or of the others.
func (s *Scheduler) placeGroups(j *job, usable []*worker, begun bool) bool {
	for i := range j.Groups {
		g := &j.Groups[i]
		if g.Active || j.begun(g) != begun || !j.wanted(g) {
			continue
		}
		// A group that ran to its end has lost an output since: only that is
		// computed again, and for that its inputs must be durable.
		g.Spooled = g.Spooled || g.Ran
		if g.pipelined() {
			switch {
			case !j.ready(g):
				continue
			case s.placeGroup(j, g, usable):
				continue
			case s.fitsEmpty(j, g, usable):
				return false
			}
			g.Spooled = true
		}
		for _, st := range g.Stages {
			if !s.placeStage(j, st, usable) {
				return false
			}
		}
	}
	return true
}

// begun reports whether tasks of the group run or are done.
func (j *job) begun(g *group) bool {
	return slices.ContainsFunc(g.Stages, func(st stage.StageID) bool {
		return j.Stages[st].Running > 0 || j.Stages[st].Ready > 0
	})
}

// wanted reports whether some stage of the group has outputs to compute.
func (j *job) wanted(g *group) bool {
	return slices.ContainsFunc(g.Stages, func(st stage.StageID) bool {
		return j.Stages[st].Needed && !j.Stages[st].complete()
	})
}

// ready reports whether all inputs from outside the group are complete.
func (j *job) ready(g *group) bool {
	for _, st := range g.Stages {
		if !j.inputsReady(st) {
			return false
		}
	}
	return true
}

// inputsReady reports whether the durable inputs of a stage are complete.
func (j *job) inputsReady(st stage.StageID) bool {
	for _, in := range j.Spec.Stages[st].Inputs {
		if j.mode(in) == stage.Durable && !j.Stages[in.From].complete() {
			return false
		}
	}
	return true
}

// placeStage starts the waiting tasks of a stage that runs by itself.
func (s *Scheduler) placeStage(j *job, id stage.StageID, usable []*worker) bool {
	st := &j.Stages[id]
	if !st.Needed || st.Ready+st.Running >= len(st.Tasks) || !j.inputsReady(id) {
		return true
	}
	var inputs []stage.TaskInput
	for ; st.First < len(st.Tasks); st.First++ {
		t := &st.Tasks[st.First]
		if !t.waiting() {
			continue
		}
		w := pick(choices(usable, t.Avoid), func(w *worker) (int, int64) {
			return w.Slots - w.Used, room(w, w.Granted, s.grant(w, j, id, t))
		})
		if w == nil {
			return false
		}
		if inputs == nil {
			inputs = s.inputs(j, id)
		}
		w.Used++
		s.start(j, id, st.First, w, -1, inputs)
	}
	return true
}

// choices leaves out the workers to avoid, unless that leaves none.
func choices(usable []*worker, avoid []stage.WorkerID) []*worker {
	if len(avoid) == 0 {
		return usable
	}
	var rest []*worker
	for _, w := range usable {
		if !slices.Contains(avoid, w.ID) {
			rest = append(rest, w)
		}
	}
	if len(rest) == 0 {
		return usable
	}
	return rest
}

// pick gives the worker with the most free slots among those with a free slot
// and room, the first by id between equals, or nil.
func pick(workers []*worker, state func(*worker) (free int, room int64)) *worker {
	var best *worker
	most := 0
	for _, w := range workers {
		if free, room := state(w); free > most && room >= 0 {
			best, most = w, free
		}
	}
	return best
}

// room is what would be left of a worker's memory; 0 when it is not counted.
func room(w *worker, granted, need int64) int64 {
	if w.Memory <= 0 {
		return 0
	}
	return w.Memory - granted - need
}

func (s *Scheduler) grant(w *worker, j *job, st stage.StageID, t *task) int64 {
	return w.grant(&j.Spec.Stages[st], t.ByClass[diag.Resource])
}

// start adds an attempt to a task whose slot is already taken.
func (s *Scheduler) start(j *job, id stage.StageID, index int, w *worker, slot int, inputs []stage.TaskInput) {
	st := &j.Stages[id]
	t := &st.Tasks[index]
	a := attempt{
		Worker:  w.ID,
		Durable: st.Durable || !j.Groups[st.Group].pipelined(),
		Slot:    slot,
		Memory:  s.grant(w, j, id, t),
	}
	t.Attempts = append(t.Attempts, a)
	t.Finished, t.Stats = false, stage.Stats{}
	st.Running++
	w.Granted += a.Memory
	s.emit(StartTask{
		Attempt: j.id(id, index, len(t.Attempts)-1),
		Worker:  w.ID,
		Inputs:  inputs,
		Memory:  a.Memory,
		Durable: a.Durable,
	})
}

// inputs lists where the tasks of a stage read: finished outputs, or the
// attempts running now for an input that is pipelined.
func (s *Scheduler) inputs(j *job, st stage.StageID) []stage.TaskInput {
	var all []stage.TaskInput
	for _, in := range j.Spec.Stages[st].Inputs {
		tasks := j.Stages[in.From].Tasks
		one := stage.TaskInput{From: in.From, Mode: j.mode(in), Outputs: make([]stage.Output, len(tasks))}
		for i := range tasks {
			n := tasks[i].winner()
			if n < 0 {
				n = tasks[i].runner()
			}
			one.Outputs[i] = s.output(j.id(in.From, i, n), tasks[i].Attempts[n].Worker)
		}
		all = append(all, one)
	}
	return all
}

func (s *Scheduler) output(id stage.AttemptID, w stage.WorkerID) stage.Output {
	o := stage.Output{Attempt: id, Worker: w}
	if w := s.worker(w); w != nil {
		o.Addr = w.Addr
	}
	return o
}
