package operator

import (
	"context"
	"errors"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// spill writes the set as a run of partial states in the order of the groups'
// hashes and begins an empty one.
func (a *aggregate) spill(ctx context.Context) error {
	n := a.set.len()
	if n == 0 || a.keys == 0 {
		return nil
	}
	states, err := a.set.accs.state(0, n)
	if err != nil {
		return err
	}
	all := batch.New(n, append(a.set.keys(0, n), states...)...)
	r, err := a.writeRun(ctx, func(w *runWriter) error {
		perm := a.set.hashOrder()
		step := blockRows(int64(n), all.Size())
		for from := 0; from < n; from += step {
			if err := w.write(all.Take(perm[from:min(from+step, n)])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.runs = append(a.runs, r)
	a.renew()
	return nil
}

func (a *aggregate) writeRun(ctx context.Context, fill func(w *runWriter) error) (*run, error) {
	ts := append([]types.Type(nil), a.keyType...)
	for _, c := range a.calls {
		ts = append(ts, c.states...)
	}
	w, err := newRunWriter(ctx, a.env, ts)
	if err != nil {
		return nil, err
	}
	if err := fill(w); err != nil {
		w.abort()
		return nil, err
	}
	r, err := w.finish()
	if err == nil {
		a.spilled += r.bytes
	}
	return r, err
}

// mergeRuns merges runs to fewer until the rest can be merged into the output.
func (a *aggregate) mergeRuns(ctx context.Context) error {
	for fan := fanIn(a.env); len(a.runs) > fan; {
		m, err := a.openMerge(ctx, a.runs[:fan])
		if err != nil {
			return err
		}
		r, err := a.writeRun(ctx, func(w *runWriter) error {
			for {
				b, err := m.states(ctx)
				if err == io.EOF {
					return nil
				}
				if err == nil {
					err = w.writeBlocks(b, b.Size())
				}
				if err != nil {
					return err
				}
			}
		})
		if err = errors.Join(err, m.close()); err != nil {
			return err
		}
		for _, old := range a.runs[:fan] {
			err = errors.Join(err, old.remove())
		}
		a.runs = append(a.runs[fan:], r)
		if err != nil {
			return err
		}
	}
	m, err := a.openMerge(ctx, a.runs)
	if err == nil {
		a.out = m
	}
	return err
}

// fanIn is how many runs are merged at a time.
func fanIn(env *Env) int {
	if env.SpillAlways {
		return 3
	}
	if limit := env.Memory.Limit(); limit > 0 {
		return int(min(max(limit/(16*blockBytes), 4), 64))
	}
	return 64
}

// hashMerge merges runs ordered by hash. It takes all rows up to the least of
// the last hashes of the blocks at hand, whose groups are then complete, into a
// small set and gives that out in order.
type hashMerge struct {
	agg     *aggregate
	cursors []*hashCursor
	set     *groupSet
	out     orderedGroups
}

// hashCursor is the place in one run.
type hashCursor struct {
	reader *runReader
	hasher batch.Hasher
	batch  *batch.Batch // nil: the run has ended
	hashes []uint64
	at     int
}

func (a *aggregate) openMerge(ctx context.Context, runs []*run) (*hashMerge, error) {
	m := &hashMerge{agg: a}
	a.mem.Resize(0)
	for _, r := range runs {
		// The block, its hashes and the rows of it that a window takes.
		a.mem.Must(3*r.largest() + 8*batch.TargetRows)
		rd, err := r.open(ctx)
		if err != nil {
			return nil, errors.Join(err, m.close())
		}
		c := &hashCursor{reader: rd}
		m.cursors = append(m.cursors, c)
		if err := c.load(ctx, a.keys); err != nil {
			return nil, errors.Join(err, m.close())
		}
	}
	return m, nil
}

// load reads the next block.
func (c *hashCursor) load(ctx context.Context, keys int) error {
	b, err := c.reader.next(ctx)
	if err == io.EOF {
		c.batch = nil
		return nil
	}
	if err != nil {
		return err
	}
	c.batch, c.at = b, 0
	c.hashes = c.hasher.Hash(b.Columns[:keys], b.N, c.hashes)
	return nil
}

// window fills set with the next complete groups; io.EOF if there are none.
func (m *hashMerge) window(ctx context.Context) error {
	bound, any := ^uint64(0), false
	for _, c := range m.cursors {
		if c.batch != nil {
			any = true
			bound = min(bound, c.hashes[len(c.hashes)-1])
		}
	}
	if !any {
		return io.EOF
	}
	m.set = newGroupSet(m.agg.keyType, m.agg.calls)
	for _, c := range m.cursors {
		for c.batch != nil && c.hashes[c.at] <= bound {
			to := c.at + 1
			for to < c.batch.N && c.hashes[to] <= bound {
				to++
			}
			b := c.batch.Slice(c.at, to)
			if err := m.set.add(b.Columns[:m.agg.keys], b.Columns[m.agg.keys:], b.N, true); err != nil {
				return err
			}
			if c.at = to; to == c.batch.N {
				if err := c.load(ctx, m.agg.keys); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// states gives the next window's groups as partial states.
func (m *hashMerge) states(ctx context.Context) (*batch.Batch, error) {
	if err := m.window(ctx); err != nil {
		return nil, err
	}
	n := m.set.len()
	states, err := m.set.accs.state(0, n)
	if err != nil {
		return nil, err
	}
	return batch.New(n, append(m.set.keys(0, n), states...)...).Take(m.set.hashOrder()), nil
}

// next gives results.
func (m *hashMerge) next(ctx context.Context) (*batch.Batch, error) {
	for {
		b, err := m.out.next(ctx)
		if err != io.EOF {
			return b, err
		}
		if err := m.window(ctx); err != nil {
			return nil, err
		}
		cols, err := m.set.result()
		if err != nil {
			return nil, err
		}
		m.out = orderedGroups{cols: cols, perm: m.set.hashOrder(), step: m.agg.env.batchRows()}
	}
}

func (m *hashMerge) close() error {
	var err error
	for _, c := range m.cursors {
		err = errors.Join(err, c.reader.close())
	}
	m.cursors = nil
	return err
}
