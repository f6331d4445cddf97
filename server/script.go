package server

import (
	"context"
	"errors"
	"time"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// script is a Program under way. Its jobs run one after the other. What they write
// is committed to all tables in one step, behind the last of them; so no statement
// may read a table that an earlier one wrote. The query whose rows are the result,
// if there is one, runs last of all.
type script struct {
	*statement
	session  *planner.Session
	settings *setting.Settings

	screen *planner.Plan
	// commits and targets belong together; written are the names of their tables.
	commits []*planner.Commit
	targets []table.Target
	written map[table.Name]bool
	then    []func(context.Context) error
	// committing says that the commit has begun; if it fails it may have taken effect.
	committing bool
	undo       []func(context.Context) error
}

// parseScript reads a script. One statement that needs no script is left as it is.
func parseScript(text string) (syntax.Statement, error) {
	prog, err := syntax.ParseProgram(text)
	if err != nil {
		return nil, err
	}
	if len(prog.Statements) == 1 {
		switch st := prog.Statements[0].(type) {
		case *syntax.Assign, *syntax.If, *syntax.Loop:
		case *syntax.CreateFunction:
			if !st.Temporary {
				return st, nil
			}
		default:
			return st, nil
		}
	}
	return prog, nil
}

// script carries out a script.
func (s *statement) script(ctx context.Context, ps *planner.Session, prog *syntax.Program, settings *setting.Settings) error {
	s.outcome = Outcome{State: s.req.State}
	if err := checkOrder(prog.Statements); err != nil {
		return err
	}
	planner.BeginScript(ps)
	r := &script{statement: s, session: ps, settings: settings, written: map[table.Name]bool{}}
	err := r.all(ctx, prog.Statements)
	if err == nil {
		err = r.finish(ctx)
	}
	if err == nil {
		return nil
	}
	if undone := r.takeBack(ctx, err); undone != nil {
		return errors.Join(err, undone)
	}
	return err
}

func (r *script) all(ctx context.Context, list []syntax.Statement) error {
	for _, st := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.one(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// one carries out a statement of the script.
func (r *script) one(ctx context.Context, st syntax.Statement) error {
	switch st := st.(type) {
	case *syntax.Assign:
		return r.assign(ctx, st)
	case *syntax.If:
		yes, err := r.condition(ctx, st.Cond)
		if err != nil {
			return err
		}
		if yes {
			return r.all(ctx, st.Then)
		}
		return r.all(ctx, st.Else)
	case *syntax.Loop:
		return r.loop(ctx, st)
	case *syntax.CreateFunction:
		if st.Temporary {
			warnings, err := planner.DefineTemporary(ctx, r.session, st)
			r.warn(warnings)
			return err
		}
	case *syntax.QueryStatement:
		if r.screen != nil {
			return twoScreens(st)
		}
	}
	return r.planned(ctx, st)
}

func (r *script) warn(list []diag.Warning) {
	for _, w := range list {
		r.outcome.Warnings = append(r.outcome.Warnings, w.String())
	}
}

// planned carries out a statement that there is outside of scripts too.
func (r *script) planned(ctx context.Context, st syntax.Statement) error {
	if err := r.checkReads(ctx, st); err != nil {
		return err
	}
	r.setPhase("planning")
	plan, err := r.statement.plan(ctx, r.session, st)
	if err != nil {
		return err
	}
	for _, c := range plan.Commits {
		if c.Mode == table.Replace && r.written[c.Table.Name] {
			return readAfterWrite(st.Pos(), c.Table.Name)
		}
	}
	if plan.Undo != nil {
		r.undo = append(r.undo, plan.Undo)
	}
	if plan.Then != nil {
		r.then = append(r.then, plan.Then)
	}
	switch {
	case plan.Command != nil:
		res, err := plan.Command.Run(ctx, r.session)
		if err == nil {
			r.outcome.Warnings = append(r.outcome.Warnings, res.Warnings...)
		}
		return err
	case plan.Commits == nil && plan.Unload == nil:
		r.screen = plan
		return nil
	}
	if _, err := r.runBefore(ctx, plan, r.settings); err != nil {
		return err
	}
	defer r.release()
	if plan.Unload != nil {
		return r.unload(ctx, plan.Unload)
	}
	return r.collect(ctx, plan)
}

// collect keeps what a job wrote for the commit at the end.
func (r *script) collect(ctx context.Context, plan *planner.Plan) error {
	targets := r.statement.targets(plan)
	before := r.outcome.Written
	err := r.statement.written(ctx, targets)
	r.outcome.HasWritten = true
	nothing := r.outcome.Written == before
	for i, c := range plan.Commits {
		if c.Mode == table.Replace && nothing && len(plan.Commits) == 1 && err == nil {
			r.removeFiles(ctx, targets) // copies of files that are there
			return nil
		}
		r.commits, r.targets = append(r.commits, c), append(r.targets, targets[i])
		if err == nil {
			err = checkPartitions(c, targets[i].Commit.Files)
		}
		r.written[c.Table.Name] = true
	}
	return err
}

// checkReads refuses to read what the script wrote before.
func (r *script) checkReads(ctx context.Context, st syntax.Node) error {
	if len(r.written) == 0 {
		return nil
	}
	tables, err := planner.Reads(ctx, r.session, st)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if r.written[t.Name] {
			return readAfterWrite(st.Pos(), t.Name)
		}
	}
	return nil
}

func readAfterWrite(pos diag.Pos, name table.Name) error {
	return diag.Errorf(diag.CodeSemantic, pos, "%s is read here, and the script has written to it before", name).
		WithHint("what a script writes is there when it has ended; keep the rows in a variable: @rows := SELECT …")
}

// loop runs the body for each whole number from the first to the last, both
// included.
func (r *script) loop(ctx context.Context, st *syntax.Loop) error {
	whole := &syntax.ParamType{Type: types.BigIntType}
	from, err := r.evaluate(ctx, st.From, whole, "the first value of @"+st.Var.Name)
	if err != nil {
		return err
	}
	to, err := r.evaluate(ctx, st.To, whole, "the last value of @"+st.Var.Name)
	if err != nil {
		return err
	}
	first, ok := from.Value.(int64)
	last, ok2 := to.Value.(int64)
	if !ok || !ok2 {
		return diag.Errorf(diag.CodeSemantic, st.Pos(), "the bounds of a LOOP cannot be NULL")
	}
	for i := first; i <= last; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.session.Variables = r.session.Variables.WithConstant(st.Var.Name, i, types.BigIntType)
		if err := r.all(ctx, st.Body); err != nil {
			return err
		}
		if i == last {
			break // last + 1 may not exist
		}
	}
	return nil
}

// finish runs the query of the result and commits.
func (r *script) finish(ctx context.Context) error {
	if r.screen != nil {
		j, err := cut(r.jobID(), r.screen, r.settings)
		if err != nil {
			return err
		}
		h, err := r.execute(ctx, j)
		if err != nil {
			return err
		}
		r.schema = r.screen.Schema
		r.reader = &resultReader{s: r.statement, handle: h}
	}
	if len(r.targets) > 0 {
		r.setPhase("committing")
		catalog, err := r.engine.Catalog(ctx)
		if err != nil {
			return err
		}
		r.committing = true
		if err := catalog.CommitAll(ctx, r.targets); err != nil {
			return err
		}
	}
	r.targets, r.undo = nil, nil
	for _, then := range r.then {
		if err := then(ctx); err != nil {
			return err
		}
	}
	return nil
}

// takeBack removes what a script that failed has written.
func (r *script) takeBack(ctx context.Context, cause error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer stop()
	if !r.committing || isRefusal(cause) {
		r.removeFiles(ctx, r.targets)
	}
	var err error
	for i := len(r.undo) - 1; i >= 0; i-- {
		err = errors.Join(err, r.undo[i](ctx))
	}
	return err
}
