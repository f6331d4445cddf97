package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
)

// cluster is a master and workers as processes of the built binary.
type cluster struct {
	t       *testing.T
	bin     string
	address string
	workers []*exec.Cmd
}

// tpchData finds the generated Parquet files that `make test` provides.
func tpchData(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../bench/data/tpch-sf0.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("there is no %s: `make test` generates it", dir)
	}
	return dir
}

func buildBinary(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "bixi")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return bin
}

// start runs a process and waits for the line of its standard error that holds
// marker, whose last word it gives. The process ends with the test.
func (c *cluster) start(marker string, args ...string) (*exec.Cmd, string) {
	c.t.Helper()
	cmd := exec.Command(c.bin, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	found := make(chan string, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(found)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if f := strings.Fields(lines.Text()); strings.Contains(lines.Text(), marker) && len(f) > 0 {
				select {
				case found <- f[len(f)-1]:
				default:
				}
			}
		}
	})
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone already
		reader.Wait()
		_ = cmd.Wait()
	})
	word, ok := <-found
	if !ok {
		c.t.Fatalf("%v ended before it said %q", args, marker)
	}
	return cmd, word
}

func (c *cluster) addWorker() *exec.Cmd {
	w, _ := c.start("registered", "worker", "--master", c.address)
	c.workers = append(c.workers, w)
	return w
}

func startCluster(t *testing.T, warehouse string, workers int) *cluster {
	c := &cluster{t: t, bin: buildBinary(t)}
	_, c.address = c.start("listening on", "master", "--listen", "127.0.0.1:0", "--warehouse", warehouse)
	for range workers {
		c.addWorker()
	}
	return c
}

// csv reads a statement's result as CSV.
func csv(ctx context.Context, st server.Statement) (string, error) {
	schema, err := st.Schema(ctx)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w := format.New(format.CSV, &out)
	if err := w.Begin(schema, time.UTC); err != nil {
		return "", err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return out.String(), w.End()
		}
		if err != nil {
			return "", err
		}
		if err := w.Write(b); err != nil {
			return "", err
		}
	}
}

// A query gives the same bytes embedded, on two workers, and on two workers of
// which one is killed while it works.
func TestChaosKilledWorker(t *testing.T) {
	data, warehouse := tpchData(t), t.TempDir()
	queries, err := tpch.Suite()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	c := startCluster(t, warehouse, 2)
	remote, err := server.NewClient(c.address)
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	// Small splits make many tasks, so that the kill falls between them.
	state := server.State{Project: "default", Settings: map[string]string{"bixi.split.bytes": "512kb", "bixi.partitions": "4"}}
	submit := func(s server.Statements, text string) server.Statement {
		t.Helper()
		st, err := s.Submit(ctx, server.Request{Text: text, State: state})
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	result := func(s server.Statements, text string) string {
		t.Helper()
		st := submit(s, text)
		defer st.Close()
		out, err := csv(ctx, st)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return out
	}
	for _, table := range queries.Tables {
		path := filepath.Join(data, table)
		if _, err := os.Stat(path); err != nil {
			path += ".parquet"
		}
		result(remote, fmt.Sprintf("create external table %s stored as parquet location '%s'", table, path))
	}
	local, closeLocal, err := openEngine(ctx, engineConfig{Warehouse: warehouse})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closeLocal(); err != nil {
			t.Error(err)
		}
	}()
	for _, q := range queries.Queries {
		if q.Name != "q5" && q.Name != "q9" && q.Name != "q18" {
			continue
		}
		want := result(local, q.Text)
		if got := result(remote, q.Text); got != want {
			t.Errorf("%s on two workers:\n%s\nembedded:\n%s", q.Name, got, want)
		}
		victim := c.workers[len(c.workers)-1]
		st := submit(remote, q.Text)
		killWhenBusy(ctx, t, st, victim)
		got, err := csv(ctx, st)
		if err != nil {
			t.Fatalf("%s with a worker killed: %v", q.Name, err)
		}
		if got != want {
			t.Errorf("%s with a worker killed:\n%s\nembedded:\n%s", q.Name, got, want)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		c.addWorker()
	}
}

// killWhenBusy kills a worker as soon as some, but not all tasks of the
// statement are done.
func killWhenBusy(ctx context.Context, t *testing.T, st server.Statement, victim *exec.Cmd) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		p := st.Progress()
		if f := p.Fraction(); f > 0.05 || p.Phase == "done" {
			if p.Phase == "done" {
				t.Log("the statement ended before the kill")
			}
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
}
