// Package master is the job master: it owns the time, the network and the
// journal of a schedule.Scheduler and carries its actions out. What is decided
// is decided there; what a plan means is known to neither.
//
// The core (core.go, member.go) is single-threaded and is driven by the
// simulation as it is; Master puts a lock and a loop around it. Workers come in
// through Dial: those of the same process call it, those of other processes
// reach it through Service.
package master

import (
	"context"
	"sync"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// Master runs jobs on the workers that dial it. It is safe for concurrent use.
type Master struct {
	opts Options
	ups  chan up       // from workers, waiting for the loop
	kick chan struct{} // the next wake-up may have moved
	stop chan struct{} // closed by Close
	wg   sync.WaitGroup
	once sync.Once

	mu struct {
		sync.Mutex
		core  *core
		watch map[stage.JobID]chan struct{} // closed when the job has changed
		ended error                         // why nothing happens any more
	}
}

// up is a message of one worker's registration.
type up struct {
	worker stage.WorkerID
	epoch  uint64
	msg    *taskpb.Up
}

var errClosed = diag.Errorf(diag.CodeWorkerLost, diag.Pos{}, "the master was shut down")

// maxBatch bounds the messages that are journalled with one sync.
const maxBatch = 1024

// New opens a master on its journal: jobs in it go on as soon as their workers
// register again. The caller must Close it.
func New(opts Options) (*Master, error) {
	opts.setDefaults()
	c, err := newCore(opts, opts.Clock.Now())
	if err != nil {
		return nil, err
	}
	m := &Master{
		opts: opts,
		ups:  make(chan up, maxBatch),
		kick: make(chan struct{}, 1),
		stop: make(chan struct{}),
	}
	c.changed = m.changed
	m.mu.core = c
	m.mu.watch = make(map[stage.JobID]chan struct{})
	m.wg.Go(m.loop)
	return m, nil
}

// Close stops the master. Jobs go on in the next one on the same journal.
func (m *Master) Close() error {
	var err error
	m.once.Do(func() {
		close(m.stop)
		m.mu.Lock()
		m.end(errClosed)
		m.mu.Unlock()
		m.wg.Wait()
		err = m.opts.Journal.Close()
	})
	return err
}

// loop applies what workers say and keeps the time.
func (m *Master) loop() {
	for {
		timer, stop := m.timer()
		select {
		case <-m.stop:
			stop()
			return
		case <-m.kick:
		case <-timer:
			m.do(func(c *core, now time.Time) error { return c.tick(now) })
		case u := <-m.ups:
			m.receive(u)
		}
		stop()
	}
}

// timer fires when the core wants to be ticked.
func (m *Master) timer() (<-chan time.Time, func() bool) {
	m.mu.Lock()
	at, ok := m.mu.core.wakeAt()
	ok = ok && m.mu.ended == nil
	m.mu.Unlock()
	if !ok {
		return nil, func() bool { return false }
	}
	return m.opts.Clock.Timer(max(0, at.Sub(m.opts.Clock.Now())))
}

// receive applies a message and all that wait behind it as one batch, so that
// they share one sync of the journal.
func (m *Master) receive(first up) {
	batch := []up{first}
	for len(batch) < maxBatch && len(m.ups) > 0 {
		batch = append(batch, <-m.ups)
	}
	m.do(func(c *core, now time.Time) error {
		var events []schedule.Event
		for _, u := range batch {
			events = append(events, c.heard(now, u.worker, u.epoch, u.msg)...)
		}
		if len(events) == 0 {
			return nil
		}
		return c.apply(now, events...)
	})
}

// do calls f with the core, unless the master has ended, and ends the master
// when the core broke.
func (m *Master) do(f func(c *core, now time.Time) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.ended != nil {
		return m.mu.ended
	}
	err := f(m.mu.core, m.opts.Clock.Now())
	if m.mu.core.broken != nil {
		m.end(m.mu.core.broken)
	}
	select {
	case m.kick <- struct{}{}:
	default:
	}
	return err
}

// end hangs up on the workers and wakes whoever waits. m.mu must be held.
func (m *Master) end(why error) {
	if m.mu.ended != nil {
		return
	}
	m.mu.ended = why
	for _, w := range m.mu.core.members {
		if w.out != nil {
			w.out.close()
		}
	}
	for id := range m.mu.watch {
		m.changed(id)
	}
}

// spawn runs f in a goroutine that Close waits for, unless the master has ended.
func (m *Master) spawn(f func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.ended != nil {
		return false
	}
	m.wg.Go(f)
	return true
}

// changed wakes those who watch a job. m.mu must be held.
func (m *Master) changed(id stage.JobID) {
	if ch := m.mu.watch[id]; ch != nil {
		close(ch)
		delete(m.mu.watch, id)
	}
}

// Submit starts a job. Its id must not be in use.
func (m *Master) Submit(ctx context.Context, j stage.Job) (*Handle, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err := m.do(func(c *core, now time.Time) error { return c.submit(now, j) })
	if err != nil {
		return nil, err
	}
	return &Handle{m: m, id: j.ID}, nil
}

// Job finds a job that is not released yet, for example one submitted to a
// master before this one.
func (m *Master) Job(id stage.JobID) (*Handle, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.mu.core.sched.Job(id)
	return &Handle{m: m, id: id}, ok
}

// Jobs lists the jobs that are not released, in order of submission.
func (m *Master) Jobs() []stage.JobID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mu.core.sched.Jobs()
}

// Workers lists the workers by id.
func (m *Master) Workers() []schedule.WorkerView {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mu.core.sched.Workers()
}

// Drain keeps new tasks from a worker. It can be shut down without loss when
// Workers shows that it runs nothing and the jobs it served are released.
func (m *Master) Drain(id stage.WorkerID) error {
	return m.do(func(c *core, now time.Time) error {
		return c.apply(now, schedule.WorkerDraining{ID: id})
	})
}

// Dial takes in a worker; it makes Master a taskpb.Dialer. The error of a
// worker that is refused has class User.
func (m *Master) Dial(ctx context.Context, req *taskpb.RegisterRequest) (taskpb.Link, *taskpb.RegisterResponse, error) {
	l, resp, err := m.register(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	return l, resp, nil
}

func (m *Master) register(ctx context.Context, req *taskpb.RegisterRequest) (*link, *taskpb.RegisterResponse, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	l := newLink(m, stage.WorkerID(req.GetWorker()), req.GetEpoch())
	err := m.do(func(c *core, now time.Time) error { return c.register(now, req, l) })
	if err != nil {
		l.close()
		return nil, nil, err
	}
	return l, &taskpb.RegisterResponse{HeartbeatMillis: max(1, m.opts.Heartbeat.Milliseconds())}, nil
}
