package expr

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// scatter makes a column of fixed-width values from the parts.
func (m *merger) scatter() *batch.Column {
	phys := batch.PhysOf(m.typ)
	if m.typ.Kind == types.Decimal {
		phys = batch.PhysI64
		for _, p := range m.parts {
			if p.col.Phys == batch.PhysI128 && !p.col.AllNull() {
				phys = batch.PhysI128
			}
		}
	}
	out := &batch.Column{Type: m.typ, Phys: phys, N: m.rows}
	if phys == batch.PhysBool {
		out.Data = batch.BytesOf(batch.NewBitmap(m.rows))
	} else {
		out.Data = m.buffers.Get(m.rows * phys.Width())
	}
	for _, p := range m.parts {
		m.validity(out, p)
		if p.col.AllNull() {
			continue
		}
		switch {
		case phys == batch.PhysI128 && p.col.Phys == batch.PhysI64:
			scatterWide(batch.Values[decimal.Int128](out), p)
		case phys == batch.PhysBool:
			scatterBits(out.Bits(), p)
		case phys.Width() == 1:
			scatterValues(batch.Values[int8](out), p)
		case phys.Width() == 2:
			scatterValues(batch.Values[int16](out), p)
		case phys.Width() == 4:
			scatterValues(batch.Values[int32](out), p)
		case phys.Width() == 8:
			scatterValues(batch.Values[int64](out), p)
		default:
			scatterValues(batch.Values[decimal.Int128](out), p)
		}
	}
	return out
}

func (m *merger) validity(out *batch.Column, p part) {
	if !p.col.HasNulls() || p.col.Enc == batch.Const && !p.col.IsNull(0) {
		return
	}
	if out.Valid == nil {
		out.Valid = batch.NewBitmapSet(m.rows)
	}
	for k, row := range p.rows {
		if p.col.IsNull(p.place(k)) {
			out.Valid.Clear(int(row))
		}
	}
}

func (p part) place(k int) int {
	if p.at != nil {
		return int(p.at[k])
	}
	return k
}

func scatterValues[T batch.Fixed](out []T, p part) {
	switch c := p.col; {
	case c.Enc == batch.Const:
		v := batch.Values[T](c)[0]
		for _, row := range p.rows {
			out[row] = v
		}
	case c.Enc == batch.Dict:
		vals := batch.Values[T](c.Dict)
		for k, row := range p.rows {
			out[row] = vals[c.Codes[p.place(k)]]
		}
	case p.at == nil:
		vals := batch.Values[T](c)
		for k, row := range p.rows {
			out[row] = vals[k]
		}
	default:
		vals := batch.Values[T](c)
		for k, row := range p.rows {
			out[row] = vals[p.at[k]]
		}
	}
}

func scatterWide(out []decimal.Int128, p part) {
	for k, row := range p.rows {
		out[row] = decimal.FromInt64(p.col.Int(p.place(k)))
	}
}

func scatterBits(out batch.Bitmap, p part) {
	for k, row := range p.rows {
		d, j := p.col.Index(p.place(k))
		if d.Bits().Get(j) {
			out.Set(int(row))
		}
	}
}
