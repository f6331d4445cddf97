package kernel

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
)

// View reads the values of a flat or constant column.
type View[T any] struct {
	Vals []T
	mask int // all ones, or zero for a constant
}

// At is the value of row i; unspecified if the row is NULL.
func (v View[T]) At(i int) T { return v.Vals[i&v.mask] }

func maskOf(c *batch.Column) int {
	if c.Enc == batch.Const {
		return 0
	}
	return -1
}

// ViewOf reads c as values of T. Integers are widened to int64, FLOAT to float64
// and narrow decimals to Int128 where T asks for it.
func ViewOf[T Value](c *batch.Column) View[T] {
	var vals []T
	switch p := any(&vals).(type) {
	case *[]bool:
		*p = bools(c)
	case *[]int8:
		*p = batch.Values[int8](c)
	case *[]int16:
		*p = batch.Values[int16](c)
	case *[]int32:
		*p = batch.Values[int32](c)
	case *[]int64:
		*p = Ints(c)
	case *[]float32:
		*p = batch.Values[float32](c)
	case *[]float64:
		*p = Floats(c)
	case *[]decimal.Int128:
		*p = Wides(c)
	}
	return View[T]{vals, maskOf(c)}
}

func bools(c *batch.Column) []bool {
	n := c.N
	if c.Enc == batch.Const {
		n = 1
	}
	out, bits := make([]bool, n), c.Bits()
	for i := range out {
		out[i] = bits.Get(i)
	}
	return out
}

// Ints is the values of a flat or constant column of integers, dates or times as int64.
func Ints(c *batch.Column) []int64 {
	switch c.Phys {
	case batch.PhysI8:
		return convert[int8, int64](c)
	case batch.PhysI16:
		return convert[int16, int64](c)
	case batch.PhysI32:
		return convert[int32, int64](c)
	case batch.PhysI64:
		return batch.Values[int64](c)
	}
	panic(fmt.Sprintf("kernel: %s column read as int64", c.Type))
}

// Floats is the values of a flat or constant column of FLOAT or DOUBLE as float64.
func Floats(c *batch.Column) []float64 {
	if c.Phys == batch.PhysF32 {
		return convert[float32, float64](c)
	}
	return batch.Values[float64](c)
}

type number interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

func convert[A, B number](c *batch.Column) []B {
	src := batch.Values[A](c)
	out := make([]B, len(src))
	for i, v := range src {
		out[i] = B(v)
	}
	return out
}

// Wides is the unscaled values of a flat or constant DECIMAL column in 128 bits.
func Wides(c *batch.Column) []decimal.Int128 {
	if c.Phys == batch.PhysI128 {
		return batch.Values[decimal.Int128](c)
	}
	src := batch.Values[int64](c)
	out := make([]decimal.Int128, len(src))
	for i, v := range src {
		out[i] = decimal.FromInt64(v)
	}
	return out
}

// Texts reads a flat or constant column of texts or bytes.
type Texts struct {
	data    []byte
	offsets []int32
	mask    int
}

// TextsOf reads c.
func TextsOf(c *batch.Column) Texts { return Texts{c.Data, c.Offsets, maskOf(c)} }

// At is the value of row i, which aliases the column.
func (t Texts) At(i int) []byte {
	i &= t.mask
	lo, hi := t.offsets[i], t.offsets[i+1]
	return t.data[lo:hi:hi]
}
