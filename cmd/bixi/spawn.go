package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/server"
)

// spawn starts this executable as a server of its own, for measurements of a whole
// process.
func spawn(ctx context.Context, warehouse, memory string, threads int) (*bench.Process, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "--listen", "127.0.0.1:0", "--warehouse", warehouse}
	if memory != "" {
		args = append(args, "--memory", memory)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(threads))
	logged, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	address, last := "", ""
	lines := bufio.NewScanner(logged)
	for address == "" && lines.Scan() {
		last = lines.Text()
		_, address, _ = strings.Cut(last, "listening on ")
	}
	if address == "" {
		return nil, errors.Join(fmt.Errorf("the server did not start: %s", last), cmd.Wait())
	}
	drained := make(chan struct{})
	go func() { // its log must not block it
		defer close(drained)
		_, _ = io.Copy(io.Discard, logged)
	}()
	stop := func() error {
		// Unless it has ended already; then Wait tells how.
		_ = cmd.Process.Signal(os.Interrupt)
		<-drained
		return cmd.Wait()
	}
	c, err := server.NewClient(address)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return &bench.Process{
		Statements: c, PID: cmd.Process.Pid,
		End: func() error { return errors.Join(c.Close(), stop()) },
	}, nil
}
