package operator

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// program feeds its input to user MapReduce code and gives the code's output.
type program struct {
	input
	node physical.Node
	prog physical.Program
	env  *Env
	code UserCode
	// ended is set when the code has been told that there is no more input.
	ended    bool
	counters map[string]int64
}

func newMap(n *physical.Map, in []Operator, env *Env) (*program, error) {
	return newProgram(n, n.Program, in, env)
}

func newReduce(n *physical.Reduce, in []Operator, env *Env) (*program, error) {
	return newProgram(n, n.Program, in, env)
}

func newProgram(n physical.Node, p physical.Program, in []Operator, env *Env) (*program, error) {
	if env.Programs == nil {
		return nil, fmt.Errorf("operator: this process runs no MapReduce programs (%s)", p.Name)
	}
	return &program{input: input{in[0]}, node: n, prog: p, env: env}, nil
}

func (p *program) Open(ctx context.Context) error {
	if err := p.in.Open(ctx); err != nil {
		return err
	}
	code, err := p.env.Programs.Open(ctx, p.prog, p.node)
	if err != nil {
		return err
	}
	p.code = code
	return nil
}

func (p *program) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := p.code.Pull(ctx)
		if err == io.EOF {
			if c, ok := p.code.(counting); ok {
				p.counters = c.Counters()
			}
		}
		if b != nil || err != nil {
			return b, err
		}
		if p.ended {
			return nil, fmt.Errorf("program %s asks for input after its end", p.prog.Name)
		}
		b, err = p.in.Next(ctx)
		switch {
		case err == io.EOF:
			p.ended = true
			b = nil
		case err != nil:
			return nil, err
		case b.Rows() == 0:
			continue
		default:
			b = b.Dense()
		}
		if err := p.code.Push(ctx, b); err != nil {
			return nil, err
		}
	}
}

// Counters are those of code that ran to its end.
func (p *program) Counters() map[string]int64 { return p.counters }

func (p *program) Close() error {
	var err error
	if p.code != nil {
		err = p.code.Close()
	}
	return errors.Join(err, p.in.Close())
}
