package program

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Describe asks the program at the other end of r and w for its job.
func Describe(r io.Reader, w io.Writer) (Spec, error) {
	return greet(newConn(r, w), nil)
}

// greet begins a conversation and checks versions.
func greet(c *conn, side *Side) (s Spec, err error) {
	if err := c.sendJSON(hello, helloMessage{Version: Version, Side: side}); err != nil {
		return s, err
	}
	k, payload, err := c.receive()
	switch {
	case err != nil:
		return s, err
	case k == failed:
		return s, readFailure(payload)
	case k != welcome:
		return s, unexpected(k)
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		return s, err
	}
	return s, s.Check()
}

func readFailure(payload []byte) error {
	var f failure
	if err := json.Unmarshal(payload, &f); err != nil {
		return err
	}
	return f.error()
}

// Remote is the engine's end of a conversation: a Code that runs in the program's
// process.
type Remote struct {
	c        *conn
	out      []types.Type
	counters map[string]int64
	asked    bool // the program waits for input
}

// Connect starts a side of the program at the other end of r and w, whose output
// has the types out.
func Connect(r io.Reader, w io.Writer, side Side, out []types.Type) (*Remote, error) {
	c := newConn(r, w)
	if _, err := greet(c, &side); err != nil {
		return nil, err
	}
	return &Remote{c: c, out: out}, nil
}

func (m *Remote) Push(_ context.Context, b *batch.Batch) error {
	if !m.asked {
		return fmt.Errorf("program: input that was not asked for")
	}
	m.asked = false
	var err error
	if b == nil {
		err = m.c.send(end, nil)
	} else {
		err = m.c.sendBatch(input, b)
	}
	if err != nil {
		return err
	}
	return m.c.w.Flush()
}

func (m *Remote) Pull(ctx context.Context) (*batch.Batch, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for {
		k, payload, err := m.c.receive()
		if err != nil {
			return nil, err
		}
		switch k {
		case need:
			m.asked = true
			return nil, nil
		case output:
			return decodeBatch(payload, m.out)
		case counters:
			if err := json.Unmarshal(payload, &m.counters); err != nil {
				return nil, err
			}
		case done:
			return nil, io.EOF
		case failed:
			return nil, readFailure(payload)
		default:
			return nil, unexpected(k)
		}
	}
}

// Counters are those that came before the end.
func (m *Remote) Counters() map[string]int64 { return m.counters }

// Close does nothing: the owner of the process ends it.
func (m *Remote) Close() error { return nil }

// A program serves when EnvServe is set in its environment; it then reads messages
// from the file descriptor FDIn and writes them to FDOut, so that its standard
// streams stay its own.
const (
	EnvServe = "BIXI_PROGRAM"
	FDIn     = 3
	FDOut    = 4
)
