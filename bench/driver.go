package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// driver is a peer in a process that reads a line of JSON for a statement and
// writes one for its answer. The process lives as long as the run.
type driver struct {
	name    string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	version string
}

// reply is a line of a driver.
type reply struct {
	Version string      `json:"version"`
	Seconds float64     `json:"seconds"`
	CPU     float64     `json:"cpu"`
	Count   int         `json:"count"`
	Rows    [][]*string `json:"rows"`
	Error   string      `json:"error"`
}

// startDriver starts a peer's process; what it logs goes to progress.
func startDriver(progress io.Writer, name string, cmd *exec.Cmd) (*driver, error) {
	d := &driver{name: name, cmd: cmd}
	cmd.Stderr = progress
	var err error
	if d.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	hello, err := d.read()
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.version = hello.Version
	return d, nil
}

func (d *driver) Name() string    { return d.name }
func (d *driver) Version() string { return d.version }

// Close ends the process.
func (d *driver) Close() error { return errors.Join(d.in.Close(), d.cmd.Wait()) }

// answer runs a statement; its rows are kept if asked for.
func (d *driver) answer(sql string, keep bool) (*answer, error) {
	r, err := d.ask(sql, keep)
	if err != nil {
		return nil, err
	}
	a := &answer{count: r.Count, seconds: fromSeconds(r.Seconds), cpu: fromSeconds(r.CPU)}
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

func fromSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (d *driver) ask(sql string, rows bool) (reply, error) {
	line, err := json.Marshal(map[string]any{"sql": sql, "rows": rows})
	if err != nil {
		return reply{}, err
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return reply{}, fmt.Errorf("%s has ended: %w", d.name, err)
	}
	return d.read()
}

func (d *driver) read() (reply, error) {
	var r reply
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		return r, fmt.Errorf("%s has ended: %w", d.name, err)
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("the driver of %s wrote %q: %w", d.name, line, err)
	}
	if r.Error != "" {
		return r, errors.New(r.Error)
	}
	return r, nil
}
