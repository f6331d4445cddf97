package schedule

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

var seed = flag.Uint64("seed", 0, "run only this seed of the random tests")

// TestRandomOrders throws random events in random order at a scheduler and
// checks its actions against a model of the cluster that shares no code with
// it. In the end the faults stop, and every job must end.
func TestRandomOrders(t *testing.T) {
	first, last := uint64(1), uint64(150)
	if *seed != 0 {
		first, last = *seed, *seed
	}
	for n := first; n <= last; n++ {
		m := newModel(n)
		if err := m.run(); err != nil {
			t.Fatalf("%v\nrerun with -run RandomOrders -seed %d; the end of the trace:\n%s", err, n, m.tail())
		}
	}
}

// model is what the cluster has, told only by events and actions.
type model struct {
	rand    *rand.Rand
	s       *Scheduler
	now     time.Time
	workers map[stage.WorkerID]*modelWorker
	jobs    map[stage.JobID]*modelJob
	started map[stage.AttemptID]bool
	names   int
	trace   []string
}

type modelWorker struct {
	slots    int
	draining bool
	running  map[stage.AttemptID]StartTask
	held     map[stage.AttemptID]bool
	ending   map[stage.AttemptID]bool // cancelled, its end not told
}

type modelJob struct {
	spec     stage.Job
	ended    []*diag.Error
	mayFail  bool // a fault that ends a job was injected
	released bool
}

func newModel(seed uint64) *model {
	return &model{
		rand:    rand.New(rand.NewPCG(seed, 1)),
		s:       New(Options{}),
		now:     time.Unix(0, 0),
		workers: make(map[stage.WorkerID]*modelWorker),
		jobs:    make(map[stage.JobID]*modelJob),
		started: make(map[stage.AttemptID]bool),
	}
}

func (m *model) tail() string {
	return strings.Join(m.trace[max(0, len(m.trace)-60):], "\n")
}

func (m *model) run() error {
	for range 150 {
		for _, e := range m.event() {
			if err := m.step(e); err != nil {
				return err
			}
		}
	}
	return m.finish()
}

// event makes a random event that can happen.
func (m *model) event() []Event {
	running, held := m.attempts()
	switch p := m.rand.IntN(100); {
	case p < 8:
		if len(m.jobs) < 6 {
			return []Event{JobSubmitted{m.newJob()}}
		}
	case p < 16:
		if len(m.workers) < 5 {
			m.names++
			id := stage.WorkerID(fmt.Sprintf("w%d", m.names))
			return []Event{WorkerJoined{ID: id, Slots: 1 + m.rand.IntN(3), Memory: int64(m.rand.IntN(3)) * 1000}}
		}
	case p < 19:
		if id, ok := choose(m.rand, sortedKeys(m.workers)); ok {
			return []Event{WorkerLost{id}}
		}
	case p < 20:
		if id, ok := choose(m.rand, sortedKeys(m.workers)); ok {
			return []Event{WorkerDraining{id}}
		}
	case p < 23:
		if id, ok := choose(m.rand, sortedKeys(m.workers)); ok {
			return []Event{m.rejoin(id)}
		}
	case p < 32:
		if id, ok := choose(m.rand, running); ok {
			class := diag.Class(m.rand.IntN(4))
			if class != diag.Transient && m.rand.IntN(3) > 0 {
				class = diag.Transient
			}
			m.jobs[id.Task.Job].mayFail = true
			return []Event{m.tick(), TaskFailed{id, &diag.Error{Class: class, Code: diag.CodeInternal, Msg: "random"}}}
		}
	case p < 37:
		if id, ok := choose(m.rand, running); ok {
			if in := m.workerOf(id).running[id].Inputs; len(in) > 0 {
				outputs := in[m.rand.IntN(len(in))].Outputs
				return []Event{m.tick(), FetchFailed{id, outputs[m.rand.IntN(len(outputs))].Attempt}}
			}
		}
	case p < 39:
		if id, ok := choose(m.rand, held); ok {
			return []Event{m.tick(), FetchFailed{Producer: id}}
		}
	case p < 40:
		if id, ok := choose(m.rand, sortedKeys(m.jobs)); ok {
			m.jobs[id].mayFail = true
			return []Event{JobCancelled{id}}
		}
	case p < 42:
		if id, ok := choose(m.rand, sortedKeys(m.jobs)); ok && len(m.jobs[id].ended) > 0 {
			return []Event{JobReleased{id}}
		}
	case p < 44:
		if id, ok := choose(m.rand, m.ending()); ok {
			return []Event{TaskStopped{id}}
		}
	case p < 46: // something stale
		if id, ok := choose(m.rand, sortedAttempts(m.started)); ok && !slices.Contains(running, id) {
			return []Event{TaskDone{Attempt: id}}
		}
	case p < 50:
		return []Event{m.tick()}
	default:
		if id, ok := choose(m.rand, running); ok {
			return []Event{TaskDone{Attempt: id, Stats: stage.Stats{Rows: 1}}}
		}
	}
	return nil
}

