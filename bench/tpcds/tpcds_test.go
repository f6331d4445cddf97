package tpcds_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/bench/tpcds"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a statement and counts its rows.
func run(ctx context.Context, s server.Statements, text string) (rows int, err error) {
	st, err := s.Submit(ctx, server.Request{Text: text, State: server.State{Project: "default"}})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if _, err := st.Wait(ctx); err != nil {
		return 0, err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows += b.Rows()
	}
}

// Every query is planned, and run over tables without rows.
func TestSuite(t *testing.T) {
	s, err := tpcds.Suite()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Queries) != 103 || len(s.Tables) != 24 {
		t.Errorf("%d queries, %d tables", len(s.Queries), len(s.Tables))
	}
	ctx := t.Context()
	n, err := embed.Open(ctx, embed.Config{Warehouse: t.TempDir(), Scratch: t.TempDir(), Verify: true, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, text := range s.Schema {
		if _, err := run(ctx, n, text); err != nil {
			t.Fatal(diag.Render(err, text))
		}
	}
	for _, q := range s.Queries {
		stmt, err := syntax.ParseStatement(q.Text)
		if err != nil {
			t.Errorf("%s: %s", q.Name, diag.Render(err, q.Text))
			continue
		}
		if _, ok := stmt.(*syntax.QueryStatement); !ok {
			t.Errorf("%s is a %T", q.Name, stmt)
		}
		if _, err := run(ctx, n, q.Text); err != nil {
			t.Errorf("%s: %s", q.Name, diag.Render(err, q.Text))
		}
	}
}
