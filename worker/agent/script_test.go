package agent_test

import (
	"context"
	"io"
	"testing"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/worker/agent"
)

// script is a master played by the test: each registration gives it a line.
type script struct{ lines chan *line }

// line is a session seen from the master.
type line struct {
	req  *taskpb.RegisterRequest
	up   chan *taskpb.Up
	down chan *taskpb.Down // closed by the test to break the line
	gone chan struct{}     // closed when the agent hangs up
}

func (s *script) Dial(ctx context.Context, req *taskpb.RegisterRequest) (taskpb.Link, *taskpb.RegisterResponse, error) {
	l := &line{req, make(chan *taskpb.Up), make(chan *taskpb.Down), make(chan struct{})}
	select {
	case s.lines <- l:
		return l, &taskpb.RegisterResponse{HeartbeatMillis: 1 << 40}, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

func (l *line) Send(up *taskpb.Up) error {
	select {
	case l.up <- up:
		return nil
	case <-l.gone:
		return io.EOF
	}
}

func (l *line) Recv() (*taskpb.Down, error) {
	select {
	case d, ok := <-l.down:
		if ok {
			return d, nil
		}
	case <-l.gone:
	}
	return nil, io.EOF
}

func (l *line) Close() error { close(l.gone); return nil }

func (l *line) start(id stage.AttemptID) {
	l.down <- &taskpb.Down{Message: &taskpb.Down_Start{Start: taskpb.FromTask(stage.Task{Attempt: id})}}
}

func (l *line) cancel(id stage.AttemptID) {
	l.down <- &taskpb.Down{Message: &taskpb.Down_Cancel{Cancel: taskpb.FromAttempt(id)}}
}

func attempt(index int) stage.AttemptID {
	return stage.AttemptID{Task: stage.TaskID{Job: "j", Index: index}}
}

// begin runs an agent against a script.
func begin(t *testing.T) (*script, *agent.Agent, *store) {
	s, store := &script{make(chan *line)}, newStore()
	a := agent.New(agent.Options{ID: "w", Slots: 9, Runner: &runner{store, "w"}, Dialer: s, MinBackoff: 1})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s, a, store
}

// TestLastWords cancels three attempts: of one that then succeeds and of one with a
// user's mistake this is told, of one that fails because it was cancelled that it
// stopped.
func TestLastWords(t *testing.T) {
	s, _, store := begin(t)
	ends := []error{context.Canceled, diag.Errorf(diag.CodeCast, diag.Pos{}, "x"), nil}
	for i, err := range ends {
		store.inject(attempt(i).String(), func(ctx context.Context) error { <-ctx.Done(); return err })
	}
	l := <-s.lines
	for i := range ends {
		l.start(attempt(i))
		l.cancel(attempt(i))
		up := <-l.up
		if i == 0 && up.GetStopped().Go() != attempt(0) ||
			i == 1 && up.GetFailed().GetError().GetClass() != taskpb.Error_USER ||
			i == 2 && up.GetDone().GetAttempt().Go() != attempt(2) {
			t.Errorf("of attempt %d the master is told %v", i, up)
		}
	}
}

// TestReports breaks the line and looks at what the agent says it has: what
// runs, what is held, and a failure that was not told yet.
func TestReports(t *testing.T) {
	s, a, store := begin(t)
	release := make(chan struct{})
	store.inject(attempt(0).String(), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	failed := make(chan struct{})
	store.inject(attempt(1).String(), func(context.Context) error {
		<-release
		defer close(failed)
		return diag.Errorf(diag.CodeStorage, diag.Pos{}, "x")
	})
	l := <-s.lines
	for i := range 3 {
		l.start(attempt(i))
	}
	if up := <-l.up; up.GetDone().GetAttempt().Go() != attempt(2) {
		t.Fatalf("have %v", up)
	}
	close(l.down)
	<-l.gone
	l = <-s.lines
	if r := l.req; r.GetEpoch() != 2 || len(r.GetRunning()) != 2 || len(r.GetDone()) != 1 || r.GetDone()[0].GetAttempt().Go() != attempt(2) {
		t.Errorf("the second report is %v", r)
	}
	close(release)
	<-failed
	if up := <-l.up; up.GetFailed().GetAttempt().Go() != attempt(1) {
		t.Errorf("have %v", up)
	}
	// To drain is to say so in a registration; then to end when all is gone.
	a.Drain()
	<-l.gone
	l = <-s.lines
	if r := l.req; !r.GetDraining() || r.GetEpoch() != 3 || len(r.GetRunning()) != 1 || len(r.GetDone()) != 1 {
		t.Errorf("the third report is %v", r)
	}
	l.cancel(attempt(0))
	if up := <-l.up; up.GetStopped().Go() != attempt(0) {
		t.Errorf("have %v", up)
	}
	l.cancel(attempt(2))
	<-l.gone
}
