package worker

import (
	"context"
	"errors"
	"sync"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/worker/memory"
)

// sharedKey names a value that the tasks of a stage share in a process.
type sharedKey struct {
	job   stage.JobID
	stage stage.StageID
	key   string
}

// shared is such a value. It is kept between the tasks of its stage, until a
// task of a later stage of the job begins or the job's outputs are freed.
type shared struct {
	once  sync.Once
	value any
	err   error
	users map[stage.AttemptID]bool // guarded by Runner.mu
}

// share gives the value of key, built by the first to ask. If that one is
// cancelled meanwhile, another who waits builds it.
func (r *Runner) share(ctx context.Context, a stage.AttemptID, key string, build func() (any, error)) (any, error) {
	k := sharedKey{a.Task.Job, a.Task.Stage, key}
	for {
		s := r.sharedFor(k, a)
		s.once.Do(func() { s.value, s.err = build() })
		if s.err == nil {
			return s.value, nil
		}
		r.mu.Lock()
		if r.mu.shared[k] == s {
			delete(r.mu.shared, k)
		}
		r.mu.Unlock()
		if !errors.Is(s.err, context.Canceled) || ctx.Err() != nil {
			return nil, s.err
		}
	}
}

func (r *Runner) sharedFor(k sharedKey, a stage.AttemptID) *shared {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.mu.shared[k]
	if s == nil {
		s = &shared{users: map[stage.AttemptID]bool{}}
		r.mu.shared[k] = s
	}
	s.users[a] = true
	return s
}

// begin drops what earlier stages of the task's job shared, unless the task is
// pipelined with some of them: these still run, maybe between two of their tasks.
func (r *Runner) begin(t stage.Task) {
	for _, in := range t.Inputs {
		if in.Mode == stage.Pipelined {
			return
		}
	}
	r.sweep(t.Attempt.Task.Job, t.Attempt.Task.Stage)
}

// release ends an attempt's use of shared values.
func (r *Runner) release(a stage.AttemptID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, s := range r.mu.shared {
		if k.job == a.Task.Job {
			delete(s.users, a)
		}
	}
}

// sweep drops the job's shared values that no task uses, except those of stage keep.
func (r *Runner) sweep(job stage.JobID, keep stage.StageID) {
	r.mu.Lock()
	var idle []any
	for k, s := range r.mu.shared {
		if k.job == job && k.stage != keep && len(s.users) == 0 {
			delete(r.mu.shared, k)
			idle = append(idle, s.value)
		}
	}
	r.mu.Unlock()
	for _, v := range idle {
		if c, ok := v.(interface{ Close() error }); ok {
			_ = c.Close()
		}
	}
}

// jobBudget is the memory budget of a job that has a limit of its own.
type jobBudget struct {
	budget *memory.Budget
	users  int
}

// budget gives the budget of a job's tasks and what to call when one ends.
func (r *Runner) budget(job stage.JobID, limit int64) (*memory.Budget, func()) {
	if limit <= 0 || r.cfg.Memory.Limit() > 0 && limit >= r.cfg.Memory.Limit() {
		return r.cfg.Memory, func() {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.mu.budgets[job]
	if b == nil {
		b = &jobBudget{budget: memory.NewBudget(limit)}
		r.mu.budgets[job] = b
	}
	b.users++
	return b.budget, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if b.users--; b.users == 0 {
			delete(r.mu.budgets, job)
		}
	}
}
