package bench

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed peers/duckdb_driver.py
var duckDBDriver string

// duckDB is a DuckDB in a Python process that lives as long as the run.
type duckDB struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	version string
}

// reply is a line of the driver.
type reply struct {
	Version string      `json:"version"`
	Seconds float64     `json:"seconds"`
	Count   int         `json:"count"`
	Rows    [][]*string `json:"rows"`
	Error   string      `json:"error"`
}

// openDuckDB starts the driver and gives it the tables: views of the Parquet
// files, or tables in a database file beside them that later runs find again.
func openDuckDB(ctx context.Context, o *Options, s *suite.Suite, data dataset) (contender, error) {
	python, err := o.python(ctx)
	if err != nil {
		return nil, err
	}
	database := ":memory:"
	if o.Over == OverTables {
		if database, err = filepath.Abs(strings.TrimRight(o.Data, "/") + ".duckdb"); err != nil {
			return nil, err
		}
	}
	d := &duckDB{cmd: exec.CommandContext(ctx, python, "-c", duckDBDriver, strconv.Itoa(o.Threads), o.Memory, database)}
	d.cmd.Stderr = o.Progress
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting DuckDB: %w", err)
	}
	hello, err := d.read()
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.version = hello.Version
	for _, t := range s.Tables {
		text := fmt.Sprintf("CREATE VIEW %s AS SELECT * FROM read_parquet('%s')", t, data.glob(t))
		if o.Over == OverTables {
			text = fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM read_parquet('%s')", t, data.glob(t))
		}
		if _, err := d.ask(text, false); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

func (d *duckDB) Name() string    { return "duckdb" }
func (d *duckDB) Version() string { return d.version }

// Close ends the process.
func (d *duckDB) Close() error { return errors.Join(d.in.Close(), d.cmd.Wait()) }

func (d *duckDB) Run(_ context.Context, q suite.Query, keep bool) (*answer, error) {
	r, err := d.ask(q.Peer, keep)
	if err != nil {
		return nil, err
	}
	a := &answer{count: r.Count, seconds: time.Duration(r.Seconds * float64(time.Second))}
	for _, row := range r.Rows {
		cells := make([]cell, len(row))
		for i, v := range row {
			if cells[i].null = v == nil; v != nil {
				cells[i].text = *v
			}
		}
		a.rows = append(a.rows, cells)
	}
	return a, nil
}

func (d *duckDB) ask(sql string, rows bool) (reply, error) {
	line, err := json.Marshal(map[string]any{"sql": sql, "rows": rows})
	if err != nil {
		return reply{}, err
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return reply{}, fmt.Errorf("DuckDB has ended: %w", err)
	}
	return d.read()
}

func (d *duckDB) read() (reply, error) {
	var r reply
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		return r, fmt.Errorf("DuckDB has ended: %w", err)
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("DuckDB's driver wrote %q: %w", line, err)
	}
	if r.Error != "" {
		return r, fmt.Errorf("DuckDB: %s", r.Error)
	}
	return r, nil
}
