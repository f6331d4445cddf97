package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/job"
	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// statement is a Statement of an Engine.
type statement struct {
	engine  *Engine
	id      string
	req     Request
	cancel  context.CancelFunc
	started time.Time
	done    chan struct{} // closed when run has ended

	// Set by run before done is closed, read only after.
	schema  types.Schema
	small   []*batch.Batch // the result of a command
	outcome Outcome
	err     error

	mu struct {
		sync.Mutex
		phase     string
		handle    *master.Handle
		cancelled bool
		labels    []string
		inputs    [][]int
	}
	reader *resultReader
	// tries counts the jobs of a statement that lost races; see again.
	tries int
	// temporary are the files that jobs before the last one have written.
	temporary []table.DataFile
	before    int // counts those jobs
}

func (s *statement) ID() string { return s.id }

// run carries the statement through. It never panics: a broken invariant is an
// Internal error with the stack.
func (s *statement) run(ctx context.Context) {
	defer close(s.done)
	defer s.cancel()
	defer func() {
		if r := recover(); r != nil {
			s.err = diag.Errorf(diag.CodeInternal, diag.Pos{}, "%v in statement %s\n%s", r, s.id, debug.Stack())
		}
		if s.reader == nil || s.err != nil {
			s.removeTemporary()
		}
		s.outcome.Elapsed = s.engine.cfg.Clock().Sub(s.started)
		s.setPhase("done")
	}()
	s.err = s.carryOut(ctx)
	if s.err != nil && (s.wasCancelled() || errors.Is(s.err, context.Canceled)) {
		s.err = diag.Errorf(diag.CodeKilled, diag.Pos{}, "job %s was cancelled", s.id)
	}
}

func (s *statement) carryOut(ctx context.Context) (err error) {
	e := s.engine
	settings, err := e.settings(s.req.State)
	if err != nil {
		return err
	}
	if d := settings.StatementTimeout; d > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, d, diag.Errorf(diag.CodeTimeout, diag.Pos{}, "the statement ran longer than %s", d))
		defer stop()
		defer func() {
			if err != nil && ctx.Err() == context.DeadlineExceeded {
				err = context.Cause(ctx)
			}
		}()
	}
	var stmt syntax.Statement
	if s.req.Program == nil {
		if stmt, err = s.parse(settings); err != nil {
			return err
		}
	}
	catalog, err := e.Catalog(ctx)
	if err != nil {
		return err
	}
	ps := &planner.Session{
		Catalog: catalog, Project: s.req.State.Project, Functions: e.cfg.Functions, Settings: settings,
		Clock: e.cfg.Clock, Fold: e.cfg.Fold, Owner: s.req.User, Verify: e.cfg.Verify,
		Jobs: e.recent, Temporary: s.temporaryDirectory(),
		Materialize: func(ctx context.Context, plan *planner.Plan) ([]table.DataFile, error) {
			return s.materialize(ctx, plan, settings)
		},
		Values: func(ctx context.Context, plan *planner.Plan) ([]types.Datum, error) {
			return s.values(ctx, plan, settings)
		},
	}
	if prog, ok := stmt.(*syntax.Program); ok {
		return s.script(ctx, ps, prog, settings)
	}
	for {
		s.outcome = Outcome{State: s.req.State}
		plan, err := s.plan(ctx, ps, stmt)
		if err != nil {
			return err
		}
		if plan.Command != nil {
			return s.command(ctx, ps, plan, stmt)
		}
		err = s.job(ctx, plan, settings)
		if err == nil || !s.again(plan, err) {
			return err
		}
	}
}

func (s *statement) plan(ctx context.Context, ps *planner.Session, stmt syntax.Statement) (plan *planner.Plan, err error) {
	if p := s.req.Program; p != nil {
		plan, err = planner.MapReduce(ctx, ps, p.Program, p.Spec)
	} else {
		plan, err = planner.Make(ctx, ps, stmt)
	}
	if err != nil {
		return nil, err
	}
	for _, w := range plan.Warnings {
		s.outcome.Warnings = append(s.outcome.Warnings, w.String())
	}
	return plan, nil
}

