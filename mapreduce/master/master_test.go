package master

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func oneTask(id stage.JobID) stage.Job {
	return stage.Job{ID: id, Stages: []stage.Stage{{Tasks: 1, Fragment: []byte("plan"), TaskArgs: [][]byte{[]byte("split")}}}}
}

func dial(t *testing.T, m *Master, req *taskpb.RegisterRequest) taskpb.Link {
	t.Helper()
	l, _, err := m.Dial(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func start(t *testing.T, l taskpb.Link) stage.Task {
	t.Helper()
	d, err := l.Recv()
	if err != nil || d.GetStart() == nil {
		t.Fatalf("no start but %v, %v", d, err)
	}
	return d.GetStart().Go()
}

func finished(task stage.Task) *taskpb.Up {
	return &taskpb.Up{Message: &taskpb.Up_Done{Done: &taskpb.Done{Attempt: taskpb.FromAttempt(task.Attempt), Stats: &taskpb.Stats{Rows: 9}}}}
}

var heartbeat = &taskpb.Up{Message: &taskpb.Up_Heartbeat{Heartbeat: &taskpb.Heartbeat{}}}

// TestSilence plays two workers by hand on fake time: the one that is silent
// for too long is lost, and its task goes to the other.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		m, err := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		silent := dial(t, m, &taskpb.RegisterRequest{Worker: "a", Epoch: 1, Slots: 1, Address: "h:1"})
		h, err := m.Submit(t.Context(), oneTask("j"))
		if err != nil {
			t.Fatal(err)
		}
		if task := start(t, silent); string(task.Fragment) != "plan" || string(task.Args) != "split" || task.Attempt.Number != 0 {
			t.Errorf("have %+v", task)
		}
		speaking := dial(t, m, &taskpb.RegisterRequest{Worker: "b", Epoch: 1, Slots: 1, Address: "h:2"})
		beats, stop := context.WithCancel(t.Context())
		defer stop()
		go func() {
			for beats.Err() == nil {
				speaking.Send(heartbeat)
				select {
				case <-time.After(time.Second):
				case <-beats.Done():
				}
			}
		}()
		began := time.Now()
		task := start(t, speaking)
		if waited := time.Since(began); waited != 5*time.Second || task.Attempt.Number != 1 {
			t.Errorf("%v was started after %v", task.Attempt, waited)
		}
		if _, err := silent.Recv(); err == nil {
			t.Error("the lost worker's link is still there")
		}
		if err := speaking.Send(finished(task)); err != nil {
			t.Fatal(err)
		}
		if err := h.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		outputs, err := h.Outputs(t.Context())
		if err != nil || len(outputs) != 1 || outputs[0] != (stage.Output{Attempt: task.Attempt, Worker: "b", Addr: "h:2"}) {
			t.Errorf("outputs are %v, %v", outputs, err)
		}
		if s, err := h.Stats(t.Context()); err != nil || s[0][0].Rows != 9 {
			t.Errorf("statistics are %v, %v", s, err)
		}
		stop()
		synctest.Wait()
		for _, line := range []string{"start j/0/0#0 on a", "worker-lost a", "start j/0/0#1 on b", "finish j ok"} {
			if !strings.Contains(log.String(), line) {
				t.Errorf("the log lacks %q:\n%s", line, &log)
			}
		}
	})
}

type mute struct{}

func (mute) dispatch(*taskpb.Down) {}
func (mute) close()                {}

