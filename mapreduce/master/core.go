package master

import (
	"fmt"
	"slices"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// core is the master without goroutines, clocks and locks: whoever owns it
// calls it with the time, one call after the other. The simulation drives it
// by hand; Master puts a loop around it.
type core struct {
	opts    Options
	sched   *schedule.Scheduler
	members map[stage.WorkerID]*member
	records int   // in the journal since it was last compacted
	broken  error // why the journal can no longer be written; nothing is applied then
	// changed is called with each job that an event or an action was about.
	changed func(stage.JobID)
}

// newCore replays the journal. Workers known from it have a full timeout to
// register again before they count as lost.
func newCore(opts Options, now time.Time) (*core, error) {
	c := &core{
		opts:    opts,
		sched:   schedule.New(opts.Scheduler),
		members: make(map[stage.WorkerID]*member),
		changed: func(stage.JobID) {},
	}
	if err := opts.Journal.Replay(c.replay); err != nil {
		return nil, err
	}
	for _, w := range c.sched.Workers() {
		c.members[w.ID] = &member{deadline: now.Add(opts.WorkerTimeout)}
	}
	return c, nil
}

// A record is one letter for its kind and then an event or a snapshot.
const (
	recordEvent    = 'e'
	recordSnapshot = 's'
)

func (c *core) replay(record []byte) error {
	if len(record) == 0 {
		return fmt.Errorf("a record of the journal is empty")
	}
	c.records++
	switch record[0] {
	case recordSnapshot:
		sched, err := schedule.Restore(c.opts.Scheduler, record[1:])
		if err != nil {
			return err
		}
		c.sched = sched
		return nil
	case recordEvent:
		e, err := schedule.UnmarshalEvent(record[1:])
		if err != nil {
			return err
		}
		// The actions were carried out when the event happened. Those that
		// were not will be missed in the reports of the workers.
		c.sched.Step(e)
		return nil
	}
	return fmt.Errorf("a record of the journal begins with %q", record[0])
}

// apply writes events down and then carries out what the scheduler makes of
// them. An error means that the journal is broken and so is the core.
func (c *core) apply(now time.Time, events ...schedule.Event) error {
	if c.broken != nil {
		return c.broken
	}
	events = withTime(now, events)
	var records [][]byte
	for _, e := range events {
		if _, soft := e.(schedule.TaskProgress); soft {
			continue
		}
		data, err := schedule.MarshalEvent(e)
		if err != nil {
			return err
		}
		records = append(records, append([]byte{recordEvent}, data...))
	}
	if len(records) > 0 {
		if err := c.opts.Journal.Append(records...); err != nil {
			return c.breakDown(err)
		}
	}
	for _, e := range events {
		c.logEvent(e)
		for _, a := range c.sched.Step(e) {
			c.carryOut(a)
		}
		for _, id := range c.jobsOf(e) {
			c.changed(id)
		}
	}
	c.records += len(records)
	return c.compact()
}

// withTime puts a Tick before the events whose handling depends on the time.
func withTime(now time.Time, events []schedule.Event) []schedule.Event {
	for i, e := range events {
		switch e.(type) {
		case schedule.TaskFailed, schedule.FetchFailed:
			return slices.Insert(slices.Clone(events), i, schedule.Event(schedule.Tick{Now: now}))
		}
	}
	return events
}

// submit takes a job in.
func (c *core) submit(now time.Time, j stage.Job) error {
	if err := j.Validate(); err != nil {
		return err
	}
	if _, known := c.sched.Job(j.ID); known {
		return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "a job %s was submitted before", j.ID)
	}
	return c.apply(now, schedule.JobSubmitted{Job: j})
}

func (c *core) compact() error {
	if c.records < c.opts.CompactAfter {
		return nil
	}
	data, err := c.sched.Snapshot()
	if err != nil {
		return err
	}
	c.records = 1
	if err := c.opts.Journal.Compact(append([]byte{recordSnapshot}, data...)); err != nil {
		return c.breakDown(err)
	}
	return nil
}

