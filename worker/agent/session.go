package agent

import (
	"context"
	"sync"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
)

// end says how a session ended.
type end uint8

const (
	unreached end = iota // there was no session
	broken               // the link broke
	again                // the worker must register again to begin draining
	drained              // nothing is left to do
)

// session registers once and serves the link to its end. Tasks run under work,
// which outlives the session.
func (a *Agent) session(work context.Context) (end, error) {
	ctx, cancel := context.WithCancel(work)
	defer cancel()
	req := a.report()
	link, resp, err := a.opts.Dialer.Dial(ctx, req)
	if err != nil {
		return unreached, err
	}
	a.opts.Log.Info("registered", "worker", a.opts.ID, "epoch", req.GetEpoch())

	var wg sync.WaitGroup
	defer wg.Wait()
	defer link.Close() // ends the reader
	unheard := make(chan error, 1)
	wg.Go(func() { unheard <- a.listen(work, link) })

	beat := time.NewTicker(time.Duration(max(1, resp.GetHeartbeatMillis())) * time.Millisecond)
	defer beat.Stop()
	for {
		if err := a.flush(link); err != nil {
			return broken, err
		}
		if req.GetDraining() && a.idle() {
			return drained, nil
		}
		select {
		case <-a.ready:
		case <-a.moved:
			if !req.GetDraining() && a.isDraining() {
				return again, nil
			}
		case <-beat.C:
			if err := link.Send(a.heartbeat()); err != nil {
				return broken, err
			}
		case err := <-unheard:
			return broken, err
		case <-ctx.Done():
			return broken, ctx.Err()
		}
	}
}

// flush sends what is queued. A message that the link did not take stays.
func (a *Agent) flush(link taskpb.Link) error {
	for {
		a.mu.Lock()
		if len(a.mu.queue) == 0 {
			a.mu.Unlock()
			return nil
		}
		up := a.mu.queue[0]
		a.mu.Unlock()
		if err := link.Send(up); err != nil {
			return err
		}
		// Only this goroutine takes messages out.
		a.mu.Lock()
		a.mu.queue = a.mu.queue[1:]
		a.mu.Unlock()
	}
}

func (a *Agent) isDraining() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mu.draining
}

// idle reports whether nothing runs, is held or remains to be said.
func (a *Agent) idle() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.mu.attempts) == 0 && len(a.mu.queue) == 0
}

// heartbeat tells how far the running attempts have come, if Runner can tell.
func (a *Agent) heartbeat() *taskpb.Up {
	beat := &taskpb.Heartbeat{}
	if r, ok := a.opts.Runner.(Reporter); ok {
		for _, id := range a.running() {
			fraction, rows := r.Progress(id)
			beat.Progress = append(beat.Progress, &taskpb.Progress{Attempt: taskpb.FromAttempt(id), Fraction: fraction, Rows: rows})
		}
	}
	return &taskpb.Up{Message: &taskpb.Up_Heartbeat{Heartbeat: beat}}
}

func (a *Agent) running() []stage.AttemptID {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []stage.AttemptID
	for _, id := range a.sorted() {
		if at := a.mu.attempts[id]; !at.done && !at.dropped {
			ids = append(ids, id)
		}
	}
	return ids
}

// listen does what the master says until the link breaks.
func (a *Agent) listen(work context.Context, link taskpb.Link) error {
	for {
		d, err := link.Recv()
		if err != nil {
			return err
		}
		switch m := d.GetMessage().(type) {
		case *taskpb.Down_Start:
			a.start(work, m.Start.Go())
		case *taskpb.Down_Cancel:
			a.drop(m.Cancel.Go())
		case *taskpb.Down_Free:
			a.drop(m.Free.Go())
		}
	}
}
