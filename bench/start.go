package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/bixidata/bixi/bench/suite"
)

// startQueries are asked of a process that has just been started; the second of a
// table that an earlier process made.
var startQueries = []suite.Query{
	{Name: "select", Title: "no table", Text: "SELECT 42"},
	{Name: "count", Title: "a fresh table of ten rows", Text: "SELECT COUNT(*) FROM fresh"},
}

// startAnswers are the answers, as CSV without its header.
var startAnswers = map[string]string{"select": "42", "count": "10"}

const startTable = "CREATE TABLE fresh (n BIGINT); INSERT INTO fresh SELECT n FROM (SELECT EXPLODE(SEQUENCE(1, 10)) AS n) s;"

// Start measures processes of the engine from their start to their end, one after the
// other: as many for each query as there are runs.
func Start(ctx context.Context, o Options) (r *Report, err error) {
	dir, err := os.MkdirTemp("", "bixi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	warehouse := filepath.Join(dir, "warehouse")
	if _, err := o.startOnce(ctx, warehouse, startTable, nil); err != nil {
		return nil, err
	}
	r = newReport(&suite.Suite{Name: "start", Size: "no data"}, &o)
	r.Over, r.Names = OverTables, []string{"bixi"}
	r.Engines["bixi"] = &Engine{Version: o.Version, Queries: map[string]*Result{}}
	fmt.Fprintf(o.Out, "start of a process to its end, %d times: %s\n", o.Runs, r.Machine)
	for _, q := range startQueries {
		res := &Result{Title: q.Title, Rows: 1}
		r.queries, r.Engines["bixi"].Queries[q.Name] = append(r.queries, q), res
		for range o.Runs {
			var out bytes.Buffer
			run, err := o.startOnce(ctx, warehouse, q.Text, &out)
			if err != nil {
				return nil, err
			}
			if lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")); string(lines[len(lines)-1]) != startAnswers[q.Name] {
				return nil, fmt.Errorf("%s answers %q", q.Text, out.String())
			}
			res.Seconds, res.CPU = append(res.Seconds, run.seconds.Seconds()), append(res.CPU, run.cpu.Seconds())
			res.Peak = max(res.Peak, run.peak)
		}
		fmt.Fprintf(o.Out, "%-28s median %4.0f ms, best %4.0f ms, processor %4.0f ms, peak resident set %d MB\n",
			q.Text, 1000*res.median(), 1000*res.best(), 1000*res.leastCPU(), res.Peak/bytesPerMB)
	}
	return r, nil
}

// startOnce runs a process with a script, whose results out gets.
func (o *Options) startOnce(ctx context.Context, warehouse, script string, out *bytes.Buffer) (*answer, error) {
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, o.Executable, "sql", "--warehouse", warehouse, "--format", "csv", "-e", script)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", o.Threads))
	cmd.Stderr = &log
	if out != nil {
		cmd.Stdout = out
	}
	start := time.Now()
	err := cmd.Run()
	a := &answer{seconds: time.Since(start)}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", script, err, bytes.TrimSpace(log.Bytes()))
	}
	a.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		a.peak = u.Maxrss << 10
	}
	return a, nil
}
