package planner

import (
	"context"
	"strings"
	"time"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

func (st *statement) set(stmt *syntax.Set) (Command, error) {
	if stmt.Key == "" {
		return rows(func(_ context.Context, s *Session) (*Result, error) { return settings(s), nil }), nil
	}
	return rows(func(_ context.Context, s *Session) (*Result, error) {
		if strings.EqualFold(stmt.Key, "odps.sql.timezone") {
			if _, err := time.LoadLocation(stmt.Value); err != nil {
				return nil, diag.Errorf(diag.CodeInvalidParameter, stmt.Pos(), "there is no time zone %q", stmt.Value)
			}
		}
		if err := s.Settings.Set(stmt.Key, stmt.Value); err != nil {
			return nil, bind.At(err, stmt.Pos())
		}
		return &Result{Warnings: ignored(stmt)}, nil
	}), nil
}

// ignored warns of a setting that bixi does not know: it is kept, as clients of
// another product send many.
func ignored(stmt *syntax.Set) []string {
	key := strings.ToLower(strings.TrimSpace(stmt.Key))
	near, known := setting.Near(key)
	if known {
		return nil
	}
	w := diag.Warningf(stmt.Pos(), "the setting %s is not known here and has no effect", key)
	if near != "" {
		w.Msg += "; did you mean " + near + "?"
	}
	return []string{w.String()}
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
