package server

import (
	"context"
	"errors"
	"time"

	"github.com/bixidata/bixi/mapreduce/job"
	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/setting"
)

// job runs a plan on the workers.
func (s *statement) job(ctx context.Context, plan *planner.Plan, settings *setting.Settings) (err error) {
	defer func() {
		if err != nil && plan.Undo != nil {
			undo, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer stop()
			err = errors.Join(err, plan.Undo(undo))
		}
	}()
	j, err := cut(s.jobID(), plan, settings)
	if err != nil {
		return err
	}
	if plan.Explain && !plan.Analyze {
		return s.explain(j, plan, nil)
	}
	h, err := s.execute(ctx, j)
	if err != nil {
		return err
	}
	s.schema = plan.Schema
	switch {
	case plan.Analyze:
		defer s.release()
		if err := s.discard(ctx, plan); err != nil {
			return err
		}
		stats, err := h.Stats(ctx)
		if err != nil {
			return err
		}
		return s.explain(j, plan, stats)
	case plan.Unload != nil:
		defer s.release()
		s.schema = nil
		return s.unload(ctx, plan.Unload)
	case plan.Commits != nil:
		defer s.release()
		s.schema = nil
		if s.req.Program != nil {
			stats, err := h.Stats(ctx)
			if err != nil {
				return err
			}
			s.outcome.Counters = countersOf(stats)
		}
		s.setPhase("committing")
		return s.commit(ctx, plan)
	}
	s.reader = &resultReader{s: s, handle: h}
	return nil
}

func cut(id stage.JobID, plan *planner.Plan, settings *setting.Settings) (stage.Job, error) {
	return job.Cut(id, plan.Root, physical.Fragment{
		Zone: plan.Session.Zone.String(), Now: plan.Session.Now.UnixNano(), Strict: plan.Session.Strict, Dialect: plan.Session.Dialect,
		BatchRows: settings.BatchRows, SpillAlways: settings.SpillAlways, Memory: int64(settings.MemoryLimit),
	})
}

// execute runs a job to its end. On success its outputs are there until release.
func (s *statement) execute(ctx context.Context, j stage.Job) (*master.Handle, error) {
	s.describe(j)
	h, err := s.engine.cfg.Master.Submit(ctx, j)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.mu.handle, s.mu.phase = h, "running"
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = h.Cancel() })
	defer stop()
	if err := s.wait(ctx, h); err != nil {
		s.release()
		return nil, err
	}
	return h, nil
}

// wait waits for the job to end. A cancelled statement waits too, until its
// tasks have stopped, so that nothing works on when it has returned.
func (s *statement) wait(ctx context.Context, h *master.Handle) error {
	err := h.Wait(ctx)
	if err != nil && ctx.Err() != nil {
		_ = h.Cancel()
		grace, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelGrace)
		defer stop()
		_ = h.Wait(grace)
	}
	return err
}

// cancelGrace is how long a cancelled statement waits for its tasks.
const cancelGrace = 10 * time.Second

// describe remembers what progress shows of the stages.
func (s *statement) describe(j stage.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.labels, s.mu.inputs = nil, nil
	for _, st := range j.Stages {
		s.mu.labels = append(s.mu.labels, st.Label)
		var in []int
		for _, i := range st.Inputs {
			in = append(in, int(i.From))
		}
		s.mu.inputs = append(s.mu.inputs, in)
	}
}

func (s *statement) setPhase(p string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.phase = p
}

func (s *statement) wasCancelled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.cancelled
}

// release lets the master forget the job and the workers its outputs.
func (s *statement) release() {
	s.mu.Lock()
	h := s.mu.handle
	s.mu.handle = nil
	s.mu.Unlock()
	if h != nil {
		_ = h.Release() // fails only when the master is gone, and the job with it
	}
}
