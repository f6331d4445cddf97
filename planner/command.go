package planner

import (
	"context"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// command finds the command of a statement that needs no job.
func (st *statement) command(stmt syntax.Statement) (Command, error) {
	switch stmt := stmt.(type) {
	case *syntax.CreateTable:
		return st.createTable(stmt)
	case *syntax.CreateFunction:
		return st.createFunction(stmt)
	case *syntax.CreateView:
		return st.createView(stmt)
	case *syntax.CreateSchema:
		return st.createSchema(stmt)
	case *syntax.Drop:
		return st.drop(stmt)
	case *syntax.Truncate:
		return st.truncate(stmt)
	case *syntax.AlterTable:
		return st.alter(stmt)
	case *syntax.Show:
		return st.show(stmt)
	case *syntax.Desc:
		return st.desc(stmt)
	case *syntax.Set:
		return st.set(stmt)
	case *syntax.Unset:
		return st.unset(stmt)
	case *syntax.Use:
		return st.use(stmt)
	case *syntax.Analyze:
		return st.analyze(stmt)
	case *syntax.AlterSchema:
		return st.alterSchema(stmt)
	case *syntax.Clone:
		return st.clone(stmt)
	case *syntax.Restore:
		return st.restore(stmt)
	case *syntax.Msck:
		return st.msck(stmt)
	}
	return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "this statement is not supported yet")
}

// action is a command that gives no rows.
type action func(ctx context.Context, s *Session) error

func (a action) Run(ctx context.Context, s *Session) (*Result, error) { return &Result{}, a(ctx, s) }

// rows is a command that gives rows.
type rows func(ctx context.Context, s *Session) (*Result, error)

func (r rows) Run(ctx context.Context, s *Session) (*Result, error) { return r(ctx, s) }

// lines is a result of one STRING column, shown to people without a frame.
func lines(column string, values []string) *Result {
	r := text(column, values)
	for _, v := range values {
		r.Text += v + "\n"
	}
	return r
}

// text is a result of one STRING column.
func text(column string, lines []string) *Result {
	r := &Result{Schema: types.Schema{{Name: column, Type: types.StringType}}}
	for _, l := range lines {
		r.Rows = append(r.Rows, []types.Datum{l})
	}
	return r
}
