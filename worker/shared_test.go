package worker

import (
	"context"
	"errors"
	"testing"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/worker/memory"
)

func attempt(s, index int) stage.AttemptID {
	return stage.AttemptID{Task: stage.TaskID{Job: "j", Stage: stage.StageID(s), Index: index}}
}

type closer struct{ closed *int }

func (c closer) Close() error { *c.closed++; return nil }

func TestSharedIsBuiltOnceAndKeptForItsStage(t *testing.T) {
	r := New(Config{Memory: memory.NewBudget(0)})
	built, closed := 0, 0
	build := func() (any, error) { built++; return closer{&closed}, nil }
	for i := range 3 {
		if _, err := r.share(context.Background(), attempt(1, i), "k", build); err != nil {
			t.Fatal(err)
		}
		r.release(attempt(1, i)) // with one slot, tasks follow each other
	}
	if built != 1 || closed != 0 {
		t.Errorf("built %d times, closed %d times", built, closed)
	}
	next := stage.Task{Attempt: attempt(2, 0), Inputs: []stage.TaskInput{{From: 1, Mode: stage.Pipelined}}}
	if r.begin(next); closed != 0 {
		t.Error("dropped by a task that runs beside its stage")
	}
	next.Inputs[0].Mode = stage.Durable
	if r.begin(next); closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

func TestSharedInUseIsNotSwept(t *testing.T) {
	r := New(Config{Memory: memory.NewBudget(0)})
	closed := 0
	_, err := r.share(context.Background(), attempt(1, 0), "k", func() (any, error) { return closer{&closed}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if r.sweep("j", 2); closed != 0 {
		t.Error("a value in use was closed")
	}
}

// A build that failed because its task was cancelled is made again by the next.
func TestSharedBuildSurvivesCancelledBuilder(t *testing.T) {
	r := New(Config{Memory: memory.NewBudget(0)})
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := r.share(cancelled, attempt(1, 0), "k", func() (any, error) { return nil, context.Canceled })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	v, err := r.share(context.Background(), attempt(1, 1), "k", func() (any, error) { return 7, nil })
	if err != nil || v != 7 {
		t.Errorf("%v, %v", v, err)
	}
}

func TestJobBudgetIsSharedByItsTasks(t *testing.T) {
	r := New(Config{Memory: memory.NewBudget(1000)})
	a, doneA := r.budget("j", 100)
	b, doneB := r.budget("j", 100)
	if a != b || a.Limit() != 100 {
		t.Errorf("limits %d and %d", a.Limit(), b.Limit())
	}
	doneA()
	doneB()
	if c, done := r.budget("j", 0); c.Limit() != 1000 {
		t.Errorf("without a limit of its own a job has %d bytes", c.Limit())
		done()
	}
}
