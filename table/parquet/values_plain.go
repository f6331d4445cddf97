package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
)

// plainValues is rows idx of c (all if nil; n of them) in the bits the file
// keeps them in.
func plainValues[T plainValue](c *batch.Column, idx []int32, n int, buf []T) []T {
	if cap(buf) < n {
		buf = make([]T, n)
	}
	buf = buf[:n]
	switch dst := any(buf).(type) {
	case []uint32:
		out := viewAs[int32](dst)
		switch c.Phys {
		case batch.PhysI8:
			convertRows[int8](out, c, idx)
		case batch.PhysI16:
			convertRows[int16](out, c, idx)
		case batch.PhysI64: // a narrow DECIMAL
			convertRows[int64](out, c, idx)
		case batch.PhysI128:
			narrowRows(out, c, idx)
		default: // PhysI32, and PhysF32 by its bits
			convertRows[int32](out, c, idx)
		}
	case []uint64:
		out := viewAs[int64](dst)
		switch c.Phys {
		case batch.PhysI128:
			narrowRows(out, c, idx)
		default: // PhysI64, and PhysF64 by its bits
			convertRows[int64](out, c, idx)
		}
	case []decimal.Int128:
		if c.Phys == batch.PhysI128 {
			copyRows(dst, c, idx)
		} else {
			widenRows(dst, c, idx)
		}
	}
	return buf
}

type signedInt interface {
	~int8 | ~int16 | ~int32 | ~int64
}

func convertRows[S, D signedInt](out []D, c *batch.Column, idx []int32) {
	switch c.Enc {
	case batch.Const:
		v := D(batch.Values[S](c)[0])
		for i := range out {
			out[i] = v
		}
	case batch.Dict:
		src := batch.Values[S](c.Dict)
		if idx == nil {
			for i, j := range c.Codes[:len(out)] {
				out[i] = D(src[j])
			}
			return
		}
		for i, j := range idx {
			out[i] = D(src[c.Codes[j]])
		}
	default:
		src := batch.Values[S](c)
		if idx == nil {
			for i, v := range src[:len(out)] {
				out[i] = D(v)
			}
			return
		}
		for i, j := range idx {
			out[i] = D(src[j])
		}
	}
}

// place is where row k of the rows to write has its value.
func place(c *batch.Column, idx []int32, k int) int {
	if idx != nil {
		k = int(idx[k])
	}
	_, j := c.Index(k)
	return j
}

func held(c *batch.Column) *batch.Column {
	if c.Enc == batch.Dict {
		return c.Dict
	}
	return c
}

func copyRows(out []decimal.Int128, c *batch.Column, idx []int32) {
	src := batch.Values[decimal.Int128](held(c))
	for i := range out {
		out[i] = src[place(c, idx, i)]
	}
}

func widenRows(out []decimal.Int128, c *batch.Column, idx []int32) {
	src := batch.Values[int64](held(c))
	for i := range out {
		out[i] = decimal.FromInt64(src[place(c, idx, i)])
	}
}

func narrowRows[D signedInt](out []D, c *batch.Column, idx []int32) {
	src := batch.Values[decimal.Int128](held(c))
	for i := range out {
		out[i] = D(src[place(c, idx, i)].Int64())
	}
}