// TestLateTick tells a silent worker from a master that was held up.
func TestLateTick(t *testing.T) {
	for late, workers := range map[time.Duration]int{0: 0, 2 * time.Second: 0, 3 * time.Second: 1, time.Hour: 1} {
		opts := Options{}
		opts.setDefaults()
		now := time.Unix(1000, 0)
		c, err := newCore(opts, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.register(now, &taskpb.RegisterRequest{Worker: "a", Epoch: 1, Slots: 1}, mute{}); err != nil {
			t.Fatal(err)
		}
		if err := c.tick(now.Add(opts.WorkerTimeout + late)); err != nil {
			t.Fatal(err)
		}
		if n := len(c.sched.Workers()); n != workers {
			t.Errorf("a tick that is %v late leaves %d workers, not %d", late, n, workers)
		}
	}
}

func TestLogKeepsDataOut(t *testing.T) {
	var log bytes.Buffer
	m, err := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := dial(t, m, &taskpb.RegisterRequest{Worker: "a", Epoch: 1, Slots: 1})
	h, _ := m.Submit(t.Context(), oneTask("j"))
	task := start(t, l)
	failure := diag.Errorf(diag.CodeCast, diag.Pos{Line: 1, Col: 8}, "cannot cast 'secret'")
	l.Send(&taskpb.Up{Message: &taskpb.Up_Failed{Failed: &taskpb.Failed{
		Attempt: taskpb.FromAttempt(task.Attempt), Error: taskpb.FromError(failure)}}})
	if err := h.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "secret") {
		t.Errorf("the user is told %v", err)
	}
	if s := log.String(); strings.Contains(s, "secret") || !strings.Contains(s, "finish j user ODPS-0123091:[1,8]") {
		t.Errorf("the log says:\n%s", s)
	}
}

// TestTakeover opens a second master on the journal of the first, with the
// journal compacted after every event and never.
func TestTakeover(t *testing.T) {
	for _, compactAfter := range []int{1, 1000} {
		opts := Options{Journal: &MemoryJournal{}, CompactAfter: compactAfter}
		first, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		l := dial(t, first, &taskpb.RegisterRequest{Worker: "a", Epoch: 1, Slots: 2})
		h, _ := first.Submit(t.Context(), oneTask("done"))
		held := start(t, l)
		l.Send(finished(held))
		if err := h.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		lost, _ := first.Submit(t.Context(), oneTask("running"))
		running := start(t, l)
		first.Close()
		if err := lost.Wait(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("a wait at a closed master ended with %v", err)
		}
		if _, err := l.Recv(); err == nil {
			t.Error("a closed master kept a link")
		}

		second, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		l = dial(t, second, &taskpb.RegisterRequest{
			Worker: "a", Epoch: 2, Slots: 2, Running: []*taskpb.AttemptID{taskpb.FromAttempt(running.Attempt)},
			Done: []*taskpb.Done{{Attempt: taskpb.FromAttempt(held.Attempt)}},
		})
		l.Send(finished(running))
		for _, id := range second.Jobs() {
			h, ok := second.Job(id)
			if !ok || h.Wait(t.Context()) != nil {
				t.Errorf("job %s did not come through", id)
			}
			outputs, err := h.Outputs(t.Context())
			if err != nil || outputs[0].Attempt.Number != 0 {
				t.Errorf("job %s: outputs %v, %v", id, outputs, err)
			}
			h.Release()
			if err := h.Wait(t.Context()); diag.ClassOf(err) != diag.User {
				t.Errorf("a released job gives %v", err)
			}
		}
		second.Close()
	}
}

// TestBrokenJournal fails the journal: what is not written is not done.
func TestBrokenJournal(t *testing.T) {
	journal := &MemoryJournal{}
	m, err := New(Options{Journal: journal})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := dial(t, m, &taskpb.RegisterRequest{Worker: "a", Epoch: 1, Slots: 1})
	h, _ := m.Submit(t.Context(), oneTask("j"))
	task := start(t, l)
	journal.Fail()
	l.Send(finished(task))
	if err := h.Wait(t.Context()); diag.Of(err).Code != diag.CodeStorage {
		t.Errorf("waiting ended with %v", err)
	}
	if view, _ := h.Progress(); view.State != schedule.Running {
		t.Errorf("the job is %v", view.State)
	}
	if _, err := m.Submit(t.Context(), oneTask("k")); diag.Of(err).Code != diag.CodeStorage {
		t.Errorf("submitting gave %v", err)
	}
}

func TestSubmitRefuses(t *testing.T) {
	m, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.Submit(t.Context(), stage.Job{ID: "empty"}); diag.ClassOf(err) != diag.Internal {
		t.Errorf("a job without stages: %v", err)
	}
	if _, err := m.Submit(t.Context(), oneTask("j")); err != nil {
		t.Error(err)
	}
	if _, err := m.Submit(t.Context(), oneTask("j")); diag.ClassOf(err) != diag.User {
		t.Errorf("a job twice: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h, _ := m.Job("j")
	if err := h.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting without workers: %v", err)
	}
}