func (m *model) tick() Event {
	m.now = m.now.Add(time.Duration(m.rand.IntN(20)) * time.Second)
	return Tick{m.now}
}

// rejoin reports what a worker has, less something it lost, plus something
// that nobody knows.
func (m *model) rejoin(id stage.WorkerID) Event {
	w := m.workers[id]
	e := WorkerJoined{ID: id, Slots: w.slots, Draining: w.draining}
	for _, a := range sortedAttempts(w.ending) {
		if m.rand.IntN(2) == 0 {
			e.Running = append(e.Running, a)
		} else {
			delete(w.ending, a)
		}
	}
	before := sortedAttempts(w.held)
	for _, a := range sortedAttempts(w.running) {
		switch m.rand.IntN(5) {
		case 0: // the start never arrived
			delete(w.running, a)
		case 1: // finished meanwhile
			e.Done = append(e.Done, DoneAttempt{Attempt: a})
			delete(w.running, a)
			w.held[a] = true
		default:
			e.Running = append(e.Running, a)
		}
	}
	for _, a := range before {
		if m.rand.IntN(8) == 0 {
			delete(w.held, a)
		} else {
			e.Done = append(e.Done, DoneAttempt{Attempt: a})
		}
	}
	if m.rand.IntN(4) == 0 {
		ghost := stage.AttemptID{Task: stage.TaskID{Job: "ghost"}, Number: len(m.trace)}
		w.held[ghost] = true
		e.Done = append(e.Done, DoneAttempt{Attempt: ghost})
	}
	return e
}

func (m *model) newJob() stage.Job {
	j := stage.Job{ID: stage.JobID(fmt.Sprintf("j%d", len(m.jobs)+1))}
	stages := 1 + m.rand.IntN(5)
	read := make([]bool, stages)
	for i := range stages {
		st := stage.Stage{ID: stage.StageID(i), Tasks: 1 + m.rand.IntN(4), Memory: int64(m.rand.IntN(3)) * 300}
		for from := range i {
			if m.rand.IntN(2) == 0 || i == stages-1 && !read[from] {
				st.Inputs = append(st.Inputs, stage.Input{From: stage.StageID(from), Mode: stage.Mode(m.rand.IntN(2))})
				read[from] = true
			}
		}
		j.Stages = append(j.Stages, st)
	}
	return j
}

// step applies an event, sometimes to a scheduler that went through a snapshot,
// and checks the actions.
func (m *model) step(e Event) error {
	m.trace = append(m.trace, "> "+e.String())
	m.happen(e)
	if m.rand.IntN(5) == 0 {
		if err := m.reload(&e); err != nil {
			return err
		}
	}
	for _, a := range m.s.Step(e) {
		m.trace = append(m.trace, "  "+a.String())
		if err := m.carryOut(a); err != nil {
			return fmt.Errorf("%v: %w", a, err)
		}
	}
	return m.check()
}

func (m *model) reload(e *Event) error {
	data, err := m.s.Snapshot()
	if err != nil {
		return err
	}
	if m.s, err = Restore(Options{}, data); err != nil {
		return err
	}
	if again, _ := m.s.Snapshot(); !reflect.DeepEqual(data, again) {
		return fmt.Errorf("a snapshot of a restored scheduler differs")
	}
	text, err := MarshalEvent(*e)
	if err != nil {
		return err
	}
	*e, err = UnmarshalEvent(text)
	return err
}

