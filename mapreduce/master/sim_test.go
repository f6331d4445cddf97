package master

import (
	"container/heap"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
)

var (
	simSeed  = flag.Uint64("seed", 0, "run only this seed of the simulation")
	simSeeds = flag.Uint64("seeds", 200, "run this many seeds of the simulation")
)

// TestSimulation runs a master and four fake workers on fake time and a network
// that delays, drops and breaks, with crashes on both sides, and checks that
// every job ends as it should with the result it should have. The same seed
// must give the same trace.
func TestSimulation(t *testing.T) {
	first, last := uint64(1), *simSeeds
	if *simSeed != 0 {
		first, last = *simSeed, *simSeed
	}
	for seed := first; seed <= last; seed++ {
		s := newSim(seed)
		if err := s.run(); err != nil {
			t.Fatalf("%v\nrerun with -run TestSimulation -seed %d; the end of the trace:\n%s", err, seed, s.tail())
		}
		if seed%10 != 1 {
			continue
		}
		again := newSim(seed)
		if err := again.run(); err != nil || again.hash.Sum64() != s.hash.Sum64() {
			t.Fatalf("seed %d gave trace %x and then %x (%v)", seed, s.hash.Sum64(), again.hash.Sum64(), err)
		}
	}
}

const (
	simFaults  = 60 * time.Second // how long faults go on
	simHorizon = time.Hour        // when everything must be over
)

// sim is the world: a clock, what happens next, the master and what it runs on.
type sim struct {
	rand    *rand.Rand
	now     time.Time
	start   time.Time
	queue   simQueue
	seq     int
	core    *core // nil while the master is down
	journal *MemoryJournal
	workers []*simWorker
	jobs    []*simJob
	started map[stage.AttemptID]bool
	wake    time.Time // of the next tick
	hash    interface {
		Write([]byte) (int, error)
		Sum64() uint64
	}
	trace []string
	err   error
}

type simEvent struct {
	at  time.Time
	seq int
	run func()
}

type simQueue []simEvent

