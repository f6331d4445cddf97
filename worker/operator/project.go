package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// project computes expressions over its input.
type project struct {
	input
	exprs *exprList
	out   batch.Batch
}

func newProject(n *physical.Project, in []Operator, env *Env) (*project, error) {
	exprs, err := compileList(n.Exprs, env)
	if err != nil {
		return nil, err
	}
	return &project{input: input{in[0]}, exprs: exprs}, nil
}

func (p *project) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := p.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		cols, err := p.exprs.eval(b)
		if err != nil {
			return nil, err
		}
		p.out = batch.Batch{Columns: append(p.out.Columns[:0], cols...), N: b.Rows()}
		return &p.out, nil
	}
}
