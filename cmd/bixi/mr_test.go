package main

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/mapreduce"
)

type wordCountRow struct {
	Word  string
	Count int64
}

// wordCount is the program that scripts call wordcount.
func wordCount(args []string) (*mapreduce.Job, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: wordcount INPUT OUTPUT")
	}
	split := func(ctx *mapreduce.Context, line string, emit func(string, int64)) error {
		for w := range strings.FieldsSeq(line) {
			emit(w, 1)
		}
		ctx.Counter("wordcount", "lines").Add(1)
		return nil
	}
	count := func(_ *mapreduce.Context, w string, ones iter.Seq[int64], emit func(wordCountRow)) error {
		n := int64(0)
		for one := range ones {
			n += one
		}
		emit(wordCountRow{w, n})
		return nil
	}
	return mapreduce.MapReduce[string, int64, wordCountRow]{
		Name:    "wordcount",
		Inputs:  []mapreduce.Input[string, int64]{mapreduce.Read(args[0], mapreduce.MapFunc(split))},
		Reducer: mapreduce.ReduceFunc(count),
		Output:  mapreduce.Table{Name: args[1]},
	}.Job()
}

// A program travels through the warehouse under its digest, whole and executable.
func TestUpload(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there
		to, err := upload(program, filepath.Join(dir, "warehouse"), "abc")
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dir, "warehouse", ".resources", "abc", "program"); to != want {
			t.Errorf("uploaded to %s", to)
		}
		data, err := os.ReadFile(to)
		if err != nil || string(data) != "#!/bin/sh\n" {
			t.Errorf("%q %v", data, err)
		}
		if st, err := os.Stat(to); err != nil || st.Mode().Perm() != 0o755 {
			t.Errorf("%v %v", st.Mode(), err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "warehouse", ".resources", "abc")); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}
