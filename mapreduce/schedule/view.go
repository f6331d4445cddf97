package schedule

import (
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// JobView is what people see of a job.
type JobView struct {
	ID     stage.JobID
	State  JobState
	Err    *diag.Error // why it did not succeed
	Stages []StageView
}

// StageView counts the tasks of a stage. Fraction is the work done, 0 to 1.
type StageView struct {
	ID       stage.StageID
	Label    string
	Total    int
	Running  int
	Done     int
	Rows     int64 // written, by finished attempts and running ones
	Bytes    int64 // of the finished outputs
	Fraction float64
}

// WorkerView is what people see of a worker.
type WorkerView struct {
	ID       stage.WorkerID
	Addr     string
	Slots    int
	Used     int
	Memory   int64
	Granted  int64
	Draining bool
	Banned   bool
}

// Job describes a job; false when it is unknown or released.
func (s *Scheduler) Job(id stage.JobID) (JobView, bool) {
	j := s.job(id)
	if j == nil {
		return JobView{}, false
	}
	v := JobView{ID: id, State: j.State, Err: j.Err, Stages: make([]StageView, len(j.Stages))}
	for i := range j.Stages {
		v.Stages[i] = j.view(i)
	}
	return v, true
}

func (j *job) view(i int) StageView {
	st := &j.Stages[i]
	v := StageView{
		ID: stage.StageID(i), Label: j.Spec.Stages[i].Label,
		Total: len(st.Tasks), Running: st.Running,
	}
	for k := range st.Tasks {
		t := &st.Tasks[k]
		if t.Finished {
			v.Done++
			v.Rows += t.Stats.Rows
			v.Bytes += t.Stats.Bytes
		} else if n := t.runner(); n >= 0 {
			v.Rows += t.Attempts[n].Rows
			v.Fraction += t.Attempts[n].Fraction
		}
	}
	v.Fraction = (v.Fraction + float64(v.Done)) / float64(v.Total)
	return v
}

// Outputs lists where the root's outputs are, in task order; false unless the
// job has succeeded and all of them are there.
func (s *Scheduler) Outputs(id stage.JobID) ([]stage.Output, bool) {
	j := s.job(id)
	if j == nil || j.State != Succeeded || !j.Stages[len(j.Stages)-1].complete() {
		return nil, false
	}
	root := stage.StageID(len(j.Stages) - 1)
	tasks := j.Stages[root].Tasks
	outputs := make([]stage.Output, len(tasks))
	for i := range tasks {
		n := tasks[i].winner()
		outputs[i] = s.output(j.id(root, i, n), tasks[i].Attempts[n].Worker)
	}
	return outputs, true
}

// Stats gives what the last finished attempt of every task told, by stage and
// task; false for an unknown job, or while a task that was cancelled may still
// tell that it was done.
func (s *Scheduler) Stats(id stage.JobID) ([][]stage.Stats, bool) {
	j := s.job(id)
	if j == nil || j.Ending > 0 {
		return nil, false
	}
	all := make([][]stage.Stats, len(j.Stages))
	for i := range j.Stages {
		for k := range j.Stages[i].Tasks {
			all[i] = append(all[i], j.Stages[i].Tasks[k].Stats)
		}
	}
	return all, true
}

// Jobs lists the jobs that are not released, in order of submission.
func (s *Scheduler) Jobs() []stage.JobID {
	ids := make([]stage.JobID, len(s.jobs))
	for i, j := range s.jobs {
		ids[i] = j.Spec.ID
	}
	return ids
}

// Spec gives a job as it was submitted; false when it is unknown or released.
// It must not be changed.
func (s *Scheduler) Spec(id stage.JobID) (*stage.Job, bool) {
	j := s.job(id)
	if j == nil {
		return nil, false
	}
	return &j.Spec, true
}

// Workers lists the workers by id.
func (s *Scheduler) Workers() []WorkerView {
	views := make([]WorkerView, len(s.workers))
	for i, w := range s.workers {
		views[i] = WorkerView{
			ID: w.ID, Addr: w.Addr, Slots: w.Slots, Used: w.Used, Memory: w.Memory,
			Granted: w.Granted, Draining: w.Draining, Banned: w.banned(s.now),
		}
	}
	return views
}
