package tpch_test

import (
	"testing"

	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

func TestSuite(t *testing.T) {
	s, err := tpch.Suite()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Queries) != 22 || len(s.Tables) != 8 {
		t.Errorf("%d queries, %d tables", len(s.Queries), len(s.Tables))
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
		if q.For("duckdb") == q.Text {
			t.Errorf("%s has no text for peers", q.Name)
		}
	}
}
