package master

import (
	"slices"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// member is what the core knows of a worker beside the scheduler.
type member struct {
	epoch    uint64 // of its last registration; 0 for one known from the journal
	deadline time.Time
	out      dispatcher // nil while the worker is not connected
}

// dispatcher carries messages to one worker, in order, until its link breaks.
// It neither blocks nor reports errors: what does not arrive is made good when
// the worker registers again.
type dispatcher interface {
	dispatch(*taskpb.Down)
	close()
}

// register takes a worker in, or takes its report when it is known. From then
// on out is the way to it.
func (c *core) register(now time.Time, req *taskpb.RegisterRequest, out dispatcher) error {
	id := stage.WorkerID(req.GetWorker())
	if err := c.admit(id, req); err != nil {
		return err
	}
	m := c.members[id]
	if m == nil {
		m = &member{}
		c.members[id] = m
	} else if m.out != nil {
		m.out.close()
	}
	*m = member{epoch: req.GetEpoch(), deadline: now.Add(c.opts.WorkerTimeout), out: out}
	return c.apply(now, append(c.replaced(id, req.GetAddress()), joined(req))...)
}

func (c *core) admit(id stage.WorkerID, req *taskpb.RegisterRequest) error {
	refuse := func(format string, args ...any) error {
		return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "worker %q cannot join: "+format, append([]any{id}, args...)...)
	}
	if m := c.members[id]; m != nil && req.GetEpoch() <= m.epoch {
		return refuse("registration %d is older than registration %d", req.GetEpoch(), m.epoch)
	}
	if strings.ContainsFunc(string(id), func(r rune) bool { return r <= ' ' || r > '~' }) || id == "" {
		return refuse("its id must be printable ASCII without spaces")
	}
	if req.GetSlots() < 1 || req.GetMemory() < 0 {
		return refuse("it offers %d slots and %d bytes of memory", req.GetSlots(), req.GetMemory())
	}
	var missing []string
	for _, name := range c.opts.Vocabulary {
		if !slices.Contains(req.GetOperators(), name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return diag.Of(refuse("it lacks the operators %s", strings.Join(missing, ", "))).
			WithHint("run the same version of bixi on the master and on all workers")
	}
	return nil
}

// replaced finds the workers whose data address another one now has: their
// processes are gone, so there is no need to wait for them.
func (c *core) replaced(id stage.WorkerID, addr string) []schedule.Event {
	var lost []schedule.Event
	for _, w := range c.sched.Workers() {
		if w.ID != id && addr != "" && w.Addr == addr {
			lost = append(lost, c.forget(w.ID))
		}
	}
	return lost
}

// forget drops a member; the event it gives must be applied.
func (c *core) forget(id stage.WorkerID) schedule.Event {
	if m := c.members[id]; m != nil && m.out != nil {
		m.out.close()
	}
	delete(c.members, id)
	return schedule.WorkerLost{ID: id}
}

func joined(req *taskpb.RegisterRequest) schedule.Event {
	e := schedule.WorkerJoined{
		ID: stage.WorkerID(req.GetWorker()), Addr: req.GetAddress(),
		Slots: int(req.GetSlots()), Memory: req.GetMemory(), Draining: req.GetDraining(),
	}
	for _, a := range req.GetRunning() {
		e.Running = append(e.Running, a.Go())
	}
	for _, d := range req.GetDone() {
		e.Done = append(e.Done, schedule.DoneAttempt{Attempt: d.GetAttempt().Go(), Stats: d.GetStats().Go()})
	}
	return e
}

// heard takes note that a message of a registration arrived and gives the
// events it stands for. Messages of an older registration are void.
func (c *core) heard(now time.Time, id stage.WorkerID, epoch uint64, up *taskpb.Up) []schedule.Event {
	m := c.members[id]
	if m == nil || m.epoch != epoch {
		return nil
	}
	m.deadline = now.Add(c.opts.WorkerTimeout)
	switch u := up.GetMessage().(type) {
	case *taskpb.Up_Heartbeat:
		var events []schedule.Event
		for _, p := range u.Heartbeat.GetProgress() {
			events = append(events, schedule.TaskProgress{Attempt: p.GetAttempt().Go(), Fraction: p.GetFraction(), Rows: p.GetRows()})
		}
		return events
	case *taskpb.Up_Done:
		return []schedule.Event{schedule.TaskDone{Attempt: u.Done.GetAttempt().Go(), Stats: u.Done.GetStats().Go()}}
	case *taskpb.Up_Failed:
		return []schedule.Event{schedule.TaskFailed{Attempt: u.Failed.GetAttempt().Go(), Err: u.Failed.GetError().Go()}}
	case *taskpb.Up_Stopped:
		return []schedule.Event{schedule.TaskStopped{Attempt: u.Stopped.Go()}}
	case *taskpb.Up_FetchFailed:
		return []schedule.Event{schedule.FetchFailed{Reader: u.FetchFailed.GetReader().Go(), Producer: u.FetchFailed.GetProducer().Go()}}
	}
	return nil
}

// disconnected takes note that a link broke. The worker keeps its deadline.
func (c *core) disconnected(id stage.WorkerID, epoch uint64) {
	if m := c.members[id]; m != nil && m.epoch == epoch {
		m.out = nil
	}
}

// tick takes note of the time: workers not heard of in time are lost, and the
// scheduler is woken when it wants to be.
//
// A tick that comes much later than it was due says that the master itself was
// held up, by a disk or a stopped machine, and that the workers' messages may
// still be on their way in: everybody gets a new deadline.
func (c *core) tick(now time.Time) error {
	var events []schedule.Event
	if due, ok := c.wakeAt(); ok && now.Sub(due) > 2*c.opts.Heartbeat {
		for _, m := range c.members {
			m.deadline = now.Add(c.opts.WorkerTimeout)
		}
	}
	for _, w := range c.sched.Workers() {
		if m := c.members[w.ID]; m == nil || !m.deadline.After(now) {
			events = append(events, c.forget(w.ID))
		}
	}
	if at, ok := c.sched.WakeAt(); ok && !at.After(now) {
		events = append(events, schedule.Tick{Now: now})
	}
	if len(events) == 0 {
		return nil
	}
	return c.apply(now, events...)
}

// wakeAt is when tick has something to do, if nothing else happens.
func (c *core) wakeAt() (time.Time, bool) {
	at, ok := c.sched.WakeAt()
	for _, m := range c.members {
		if !ok || m.deadline.Before(at) {
			at, ok = m.deadline, true
		}
	}
	return at, ok
}
