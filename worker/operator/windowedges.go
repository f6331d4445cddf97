package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// edges finds the rows at which the values of some columns change, in batches that
// follow each other.
type edges struct {
	cols  []int
	last  *batch.Batch // the last row seen, with the columns alone
	marks []bool
}

// find lists the rows of the dense batch b that differ from the row before.
func (e *edges) find(b *batch.Batch) []int32 {
	e.mark(b)
	var at []int32
	for i, m := range e.marks {
		if m {
			at = append(at, int32(i))
		}
	}
	return at
}

// mark sets marks for the rows of b that differ from the row before.
func (e *edges) mark(b *batch.Batch) {
	if cap(e.marks) < b.N {
		e.marks = make([]bool, b.N)
	}
	e.marks = e.marks[:b.N]
	clear(e.marks)
	e.marks[0] = e.last == nil
	one := &batch.Batch{N: 1}
	for k, p := range e.cols {
		c := b.Columns[p]
		markChanges(c, e.marks)
		if e.last != nil && !sameKey(e.last.Columns[k], 0, c, 0) {
			e.marks[0] = true
		}
		one.Columns = append(one.Columns, batch.Clone(batch.Flatten(batch.Slice(c, b.N-1, b.N))))
	}
	e.last = one
}

// markChanges marks the rows of c, but for the first, that differ from the one before.
func markChanges(c *batch.Column, marks []bool) {
	switch {
	case c.Enc == batch.Const:
		return
	case c.Enc == batch.Dict && c.Valid == nil:
		for i, k := range c.Codes[1:c.N] {
			if k != c.Codes[i] && !marks[i+1] {
				marks[i+1] = !sameKey(c, i, c, i+1)
			}
		}
		return
	case c.Enc == batch.Flat && c.Valid == nil:
		switch c.Phys {
		case batch.PhysI8:
			markFixed[int8](c, marks)
			return
		case batch.PhysI16:
			markFixed[int16](c, marks)
			return
		case batch.PhysI32:
			markFixed[int32](c, marks)
			return
		case batch.PhysI64:
			markFixed[int64](c, marks)
			return
		case batch.PhysI128:
			markFixed[decimal.Int128](c, marks)
			return
		}
	}
	for i := 1; i < c.N; i++ {
		if !marks[i] {
			marks[i] = !sameKey(c, i-1, c, i)
		}
	}
}

func markFixed[T interface {
	comparable
	batch.Fixed
}](c *batch.Column, marks []bool) {
	vals := batch.Values[T](c)[:c.N]
	before := vals[0]
	for i, v := range vals {
		if v != before {
			marks[i] = true
		}
		before = v
	}
}

// sameKey reports whether two values are one key: as grouping has it, zeros of
// either sign are one, and trailing blanks of CHAR do not count.
func sameKey(a *batch.Column, i int, b *batch.Column, j int) bool {
	an, bn := a.IsNull(i), b.IsNull(j)
	switch {
	case an || bn:
		return an && bn
	case a.Type.Kind == types.Char:
		return bytes.Equal(keyBytes(a, i), keyBytes(b, j))
	case a.Type.IsFloating():
		return sameFloat(a, i, b, j)
	}
	return compareValues(a, i, b, j) == 0
}

// sameFloat compares as keys do: NaN equals NaN.
func sameFloat(a *batch.Column, i int, b *batch.Column, j int) bool {
	a, i = a.Index(i)
	b, j = b.Index(j)
	x, y := floatAt(a, i), floatAt(b, j)
	return x == y || x != x && y != y
}

// topRows drops the rows of each partition whose rank is above a limit: those
// behind the first ones, as rows come in order.
type topRows struct {
	rank  string
	limit int64
	peers *edges

	rows, ranked, dense int64 // of the open partition
}

// keep gives the rows of b that stay and where partitions begin in them.
func (t *topRows) keep(b *batch.Batch, at []int32) (*batch.Batch, []int32) {
	t.peers.mark(b)
	sel := make([]int32, 0, b.N)
	begins := at
	var starts []int32
	for i := range b.N {
		first := len(begins) > 0 && int(begins[0]) == i
		if first {
			begins = begins[1:]
			t.rows, t.dense = 0, 0
		}
		t.rows++
		if first || t.peers.marks[i] {
			t.ranked = t.rows
			t.dense++
		}
		if t.value() > t.limit {
			continue
		}
		if first {
			starts = append(starts, int32(len(sel)))
		}
		sel = append(sel, int32(i))
	}
	if len(sel) == b.N {
		return b, at
	}
	return b.Take(sel), starts
}

// value is the rank of the row that came last.
func (t *topRows) value() int64 {
	switch t.rank {
	case "rank":
		return t.ranked
	case "dense_rank":
		return t.dense
	}
	return t.rows
}
