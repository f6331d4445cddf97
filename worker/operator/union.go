package operator

import (
	"context"
	"errors"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// union gives its inputs' rows one input after the other. An input is opened
// when its turn comes and closed when it has ended, so that only one of them
// holds memory at a time.
type union struct {
	all    []Operator
	at     int
	opened bool
}

func newUnion(_ *physical.Union, in []Operator, _ *Env) (*union, error) {
	return &union{all: in}, nil
}

func (u *union) Open(context.Context) error { return nil }

func (u *union) Next(ctx context.Context) (*batch.Batch, error) {
	for ; u.at < len(u.all); u.at++ {
		if !u.opened {
			u.opened = true
			if err := u.all[u.at].Open(ctx); err != nil {
				return nil, err
			}
		}
		b, err := u.all[u.at].Next(ctx)
		if err != io.EOF {
			return b, err
		}
		if err := u.all[u.at].Close(); err != nil {
			return nil, err
		}
		u.opened = false
	}
	return nil, io.EOF
}

func (u *union) Close() error {
	var errs []error
	if u.opened {
		errs = append(errs, u.all[u.at].Close())
	}
	return errors.Join(errs...)
}
