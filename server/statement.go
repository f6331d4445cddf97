package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/planner"
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
