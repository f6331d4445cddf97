package console

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// fake understands a few statements: SET, USE, SHOW TABLES, SELECT of any text
// (one row with the text itself), "select bad" (an error at the third word),
// "select wait" (runs until it is cancelled), INSERT; and scripts, as SELECT.
type fake struct {
	mu      sync.Mutex
	texts   []string
	waiting chan struct{} // receives when a "select wait" runs
}

func (f *fake) Close() error { return nil }

func (f *fake) Submit(ctx context.Context, r server.Request) (server.Statement, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.texts = append(f.texts, r.Text)
	st := &fakeStatement{of: f, text: r.Text, outcome: server.Outcome{State: r.State, Elapsed: 1500 * time.Millisecond, Warnings: nil}}
	st.ctx, st.cancel = context.WithCancel(ctx)
	parsed, err := syntax.ParseStatement(r.Text)
	if r.State.Settings["odps.sql.submit.mode"] == "script" && err != nil {
		st.rows, st.err = []string{"script " + strings.ReplaceAll(strings.TrimSpace(r.Text), "\n", "|")}, nil
		return st, nil
	}
	if err != nil {
		st.err = err
		return st, nil
	}
	switch p := parsed.(type) {
	case *syntax.Set:
		st.outcome.State.Settings = map[string]string{p.Key: p.Value}
	case *syntax.Use:
		st.outcome.State.Project = p.Name.Last().Name
	case *syntax.Show:
		st.rows = []string{"orders", "outlets"}
	case *syntax.Insert:
		st.outcome.HasWritten, st.outcome.Written = true, 1234
		st.outcome.Warnings = []string{"mind the gap"}
	default:
		switch {
		case strings.Contains(r.Text, "bad"):
			line, col := 1, 1
			before, _, _ := strings.Cut(r.Text, "bad")
			line += strings.Count(before, "\n")
			col += len(before) - strings.LastIndex(before, "\n") - 1
			st.err = diag.Errorf(diag.CodeSemantic, diag.Pos{Line: line, Col: col}, "there is no column bad").WithHint("did you mean good?")
		case strings.Contains(r.Text, "wait"):
			st.wait = true
		default:
			st.rows = []string{fmt.Sprint(r.State.Project, "|", r.Text)}
		}
	}
	return st, nil
}

type fakeStatement struct {
	of      *fake
	text    string
	ctx     context.Context
	cancel  context.CancelFunc
	rows    []string
	wait    bool
	outcome server.Outcome
	err     error
}

func (s *fakeStatement) ID() string   { return "job1" }
func (s *fakeStatement) Cancel()      { s.cancel() }
func (s *fakeStatement) Close() error { s.cancel(); return nil }
func (s *fakeStatement) Schema(ctx context.Context) (types.Schema, error) {
	if s.rows == nil {
		return nil, s.err
	}
	return types.Schema{{Name: "v", Type: types.StringType}}, s.err
}

func (s *fakeStatement) Wait(ctx context.Context) (server.Outcome, error) {
	if !s.wait {
		return s.outcome, s.err
	}
	if s.of.waiting != nil {
		select {
		case s.of.waiting <- struct{}{}:
		default:
		}
	}
	select {
	case <-s.ctx.Done():
		return server.Outcome{}, diag.Errorf(diag.CodeKilled, diag.Pos{}, "job job1 was cancelled")
	case <-ctx.Done():
		return server.Outcome{}, ctx.Err()
	}
}

func (s *fakeStatement) Next(context.Context) (*batch.Batch, error) {
	if len(s.rows) == 0 {
		return nil, io.EOF
	}
	b := batch.New(len(s.rows), batch.FromStrings(types.StringType, s.rows))
	s.rows = nil
	return b, nil
}

func (s *fakeStatement) Progress() server.Progress {
	return server.Progress{Phase: "running", Elapsed: 2 * time.Second, Stages: []server.StageProgress{
		{Label: "M1", Total: 8, Running: 2, Done: 4, Rows: 1234567}, {Label: "R2_1", Total: 2},
	}}
}