func (s *statement) parse(settings *setting.Settings) (syntax.Statement, error) {
	parse := syntax.ParseStatement
	if settings.SubmitMode == "script" {
		parse = parseScript
	}
	stmt, err := parse(s.req.Text)
	if err != nil || !settings.Reencode {
		return stmt, err
	}
	if stmt, err = parse(syntax.Print(stmt)); err != nil {
		return nil, fmt.Errorf("the printed statement does not parse: %w", err)
	}
	return stmt, nil
}

// schemaSetting is the setting that holds a session's schema.
const schemaSetting = "odps.default.schema"

// command runs a statement without a job and keeps what it changed in the session.
func (s *statement) command(ctx context.Context, ps *planner.Session, plan *planner.Plan, stmt syntax.Statement) error {
	r, err := plan.Command.Run(ctx, ps)
	if err != nil {
		return err
	}
	s.outcome.State.Project = ps.Project
	switch st := stmt.(type) {
	case *syntax.Set:
		if st.Key != "" {
			s.outcome.State.Settings = with(s.req.State.Settings, st.Key, st.Value)
		}
	case *syntax.Unset:
		s.outcome.State.Settings = without(s.req.State.Settings, st.Key)
	case *syntax.Use:
		s.outcome.State.Settings = with(s.req.State.Settings, schemaSetting, ps.Settings.Schema)
	}
	s.outcome.Text, s.outcome.Warnings = r.Text, append(s.outcome.Warnings, r.Warnings...)
	s.schema = r.Schema
	if len(r.Rows) > 0 {
		s.small = []*batch.Batch{rowsBatch(r.Schema, r.Rows)}
	}
	return nil
}

// rowsBatch makes a batch of a few rows.
func rowsBatch(schema types.Schema, rows [][]types.Datum) *batch.Batch {
	b := &batch.Batch{N: len(rows)}
	for i, f := range schema {
		col := batch.NewBuilder(f.Type)
		for _, r := range rows {
			col.AppendDatum(r[i])
		}
		b.Columns = append(b.Columns, col.Finish())
	}
	return b
}

// job runs a plan on the workers.
func (s *statement) job(ctx context.Context, plan *planner.Plan, settings *setting.Settings) (err error) {
	defer func() {
		if err != nil && plan.Undo != nil {
			undo, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer stop()
			err = errors.Join(err, plan.Undo(undo))
		}
	}()
	j, err := cut(s.jobID(), plan, settings)
	if err != nil {
		return err
	}
	if plan.Explain && !plan.Analyze {
		return s.explain(j, plan, nil)
	}
	h, err := s.execute(ctx, j)
	if err != nil {
		return err
	}
	s.schema = plan.Schema
	switch {
	case plan.Analyze:
		defer s.release()
		if err := s.discard(ctx, plan); err != nil {
			return err
		}
		return s.explain(j, plan, h)
	case plan.Unload != nil:
		defer s.release()
		s.schema = nil
		return s.unload(ctx, plan.Unload)
	case plan.Commits != nil:
		defer s.release()
		s.schema = nil
		if s.req.Program != nil {
			s.outcome.Counters = countersOf(h)
		}
		s.setPhase("committing")
		return s.commit(ctx, plan)
	}
	s.reader = &resultReader{s: s, handle: h}
	return nil
}

func cut(id stage.JobID, plan *planner.Plan, settings *setting.Settings) (stage.Job, error) {
	return job.Cut(id, plan.Root, physical.Fragment{
		Zone: plan.Session.Zone.String(), Now: plan.Session.Now.UnixNano(), Strict: plan.Session.Strict, Dialect: plan.Session.Dialect,
		BatchRows: settings.BatchRows, SpillAlways: settings.SpillAlways, Memory: int64(settings.MemoryLimit),
	})
}

