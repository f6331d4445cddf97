package batch

import (
	"github.com/bixidata/bixi/sql/types"
)

// TargetRows is the number of rows operators aim for in a batch.
const TargetRows = 4096

// Batch is columns of the same number of rows with an optional selection.
type Batch struct {
	Columns []*Column
	// N is the number of rows of every column; it counts even when there is no column.
	N int
	// Sel, if not nil, lists the rows that exist, ascending. Expressions see the
	// selected rows only (worker/expr gathers the columns it needs).
	Sel []int32
}

// New makes a batch of the columns, which must have n rows each.
func New(n int, cols ...*Column) *Batch { return &Batch{Columns: cols, N: n} }

// Rows is the number of rows that exist.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// Dense is b without selection: columns are gathered where there was one.
func (b *Batch) Dense() *Batch {
	if b.Sel == nil {
		return b
	}
	out := &Batch{Columns: make([]*Column, len(b.Columns)), N: len(b.Sel)}
	for i, c := range b.Columns {
		out.Columns[i] = Take(c, b.Sel)
	}
	return out
}

// Take is the rows idx of a dense batch.
func (b *Batch) Take(idx []int32) *Batch {
	out := &Batch{Columns: make([]*Column, len(b.Columns)), N: len(idx)}
	for i, c := range b.Columns {
		out.Columns[i] = Take(c, idx)
	}
	return out
}

// Slice is rows [from, to) of b.
func (b *Batch) Slice(from, to int) *Batch {
	if b.Sel != nil {
		return &Batch{Columns: b.Columns, N: b.N, Sel: b.Sel[from:to:to]}
	}
	out := &Batch{Columns: make([]*Column, len(b.Columns)), N: to - from}
	for i, c := range b.Columns {
		out.Columns[i] = Slice(c, from, to)
	}
	return out
}

// Clone is a dense deep copy that shares only dictionaries.
func (b *Batch) Clone() *Batch {
	d := b.Dense()
	out := &Batch{Columns: make([]*Column, len(d.Columns)), N: d.N}
	for i, c := range d.Columns {
		out.Columns[i] = Clone(c)
	}
	return out
}

// Size is the bytes held by the columns.
func (b *Batch) Size() int64 {
	n := int64(4 * len(b.Sel))
	for _, c := range b.Columns {
		n += c.Size()
	}
	return n
}

// BatchBuilder gathers rows of batches of one schema into larger, owned batches.
type BatchBuilder struct {
	cols []*Builder
	n    int
}

// NewBatchBuilder makes an empty builder for the column types.
func NewBatchBuilder(ts []types.Type) *BatchBuilder {
	bb := &BatchBuilder{cols: make([]*Builder, len(ts))}
	for i, t := range ts {
		bb.cols[i] = NewBuilder(t)
	}
	return bb
}

// Append copies all existing rows of b.
func (bb *BatchBuilder) Append(b *Batch) {
	for i, c := range b.Columns {
		bb.cols[i].Append(c, b.Sel)
	}
	bb.n += b.Rows()
}

// AppendRows copies rows idx of the dense batch b.
func (bb *BatchBuilder) AppendRows(b *Batch, idx []int32) {
	if len(idx) == 0 {
		return
	}
	for i, c := range b.Columns {
		bb.cols[i].Append(c, idx)
	}
	bb.n += len(idx)
}

// Rows is the number of rows held.
func (bb *BatchBuilder) Rows() int { return bb.n }

// Size is the bytes held, the room to grow into included.
func (bb *BatchBuilder) Size() int64 {
	var n int64
	for _, c := range bb.cols {
		n += c.Size()
	}
	return n
}

// Growth is about the most bytes that Append(b) allocates.
func (bb *BatchBuilder) Growth(b *Batch) int64 {
	var n int64
	for i, c := range b.Columns {
		n += bb.cols[i].Growth(c, b.Rows())
	}
	return n
}

// Grow makes room for n more rows that are like those of a batch.
func (bb *BatchBuilder) Grow(n int, like *Batch) {
	for i, c := range like.Columns {
		bytes := 0
		if c.Phys == PhysBytes && c.N > 0 {
			bytes = int(float64(textBytes(c, c.N)) / float64(c.N) * float64(n) * 33 / 32)
		}
		bb.cols[i].Grow(n, bytes)
	}
}

// Finish gives the rows as an owned batch and empties the builder.
func (bb *BatchBuilder) Finish() *Batch {
	out := &Batch{Columns: make([]*Column, len(bb.cols)), N: bb.n}
	for i, c := range bb.cols {
		out.Columns[i] = c.Finish()
	}
	bb.n = 0
	return out
}
