package schedule

import (
	"slices"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/sql/diag"
)

// Options are the knobs of a Scheduler; the zero value of each takes its
// default. A journal must be replayed with the options it was written with.
type Options struct {
	MaxAttempts    int           // failures of one task that end its job; 4
	MaxDisruptions int           // lost workers and inputs one task outlives; 16
	MaxRestarts    int           // restarts of a group before it is spooled; 2
	Strikes        int           // failures in a row that ban a worker; 3
	Ban            time.Duration // of the first ban; each further one is twice as long; 30 s
	MaxBan         time.Duration // 30 min

	// Order ranks jobs that have work: negative when a goes first. The default
	// is the order of submission, which also decides between equals.
	Order func(a, b Candidate) int
}

// Candidate is what Order knows of a job.
type Candidate struct {
	Job     stage.JobID
	Running int // attempts
}

func (o *Options) setDefaults() {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.MaxAttempts, 4)
	def(&o.MaxDisruptions, 16)
	def(&o.MaxRestarts, 2)
	def(&o.Strikes, 3)
	if o.Ban == 0 {
		o.Ban = 30 * time.Second
	}
	if o.MaxBan == 0 {
		o.MaxBan = 30 * time.Minute
	}
}

// Scheduler decides which task runs where. Make one with New. It is not safe
// for concurrent use.
type Scheduler struct {
	opts    Options
	now     time.Time
	jobs    []*job    // in order of submission
	workers []*worker // by id
	out     []Action  // of the step under way
}

// New makes a scheduler without jobs and workers.
func New(opts Options) *Scheduler {
	opts.setDefaults()
	return &Scheduler{opts: opts}
}

// Step applies an event and gives what must be done now, in order.
func (s *Scheduler) Step(e Event) []Action {
	s.out = nil
	switch e := e.(type) {
	case JobSubmitted:
		s.submit(e.Job)
	case JobCancelled:
		if j := s.job(e.Job); j != nil && j.State == Running {
			s.end(j, Cancelled, cancelled())
		}
	case JobReleased:
		s.release(e.Job)
	case WorkerJoined:
		s.join(e)
	case WorkerLost:
		s.lose(e.ID)
	case WorkerDraining:
		if w := s.worker(e.ID); w != nil {
			w.Draining = true
		}
	case TaskDone:
		s.done(e.Attempt, e.Stats)
		s.ended(e.Attempt)
	case TaskFailed:
		s.failed(e.Attempt, e.Err)
		s.ended(e.Attempt)
	case TaskStopped:
		s.ended(e.Attempt)
	case FetchFailed:
		s.fetchFailed(e.Reader, e.Producer)
		s.ended(e.Reader)
	case TaskProgress:
		s.progress(e)
		return nil // changes no decision
	case Tick:
		if e.Now.After(s.now) {
			s.now = e.Now
		}
	}
	for _, j := range s.jobs {
		s.settle(j)
	}
	s.place()
	out := s.out
	s.out = nil
	return out
}

// WakeAt is when the next Tick would change a decision, if any would.
func (s *Scheduler) WakeAt() (time.Time, bool) {
	var at time.Time
	for _, w := range s.workers {
		if w.banned(s.now) && (at.IsZero() || w.BannedUntil.Before(at)) {
			at = w.BannedUntil
		}
	}
	return at, !at.IsZero()
}

func (s *Scheduler) submit(spec stage.Job) {
	if s.job(spec.ID) != nil {
		return
	}
	if err := spec.Validate(); err != nil {
		s.emit(FinishJob{Job: spec.ID, Err: diag.Of(err)})
		return
	}
	s.jobs = append(s.jobs, newJob(spec))
}

func (s *Scheduler) release(id stage.JobID) {
	j := s.job(id)
	if j == nil {
		return
	}
	if j.State == Running {
		s.end(j, Cancelled, cancelled())
	}
	s.dropAll(j)
	s.jobs = slices.DeleteFunc(s.jobs, func(x *job) bool { return x == j })
}

func (s *Scheduler) progress(e TaskProgress) {
	if _, a := s.attempt(e.Attempt); a != nil && a.State == attemptRunning {
		a.Fraction, a.Rows = e.Fraction, e.Rows
	}
}

func cancelled() *diag.Error {
	return diag.Errorf(diag.CodeKilled, diag.Pos{}, "the job was cancelled")
}

func (s *Scheduler) emit(a Action) { s.out = append(s.out, a) }

func (s *Scheduler) job(id stage.JobID) *job {
	for _, j := range s.jobs {
		if j.Spec.ID == id {
			return j
		}
	}
	return nil
}

func (s *Scheduler) worker(id stage.WorkerID) *worker {
	if i, ok := s.findWorker(id); ok {
		return s.workers[i]
	}
	return nil
}

func (s *Scheduler) findWorker(id stage.WorkerID) (int, bool) {
	return slices.BinarySearchFunc(s.workers, id, func(w *worker, id stage.WorkerID) int {
		return strings.Compare(string(w.ID), string(id))
	})
}

// attempt finds an attempt that this scheduler started, or gives nil.
func (s *Scheduler) attempt(id stage.AttemptID) (*job, *attempt) {
	j := s.job(id.Task.Job)
	if j == nil || id.Task.Stage < 0 || int(id.Task.Stage) >= len(j.Stages) {
		return nil, nil
	}
	tasks := j.Stages[id.Task.Stage].Tasks
	if id.Task.Index < 0 || id.Task.Index >= len(tasks) {
		return nil, nil
	}
	attempts := tasks[id.Task.Index].Attempts
	if id.Number < 0 || id.Number >= len(attempts) {
		return nil, nil
	}
	return j, &attempts[id.Number]
}
