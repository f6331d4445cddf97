package operator

import (
	"bytes"
	"cmp"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
)

// compareRows orders two rows by the columns listed, to break ties of keys. Rows
// that compare equal hold the same values in them.
func compareRows(a *batch.Batch, i int, b *batch.Batch, j int, cols []int) int {
	for _, k := range cols {
		if c := compareValues(a.Columns[k], i, b.Columns[k], j); c != 0 {
			return c
		}
	}
	return 0
}

func compareValues(a *batch.Column, i int, b *batch.Column, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	if an || bn {
		return cmp.Compare(b2i(bn), b2i(an))
	}
	x, i := a.Index(i)
	y, j := b.Index(j)
	switch x.Phys {
	case batch.PhysBytes:
		return bytes.Compare(x.Bytes(i), y.Bytes(j))
	case batch.PhysF32:
		return compareFloat(float64(batch.Values[float32](x)[i]), float64(batch.Values[float32](y)[j]))
	case batch.PhysF64:
		return compareFloat(batch.Values[float64](x)[i], batch.Values[float64](y)[j])
	case batch.PhysList:
		return compareLists(x, i, y, j)
	case batch.PhysStruct:
		for k := range x.Children {
			if c := compareValues(x.Children[k], i, y.Children[k], j); c != 0 {
				return c
			}
		}
		return 0
	case batch.PhysI64, batch.PhysI128:
		if x.Phys != y.Phys || x.Phys == batch.PhysI128 {
			return wide(x, i).Cmp(wide(y, j))
		}
	}
	return cmp.Compare(x.Int(i), y.Int(j))
}

func compareFloat(a, b float64) int {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return cmp.Compare(b2i(math.IsNaN(a)), b2i(math.IsNaN(b)))
	case a == b:
		// Not equal as results: a tie must be broken between -0 and 0.
		return cmp.Compare(b2i(math.Signbit(b)), b2i(math.Signbit(a)))
	}
	return cmp.Compare(a, b)
}

func compareLists(x *batch.Column, i int, y *batch.Column, j int) int {
	a, aEnd := int(x.Offsets[i]), int(x.Offsets[i+1])
	b, bEnd := int(y.Offsets[j]), int(y.Offsets[j+1])
	for ; a < aEnd && b < bEnd; a, b = a+1, b+1 {
		if c := compareValues(x.Children[0], a, y.Children[0], b); c != 0 {
			return c
		}
	}
	return cmp.Compare(aEnd-a, bEnd-b)
}

func wide(c *batch.Column, i int) decimal.Int128 {
	if c.Phys == batch.PhysI128 {
		return batch.Values[decimal.Int128](c)[i]
	}
	return decimal.FromInt64(batch.Values[int64](c)[i])
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
