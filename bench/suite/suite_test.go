package suite_test

import (
	"testing"
	"testing/fstest"

	"github.com/bixidata/bixi/bench/suite"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestRead(t *testing.T) {
	files := fstest.MapFS{
		"schema.sql":      file("create table a (x int);\ncreate table b (y int);\n"),
		"q01.sql":         file("-- Q1: one.\nselect 1;\n"),
		"q02a.sql":        file("select 2;"),
		"q02b.sql":        file("select 3;"),
		"duckdb/q02b.sql": file("select 4;\n"),
		"spark/q02b.sql":  file("select 5"),
	}
	s, err := suite.Read(files, "two", 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Tables) != 2 || s.Tables[1] != "b" || s.Schema[1] != "create table b (y int)" {
		t.Errorf("tables %q, schema %q", s.Tables, s.Schema)
	}
	if len(s.Queries) != 3 || s.Queries[2].Text != "select 3" || s.Queries[2].For("duckdb") != "select 4" || s.Queries[2].For("spark") != "select 5" || s.Queries[0].For("spark") != "select 1" || s.Queries[0].Title != "one" || s.Queries[1].Title != "" {
		t.Errorf("%+v", s.Queries)
	}
	for name, want := range map[string]int{"q1": 1, " Q2": 2, "q2b": 1, "": 0, "q3": 0} {
		if got, err := s.Choose([]string{name}); len(got) != want || (err == nil) != (want > 0) {
			t.Errorf("%q chooses %v, %v", name, got, err)
		}
	}
	if all, err := s.Choose(nil); err != nil || len(all) != 3 {
		t.Error(all, err)
	}
}

func TestReadErrors(t *testing.T) {
	good := file("select 1")
	for name, files := range map[string]fstest.MapFS{
		"no schema":      {"q01.sql": good},
		"no table":       {"schema.sql": file("select 1"), "q01.sql": good},
		"bad schema":     {"schema.sql": file("create"), "q01.sql": good},
		"two statements": {"schema.sql": file(""), "q01.sql": file("select 1; select 2")},
		"a missing one":  {"schema.sql": file("")},
	} {
		if _, err := suite.Read(files, "bad", 1); err == nil {
			t.Error(name)
		}
	}
}