// execute runs a job to its end. On success its outputs are there until release.
func (s *statement) execute(ctx context.Context, j stage.Job) (*master.Handle, error) {
	s.describe(j)
	h, err := s.engine.cfg.Master.Submit(ctx, j)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.mu.handle, s.mu.phase = h, "running"
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = h.Cancel() })
	defer stop()
	if err := s.wait(ctx, h); err != nil {
		s.release()
		return nil, err
	}
	return h, nil
}

// wait waits for the job to end. A cancelled statement waits too, until its
// tasks have stopped, so that nothing works on when it has returned.
func (s *statement) wait(ctx context.Context, h *master.Handle) error {
	err := h.Wait(ctx)
	if err != nil && ctx.Err() != nil {
		_ = h.Cancel()
		grace, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelGrace)
		defer stop()
		_ = h.Wait(grace)
	}
	return err
}

// cancelGrace is how long a cancelled statement waits for its tasks.
const cancelGrace = 10 * time.Second

// describe remembers what progress shows of the stages.
func (s *statement) describe(j stage.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.labels, s.mu.inputs = nil, nil
	for _, st := range j.Stages {
		s.mu.labels = append(s.mu.labels, st.Label)
		var in []int
		for _, i := range st.Inputs {
			in = append(in, int(i.From))
		}
		s.mu.inputs = append(s.mu.inputs, in)
	}
}

func (s *statement) setPhase(p string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.phase = p
}

func (s *statement) wasCancelled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.cancelled
}

// release lets the master forget the job and the workers its outputs.
func (s *statement) release() {
	s.mu.Lock()
	h := s.mu.handle
	s.mu.handle = nil
	s.mu.Unlock()
	if h != nil {
		_ = h.Release() // fails only when the master is gone, and the job with it
	}
}

func (s *statement) Progress() Progress {
	s.mu.Lock()
	h := s.mu.handle
	p := Progress{Phase: s.mu.phase, Elapsed: s.engine.cfg.Clock().Sub(s.started)}
	labels, inputs := s.mu.labels, s.mu.inputs
	s.mu.Unlock()
	if h == nil {
		return p
	}
	view, err := h.Progress()
	if err != nil {
		return p
	}
	for i, st := range view.Stages {
		p.Stages = append(p.Stages, StageProgress{Label: labels[i], Inputs: inputs[i], Total: st.Total, Running: st.Running, Done: st.Done, Rows: st.Rows})
	}
	return p
}

func (s *statement) Cancel() {
	s.mu.Lock()
	s.mu.cancelled = true
	s.mu.Unlock()
	s.cancel()
}

func (s *statement) Wait(ctx context.Context) (Outcome, error) {
	select {
	case <-s.done:
		return s.outcome, s.err
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

func (s *statement) Schema(ctx context.Context) (types.Schema, error) {
	_, err := s.Wait(ctx)
	return s.schema, err
}

func (s *statement) Next(ctx context.Context) (*batch.Batch, error) {
	if _, err := s.Wait(ctx); err != nil {
		return nil, err
	}
	if s.reader != nil {
		return s.reader.next(ctx)
	}
	if len(s.small) == 0 {
		return nil, io.EOF
	}
	b := s.small[0]
	s.small = s.small[1:]
	return b, nil
}

func (s *statement) Close() error {
	s.cancel()
	<-s.done
	var err error
	if s.reader != nil {
		err = s.reader.close()
	}
	s.release()
	s.removeTemporary()
	return err
}

func with(m map[string]string, k, v string) map[string]string {
	out := without(m, "")
	out[k] = v
	return out
}

func without(m map[string]string, k string) map[string]string {
	out := map[string]string{}
	for key, v := range m {
		if key != k {
			out[key] = v
		}
	}
	return out
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
