package mapreduce

import (
	"bytes"
	"math"

	"github.com/bixidata/bixi/batch"
)

// reduceTask runs a reducer over rows in which groups are adjacent.
type reduceTask[K, V, Out any] struct {
	reducer    Reducer[K, V, Out]
	key, value *codec
	out        *rows[Out]
	group      []int // key columns that make a group
	lead       int   // columns before the key's

	keys   []K
	values []V
	starts []bool // whether a group begins at the row
	at     int    // the next row
	last   *batch.Batch
	groups int64
	seen   int64
	sent   int64
}

func (r *reduceTask[K, V, Out]) run(t *task) error {
	emit := func(o Out) {
		r.out.add(o)
		r.sent++
		if r.out.full() {
			r.flush(t)
		}
	}
	err := t.around(r.reducer, func() error {
		more, err := r.fill(t)
		for more && err == nil {
			r.groups++
			g := &group[K, V, Out]{r: r, t: t, first: true}
			if err = r.reducer.Reduce(t.ctx, r.keys[r.at], g.values, emit); err != nil {
				return err
			}
			more, err = g.skip()
		}
		if f, ok := r.reducer.(ReduceFinisher[Out]); ok && err == nil {
			return f.Finish(t.ctx, emit)
		}
		return err
	})
	if err != nil {
		return err
	}
	t.ctx.Counter(frameworkGroup, "reduce_input_groups").Add(r.groups)
	t.ctx.Counter(frameworkGroup, "reduce_input_records").Add(r.seen)
	t.ctx.Counter(frameworkGroup, "reduce_output_records").Add(r.sent)
	r.flush(t)
	return nil
}

func (r *reduceTask[K, V, Out]) flush(t *task) {
	if n := len(r.out.vals); n > 0 {
		t.output(batch.New(n, r.out.columns()...))
	}
}

// fill makes sure that there is a row at r.at; false when there is none any more.
func (r *reduceTask[K, V, Out]) fill(t *task) (bool, error) {
	for r.at >= len(r.values) {
		b, ok := t.input()
		if !ok {
			return false, nil
		}
		if err := r.load(b); err != nil {
			return false, err
		}
	}
	return true, nil
}

// load decodes a batch and finds where groups begin in it.
func (r *reduceTask[K, V, Out]) load(b *batch.Batch) error {
	n := b.N
	if cap(r.keys) < n {
		r.keys, r.values, r.starts = make([]K, n), make([]V, n), make([]bool, n)
	}
	r.keys, r.values, r.starts, r.at = r.keys[:n], r.values[:n], r.starts[:n], 0
	split := r.lead + len(r.key.fields)
	if err := decode(r.key, b.Columns[r.lead:split], r.keys); err != nil {
		return err
	}
	if err := decode(r.value, b.Columns[split:], r.values); err != nil {
		return err
	}
	clear(r.starts)
	grouping := batch.Batch{N: n}
	for _, k := range r.group {
		grouping.Columns = append(grouping.Columns, batch.Flatten(b.Columns[r.lead+k]))
	}
	for i, c := range grouping.Columns {
		markStarts(c, r.starts)
		if r.last == nil || !sameValue(r.last.Columns[i], 0, c, 0) {
			r.starts[0] = true
		}
	}
	r.last = grouping.Slice(n-1, n).Clone()
	r.seen += int64(n)
	return nil
}

// group is the rows of one key, from r.at on.
type group[K, V, Out any] struct {
	r     *reduceTask[K, V, Out]
	t     *task
	first bool  // its first row has not been taken
	err   error // of reading further
	ended bool  // r.at is the first row after the group, if there is one
	more  bool
}

// next moves to the group's next row; false after its last.
func (g *group[K, V, Out]) next() bool {
	if g.ended {
		return false
	}
	if g.first {
		g.first = false
		return true
	}
	g.r.at++
	g.more, g.err = g.r.fill(g.t)
	g.ended = !g.more || g.err != nil || g.r.starts[g.r.at]
	return !g.ended
}

// values is the iter.Seq of the group's values.
func (g *group[K, V, Out]) values(yield func(V) bool) {
	for g.next() {
		if !yield(g.r.values[g.r.at]) {
			return
		}
	}
}

// skip goes past the rows that the reducer left; false when there is no group more.
func (g *group[K, V, Out]) skip() (bool, error) {
	for g.next() {
	}
	return g.more, g.err
}

// markStarts sets the rows of a flat column that differ from the row before.
func markStarts(c *batch.Column, starts []bool) {
	if c.Valid == nil {
		switch c.Phys {
		case batch.PhysI64:
			markFixed[int64](c, starts)
			return
		case batch.PhysI32:
			markFixed[int32](c, starts)
			return
		}
	}
	for i := 1; i < len(starts); i++ {
		starts[i] = starts[i] || !sameValue(c, i-1, c, i)
	}
}

func markFixed[T int32 | int64](c *batch.Column, starts []bool) {
	vals := batch.Values[T](c)[:len(starts)]
	for i := 1; i < len(vals); i++ {
		if vals[i] != vals[i-1] {
			starts[i] = true
		}
	}
}

// sameValue compares values of flat columns as keys: NULL is NULL, -0 is 0, and
// NaN is NaN.
func sameValue(a *batch.Column, i int, b *batch.Column, j int) bool {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		return an && bn
	}
	switch a.Phys {
	case batch.PhysBytes:
		return bytes.Equal(a.Bytes(i), b.Bytes(j))
	case batch.PhysF32:
		return sameFloat(float64(batch.Values[float32](a)[i]), float64(batch.Values[float32](b)[j]))
	case batch.PhysF64:
		return sameFloat(batch.Values[float64](a)[i], batch.Values[float64](b)[j])
	}
	return a.Int(i) == b.Int(j)
}

func sameFloat(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
