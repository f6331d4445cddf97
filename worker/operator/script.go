package operator

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
)

// script feeds its input to a program and gives the lines it prints. Rows in and
// out are pulled and converted by the task's goroutine; two goroutines of the
// process only move bytes, so that a program may read and print in any rhythm.
type script struct {
	input
	node *physical.Script
	args *exprList
	zone *time.Location
	step int

	proc    *scriptProcess
	pending []byte // encoded rows that the program has not taken yet
	ended   bool   // the input has
	lines   lineReader
	texts   []textColumn
}

func newScript(n *physical.Script, in []Operator, env *Env) (*script, error) {
	if env.ForbidScripts {
		return nil, diag.Errorf(diag.CodeUnsupported, scriptPos(n), "this worker runs no scripts")
	}
	args, err := compileList(n.Args, env)
	if err != nil {
		return nil, err
	}
	s := &script{input: input{in[0]}, node: n, args: args, step: env.batchRows(), texts: make([]textColumn, len(n.Names))}
	if env.Session != nil {
		s.zone = env.Session.Zone
	}
	return s, nil
}

func scriptPos(n *physical.Script) diag.Pos {
	return diag.Pos{Line: n.Program.Line, Col: n.Program.Col}
}

func (s *script) Open(ctx context.Context) error {
	if err := s.in.Open(ctx); err != nil {
		return err
	}
	var err error
	if s.proc, err = startScript(ctx, s.node.Program.Words); err != nil {
		return diag.Errorf(diag.CodeScript, scriptPos(s.node), "the script %s cannot be run", s.node.Program).WithCause(err).
			WithHint("it is a program and its arguments, not a line of a shell; use sh -c '…' for that")
	}
	return nil
}

func (s *script) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if b, err := s.take(); b != nil || err != nil {
			return b, err
		}
		if s.lines.closed {
			return nil, s.finish(ctx)
		}
		if err := s.feed(ctx); err != nil {
			return nil, err
		}
		var to chan<- []byte
		if len(s.pending) > 0 {
			to = s.proc.in
		}
		select {
		case to <- s.pending:
			s.pending = nil
		case chunk, ok := <-s.proc.out:
			s.lines.add(chunk, !ok)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// feed encodes the next batch of the input, if the last one has been taken.
func (s *script) feed(ctx context.Context) error {
	for len(s.pending) == 0 && !s.ended {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			s.ended = true
			s.proc.closeInput()
			return nil
		}
		if err != nil {
			return err
		}
		if b.Rows() == 0 {
			continue
		}
		cols, err := s.args.eval(b)
		if err != nil {
			return err
		}
		s.pending = s.encode(cols, b.Rows())
	}
	return nil
}

// encode writes rows as lines, in memory of their own: they go to another goroutine.
func (s *script) encode(cols []*batch.Column, n int) []byte {
	var out []byte
	f := s.node.Program.In
	for i := range n {
		for k, c := range cols {
			if k > 0 {
				out = append(out, f.Field...)
			}
			if c.IsNull(i) {
				out = append(out, f.Null...)
			} else {
				out = batch.AppendText(out, c, i, s.zone)
			}
		}
		out = append(out, '\n')
	}
	return out
}

// take gives a batch of the lines that are there; nil if there are none.
func (s *script) take() (*batch.Batch, error) {
	n := 0
	for ; n < s.step; n++ {
		line, ok := s.lines.next()
		if !ok {
			break
		}
		s.decode(line)
	}
	if s.lines.tooLong() {
		return nil, diag.Errorf(diag.CodeScript, scriptPos(s.node), "the script %s printed a line of more than %d bytes", s.node.Program, maxScriptLine)
	}
	if n == 0 {
		return nil, nil
	}
	out := &batch.Batch{N: n}
	for k := range s.texts {
		out.Columns = append(out.Columns, s.texts[k].finish(n))
	}
	return out, nil
}

// finish ends the program, which has closed its output.
func (s *script) finish(ctx context.Context) error {
	if !s.ended { // it wants no more
		s.ended, s.pending = true, nil
		s.proc.closeInput()
	}
	err := s.proc.wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil {
		return io.EOF
	}
	e := diag.Errorf(diag.CodeScript, scriptPos(s.node), "the script %s ended with %v", s.node.Program, err)
	if text := s.proc.complaint(); text != "" {
		e = diag.Errorf(diag.CodeScript, scriptPos(s.node), "the script %s ended with %v:\n%s", s.node.Program, err, text)
	}
	return e
}

func (s *script) Close() error {
	if s.proc != nil {
		s.proc.kill()
	}
	return errors.Join(s.in.Close())
}
