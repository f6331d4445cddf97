// Package planner turns a statement into something that can be carried out: a
// physical plan for queries and inserts, a Command for everything else. The way
// of a query is bind → rule → lower; a statement of another kind has its file
// command_x.go.
package planner

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/cost"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/lower"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/rule"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/udf"
)

// Session is what planning a statement depends on. Commands may change Project
// and Settings.
type Session struct {
	Catalog   table.Catalog
	Project   string
	Functions *udf.Registry
	Settings  *setting.Settings
	// Now is the statement's time; Clock gives it.
	Clock func() time.Time
	// Fold evaluates a constant expression (worker/expr does; the planner may not
	// import it).
	Fold func(e scalar.Expr, s *udf.Session) (types.Datum, bool)
	// Owner names the user, for tables made.
	Owner string
	// Variables are what @names mean in a script.
	Variables *bind.Variables
	// Cached are the files of temporary tables that variables read.
	Cached map[*table.Table][]table.DataFile
	// Jobs lists the statements that run and those that ended of late; may be nil.
	Jobs func() []Job
	// Materialize, if set, runs a plan that writes rows to one temporary table, and
	// gives the files. They are removed when the statement has ended.
	Materialize func(ctx context.Context, p *Plan) ([]table.DataFile, error)
	// Values, if set, runs a query and gives the values of its first column.
	Values func(ctx context.Context, p *Plan) ([]types.Datum, error)
	// Temporary is the directory of the statement's temporary tables.
	Temporary string
	// Verify makes the tree be checked after each pass (tests).
	Verify bool
}

// Plan is a statement ready to run. Exactly one of Root and Command is set.
type Plan struct {
	// Root is the physical plan, with exchanges; Schema its columns.
	Root   physical.Node
	Schema types.Schema
	// Commits, if any, say that Root gives descriptions of data files, and what
	// becomes of them: all are carried out in one step.
	Commits []*Commit
	// Unload, if set, says that Root gives descriptions of files that are renamed to
	// their names at the end.
	Unload *Unload
	// Command runs at once, without a job.
	Command Command
	// Session is what the expressions of Root may know.
	Session *udf.Session
	// Then follows the commits.
	Then func(ctx context.Context) error
	// Undo takes back what planning did (CREATE TABLE AS) if the job fails.
	Undo func(ctx context.Context) error
	// Explain, if set, asks for the plan itself: to be shown, or with Analyze to
	// be run and then shown.
	Explain, Analyze bool
	// Extended asks for the logical tree too, Formatted for JSON after Analyze.
	Extended, Formatted bool
	// Text describes the logical tree, for Explain.
	Text string
	// Warnings are what the user should know of the statement.
	Warnings []diag.Warning
}

// Result is what a Command gives: a small table.
type Result struct {
	Schema types.Schema
	Rows   [][]types.Datum
	// Text is the result as people read it, where that is not a frame of rows.
	Text     string
	Warnings []string
}

// Job is a statement as SHOW P lists it.
type Job struct {
	ID, Owner, Text, Status string
	Started                 time.Time
	Elapsed                 time.Duration
}

// Command is a statement that needs no job.
type Command interface {
	Run(ctx context.Context, s *Session) (*Result, error)
}

// udfSession is the part of the session that functions see.
func (s *Session) udfSession() (*udf.Session, error) {
	zone, err := time.LoadLocation(s.Settings.TimeZone)
	if err != nil {
		return nil, diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no time zone %q", s.Settings.TimeZone).
			WithHint("write it as Asia/Shanghai or UTC")
	}
	return &udf.Session{Zone: zone, Now: s.Clock(), Strict: s.Settings.Strict, Dialect: s.Settings.Dialect()}, nil
}

// statement is the planning of one statement.
type statement struct {
	*Session
	ctx    context.Context
	binder *bind.Binder
	udf    *udf.Session
	// temporary are the files of temporary tables.
	temporary map[*table.Table][]table.DataFile
	// iterated are the recursive names whose rows have been computed.
	iterated  map[*bind.Recursion]bool
	iterating bool
	// describing says that the statement is only explained.
	describing bool
	// warnings are those of all steps.
	warnings *diag.Warnings
}

func (s *Session) begin(ctx context.Context) (*statement, error) {
	us, err := s.udfSession()
	if err != nil {
		return nil, err
	}
	st := &statement{Session: s, ctx: ctx, udf: us, warnings: &diag.Warnings{},
		temporary: map[*table.Table][]table.DataFile{}, iterated: map[*bind.Recursion]bool{}}
	maps.Copy(st.temporary, s.Cached)
	st.binder = bind.New(ctx, &bind.Env{
		Catalog: s.Catalog, Project: s.Project, User: s.Owner, Schema: strings.ToLower(s.Settings.Schema), TwoPartSchemas: s.Settings.Schemas,
		Functions: s.Functions, Variables: s.Variables, Session: us, Warnings: st.warnings, ForbidScripts: !s.Settings.Scripts, HiveFrames: s.Settings.HiveCompatible,
		OrderNeedsLimit: s.Settings.OrderNeedsLimit, GroupPositions: s.Settings.GroupPositions, OrderPositions: s.Settings.OrderPositions,
		Fold: func(e scalar.Expr) (types.Datum, bool) { return s.Fold(e, us) },
	})
	return st, nil
}