// happen applies an event to the model.
func (m *model) happen(e Event) {
	switch e := e.(type) {
	case JobSubmitted:
		m.jobs[e.Job.ID] = &modelJob{spec: e.Job}
	case JobReleased:
		m.jobs[e.Job].released = true
	case WorkerJoined:
		w := m.workers[e.ID]
		if w == nil {
			w = &modelWorker{running: make(map[stage.AttemptID]StartTask), held: make(map[stage.AttemptID]bool), ending: make(map[stage.AttemptID]bool)}
			m.workers[e.ID] = w
		}
		w.slots, w.draining = e.Slots, e.Draining
	case WorkerLost:
		delete(m.workers, e.ID)
	case WorkerDraining:
		m.workers[e.ID].draining = true
	case TaskDone:
		if w := m.workerOf(e.Attempt); w != nil {
			delete(w.running, e.Attempt)
			w.held[e.Attempt] = true
		}
		m.told(e.Attempt)
	case TaskStopped:
		m.told(e.Attempt)
	case TaskFailed:
		delete(m.workerOf(e.Attempt).running, e.Attempt)
	case FetchFailed:
		if w := m.workerOf(e.Reader); w != nil {
			delete(w.running, e.Reader)
		}
	}
}

// told takes note of the last word about an attempt.
func (m *model) told(id stage.AttemptID) {
	for _, w := range m.workers {
		delete(w.ending, id)
	}
}

func (m *model) carryOut(a Action) error {
	switch a := a.(type) {
	case StartTask:
		return m.start(a)
	case CancelTask:
		w := m.workers[a.Worker]
		if w == nil {
			return fmt.Errorf("no such worker")
		}
		_, running := w.running[a.Attempt]
		if !running && !w.ending[a.Attempt] && a.Attempt.Task.Job != "ghost" {
			return fmt.Errorf("it does not run there")
		}
		delete(w.running, a.Attempt)
		w.ending[a.Attempt] = true
	case FreeOutput:
		w := m.workers[a.Worker]
		if w == nil {
			return fmt.Errorf("no such worker")
		}
		if !w.held[a.Attempt] {
			return fmt.Errorf("it is not held there")
		}
		delete(w.held, a.Attempt)
	case FinishJob:
		return m.end(a)
	}
	return nil
}

func (m *model) start(a StartTask) error {
	w, j := m.workers[a.Worker], m.jobs[a.Attempt.Task.Job]
	switch {
	case w == nil:
		return fmt.Errorf("no such worker")
	case w.draining:
		return fmt.Errorf("the worker is draining")
	case m.started[a.Attempt]:
		return fmt.Errorf("the attempt was started before")
	case j.released || len(j.ended) > 0 && j.ended[len(j.ended)-1] != nil:
		return fmt.Errorf("the job has ended")
	case len(a.Inputs) != len(j.spec.Stages[a.Attempt.Task.Stage].Inputs):
		return fmt.Errorf("wrong inputs")
	}
	for _, other := range m.workers {
		for id := range other.running {
			if id.Task == a.Attempt.Task {
				return fmt.Errorf("%v runs", id)
			}
		}
		for id := range other.held {
			if id.Task == a.Attempt.Task {
				return fmt.Errorf("%v is done", id)
			}
		}
	}
	m.started[a.Attempt] = true
	w.running[a.Attempt] = a
	return m.checkInputs(a, &j.spec)
}

// checkInputs checks that a task finds all of its inputs.
func (m *model) checkInputs(a StartTask, spec *stage.Job) error {
	for _, in := range a.Inputs {
		if len(in.Outputs) != spec.Stages[in.From].Tasks {
			return fmt.Errorf("%d outputs of stage %d", len(in.Outputs), in.From)
		}
		for i, o := range in.Outputs {
			w := m.workers[o.Worker]
			if w == nil || o.Attempt.Task != (stage.TaskID{Job: spec.ID, Stage: in.From, Index: i}) {
				return fmt.Errorf("no output %v", o)
			}
			_, running := w.running[o.Attempt]
			if in.Mode == stage.Durable && !w.held[o.Attempt] {
				return fmt.Errorf("%v is not held", o)
			}
			if in.Mode == stage.Pipelined && !running {
				return fmt.Errorf("%v does not run", o)
			}
		}
	}
	return nil
}

func (m *model) end(a FinishJob) error {
	j := m.jobs[a.Job]
	if n := len(j.ended); n > 1 || n == 1 && (j.ended[0] != nil || a.Err == nil) {
		return fmt.Errorf("it ended before")
	}
	if a.Err != nil && !j.mayFail && a.Err.Code != diag.CodeWorkerLost && a.Err.Code != diag.CodeFetch {
		return fmt.Errorf("nothing failed it")
	}
	j.ended = append(j.ended, a.Err)
	if a.Err == nil && !m.rootHeld(&j.spec) {
		return fmt.Errorf("a root output is missing")
	}
	return nil
}

