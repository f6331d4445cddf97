package fuzz

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"time"
)

// errPeer says that DuckDB could not be brought to answer.
var errPeer = errors.New("DuckDB fails")

//go:embed duckdb_driver.py
var driver string

// oracle is a DuckDB in a process of its own. One that fails is replaced.
type oracle struct {
	python string // an interpreter that has the module
	log    io.Writer
	// patience is how long a statement may take; the driver gives up sooner, if it can.
	patience time.Duration
	// restarts counts the processes that failed.
	restarts int
	tables   map[string][]string // the statements that make them
	process  *process
}

// process is a running driver.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func openOracle(ctx context.Context, python string, log io.Writer) (*oracle, error) {
	o := &oracle{python: python, log: log, patience: 90 * time.Second, tables: map[string][]string{}}
	return o, o.start(ctx)
}

func (o *oracle) start(ctx context.Context) error {
	p := &process{cmd: exec.CommandContext(ctx, o.python, "-c", driver)}
	p.cmd.Stderr = o.log
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", errPeer, err)
	}
	o.process = p
	return nil
}

// close ends the process. How it ended does not matter: its answers have been read.
func (o *oracle) close() {
	_ = o.process.in.Close()
	_ = o.process.cmd.Wait()
}

// load makes a table, in this process and those that follow it.
func (o *oracle) load(ctx context.Context, table string, statements []string) error {
	o.tables[table] = statements
	answers, err := o.ask(ctx, statements...)
	if err != nil {
		return err
	}
	for i, a := range answers {
		if a.Error != "" {
			return fmt.Errorf("%w: %s: %s", errPeer, head(statements[i]), a.Error)
		}
	}
	return nil
}

// ask runs statements. One at which the process fails has an error for an answer,
// and those after it see the tables as they were loaded.
func (o *oracle) ask(ctx context.Context, statements ...string) ([]answer, error) {
	out := make([]answer, len(statements))
	for i, s := range statements {
		var err error
		if out[i], err = o.process.answer(s, o.patience); err != nil {
			out[i] = answer{Error: err.Error(), Fatal: true}
		}
		if !out[i].Fatal {
			continue
		}
		if err := o.restart(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// restart begins anew with the tables, or without any if they make it fail.
func (o *oracle) restart(ctx context.Context) error {
	_ = o.process.cmd.Process.Kill()
	o.close()
	o.restarts++
	if err := o.start(ctx); err != nil {
		return err
	}
	for _, table := range slices.Sorted(maps.Keys(o.tables)) {
		for _, s := range o.tables[table] {
			if a, err := o.process.answer(s, o.patience); err != nil || a.Fatal {
				clear(o.tables)
				return errors.Join(fmt.Errorf("%w: %s", errPeer, head(s)), o.restart(ctx))
			}
		}
	}
	return nil
}

// answer runs a statement. An error means that the process has ended.
func (p *process) answer(statement string, patience time.Duration) (answer, error) {
	var a answer
	line, err := json.Marshal(statement)
	if err != nil {
		return a, err
	}
	hung := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer hung.Stop()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, fmt.Errorf("the process has ended: %w", err)
	}
	reply, err := p.out.ReadBytes('\n')
	if err != nil {
		return a, fmt.Errorf("the process has ended: %w", err)
	}
	return a, json.Unmarshal(reply, &a)
}
