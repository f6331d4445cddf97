package operator

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// topGroups drops rows that enough others of their group precede. Of each group it
// knows the least words of the order seen so far: a row beyond the last of them is
// dropped when it comes. The others are collected and looked at again when the input
// has ended or memory is short, as better ones have come since. Without memory for
// the groups, and where little is dropped, rows pass as they are.
type topGroups struct {
	input
	env   *Env
	exprs *exprList // the keys, then the order
	types []types.Type
	keys  []types.Type
	order scalar.SortKey
	limit int

	mem   *memory.Reservation
	set   *groupSet
	least []uint64 // limit of them a group, ascending
	words []uint64
	sel   []int32

	build *batch.BatchBuilder
	ids   []int32 // groups and words of the rows collected
	codes []uint64

	out         *batch.Batch // rows to give out, from at on
	at          int
	rows, taken int64
	passing     bool
	ended       bool
}

func newTopGroups(n *physical.TopGroups, in []Operator, env *Env) (*topGroups, error) {
	t := &topGroups{input: input{in[0]}, env: env, types: schemaTypes(n), order: n.Order, limit: int(n.Limit)}
	for _, k := range n.Keys {
		t.keys = append(t.keys, k.Type())
	}
	if w := orderedWidth(n.Order.Expr.Type()); w == 0 || w > 8 {
		return nil, fmt.Errorf("operator: %s is not ordered by words", n.Order.Expr.Type())
	}
	var err error
	t.exprs, err = compileList(append(slices.Clone(n.Keys), n.Order.Expr), env)
	return t, err
}

func (t *topGroups) Open(ctx context.Context) error {
	t.mem = t.env.Memory.Reserve("TopGroups")
	t.set, t.build = newGroupSet(t.keys, nil), batch.NewBatchBuilder(t.types)
	return t.in.Open(ctx)
}

func (t *topGroups) Usage() (int64, int64) { return t.mem.Peak(), 0 }

func (t *topGroups) report(s *physical.Stats) {
	if t.passing {
		s.Note("rows behind the first of their groups were no longer dropped: there were few, or too many groups", 1)
	}
}

func (t *topGroups) Close() error {
	t.set, t.build, t.out, t.least = nil, nil, nil, nil
	if t.mem != nil {
		t.mem.Free()
	}
	return t.in.Close()
}

func (t *topGroups) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if t.out != nil {
			if t.at < t.out.N {
				from := t.at
				t.at = min(from+t.env.batchRows(), t.out.N)
				return t.out.Slice(from, t.at), nil
			}
			t.out = nil
			t.mem.Resize(t.size())
		}
		if t.ended {
			return nil, io.EOF
		}
		b, err := t.in.Next(ctx)
		if err == io.EOF {
			t.ended = true
			t.flush()
			continue
		}
		if err != nil {
			return nil, err
		}
		if t.passing {
			return b, nil
		}
		if b = b.Dense(); b.N > 0 {
			if err := t.take(b); err != nil {
				return nil, err
			}
		}
	}
}

func (t *topGroups) size() int64 {
	n := t.build.Size() + 8*int64(cap(t.words)+cap(t.codes)) + 4*int64(cap(t.sel)+cap(t.ids))
	if t.set != nil {
		n += t.set.size() + 8*int64(cap(t.least))
	}
	return n
}

// growth is about the most that take(b) adds to size.
func (t *topGroups) growth(keys []*batch.Column, b *batch.Batch) int64 {
	n := t.set.growth(keys, b.N) + t.build.Growth(b) + 16*int64(b.N)
	n += 8 * int64(capGrowth(cap(t.least), len(t.least), b.N*t.limit))
	return n + 8*int64(capGrowth(cap(t.codes), len(t.codes), b.N)) + 4*int64(capGrowth(cap(t.ids), len(t.ids), b.N))
}

// worthRows is how many rows are looked at before it is judged whether enough of
// them are dropped.
const worthRows = 1 << 20

// take collects the rows of b that may be wanted. If there is no room, those
// collected are given out; if there were none, rows pass from then on.
func (t *topGroups) take(b *batch.Batch) error {
	cols, err := t.exprs.eval(b)
	if err != nil {
		return err
	}
	keys := cols[:len(t.keys)]
	need := t.size() + t.growth(keys, b)
	room := t.build.Rows() > 0
	full := need > maxBuffered || t.set.full() || !t.env.reserve(t.mem, need)
	if full && !t.mem.Resize(need) {
		t.mem.Must(need - t.mem.Held()) // the least with which there is progress
	}
	ids := t.set.ensure(keys, b.N)
	for len(t.least) < t.limit*t.set.len() {
		t.least = appendGrown(t.least, ^uint64(0))
	}
	t.orderWords(cols[len(t.keys)], b.N)
	t.choose(ids)
	t.rows, t.taken = t.rows+int64(b.N), t.taken+int64(len(t.sel))
	t.build.AppendRows(b, t.sel)
	for _, i := range t.sel {
		t.ids, t.codes = append(t.ids, ids[i]), append(t.codes, t.words[i])
	}
	switch {
	case full && !room, t.rows >= worthRows && 10*t.taken > 9*t.rows:
		t.flush()
		t.passing, t.set, t.least = true, nil, nil
	case full, t.env.SpillAlways:
		t.flush()
	}
	return nil
}

// orderWords sets words to numbers that ascend in the order; different values may
// have one.
func (t *topGroups) orderWords(c *batch.Column, n int) {
	t.words = slices.Grow(t.words[:0], n)[:n]
	orderedWords(c, t.words)
	if t.order.Desc {
		for i := range t.words {
			t.words[i] ^= ^uint64(0)
		}
	}
	if c.Valid == nil {
		return
	}
	null := ^uint64(0)
	if t.order.NullsFirst {
		null = 0
	}
	for i := range t.words {
		if c.IsNull(i) {
			t.words[i] = null
		}
	}
}

// choose lists the rows that are not behind the least of their groups, and adds
// them to these.
func (t *topGroups) choose(ids []int32) {
	t.sel = slices.Grow(t.sel[:0], len(ids))
	k, words := t.limit, t.words[:len(ids)]
	for i, g := range ids {
		w, least := words[i], t.least[int(g)*k:][:k]
		if w > least[k-1] {
			continue
		}
		t.sel = append(t.sel, int32(i))
		j := k - 1
		for ; j > 0 && least[j-1] > w; j-- {
			least[j] = least[j-1]
		}
		least[j] = w
	}
}

// flush gives out the rows collected that are not behind the least by now.
func (t *topGroups) flush() {
	if t.build.Rows() == 0 {
		return
	}
	sel := make([]int32, 0, len(t.ids)/2)
	for i, g := range t.ids {
		if t.codes[i] <= t.least[(int(g)+1)*t.limit-1] {
			sel = append(sel, int32(i))
		}
	}
	t.out, t.at = t.build.Finish().Take(sel), 0
	t.ids, t.codes = t.ids[:0], t.codes[:0]
	t.mem.Resize(t.size() + t.out.Size())
}
