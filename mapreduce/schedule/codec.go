package schedule

import (
	"encoding/json"
	"fmt"
	"time"
)

// kinds names the events in a journal. A name is never given a new meaning.
var kinds = map[string]func([]byte) (Event, error){
	"job-submitted":   decode[JobSubmitted],
	"job-cancelled":   decode[JobCancelled],
	"job-released":    decode[JobReleased],
	"worker-joined":   decode[WorkerJoined],
	"worker-lost":     decode[WorkerLost],
	"worker-draining": decode[WorkerDraining],
	"task-done":       decode[TaskDone],
	"task-failed":     decode[TaskFailed],
	"task-stopped":    decode[TaskStopped],
	"fetch-failed":    decode[FetchFailed],
	"task-progress":   decode[TaskProgress],
	"tick":            decode[Tick],
}

type envelope struct {
	Kind  string
	Event json.RawMessage
}

// MarshalEvent writes an event as JSON for a journal.
func MarshalEvent(e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing event %v: %w", e, err)
	}
	return json.Marshal(envelope{kind(e), body})
}

// UnmarshalEvent reads what MarshalEvent wrote.
func UnmarshalEvent(data []byte) (Event, error) {
	var env envelope
	if err := json.Unmarshal(data, &env); err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	decode, ok := kinds[env.Kind]
	if !ok {
		return nil, fmt.Errorf("reading an event: no kind is called %q", env.Kind)
	}
	e, err := decode(env.Event)
	if err != nil {
		return nil, fmt.Errorf("reading an event of kind %s: %w", env.Kind, err)
	}
	return e, nil
}

func decode[E Event](data []byte) (Event, error) {
	var e E
	err := json.Unmarshal(data, &e)
	return e, err
}

func kind(e Event) string {
	switch e.(type) {
	case JobSubmitted:
		return "job-submitted"
	case JobCancelled:
		return "job-cancelled"
	case JobReleased:
		return "job-released"
	case WorkerJoined:
		return "worker-joined"
	case WorkerLost:
		return "worker-lost"
	case WorkerDraining:
		return "worker-draining"
	case TaskDone:
		return "task-done"
	case TaskFailed:
		return "task-failed"
	case TaskStopped:
		return "task-stopped"
	case FetchFailed:
		return "fetch-failed"
	case TaskProgress:
		return "task-progress"
	case Tick:
		return "tick"
	}
	panic(fmt.Sprintf("an event of type %T has no kind", e))
}

type snapshot struct {
	Now     time.Time
	Jobs    []*job
	Workers []*worker
}

// Snapshot writes the whole state, so that a journal can begin with it.
func (s *Scheduler) Snapshot() ([]byte, error) {
	data, err := json.Marshal(snapshot{s.now, s.jobs, s.workers})
	if err != nil {
		return nil, fmt.Errorf("writing the state of the scheduler: %w", err)
	}
	return data, nil
}

// Restore makes the scheduler that Snapshot described.
func Restore(opts Options, data []byte) (*Scheduler, error) {
	var state snapshot
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, fmt.Errorf("reading the state of the scheduler: %w", err)
	}
	s := New(opts)
	s.now, s.jobs, s.workers = state.Now, state.Jobs, state.Workers
	return s, nil
}
