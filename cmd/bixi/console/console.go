// Package console runs the statements of a script, or of a person who types them,
// and shows what comes of them. Results go to Out; everything else (errors,
// progress, warnings, timings) goes to Err, so that Out can be read by programs.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

// Console is a session with an engine. Its methods are called by one goroutine.
type Console struct {
	Statements server.Statements
	// State is the session, as the statements that ran have left it.
	State server.State
	User  string
	Form  format.Kind
	Out   io.Writer
	Err   io.Writer
	// Terminal says that a person watches Err: progress, warnings and timings are
	// shown, and progress is redrawn in place.
	Terminal bool
	// Progress asks for progress and warnings where there is no terminal.
	Progress bool
	// Width is the columns of the terminal, 0 if not known.
	Width int
}

var (
	// ErrFailed says that a statement failed; its message has been written.
	ErrFailed = errors.New("a statement failed")
	// ErrInterrupted says that the context ended while a statement ran.
	ErrInterrupted = errors.New("interrupted")
)

// Script runs the statements of text in order and stops at the first that fails.
// In script mode the rest is one statement.
// Places in messages are places in text.
func (c *Console) Script(ctx context.Context, text string) error {
	pieces, _ := syntax.Split(text)
	for _, p := range pieces {
		if c.scriptMode() {
			p.Text = text[p.Range.Begin:]
			return c.run(ctx, p, text)
		}
		if err := c.run(ctx, p, text); err != nil {
			return err
		}
	}
	return nil
}

// scriptMode reports whether what follows is submitted as a whole.
func (c *Console) scriptMode() bool {
	for k, v := range c.State.Settings {
		if strings.EqualFold(k, "odps.sql.submit.mode") {
			return v == "script"
		}
	}
	return false
}

// run runs one statement of script and shows its result or why there is none.
func (c *Console) run(ctx context.Context, p syntax.Piece, script string) error {
	err := c.execute(ctx, p.Text)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ErrInterrupted
	case errors.Is(err, errOutput):
		fmt.Fprintln(c.Err, "FAILED:", err)
	default:
		fmt.Fprintln(c.Err, diag.Render(Shift(err, p.Start), script))
	}
	return ErrFailed
}

// errOutput wraps failures to write a result.
var errOutput = errors.New("writing the result")

func (c *Console) execute(ctx context.Context, text string) error {
	st, err := c.Statements.Submit(ctx, server.Request{Text: text, State: c.State, User: c.User})
	if err != nil {
		return err
	}
	defer st.Close()
	outcome, err := c.watch(ctx, st)
	if err != nil {
		return err
	}
	c.State = outcome.State
	rows, err := c.show(ctx, st, outcome.Text)
	if err != nil {
		return err
	}
	c.remark(outcome, rows)
	return nil
}

// noResult is the number of rows of a statement that gives none.
const noResult = -1

// show writes the result of a statement that has succeeded, and counts its rows.
// People get the text, if it has one, instead of a frame.
func (c *Console) show(ctx context.Context, st server.Statement, text string) (int64, error) {
	schema, err := st.Schema(ctx)
	if err != nil || len(schema) == 0 {
		return noResult, err
	}
	if text != "" && c.Form == format.Table {
		if _, err := io.WriteString(c.Out, text); err != nil {
			return noResult, fmt.Errorf("%w: %w", errOutput, err)
		}
		return noResult, nil
	}
	zone, err := Zone(c.State)
	if err != nil {
		return noResult, err
	}
	w := format.New(c.Form, c.Out)
	if err := w.Begin(schema, zone); err != nil {
		return noResult, fmt.Errorf("%w: %w", errOutput, err)
	}
	rows := int64(0)
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return rows, err
		}
		rows += int64(b.Rows())
		if err := w.Write(b); err != nil {
			return rows, fmt.Errorf("%w: %w", errOutput, err)
		}
	}
	if err := w.End(); err != nil {
		return rows, fmt.Errorf("%w: %w", errOutput, err)
	}
	return rows, nil
}

// Zone is a session's time zone, in which instants are shown.
func Zone(state server.State) (*time.Location, error) {
	s := setting.Default()
	for k, v := range state.Settings {
		if err := s.Set(k, v); err != nil {
			return nil, err
		}
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no time zone %q", s.TimeZone)
	}
	return zone, nil
}

// remark says what a statement did, to people.
func (c *Console) remark(o server.Outcome, rows int64) {
	if !c.Terminal && !c.Progress {
		return
	}
	for _, w := range o.Warnings {
		fmt.Fprintln(c.Err, "WARNING:", w)
	}
	if !c.Terminal {
		return
	}
	took := o.Elapsed.Round(time.Millisecond)
	switch {
	case o.HasWritten:
		fmt.Fprintf(c.Err, "OK (%s written, %s)\n", count(o.Written, "row"), took)
	case rows != noResult:
		fmt.Fprintf(c.Err, "OK (%s, %s)\n", count(rows, "row"), took)
	default:
		fmt.Fprintf(c.Err, "OK (%s)\n", took)
	}
}

// Shift moves the place of an error in a statement to its place in the script,
// where the statement begins at start. The error comes back as a *diag.Error,
// with what was wrapped around it as part of its message.
func Shift(err error, start diag.Pos) error {
	e := *diag.Of(err)
	if around, found := strings.CutSuffix(err.Error(), e.Error()); found {
		e.Msg = around + e.Msg
	}
	e.Pos = shifted(e.Pos, start)
	also := make([]*diag.Error, len(e.Also))
	for i, more := range e.Also {
		c := *more
		c.Pos = shifted(c.Pos, start)
		also[i] = &c
	}
	e.Also = also
	return &e
}

func shifted(p, start diag.Pos) diag.Pos {
	if p.IsValid() && start.IsValid() {
		if p.Line == 1 {
			p.Col += start.Col - 1
		}
		p.Line += start.Line - 1
	}
	return p
}