// breakDown stops a core that can no longer write down what it does.
func (c *core) breakDown(err error) error {
	c.broken = diag.Errorf(diag.CodeStorage, diag.Pos{}, "the master cannot write its journal").WithCause(err)
	c.opts.Log.Error("journal broken", "error", err)
	return c.broken
}

func (c *core) carryOut(a schedule.Action) {
	c.opts.Log.Info(logAction(a))
	switch a := a.(type) {
	case schedule.StartTask:
		c.dispatch(a.Worker, func() *taskpb.Down {
			return &taskpb.Down{Message: &taskpb.Down_Start{Start: taskpb.FromTask(c.task(a))}}
		})
	case schedule.CancelTask:
		c.dispatch(a.Worker, func() *taskpb.Down {
			return &taskpb.Down{Message: &taskpb.Down_Cancel{Cancel: taskpb.FromAttempt(a.Attempt)}}
		})
	case schedule.FreeOutput:
		c.dispatch(a.Worker, func() *taskpb.Down {
			return &taskpb.Down{Message: &taskpb.Down_Free{Free: taskpb.FromAttempt(a.Attempt)}}
		})
	case schedule.FinishJob:
		c.changed(a.Job)
	}
}

func (c *core) dispatch(w stage.WorkerID, message func() *taskpb.Down) {
	if m := c.members[w]; m != nil && m.out != nil {
		m.out.dispatch(message())
	}
}

// task adds to an action what the scheduler does not care about.
func (c *core) task(a schedule.StartTask) stage.Task {
	spec, _ := c.sched.Spec(a.Attempt.Task.Job)
	st := &spec.Stages[a.Attempt.Task.Stage]
	return stage.Task{
		Attempt: a.Attempt, Label: st.Label, Tasks: st.Tasks,
		Fragment: st.Fragment, Args: st.Args(a.Attempt.Task.Index),
		Inputs: a.Inputs, Memory: a.Memory, Durable: a.Durable,
	}
}

// jobsOf names the jobs that an event was about.
func (c *core) jobsOf(e schedule.Event) []stage.JobID {
	switch e := e.(type) {
	case schedule.JobSubmitted:
		return []stage.JobID{e.Job.ID}
	case schedule.JobCancelled:
		return []stage.JobID{e.Job}
	case schedule.JobReleased:
		return []stage.JobID{e.Job}
	case schedule.TaskDone:
		return []stage.JobID{e.Attempt.Task.Job}
	case schedule.TaskFailed:
		return []stage.JobID{e.Attempt.Task.Job}
	case schedule.TaskStopped:
		return []stage.JobID{e.Attempt.Task.Job}
	case schedule.FetchFailed:
		return []stage.JobID{e.Producer.Task.Job}
	case schedule.WorkerJoined, schedule.WorkerLost:
		return c.sched.Jobs()
	}
	return nil
}

// logEvent and logAction leave out the messages of errors, which may quote
// table data.
func (c *core) logEvent(e schedule.Event) {
	log, line := c.opts.Log.Debug, e.String()
	switch e := e.(type) {
	case schedule.TaskFailed:
		log, line = c.opts.Log.Warn, fmt.Sprintf("task-failed %v %v ODPS-%s:[%v]", e.Attempt, e.Err.Class, e.Err.Code, e.Err.Pos)
	case schedule.FetchFailed, schedule.WorkerLost:
		log = c.opts.Log.Warn
	case schedule.WorkerJoined, schedule.WorkerDraining, schedule.JobSubmitted, schedule.JobCancelled:
		log = c.opts.Log.Info
	}
	log(line)
}

func logAction(a schedule.Action) string {
	if f, ok := a.(schedule.FinishJob); ok && f.Err != nil {
		return fmt.Sprintf("finish %s %v ODPS-%s:[%v]", f.Job, f.Err.Class, f.Err.Code, f.Err.Pos)
	}
	return a.String()
}
