package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
)

// scatterFixed is scatter for the flat fixed-width column c.
func scatterFixed(c *batch.Column, def []byte, full byte, mem *scratch) []byte {
	n := len(def)
	switch c.Phys.Width() {
	case 1:
		return scattered[int8](c, def, full, fixed[int8](mem, n))
	case 2:
		return scattered[int16](c, def, full, fixed[int16](mem, n))
	case 4:
		return scattered[int32](c, def, full, fixed[int32](mem, n))
	case 8:
		return scattered[int64](c, def, full, fixed[int64](mem, n))
	}
	return scattered[decimal.Int128](c, def, full, fixed[decimal.Int128](mem, n))
}

func scattered[T batch.Fixed](c *batch.Column, def []byte, full byte, dst []T) []byte {
	scatter(dst, batch.Values[T](c), def, full)
	return batch.BytesOf(dst)
}

// gather is rows sel of c.
func gather(c *batch.Column, sel []int32, values, valid *scratch) *batch.Column {
	n := len(sel)
	if c.Enc == batch.Const {
		one := *c
		one.N = n
		return &one
	}
	out := &batch.Column{Type: c.Type, Phys: c.Phys, Enc: c.Enc, N: n, Dict: c.Dict}
	if c.Valid != nil {
		out.Valid = gatherBits(c.Valid, sel, valid.bitmap(n))
	}
	switch {
	case c.Enc == batch.Dict:
		out.Codes = fixed[int32](values, n)
		pick(out.Codes, c.Codes, sel)
	case c.Phys == batch.PhysBool:
		out.Data = batch.BytesOf(gatherBits(c.Bits(), sel, values.bitmap(n)))
	case c.Phys == batch.PhysBytes:
		gatherTexts(out, c, sel, values)
	case c.Phys == batch.PhysList || c.Phys == batch.PhysStruct:
		b := batch.NewBuilder(c.Type)
		b.Append(c, sel)
		return b.Finish()
	default:
		out.Data = gatherFixed(c, sel, values)
	}
	return out
}

func gatherBits(src batch.Bitmap, sel []int32, dst batch.Bitmap) batch.Bitmap {
	clear(dst)
	for i, j := range sel {
		if src.Get(int(j)) {
			dst.Set(i)
		}
	}
	return dst
}

func gatherTexts(out, c *batch.Column, sel []int32, mem *scratch) {
	size := 0
	for _, j := range sel {
		size += int(c.Offsets[j+1] - c.Offsets[j])
	}
	all := batch.BytesOf(fixed[int32](mem, len(sel)+1+(size+3)/4))
	out.Offsets, out.Data = fixed[int32](mem, len(sel)+1), all[4*(len(sel)+1):][:0]
	out.Offsets[0] = 0
	for i, j := range sel {
		out.Data = append(out.Data, c.Data[c.Offsets[j]:c.Offsets[j+1]]...)
		out.Offsets[i+1] = int32(len(out.Data))
	}
}

func gatherFixed(c *batch.Column, sel []int32, mem *scratch) []byte {
	n := len(sel)
	switch c.Phys.Width() {
	case 1:
		return picked(c, sel, fixed[int8](mem, n))
	case 2:
		return picked(c, sel, fixed[int16](mem, n))
	case 4:
		return picked(c, sel, fixed[int32](mem, n))
	case 8:
		return picked(c, sel, fixed[int64](mem, n))
	}
	return picked(c, sel, fixed[decimal.Int128](mem, n))
}

func picked[T batch.Fixed](c *batch.Column, sel []int32, dst []T) []byte {
	pick(dst, batch.Values[T](c), sel)
	return batch.BytesOf(dst)
}

func pick[T batch.Fixed](dst, src []T, sel []int32) {
	dst = dst[:len(sel)]
	for i, j := range sel {
		dst[i] = src[j]
	}
}
