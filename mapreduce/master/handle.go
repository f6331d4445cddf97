package master

import (
	"context"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// Handle is a client's hold on a job. It must be released.
type Handle struct {
	m  *Master
	id stage.JobID
}

// ID names the job.
func (h *Handle) ID() stage.JobID { return h.id }

// Wait returns when the job has ended: nil when it succeeded, or else the
// *diag.Error it ended with. An error of ctx or of the master says nothing
// about the job, which goes on.
func (h *Handle) Wait(ctx context.Context) error {
	return h.until(ctx, func(v schedule.JobView) (bool, error) {
		if v.Err != nil {
			return true, v.Err
		}
		return v.State != schedule.Running, nil
	})
}

// Outputs gives where the root's outputs are, in task order. It waits until the
// job has succeeded and, when an output was lost since, until it is rebuilt.
func (h *Handle) Outputs(ctx context.Context) (outputs []stage.Output, err error) {
	err = h.until(ctx, func(v schedule.JobView) (bool, error) {
		if v.Err != nil {
			return true, v.Err
		}
		var ok bool
		outputs, ok = h.m.mu.core.sched.Outputs(h.id)
		return ok, nil
	})
	return outputs, err
}

// until calls f, with the master's lock held, whenever the job has changed,
// until it reports that the wait is over.
func (h *Handle) until(ctx context.Context, f func(schedule.JobView) (bool, error)) error {
	for {
		changed, done, err := h.try(f)
		if done || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (h *Handle) try(f func(schedule.JobView) (bool, error)) (changed <-chan struct{}, done bool, err error) {
	mu := &h.m.mu
	mu.Lock()
	defer mu.Unlock()
	v, ok := mu.core.sched.Job(h.id)
	if !ok {
		return nil, false, h.unknown()
	}
	if done, err = f(v); done || err != nil {
		return nil, done, err
	}
	if mu.ended != nil {
		return nil, false, mu.ended
	}
	ch := mu.watch[h.id]
	if ch == nil {
		ch = make(chan struct{})
		mu.watch[h.id] = ch
	}
	return ch, false, nil
}

// Progress describes the job now.
func (h *Handle) Progress() (schedule.JobView, error) {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	v, ok := h.m.mu.core.sched.Job(h.id)
	if !ok {
		return v, h.unknown()
	}
	return v, nil
}

// Stats gives what the finished tasks told about themselves, by stage and task.
// It waits for those that were cancelled because their readers were faster.
func (h *Handle) Stats(ctx context.Context) (stats [][]stage.Stats, err error) {
	err = h.until(ctx, func(schedule.JobView) (bool, error) {
		var ok bool
		stats, ok = h.m.mu.core.sched.Stats(h.id)
		return ok, nil
	})
	return stats, err
}

// Unreadable says that a root output could not be read. It is computed again;
// Outputs waits for it.
func (h *Handle) Unreadable(producer stage.AttemptID) error {
	return h.apply(schedule.FetchFailed{Producer: producer})
}

// Cancel ends the job if it has not ended.
func (h *Handle) Cancel() error { return h.apply(schedule.JobCancelled{Job: h.id}) }

// Release frees everything of the job, which is forgotten; one that has not
// ended is cancelled.
func (h *Handle) Release() error { return h.apply(schedule.JobReleased{Job: h.id}) }

func (h *Handle) apply(e schedule.Event) error {
	return h.m.do(func(c *core, now time.Time) error { return c.apply(now, e) })
}

func (h *Handle) unknown() error {
	return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no job %s, or it was released", h.id)
}
