package program

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bixidata/bixi/sql/types"
)

// Serve is the program's end of a conversation: it runs what the engine at the
// other end asks for of the job that build makes. Errors of the job go to the
// engine; what Serve gives is a broken conversation.
func Serve(ctx context.Context, r io.Reader, w io.Writer, build func() (Job, error)) error {
	c := newConn(r, w)
	k, payload, err := c.receive()
	if err != nil {
		return err
	}
	var h helloMessage
	if k != hello {
		return unexpected(k)
	}
	if err := json.Unmarshal(payload, &h); err != nil {
		return err
	}
	if h.Version != Version {
		return c.sendJSON(failed, failureOf(VersionError(Version)))
	}
	job, err := build()
	if err != nil {
		return c.sendJSON(failed, failureOf(err))
	}
	spec := job.Spec()
	if h.Side == nil {
		return c.sendJSON(welcome, spec)
	}
	in, err := spec.inputTypes(*h.Side)
	if err != nil {
		return c.sendJSON(failed, failureOf(err))
	}
	code, err := job.Open(ctx, *h.Side)
	if err != nil {
		return c.sendJSON(failed, failureOf(err))
	}
	if err := c.sendJSON(welcome, spec); err != nil {
		return errors.Join(err, code.Close())
	}
	return errors.Join(c.run(ctx, code, in), code.Close())
}

// inputTypes are the columns that a side reads.
func (s *Spec) inputTypes(side Side) ([]types.Type, error) {
	var cols types.Schema
	var err error
	switch {
	case side.Reduce:
		cols, err = s.MapOutput()
	case side.Input < 0 || side.Input >= len(s.Inputs):
		err = fmt.Errorf("the job has no input %d", side.Input)
	default:
		cols, err = Schema(s.Inputs[side.Input].Columns)
	}
	return cols.Types(), err
}

// run drives code with the engine's input.
func (c *conn) run(ctx context.Context, code Code, in []types.Type) error {
	for {
		b, err := code.Pull(ctx)
		switch {
		case err == io.EOF:
			if err := c.sendJSON(counters, code.Counters()); err != nil {
				return err
			}
			if err := c.send(done, nil); err != nil {
				return err
			}
			return c.w.Flush()
		case err != nil:
			return c.sendJSON(failed, failureOf(err))
		case b != nil:
			err = c.sendBatch(output, b)
		default:
			err = c.feed(ctx, code, in)
		}
		if err != nil {
			return err
		}
	}
}

// feed asks for input and hands it to code.
func (c *conn) feed(ctx context.Context, code Code, in []types.Type) error {
	if err := c.send(need, nil); err != nil {
		return err
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	k, payload, err := c.receive()
	switch {
	case err != nil:
		return err
	case k == end:
		return code.Push(ctx, nil)
	case k != input:
		return unexpected(k)
	}
	b, err := decodeBatch(payload, in)
	if err != nil {
		return err
	}
	return code.Push(ctx, b)
}
