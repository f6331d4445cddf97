package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bixidata/bixi/mapreduce"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bixi":      main,
		"wordcount": func() { mapreduce.Main(wordCount) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "interrupt": interrupt, "serve": serveInBackground},
		Setup: func(e *testscript.Env) error {
			e.Setenv("BIXI_WAREHOUSE", filepath.Join(e.WorkDir, "warehouse"))
			return nil
		},
	})
}

// status runs a command and checks how it exits: status N COMMAND ARG...
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND ARG...")
	}
	if got := exitStatus(ts, ts.Exec(args[1], args[2:]...)); fmt.Sprint(got) != args[0] {
		ts.Fatalf("the status is %d, not %s", got, args[0])
	}
}

func exitStatus(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if exit != nil {
		return exit.ExitCode()
	}
	return 0
}

// start starts the program in the script's directory and environment, and gives
// the lines it writes to standard error.
func start(ts *testscript.TestScript, args []string) (*exec.Cmd, *bufio.Scanner) {
	var program string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, "bixi"); program == "" {
			if _, err := os.Stat(p); err == nil {
				program = p
			}
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "BIXI_WAREHOUSE", "BIXI_ENDPOINT"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	return cmd, bufio.NewScanner(stderr)
}

// interrupt runs the program until it shows progress, interrupts it, and checks
// that it says so by its status: interrupt ARG... The arguments ask for progress.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	cmd, lines := start(ts, args)
	interrupted := false
	for lines.Scan() {
		ts.Logf("%s", lines.Text())
		if !interrupted {
			ts.Check(cmd.Process.Signal(os.Interrupt))
			interrupted = true
		}
	}
	if got := exitStatus(ts, cmd.Wait()); !interrupted || got != exitInterrupted {
		ts.Fatalf("the status is %d, interrupted %v", got, interrupted)
	}
}

var listening = regexp.MustCompile(`listening on (\S+)`)

// serveInBackground starts a server for the rest of the script, whose endpoint
// BIXI_ENDPOINT then is.
func serveInBackground(ts *testscript.TestScript, _ bool, args []string) {
	cmd, lines := start(ts, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
	ended := make(chan struct{})
	address := make(chan string, 1)
	go func() {
		defer close(ended)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	ts.Defer(func() {
		ts.Check(cmd.Process.Signal(os.Interrupt))
		<-ended
		ts.Check(cmd.Wait())
	})
	select {
	case a := <-address:
		ts.Setenv("BIXI_ENDPOINT", a)
	case <-ended:
		ts.Fatalf("the server ended")
	}
}
