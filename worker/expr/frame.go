package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// node is a compiled expression. Equal subexpressions of a program are one node.
type node struct {
	id  int
	typ types.Type
	op  op
	// constant nodes have the same value for every row; it is computed once.
	constant bool
	value    *batch.Column
	// fails: a row may raise an error, so only rows that need the value may be
	// evaluated.
	fails bool
	// cost is roughly the nanoseconds a row takes.
	cost int
}

// op computes the value of a node over the rows of a frame.
type op interface {
	eval(f *frame) (*batch.Column, error)
}

// constantValue is the value of a constant node as a constant column of one row.
func (n *node) constantValue() (*batch.Column, error) {
	if n.value != nil {
		return n.value, nil
	}
	one := frame{rows: 1, memo: make([]*batch.Column, n.id+1)}
	c, err := n.op.eval(&one)
	if err != nil {
		return nil, err
	}
	if c.Enc != batch.Const {
		c = batch.ConstOf(c, 0, 1)
	}
	n.value = c
	return c, nil
}

// frame is a set of rows of a batch and what is known of them: the columns
// gathered so far and the values of the nodes evaluated so far.
type frame struct {
	src      []*batch.Column // all rows of the batch
	sel      []int32         // the frame's rows in src; nil for all
	rows     int
	gathered []*batch.Column // columns of src at sel
	memo     []*batch.Column // by node id
	flat     []*batch.Column // memo without dictionaries
	// A frame of some rows of another one finds there what is computed already.
	parent *frame
	up     []int32 // the frame's rows in parent
	// buffers holds what lives as long as the batch.
	buffers *batch.Buffers
}

// reset starts on the rows of b.
func (f *frame) reset(b *batch.Batch, nodes int) {
	f.src, f.sel, f.rows = b.Columns, b.Sel, b.Rows()
	f.gathered = cleared(f.gathered, len(b.Columns))
	f.memo = cleared(f.memo, nodes)
	f.flat = cleared(f.flat, nodes)
}

func cleared(s []*batch.Column, n int) []*batch.Column {
	if cap(s) < n {
		return make([]*batch.Column, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// only is the frame of the rows up of f. The frame keeps up.
func (f *frame) only(up []int32) *frame {
	g := &frame{src: f.src, rows: len(up), parent: f, up: up, buffers: f.buffers}
	g.gathered = make([]*batch.Column, len(f.src))
	g.memo = make([]*batch.Column, len(f.memo))
	g.flat = make([]*batch.Column, len(f.memo))
	g.sel = up
	if f.sel != nil {
		g.sel = batch.SliceOf[int32](f.buffers, len(up))
		for i, k := range up {
			g.sel[i] = f.sel[k]
		}
	}
	return g
}

// value evaluates n over the rows of f.
func (f *frame) value(n *node) (*batch.Column, error) {
	if c := f.memo[n.id]; c != nil {
		return c, nil
	}
	c, err := f.compute(n)
	if err != nil {
		return nil, err
	}
	f.memo[n.id] = c
	return c, nil
}

func (f *frame) compute(n *node) (*batch.Column, error) {
	switch {
	case f.rows == 0:
		return batch.NewBuilder(n.typ).Finish(), nil
	case n.constant:
		c, err := n.constantValue()
		if err != nil {
			return nil, err
		}
		return sized(c, f.rows), nil
	case f.parent != nil && f.parent.memo[n.id] != nil:
		return f.gather(f.parent.memo[n.id], f.up), nil
	}
	return n.op.eval(f)
}

// sized is the constant column c with n rows.
func sized(c *batch.Column, n int) *batch.Column {
	if c.N == n {
		return c
	}
	out := *c
	out.N = n
	return &out
}

// plain is the value of n, evaluated already, as kernels want it: flat or constant.
func (f *frame) plain(n *node) *batch.Column {
	c := f.memo[n.id]
	if c.Enc != batch.Dict {
		return c
	}
	if f.flat == nil {
		f.flat = make([]*batch.Column, len(f.memo))
	}
	if f.flat[n.id] == nil {
		f.flat[n.id] = f.flatten(c)
	}
	return f.flat[n.id]
}

// columnOp reads a column of the batch.
type columnOp struct{ id int }

func (o columnOp) eval(f *frame) (*batch.Column, error) {
	if f.sel == nil {
		return f.src[o.id], nil
	}
	if f.gathered[o.id] == nil {
		f.gathered[o.id] = f.gather(f.src[o.id], f.sel)
	}
	return f.gathered[o.id], nil
}

// gather is batch.Take of rows, without allocation for the plainest columns.
func (f *frame) gather(c *batch.Column, rows []int32) *batch.Column {
	if c.Valid != nil {
		return batch.Take(c, rows)
	}
	out := &batch.Column{Type: c.Type, Phys: c.Phys, Enc: c.Enc, N: len(rows), Dict: c.Dict, Borrowed: c.Borrowed}
	switch {
	case c.Enc == batch.Dict:
		out.Codes = gatherValues(f, c.Codes, rows)
	case c.Enc == batch.Flat && c.Phys.Width() == 4:
		out.Data = batch.BytesOf(gatherValues(f, batch.Values[int32](c), rows))
	case c.Enc == batch.Flat && c.Phys.Width() == 8:
		out.Data = batch.BytesOf(gatherValues(f, batch.Values[int64](c), rows))
	default:
		return batch.Take(c, rows)
	}
	return out
}

// flatten is batch.Flatten, without allocation for the plainest columns.
func (f *frame) flatten(c *batch.Column) *batch.Column {
	if d := c.Dict; c.Valid == nil && d.Valid == nil && d.Enc == batch.Flat && (d.Phys.Width() == 4 || d.Phys.Width() == 8) {
		out := f.gather(d, c.Codes[:c.N])
		out.Type = c.Type
		return out
	}
	return batch.Flatten(c)
}

func gatherValues[T batch.Fixed](f *frame, vals []T, rows []int32) []T {
	out := batch.SliceOf[T](f.buffers, len(rows))
	for k, i := range rows {
		out[k] = vals[i]
	}
	return out
}

// literalOp is a constant.
type literalOp struct{ c *batch.Column }

func (o literalOp) eval(*frame) (*batch.Column, error) { return o.c, nil }
