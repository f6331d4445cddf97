package server

import (
	"context"
	"errors"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/sql/diag"
)

// resultReader reads the output of a job's root. If the worker that holds it is
// lost, the master has it computed again; as the same plan over the same data
// gives the same rows in the same order, reading goes on after those seen.
type resultReader struct {
	s      *statement
	handle *master.Handle
	open   shuffle.Reader
	source shuffle.Source
	seen   int64 // rows given so far
	skip   int64 // rows still to be passed over
}

func (r *resultReader) next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := r.read(ctx)
		var lost *shuffle.FetchError
		if errors.As(err, &lost) {
			if err := r.recompute(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		n := int64(b.Rows())
		if r.skip >= n {
			r.skip -= n
			continue
		}
		if r.skip > 0 {
			b = b.Slice(int(r.skip), int(n))
			r.skip = 0
		}
		r.seen += int64(b.Rows())
		return b, nil
	}
}

func (r *resultReader) read(ctx context.Context) (*batch.Batch, error) {
	if r.open == nil {
		outs, err := r.handle.Outputs(ctx)
		if err != nil {
			return nil, err
		}
		if len(outs) != 1 {
			return nil, diag.Errorf(diag.CodeInternal, diag.Pos{}, "the result of job %s has %d parts", r.s.id, len(outs))
		}
		r.source = shuffle.Source{ID: shuffle.OutputID(outs[0].Attempt.String()), Address: outs[0].Addr}
		open, err := r.s.engine.cfg.Fetch.Open(ctx, r.source, 0)
		if err != nil {
			return nil, err
		}
		r.open = open
	}
	return r.open.Next(ctx)
}

// recompute reports the lost output; reading waits until it is there again.
func (r *resultReader) recompute() error {
	if r.open != nil {
		_ = r.open.Close()
		r.open = nil
	}
	r.skip, r.seen = r.seen, 0
	producer, err := stage.ParseAttempt(string(r.source.ID))
	if err != nil {
		return err
	}
	return r.handle.Unreadable(producer)
}

func (r *resultReader) close() error {
	if r.open == nil {
		return nil
	}
	return r.open.Close()
}
