package planner

import (
	"context"
	"strings"
	"time"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

func (st *statement) set(stmt *syntax.Set) (Command, error) {
	if stmt.Key == "" {
		return rows(func(_ context.Context, s *Session) (*Result, error) { return settings(s), nil }), nil
	}
	return action(func(_ context.Context, s *Session) error {
		if strings.EqualFold(stmt.Key, "odps.sql.timezone") {
			if _, err := time.LoadLocation(stmt.Value); err != nil {
				return diag.Errorf(diag.CodeInvalidParameter, stmt.Pos(), "there is no time zone %q", stmt.Value)
			}
		}
		return bind.At(s.Settings.Set(stmt.Key, stmt.Value), stmt.Pos())
	}), nil
}

func (st *statement) unset(stmt *syntax.Unset) (Command, error) {
	return action(func(_ context.Context, s *Session) error { return s.Settings.Unset(stmt.Key) }), nil
}

func settings(s *Session) *Result {
	r := &Result{Schema: types.Schema{{Name: "setting", Type: types.StringType}, {Name: "value", Type: types.StringType}}}
	for _, p := range s.Settings.List() {
		r.Rows = append(r.Rows, []types.Datum{p.Name, p.Value})
	}
	return r
}
