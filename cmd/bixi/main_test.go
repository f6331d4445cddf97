package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bixi": func() { os.Exit(run(context.Background(), os.Args[1:], embedded())) },
	})
}

// embedded are the doors to an engine in the process.
func embedded() doors {
	return doors{open: func(ctx context.Context, c engineConfig) (server.Statements, func() error, error) {
		n, err := embed.Open(ctx, embed.Config{Warehouse: c.Warehouse, Verify: true})
		if err != nil {
			return nil, nil, err
		}
		return n, n.Close, nil
	}}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
		Setup: func(e *testscript.Env) error {
			e.Setenv("BIXI_WAREHOUSE", e.WorkDir+"/warehouse")
			return nil
		},
	})
}

// status runs a command and checks how it exits: status N COMMAND ARG...
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND ARG...")
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("the status is %d, not %s", got, args[0])
	}
}
