package operator

import (
	"bytes"
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/worker/memory"
)

// topN keeps the first limit+offset rows of the order. Rows are collected until
// there are twice as many, then the surplus is dropped; from then on rows whose
// key comes after the last one kept are not collected at all.
type topN struct {
	input
	env    *Env
	node   *physical.TopN
	keys   *sortKeys
	mem    *memory.Reservation
	buf    *sortBuffer
	worst  []byte
	arena  []byte
	starts []int64
	sel    []int32
	read   bool
	at     int
}

func newTopN(n *physical.TopN, in []Operator, env *Env) (*topN, error) {
	keys, err := newSortKeys(n.Keys, env)
	if err != nil {
		return nil, err
	}
	return &topN{input: input{in[0]}, env: env, node: n, keys: keys}, nil
}

func (t *topN) Open(ctx context.Context) error {
	t.mem = t.env.Memory.Reserve("TopN")
	t.buf = newSortBuffer(t.keys, schemaTypes(t.node))
	return t.in.Open(ctx)
}

func (t *topN) wanted() int { return int(t.node.Limit + t.node.Offset) }

func (t *topN) Next(ctx context.Context) (*batch.Batch, error) {
	if !t.read {
		if err := t.consume(ctx); err != nil {
			return nil, err
		}
		t.read = true
		t.at = int(t.node.Offset)
	}
	end := min(len(t.buf.order), t.wanted())
	if t.at >= end {
		return nil, io.EOF
	}
	from := t.at
	t.at = min(from+t.env.batchRows(), end)
	return t.buf.take(from, t.at), nil
}

func (t *topN) consume(ctx context.Context) error {
	for {
		b, err := t.in.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.wanted() == 0 {
			continue
		}
		b = b.Dense()
		if t.worst != nil {
			if b, err = t.better(b); err != nil {
				return err
			}
		}
		if b.N == 0 {
			continue
		}
		if err := t.buf.add(b); err != nil {
			return err
		}
		if n := t.buf.size(); !t.mem.Resize(n) {
			return t.mem.Err(n - t.mem.Held())
		}
		if t.buf.len() >= 2*t.wanted()+batch.TargetRows {
			if err := t.shrink(); err != nil {
				return err
			}
		}
	}
	t.buf.sort()
	return nil
}

// better keeps the rows whose key does not come after the last one kept; ties
// stay, as all columns decide them.
func (t *topN) better(b *batch.Batch) (*batch.Batch, error) {
	var err error
	if t.arena, t.starts, err = t.keys.append(t.arena[:0], append(t.starts[:0], 0), b); err != nil {
		return nil, err
	}
	t.sel = t.sel[:0]
	for i := range b.N {
		if bytes.Compare(t.arena[t.starts[i]:t.starts[i+1]], t.worst) <= 0 {
			t.sel = append(t.sel, int32(i))
		}
	}
	if len(t.sel) == b.N {
		return b, nil
	}
	return b.Take(t.sel), nil
}

// shrink keeps the first wanted rows of those collected.
func (t *topN) shrink() error {
	t.buf.sort()
	kept := t.buf.take(0, t.wanted())
	t.worst = append(t.worst[:0], t.buf.key(t.buf.order[t.wanted()-1].row)...)
	t.buf.reset()
	return t.buf.add(kept)
}

// Usage tells the decorator what the top-n took.
func (t *topN) Usage() (peak, spilled int64) { return t.mem.Peak(), 0 }

func (t *topN) Close() error {
	err := t.in.Close()
	t.buf = nil
	if t.mem != nil {
		t.mem.Free()
	}
	return err
}
