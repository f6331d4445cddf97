package agent

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// start runs a task in a goroutine of its own. The goroutine ends when the task
// does or soon after its context; Run waits for it.
func (a *Agent) start(work context.Context, t stage.Task) {
	ctx, cancel := context.WithCancel(work)
	at := &attempt{cancel: cancel}
	a.mu.Lock()
	if a.mu.attempts[t.Attempt] != nil {
		a.mu.Unlock()
		cancel()
		return
	}
	a.mu.attempts[t.Attempt] = at
	a.mu.Unlock()
	a.tasks.Go(func() {
		defer cancel()
		stats, err := a.run(ctx, t)
		a.finish(work, t.Attempt, at, stats, err)
	})
}

// run calls the runner and turns a panic into an error.
func (a *Agent) run(ctx context.Context, t stage.Task) (stats stage.Stats, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.opts.Log.Error("task panicked", "worker", a.opts.ID, "attempt", t.Attempt.String(),
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = diag.Errorf(diag.CodeInternal, diag.Pos{}, "task %v panicked: %v", t.Attempt.Task, p)
		}
	}()
	return a.opts.Runner.Run(ctx, t)
}

// finish reports how an attempt ended.
func (a *Agent) finish(work context.Context, id stage.AttemptID, at *attempt, stats stage.Stats, err error) {
	a.mu.Lock()
	at.done, at.stats = err == nil, stats
	dropped := at.dropped || work.Err() != nil
	if dropped || err != nil {
		delete(a.mu.attempts, id)
	}
	if dropped && !matters(err) {
		a.mu.queue = append(a.mu.queue, &taskpb.Up{Message: &taskpb.Up_Stopped{Stopped: taskpb.FromAttempt(id)}})
	} else {
		a.mu.queue = append(a.mu.queue, outcome(id, stats, err))
	}
	a.mu.Unlock()
	if dropped || err != nil {
		a.opts.Runner.Free(id)
	}
	signal(a.ready)
}

// matters reports whether it is told how an attempt ended that was cancelled:
// a success, because its statistics count when its readers were only faster,
// and a user's mistake, because it may be why its neighbours failed first.
func matters(err error) bool { return err == nil || diag.ClassOf(err) == diag.User }

func outcome(id stage.AttemptID, stats stage.Stats, err error) *taskpb.Up {
	var fetch *stage.FetchError
	switch {
	case err == nil:
		return &taskpb.Up{Message: &taskpb.Up_Done{Done: &taskpb.Done{
			Attempt: taskpb.FromAttempt(id), Stats: taskpb.FromStats(stats)}}}
	case errors.As(err, &fetch):
		return &taskpb.Up{Message: &taskpb.Up_FetchFailed{FetchFailed: &taskpb.FetchFailed{
			Reader: taskpb.FromAttempt(id), Producer: taskpb.FromAttempt(fetch.Producer)}}}
	}
	return &taskpb.Up{Message: &taskpb.Up_Failed{Failed: &taskpb.Failed{
		Attempt: taskpb.FromAttempt(id), Error: taskpb.FromError(err)}}}
}

// drop cancels an attempt that runs and frees one that is done, whichever the
// master meant: the attempt may have finished while the message was on its way.
func (a *Agent) drop(id stage.AttemptID) {
	a.mu.Lock()
	at := a.mu.attempts[id]
	held := at != nil && at.done
	if held {
		delete(a.mu.attempts, id)
	} else if at != nil {
		at.dropped = true
		at.cancel()
	}
	a.mu.Unlock()
	if held {
		a.opts.Runner.Free(id)
	}
	signal(a.ready)
}