// Make plans a statement.
func Make(ctx context.Context, s *Session, stmt syntax.Statement) (*Plan, error) {
	st, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	p, err := st.make(stmt)
	if err != nil {
		return nil, err
	}
	for _, h := range st.binder.Broadcasts() {
		if p.Root != nil && !h.Obeyed {
			st.warnings.Add(diag.Warningf(h.Pos, "the hint MAPJOIN has no effect on %s: no join can read it whole", h.Alias))
		}
	}
	p.Warnings = append(st.warnings.All(), p.Warnings...)
	return p, nil
}

func (st *statement) make(stmt syntax.Statement) (*Plan, error) {
	switch stmt := stmt.(type) {
	case *syntax.QueryStatement:
		return st.query(stmt)
	case *syntax.Insert:
		return st.insert(stmt)
	case *syntax.MultiInsert:
		return st.multiInsert(stmt)
	case *syntax.Update:
		return st.update(stmt)
	case *syntax.Delete:
		return st.delete(stmt)
	case *syntax.Merge:
		return st.merge(stmt)
	case *syntax.Load:
		return st.load(stmt)
	case *syntax.Unload:
		return st.unload(stmt)
	case *syntax.Read:
		return st.read(stmt)
	case *syntax.Explain:
		return st.explain(stmt)
	case *syntax.CreateMaterialized:
		return st.createMaterialized(stmt)
	case *syntax.AlterTable:
		switch a := stmt.Action.(type) {
		case *syntax.Rebuild:
			return st.rebuild(stmt, a)
		case *syntax.Compact:
			return st.compact(stmt, a)
		}
	case *syntax.Truncate:
		if stmt.Columns != nil {
			return st.truncateColumns(stmt)
		}
	case *syntax.Count:
		return st.count(stmt)
	case *syntax.Cost:
		return st.costOf(stmt)
	case *syntax.CreateTable:
		if stmt.As != nil {
			return st.createAs(stmt)
		}
	}
	cmd, err := st.command(stmt)
	if err != nil {
		return nil, err
	}
	return &Plan{Command: cmd, Session: st.udf}, nil
}

func (st *statement) query(stmt *syntax.QueryStatement) (*Plan, error) {
	n, err := st.binder.Known(stmt.Query)
	if err != nil {
		return nil, err
	}
	tree, lo, err := st.optimize(n)
	if err != nil {
		return nil, err
	}
	root, err := lo.Query(tree)
	if err != nil {
		return nil, err
	}
	return &Plan{Root: st.finish(root), Schema: root.Schema(), Session: st.udf, Text: logical.Format(tree)}, st.warnStale()
}

// optimize runs the rules and prepares the lowering.
func (st *statement) optimize(n logical.Node) (logical.Node, *lower.Lowerer, error) {
	if err := st.iterate(); err != nil {
		return nil, nil, err
	}
	catalog := &overlay{Catalog: st.Catalog, temporary: st.temporary}
	model := cost.NewModel(func(t *table.Table) (table.Statistics, bool) {
		stats, err := catalog.Statistics(st.ctx, t, nil)
		return stats, err == nil
	})
	rc := &rule.Context{
		Functions: st.Functions, NewColumn: st.binder.NewColumn, Cost: model,
		Fold: func(e scalar.Expr) (types.Datum, bool) { return st.Fold(e, st.udf) },
	}
	var broken error
	trace := func(pass string, n logical.Node) {
		if err := rule.Verify(n); err != nil && broken == nil {
			broken = diag.Errorf(diag.CodeInternal, diag.Pos{}, "after %s: %v", pass, err)
		}
	}
	if !st.Verify {
		trace = nil
	}
	tree, err := rule.Run(rc, n, st.Settings.Optimizer, trace)
	if err == nil {
		err = broken
	}
	if err != nil {
		return nil, nil, err
	}
	if err := st.guard(tree); err != nil {
		return nil, nil, err
	}
	for _, d := range logical.Definitions(tree) {
		if err := st.guard(d.Root); err != nil {
			return nil, nil, err
		}
	}
	return tree, lower.New(st.ctx, st.options(), catalog, st.Functions, model), nil
}

func (st *statement) options() lower.Options {
	o := lower.Defaults()
	o.Partitions = st.Settings.Partitions
	o.Broadcasts = st.binder.Broadcasts()
	o.BroadcastBytes = float64(st.Settings.BroadcastBytes)
	o.SplitBytes = int64(st.Settings.SplitBytes)
	if limit := float64(st.Settings.MemoryLimit); limit > 0 && o.BroadcastBytes > limit/8 {
		o.BroadcastBytes = limit / 8
	}
	return o
}

// finish applies the settings that concern a whole physical plan.
func (st *statement) finish(root physical.Node) physical.Node {
	mode, forced := map[string]physical.Mode{"durable": physical.Durable, "pipelined": physical.Pipelined}[st.Settings.ExchangeMode]
	if forced {
		physical.Walk(root, func(n physical.Node) {
			if e, ok := n.(*physical.Exchange); ok && e.Shared == 0 {
				e.Mode = mode
			}
		})
	}
	return root
}
