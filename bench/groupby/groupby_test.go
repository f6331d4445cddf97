package groupby_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/bench/groupby"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

func TestSuite(t *testing.T) {
	s, err := groupby.Suite(groupby.MinRows)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Queries) != 15 || len(s.Tables) != 1 || s.Tables[0] != "x" {
		t.Errorf("%d queries, tables %q", len(s.Queries), s.Tables)
	}
	for _, q := range s.Queries {
		if _, err := syntax.ParseStatement(q.Text); err != nil {
			t.Errorf("%s: %s", q.Name, diag.Render(err, q.Text))
		}
		if q.Title == "" {
			t.Errorf("%s has no title", q.Name)
		}
	}
	if _, err := groupby.Suite(groupby.MinRows - 1); err == nil {
		t.Error("too few rows are taken")
	}
}

// The table is the same each time.
func TestMake(t *testing.T) {
	s, err := groupby.Suite(20_000)
	if err != nil {
		t.Fatal(err)
	}
	var files [][]byte
	for range 2 {
		dir := t.TempDir()
		if err := s.Make(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "x.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two runs gave different files")
	}
}
