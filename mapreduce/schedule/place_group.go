package schedule

import (
	"github.com/bixidata/bixi/mapreduce/stage"
)

// placeGroup starts all tasks of a group, or none when they do not fit now.
func (s *Scheduler) placeGroup(j *job, g *group, usable []*worker) bool {
	slots := s.fit(j, g, usable, func(w *worker) (int, int64) { return w.Slots - w.Used, w.Granted })
	if slots == nil {
		return false
	}
	g.Active = true
	g.Slots = make([]groupSlot, len(slots))
	for i, w := range slots {
		g.Slots[i].Worker = w.ID
		w.Used++
	}
	for _, st := range g.Stages {
		inputs := s.inputs(j, st)
		for i := range j.Stages[st].Tasks {
			g.Slots[i].Running++
			s.start(j, st, i, slots[i], i, inputs)
		}
	}
	return true
}

// fitsEmpty reports whether the group would fit if nothing else ran.
func (s *Scheduler) fitsEmpty(j *job, g *group, usable []*worker) bool {
	return s.fit(j, g, usable, func(w *worker) (int, int64) { return w.Slots, 0 }) != nil
}

// fit gives the worker of each slot of a group, or nil. load gives the free
// slots and the granted memory that a worker begins with.
func (s *Scheduler) fit(j *job, g *group, usable []*worker, load func(*worker) (int, int64)) []*worker {
	width, total := 0, 0
	for _, st := range g.Stages {
		width = max(width, len(j.Stages[st].Tasks))
	}
	free := make(map[*worker]int, len(usable))
	granted := make(map[*worker]int64, len(usable))
	for _, w := range usable {
		free[w], granted[w] = load(w)
		total += max(free[w], 0)
	}
	if total < width {
		return nil
	}
	slots := make([]*worker, width)
	for i := range slots {
		need := func(w *worker) (sum int64) {
			for _, st := range g.Stages {
				if i < len(j.Stages[st].Tasks) {
					sum += s.grant(w, j, st, &j.Stages[st].Tasks[i])
				}
			}
			return sum
		}
		w := pick(choices(usable, s.avoided(j, g, i)), func(w *worker) (int, int64) {
			return free[w], room(w, granted[w], need(w))
		})
		if w == nil {
			return nil
		}
		slots[i] = w
		free[w]--
		granted[w] += need(w)
	}
	return slots
}

func (s *Scheduler) avoided(j *job, g *group, index int) []stage.WorkerID {
	var all []stage.WorkerID
	for _, st := range g.Stages {
		if tasks := j.Stages[st].Tasks; index < len(tasks) {
			all = append(all, tasks[index].Avoid...)
		}
	}
	return all
}
