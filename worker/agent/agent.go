// Package agent is the worker's side of the conversation with the master: it
// registers, reports, runs the tasks it is told to run and keeps their outputs
// until they are freed. What a task does is a Runner's business; how messages
// travel is a taskpb.Dialer's: the master itself in one process, GRPC between
// processes.
package agent

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// Runner does the work of tasks and holds their outputs. Its methods are called
// concurrently.
type Runner interface {
	// Run runs an attempt until its output is complete. It returns soon after
	// ctx is cancelled. An input that cannot be read is a *stage.FetchError.
	Run(ctx context.Context, t stage.Task) (stage.Stats, error)
	// Free drops whatever an attempt has written. It is called once for every
	// attempt that Run was called for, after Run has returned.
	Free(stage.AttemptID)
}

// Reporter is a Runner that can tell how far a running attempt has come.
type Reporter interface {
	Progress(stage.AttemptID) (fraction float64, rows int64)
}

// Options configure an Agent. Runner, Dialer and ID must be given.
type Options struct {
	ID        stage.WorkerID // unique to this life of the process, see NewID
	Addr      string         // where others read the outputs held here
	Slots     int
	Memory    int64    // bytes for tasks; 0 when they are not counted
	Operators []string // names of the plan nodes that Runner knows
	Runner    Runner
	Dialer    taskpb.Dialer
	Log       *slog.Logger // none

	// The pauses between attempts to reach the master grow from MinBackoff
	// (100 ms) to MaxBackoff (5 s).
	MinBackoff, MaxBackoff time.Duration
}

// NewID makes an id for a worker process that people know as name.
func NewID(name string) stage.WorkerID {
	return stage.WorkerID(name + "-" + rand.Text()[:8])
}

// Agent is one worker. Make it with New and call Run once.
type Agent struct {
	opts  Options
	tasks sync.WaitGroup
	ready chan struct{} // has room for one token: something was queued
	moved chan struct{} // has room for one token: draining may be over or begin

	mu struct {
		sync.Mutex
		epoch    uint64
		draining bool
		attempts map[stage.AttemptID]*attempt
		// What is still to be said. A message leaves when a link took it.
		queue []*taskpb.Up
	}
}

// attempt is one that runs or whose output is held.
type attempt struct {
	cancel  context.CancelFunc
	done    bool
	dropped bool // cancelled: nobody wants what comes out
	stats   stage.Stats
}

// New makes an agent.
func New(opts Options) *Agent {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.MinBackoff == 0 {
		opts.MinBackoff = 100 * time.Millisecond
	}
	if opts.MaxBackoff == 0 {
		opts.MaxBackoff = 5 * time.Second
	}
	a := &Agent{opts: opts, ready: make(chan struct{}, 1), moved: make(chan struct{}, 1)}
	a.mu.attempts = make(map[stage.AttemptID]*attempt)
	return a
}

// ID names the worker.
func (a *Agent) ID() stage.WorkerID { return a.opts.ID }

// Drain asks for no new tasks. Run returns when those here are finished and
// their outputs freed.
func (a *Agent) Drain() {
	a.mu.Lock()
	a.mu.draining = true
	a.mu.Unlock()
	signal(a.moved)
}

// Run serves the master until ctx is cancelled, the agent is drained (nil), or
// the master refuses the worker, which is an error of class User. When the
// master goes away, running attempts go on, outputs stay, and Run keeps trying
// to reach it. In the end all attempts are stopped and all outputs dropped.
func (a *Agent) Run(ctx context.Context) error {
	work, stop := context.WithCancel(ctx)
	defer a.dropAll()
	defer a.tasks.Wait()
	defer stop()
	pause := a.opts.MinBackoff
	for {
		how, err := a.session(work)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case how == drained:
			a.opts.Log.Info("drained", "worker", a.opts.ID)
			return nil
		case how == again:
			continue
		case how == unreached && diag.ClassOf(err) == diag.User:
			return err
		case how == broken:
			pause = a.opts.MinBackoff
		}
		a.opts.Log.Warn("master out of reach", "worker", a.opts.ID, "error", err)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
		pause = min(2*pause, a.opts.MaxBackoff)
	}
}

// sleep reports whether d passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// report says what the worker has. What is queued follows the report, so an
// attempt whose end is still to be told counts as running if it is not held.
func (a *Agent) report() *taskpb.RegisterRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mu.epoch++
	req := &taskpb.RegisterRequest{
		Worker: string(a.opts.ID), Epoch: a.mu.epoch, Address: a.opts.Addr,
		Slots: int32(a.opts.Slots), Memory: a.opts.Memory, Operators: a.opts.Operators,
		Draining: a.mu.draining,
	}
	for _, id := range a.sorted() {
		if at := a.mu.attempts[id]; at.done {
			req.Done = append(req.Done, &taskpb.Done{Attempt: taskpb.FromAttempt(id), Stats: taskpb.FromStats(at.stats)})
		} else {
			req.Running = append(req.Running, taskpb.FromAttempt(id))
		}
	}
	for _, up := range a.mu.queue {
		switch m := up.GetMessage().(type) {
		case *taskpb.Up_Done:
			if a.mu.attempts[m.Done.GetAttempt().Go()] == nil {
				req.Running = append(req.Running, m.Done.GetAttempt())
			}
		case *taskpb.Up_Failed:
			req.Running = append(req.Running, m.Failed.GetAttempt())
		case *taskpb.Up_Stopped:
			req.Running = append(req.Running, m.Stopped)
		case *taskpb.Up_FetchFailed:
			req.Running = append(req.Running, m.FetchFailed.GetReader())
		}
	}
	return req
}

// sorted lists the attempts in order. a.mu must be held.
func (a *Agent) sorted() []stage.AttemptID {
	ids := make([]stage.AttemptID, 0, len(a.mu.attempts))
	for id := range a.mu.attempts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, stage.AttemptID.Compare)
	return ids
}

// dropAll frees what is left when no task runs any more.
func (a *Agent) dropAll() {
	a.mu.Lock()
	ids := a.sorted()
	clear(a.mu.attempts)
	a.mu.Unlock()
	for _, id := range ids {
		a.opts.Runner.Free(id)
	}
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
