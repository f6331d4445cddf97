package schedule

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/bixidata/bixi/mapreduce/stage"
)

// TestOrder lets the job with the fewest running attempts go first.
func TestOrder(t *testing.T) {
	s := New(Options{Order: func(a, b Candidate) int { return cmp.Compare(a.Running, b.Running) }})
	s.Step(WorkerJoined{ID: "w", Slots: 2})
	s.Step(JobSubmitted{parseJob([]string{"a", "0:4"})})
	s.Step(JobSubmitted{parseJob([]string{"b", "0:4"})})
	first := stage.AttemptID{Task: stage.TaskID{Job: "a"}}
	if got := s.Step(TaskDone{Attempt: first}); len(got) != 1 || got[0].String() != "start b/0/0#0 on w" {
		t.Errorf("after a task of a: %v", got)
	}
}

// BenchmarkWideJob runs two stages of 1000 tasks on 64 workers of 4 slots.
func BenchmarkWideJob(b *testing.B) {
	for b.Loop() {
		s := New(Options{})
		for i := range 64 {
			s.Step(WorkerJoined{ID: stage.WorkerID(fmt.Sprintf("w%02d", i)), Slots: 4})
		}
		todo := s.Step(JobSubmitted{parseJob([]string{"j", "0:1000", "1:1000<-0"})})
		events := 0
		for ; len(todo) > 0; todo = todo[1:] {
			if a, ok := todo[0].(StartTask); ok {
				todo = append(todo, s.Step(TaskDone{Attempt: a.Attempt})...)
				events++
			}
		}
		if events != 2000 {
			b.Fatalf("%d tasks ran", events)
		}
	}
}
