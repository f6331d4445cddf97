package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf/kernel"
)

// blend evaluates CASE WHEN c THEN t ELSE e END whose results are there for all
// rows already or cheap to have, without dividing the rows. It gives nil where
// the values have no form it knows.
func (o *caseOp) blend(f *frame) (*batch.Column, error) {
	if len(o.whens) != 1 || !f.ready(o.thens[0]) || !f.ready(o.otherwise) {
		return nil, nil
	}
	c, err := f.value(o.whens[0])
	if err != nil {
		return nil, err
	}
	t, err := f.value(o.thens[0])
	if err != nil {
		return nil, err
	}
	e, err := f.value(o.otherwise)
	if err != nil {
		return nil, err
	}
	if t.Enc == batch.Dict || t.Valid != nil {
		return nil, nil
	}
	yes := kernel.TruthOf(flat(c), f.rows).True
	if e.AllNull() && t.Enc == batch.Flat {
		out := *t
		out.Valid = yes
		return &out, nil
	}
	if e.Enc == batch.Dict || e.Valid != nil || e.Phys != t.Phys {
		return nil, nil
	}
	out := &batch.Column{Type: o.typ, Phys: t.Phys, N: f.rows}
	switch t.Phys.Width() {
	case 4:
		out.Data = blendValues[int32](f.buffers, yes, t, e, f.rows)
	case 8:
		out.Data = blendValues[int64](f.buffers, yes, t, e, f.rows)
	default:
		return nil, nil
	}
	return out, nil
}

// ready reports that all rows of n may be read without work or errors.
func (f *frame) ready(n *node) bool { return f.memo[n.id] != nil || !n.fails && n.cost == 0 }

// blendValues takes t where the bit is set and e elsewhere, without branches.
func blendValues[T int32 | int64](b *batch.Buffers, yes batch.Bitmap, t, e *batch.Column, n int) []byte {
	out, x, y := batch.SliceOf[T](b, n), batch.Values[T](t), batch.Values[T](e)
	switch {
	case t.Enc == batch.Const && e.Enc == batch.Const:
		x, y := x[0], y[0]
		for i := range out {
			out[i] = y ^ (x^y)&-T(yes[uint(i)/64]>>(uint(i)%64)&1)
		}
	case t.Enc == batch.Const:
		x, y := x[0], y[:n]
		for i := range out {
			out[i] = y[i] ^ (x^y[i])&-T(yes[uint(i)/64]>>(uint(i)%64)&1)
		}
	case e.Enc == batch.Const:
		x, y := x[:n], y[0]
		for i := range out {
			out[i] = y ^ (x[i]^y)&-T(yes[uint(i)/64]>>(uint(i)%64)&1)
		}
	default:
		x, y := x[:n], y[:n]
		for i := range out {
			out[i] = y[i] ^ (x[i]^y[i])&-T(yes[uint(i)/64]>>(uint(i)%64)&1)
		}
	}
	return batch.BytesOf(out)
}