func (q simQueue) Len() int      { return len(q) }
func (q simQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q simQueue) Less(i, j int) bool {
	if c := q[i].at.Compare(q[j].at); c != 0 {
		return c < 0
	}
	return q[i].seq < q[j].seq
}
func (q *simQueue) Push(x any) { *q = append(*q, x.(simEvent)) }
func (q *simQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func newSim(seed uint64) *sim {
	s := &sim{
		rand:    rand.New(rand.NewPCG(seed, 2)),
		start:   time.Unix(1_000_000, 0).UTC(),
		journal: &MemoryJournal{},
		started: make(map[stage.AttemptID]bool),
		hash:    fnv.New64a(),
	}
	s.now = s.start
	s.startMaster()
	for i := range 4 {
		w := &simWorker{sim: s, name: fmt.Sprintf("w%d", i+1), slots: 1 + s.rand.IntN(3)}
		s.workers = append(s.workers, w)
		w.boot()
	}
	for i := range 6 {
		j := s.newJob(i + 1)
		s.jobs = append(s.jobs, j)
		s.after(s.upTo(20*time.Second), j.submit)
	}
	s.after(s.upTo(5*time.Second), s.fault)
	return s
}

func (s *sim) options() Options {
	o := Options{Journal: s.journal, CompactAfter: 150}
	o.setDefaults()
	return o
}

func (s *sim) startMaster() {
	c, err := newCore(s.options(), s.now)
	if err != nil {
		s.fail("the master cannot start: %v", err)
		return
	}
	s.core, s.wake = c, time.Time{}
	s.log("master up")
}

// run lets the world happen until all jobs are over and everything is quiet.
func (s *sim) run() error {
	for len(s.queue) > 0 && s.err == nil {
		e := heap.Pop(&s.queue).(simEvent)
		s.now = e.at
		if s.now.Sub(s.start) > simHorizon {
			return fmt.Errorf("not over after %v: %s", simHorizon, s.unfinished())
		}
		e.run()
		s.check()
		if s.over() {
			return s.err
		}
		s.setWake()
	}
	if s.err == nil {
		s.fail("nothing happens any more: %s", s.unfinished())
	}
	return s.err
}

// setWake asks for a tick when the master wants one.
func (s *sim) setWake() {
	if s.core == nil {
		return
	}
	at, ok := s.core.wakeAt()
	if !ok || !s.wake.IsZero() && !at.Before(s.wake) {
		return
	}
	s.wake = at
	c := s.core
	s.after(max(0, at.Sub(s.now)), func() {
		if s.core != c || !s.wake.Equal(at) {
			return
		}
		s.wake = time.Time{}
		s.must(c.tick(s.now))
	})
}

// check holds after every event.
func (s *sim) check() {
	if s.core == nil {
		return
	}
	for _, w := range s.core.sched.Workers() {
		if w.Used > w.Slots || w.Used < 0 || w.Granted < 0 {
			s.fail("worker %s uses %d of %d slots", w.ID, w.Used, w.Slots)
		}
	}
	for _, j := range s.jobs {
		j.check()
	}
}

// over reports whether all jobs are released and no worker has anything left.
func (s *sim) over() bool {
	for _, j := range s.jobs {
		if !j.released {
			return false
		}
	}
	for _, w := range s.workers {
		if w.up && len(w.attempts) > 0 {
			return false
		}
	}
	return s.now.Sub(s.start) > simFaults
}

func (s *sim) unfinished() string {
	var b strings.Builder
	for _, j := range s.jobs {
		if !j.released {
			fmt.Fprintf(&b, "%s ", j.spec.ID)
		}
	}
	for _, w := range s.workers {
		if len(w.attempts) > 0 {
			fmt.Fprintf(&b, "%s has %v ", w.id, w.sorted())
		}
	}
	return b.String()
}

// fault brings about the next misfortune.
func (s *sim) fault() {
	if s.now.Sub(s.start) > simFaults {
		return
	}
	w := s.workers[s.rand.IntN(len(s.workers))]
	switch p := s.rand.IntN(10); {
	case p < 4:
		w.hangUp("link broken")
	case p < 6:
		w.isolate(s.upTo(15 * time.Second))
	case p < 8:
		w.crash(s.upTo(15 * time.Second))
	case p < 9 && s.core != nil:
		s.log("master down")
		s.core = nil
		for _, w := range s.workers {
			w.hangUp("master gone")
		}
		s.after(s.upTo(12*time.Second), s.startMaster)
	default:
		w.drain()
	}
	s.after(s.upTo(8*time.Second), s.fault)
}

func (s *sim) after(d time.Duration, run func()) {
	s.seq++
	heap.Push(&s.queue, simEvent{s.now.Add(d), s.seq, run})
}

func (s *sim) upTo(d time.Duration) time.Duration { return time.Duration(s.rand.Int64N(int64(d))) }

// chance is true once in n.
func (s *sim) chance(n int) bool { return s.rand.IntN(n) == 0 }

func (s *sim) log(format string, args ...any) {
	line := fmt.Sprintf("%8.3f ", s.now.Sub(s.start).Seconds()) + fmt.Sprintf(format, args...)
	s.hash.Write([]byte(line))
	s.trace = append(s.trace, line)
}

func (s *sim) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *sim) must(err error) {
	if err != nil {
		s.fail("the master broke: %v", err)
	}
}

func (s *sim) tail() string {
	return strings.Join(s.trace[max(0, len(s.trace)-120):], "\n")
}

// simJob is a job, its client, and how it should end.
type simJob struct {
	sim      *sim
	spec     stage.Job
	want     string // class of the error, "" for success
	culprit  stage.TaskID
	cancel   bool
	tried    map[stage.TaskID]int // random failures of a task so far
	state    schedule.JobState
	accepted bool
	released bool
}

func (s *sim) newJob(n int) *simJob {
	j := &simJob{sim: s, spec: stage.Job{ID: stage.JobID(fmt.Sprintf("j%d", n))}, tried: make(map[stage.TaskID]int)}
	stages := 1 + s.rand.IntN(4)
	for i := range stages {
		st := stage.Stage{ID: stage.StageID(i), Tasks: 1 + s.rand.IntN(4), Fragment: []byte{byte(i)}, Memory: 100}
		for from := range i {
			if from == i-1 || s.chance(3) {
				st.Inputs = append(st.Inputs, stage.Input{From: stage.StageID(from), Mode: stage.Mode(s.rand.IntN(2))})
			}
		}
		j.spec.Stages = append(j.spec.Stages, st)
	}
	at := stage.StageID(s.rand.IntN(stages))
	j.culprit = stage.TaskID{Job: j.spec.ID, Stage: at, Index: s.rand.IntN(j.spec.Stages[at].Tasks)}
	j.want = []string{"", "", "", "", "user", "resource", "internal", "cancel"}[s.rand.IntN(8)]
	if j.want == "cancel" {
		j.want, j.cancel = "", true
	}
	return j
}