func (m *model) rootHeld(spec *stage.Job) bool {
	n := 0
	for _, w := range m.workers {
		for id := range w.held {
			if id.Task.Job == spec.ID && id.Task.Stage == spec.Root().ID {
				n++
			}
		}
	}
	return n == spec.Root().Tasks
}

// check compares the slots in use: a worker runs at most as many different
// task indexes of one group as it has slots, counted over all groups.
func (m *model) check() error {
	for _, v := range m.s.Workers() {
		w := m.workers[v.ID]
		type slot struct {
			job   stage.JobID
			group int
			index int
		}
		used := make(map[slot]bool)
		var granted int64
		for id, a := range w.running {
			used[slot{id.Task.Job, component(&m.jobs[id.Task.Job].spec, id.Task.Stage), id.Task.Index}] = true
			granted += a.Memory
		}
		if len(used) > w.slots || v.Used > w.slots || v.Used < len(used) {
			return fmt.Errorf("worker %s has %d slots, uses %d and says %d", v.ID, w.slots, len(used), v.Used)
		}
		if granted != v.Granted || v.Memory > 0 && granted > v.Memory {
			return fmt.Errorf("worker %s has %d bytes, granted %d and says %d", v.ID, v.Memory, granted, v.Granted)
		}
	}
	return m.checkEnding()
}

// checkEnding compares the jobs whose statistics may still change.
func (m *model) checkEnding() error {
	open := make(map[stage.JobID]bool)
	for _, id := range m.ending() {
		open[id.Task.Job] = true
	}
	for id, j := range m.jobs {
		if _, complete := m.s.Stats(id); !j.released && complete == open[id] {
			return fmt.Errorf("job %s: ending %v, statistics complete %v", id, open[id], complete)
		}
	}
	return nil
}

func (m *model) ending() []stage.AttemptID {
	var ids []stage.AttemptID
	for _, id := range sortedKeys(m.workers) {
		ids = append(ids, sortedAttempts(m.workers[id].ending)...)
	}
	return ids
}

// component names the stages connected to st by pipelined inputs by their first.
func component(j *stage.Job, st stage.StageID) int {
	seen := map[stage.StageID]bool{st: true}
	for range j.Stages {
		for _, s := range j.Stages {
			for _, in := range s.Inputs {
				if in.Mode == stage.Pipelined && (seen[s.ID] || seen[in.From]) {
					seen[s.ID], seen[in.From] = true, true
				}
			}
		}
	}
	return int(slices.Min(sortedKeysOf(seen)))
}

// finish ends the faults: every job must end well or by a fault, and nothing
// must be left when all of them are released.
func (m *model) finish() error {
	if err := m.step(WorkerJoined{ID: "last", Slots: 1}); err != nil {
		return err
	}
	for range 10000 {
		running, _ := m.attempts()
		if len(running) == 0 {
			break
		}
		if err := m.step(TaskDone{Attempt: running[m.rand.IntN(len(running))]}); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(m.jobs) {
		j := m.jobs[id]
		if len(j.ended) == 0 {
			return fmt.Errorf("job %s has not ended", id)
		}
		if j.released {
			continue
		}
		if _, ok := m.s.Outputs(id); ok != (j.ended[len(j.ended)-1] == nil) {
			return fmt.Errorf("job %s ended with %v and its outputs are there: %v", id, j.ended, ok)
		}
		if err := m.step(JobReleased{id}); err != nil {
			return err
		}
	}
	if running, held := m.attempts(); len(running)+len(held) > 0 {
		return fmt.Errorf("%v still run and %v are still held", running, held)
	}
	return nil
}

func (m *model) workerOf(id stage.AttemptID) *modelWorker {
	for _, w := range m.workers {
		if _, ok := w.running[id]; ok {
			return w
		}
	}
	return nil
}

func (m *model) attempts() (running, held []stage.AttemptID) {
	for _, w := range m.workers {
		running = append(running, sortedAttempts(w.running)...)
		held = append(held, sortedAttempts(w.held)...)
	}
	slices.SortFunc(running, stage.AttemptID.Compare)
	slices.SortFunc(held, stage.AttemptID.Compare)
	return running, held
}

func choose[T any](r *rand.Rand, list []T) (T, bool) {
	if len(list) == 0 {
		var zero T
		return zero, false
	}
	return list[r.IntN(len(list))], true
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sortedKeysOf[V any](m map[stage.StageID]V) []stage.StageID {
	keys := make([]stage.StageID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sortedAttempts[V any](m map[stage.AttemptID]V) []stage.AttemptID {
	keys := make([]stage.AttemptID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, stage.AttemptID.Compare)
	return keys
}
