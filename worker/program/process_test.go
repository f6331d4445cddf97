package program_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/mapreduce"
	wire "github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
)

// TestMain makes the test binary a MapReduce program too: the one that the tests of
// subprocesses run.
func TestMain(m *testing.M) {
	if os.Getenv(wire.EnvServe) != "" {
		mapreduce.Main(func(args []string) (*mapreduce.Job, error) { return jobs[args[0]](args[1:]) })
	}
	goleak.VerifyTestMain(m)
}

// jobs are what the program can do, by its first argument.
var jobs = map[string]func(args []string) (*mapreduce.Job, error){
	"wordcount": func([]string) (*mapreduce.Job, error) { return wordCount(true) },
	"fail": eachLine(func(string) error {
		return errors.New("this line is no good")
	}),
	"panic": eachLine(func(line string) error {
		return errors.New(line[1000:])
	}),
	"exit": eachLine(func(string) error {
		fmt.Fprintln(os.Stderr, "giving up for my own reasons")
		os.Exit(3)
		return nil
	}),
	"hang":  hang,
	"build": func([]string) (*mapreduce.Job, error) { return nil, errors.New("no job today") },
	"nokey": func([]string) (*mapreduce.Job, error) {
		return mapreduce.MapReduce[mapreduce.None, int64, count]{Name: "nokey", Output: mapreduce.Table{Name: "words"}}.Job()
	},
}

// eachLine is a job whose mapper calls f.
func eachLine(f func(line string) error) func([]string) (*mapreduce.Job, error) {
	return func([]string) (*mapreduce.Job, error) {
		return mapreduce.MapOnly[count]{
			Name: "each",
			Inputs: []mapreduce.Input[count, mapreduce.None]{
				mapreduce.Read("lines", mapreduce.MapFunc(func(_ *mapreduce.Context, line string, emit func(count, mapreduce.None)) error {
					emit(count{line, int64(len(line))}, mapreduce.None{})
					return f(line)
				})),
			},
			Output: mapreduce.Table{Name: "words"},
		}.Job()
	}
}

// hang opens the pipe that its argument names, says that it has begun, and works for
// ever.
func hang(args []string) (*mapreduce.Job, error) {
	return eachLine(func(string) error {
		f, err := os.OpenFile(args[0], os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if _, err := f.Write([]byte("x")); err != nil {
			return err
		}
		for {
			runtime.Gosched()
		}
	})(nil)
}

// program describes the test binary as the program args[0].
func (e *engine) program(args ...string) (server.Program, error) {
	e.t.Helper()
	self, err := os.Executable()
	if err != nil {
		e.t.Fatal(err)
	}
	prog, spec, err := e.programs.Describe(e.t.Context(), self, args)
	return server.Program{Program: prog, Spec: spec}, err
}

func TestSubprocess(t *testing.T) {
	e := open(t)
	lines, want := text(6000)
	e.insertLines(lines)
	p, err := e.program("wordcount")
	if err != nil {
		t.Fatal(err)
	}
	if p.Spec.Name != "wordcount" || p.Program.Digest == "" {
		t.Fatalf("described as %+v", p)
	}
	outcome, err := e.submit(p)
	if err != nil {
		t.Fatal(err)
	}
	e.checkWords(want)
	if n := outcome.Counters[wire.CounterKey("words", "lines")]; n != 6000 {
		t.Errorf("counter is %d", n)
	}
}

func TestProgramErrors(t *testing.T) {
	e := open(t)
	e.insertLines([]string{"a", "b c"})
	for _, c := range []struct {
		name string
		code diag.Code
		want string
	}{
		{"fail", diag.CodeMRUser, "the mapper of lines failed: this line is no good"},
		{"panic", diag.CodeMRUser, "out of range"},
		{"exit", diag.CodeMRUser, "giving up for my own reasons"},
		{"build", diag.CodeMRUser, "no job today"},
		{"nokey", diag.CodeMRUser, "has no reducer"},
	} {
		p, err := e.program(c.name)
		if err == nil {
			_, err = e.submit(p)
		}
		if err == nil || diag.Of(err).Code != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s with %q", c.name, err, c.code, c.want)
		}
	}
	if rows := e.sql("select count(*) from words"); rows[0][0] != int64(0) {
		t.Errorf("failed jobs wrote %v rows", rows[0][0])
	}
}

func TestProgramFiles(t *testing.T) {
	e := open(t)
	e.insertLines([]string{"a"})
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	script := filepath.Join(dir, "script")
	for name, mode := range map[string]os.FileMode{plain: 0o644, script: 0o755} {
		if err := os.WriteFile(name, []byte("#!/bin/sh\necho no program; exit 4\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path string
		code diag.Code
		want string
	}{
		{filepath.Join(dir, "none"), diag.CodeMRResource, "cannot be read"},
		{plain, diag.CodeMRResource, "not an executable"},
		{dir, diag.CodeMRResource, "not an executable"},
		{script, diag.CodeMRUser, "exit status 4"},
	} {
		_, _, err := e.programs.Describe(t.Context(), c.path, nil)
		if err == nil || diag.Of(err).Code != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s with %q", c.path, err, c.code, c.want)
		}
	}
	p, err := e.program("wordcount")
	if err != nil {
		t.Fatal(err)
	}
	p.Program.Digest = strings.Repeat("0", 64)
	if _, err := e.submit(p); diag.Of(err).Code != diag.CodeMRResource || !strings.Contains(err.Error(), "not the one that was submitted") {
		t.Errorf("a wrong digest: %v", err)
	}
}

// A cancelled job's process is killed: the pipe that it alone holds ends.
func TestCancelKillsTheProcess(t *testing.T) {
	e := open(t)
	e.insertLines([]string{"a"})
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := e.program("hang", fifo)
	if err != nil {
		t.Fatal(err)
	}
	st, err := server.SubmitProgram(t.Context(), e.node, p, e.state(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	f, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	st.Cancel()
	if _, err := st.Wait(context.Background()); diag.Of(err).Code != diag.CodeKilled {
		t.Errorf("the job ended with %v", err)
	}
	if rest, err := io.ReadAll(f); err != nil || len(rest) > 0 {
		t.Errorf("the process wrote %q (%v)", rest, err)
	}
}

// checkWords compares the table words with counts made without the engine.
func (e *engine) checkWords(want map[string]int64) {
	e.t.Helper()
	got := map[string]int64{}
	for _, row := range e.sql("select word, `count` from words") {
		got[row[0].(string)] += row[1].(int64)
	}
	if len(got) != len(want) {
		e.t.Errorf("%d words, want %d", len(got), len(want))
	}
	for w, n := range want {
		if got[w] != n {
			e.t.Errorf("%s: %d, want %d", w, got[w], n)
		}
	}
}