// submit tries until the master has taken the job.
func (j *simJob) submit() {
	s := j.sim
	if s.core == nil {
		s.after(time.Second, j.submit)
		return
	}
	s.log("submit %v", schedule.JobSubmitted{Job: j.spec})
	s.must(s.core.submit(s.now, j.spec))
	j.accepted = true
	if j.cancel {
		s.after(s.upTo(10*time.Second), j.giveUp)
	}
	s.after(time.Second, j.poll)
}

func (j *simJob) giveUp() {
	if s := j.sim; s.core == nil {
		s.after(time.Second, j.giveUp)
	} else {
		s.log("cancel %s", j.spec.ID)
		s.must(s.core.apply(s.now, schedule.JobCancelled{Job: j.spec.ID}))
	}
}

// check sees that a job ends once, and as it should.
func (j *simJob) check() {
	s := j.sim
	view, known := s.core.sched.Job(j.spec.ID)
	switch {
	case known != (j.accepted && !j.released):
		s.fail("job %s: known %v, accepted %v, released %v", j.spec.ID, known, j.accepted, j.released)
	case !known || view.State == j.state:
	case j.state != schedule.Running:
		s.fail("job %s went from %v to %v", j.spec.ID, j.state, view.State)
	default:
		j.state = view.State
		s.log("job %s %v %v", j.spec.ID, view.State, view.Err)
		j.judge(view)
	}
}

func (j *simJob) judge(view schedule.JobView) {
	var got string
	switch view.State {
	case schedule.Cancelled:
		got = "cancel"
	case schedule.Failed:
		got = view.Err.Class.String()
	}
	if got != j.want && !(j.cancel && got == "cancel") {
		j.sim.fail("job %s ended with %q (%v), not with %q", j.spec.ID, got, view.Err, j.want)
	}
}

// poll reads the result when it is there and then releases the job.
func (j *simJob) poll() {
	s := j.sim
	if s.core == nil || j.state == schedule.Running {
		s.after(time.Second, j.poll)
		return
	}
	if j.state == schedule.Succeeded {
		outputs, ok := s.core.sched.Outputs(j.spec.ID)
		for i, o := range outputs {
			a := s.output(o)
			if a == nil {
				s.log("client cannot read %v", o)
				s.must(s.core.apply(s.now, schedule.FetchFailed{Producer: o.Attempt}))
				ok = false
				break
			}
			if want := j.value(stage.StageID(len(j.spec.Stages)-1), i); a.value != want {
				s.fail("%v has value %x, not %x", o, a.value, want)
			}
		}
		if !ok {
			s.after(time.Second, j.poll)
			return
		}
	}
	// Whatever was cancelled is heard of in the end.
	if _, complete := s.core.sched.Stats(j.spec.ID); !complete {
		s.after(time.Second, j.poll)
		return
	}
	s.log("release %s", j.spec.ID)
	j.released = true
	s.must(s.core.apply(s.now, schedule.JobReleased{Job: j.spec.ID}))
}

// value is what a task must compute, found without any scheduling.
func (j *simJob) value(st stage.StageID, index int) uint64 {
	var inputs []uint64
	for _, in := range j.spec.Stages[st].Inputs {
		for i := range j.spec.Stages[in.From].Tasks {
			inputs = append(inputs, j.value(in.From, i))
		}
	}
	return simValue(stage.TaskID{Job: j.spec.ID, Stage: st, Index: index}, inputs)
}

func simValue(t stage.TaskID, inputs []uint64) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, t, inputs)
	return h.Sum64()
}

// output finds what an output says it is, if its worker lives, can be reached
// and holds it.
func (s *sim) output(o stage.Output) *simAttempt {
	i := slices.IndexFunc(s.workers, func(w *simWorker) bool { return w.id == o.Worker && w.up && !w.isolated })
	if i < 0 {
		return nil
	}
	if a := s.workers[i].attempts[o.Attempt]; a != nil && a.done {
		return a
	}
	return nil
}
