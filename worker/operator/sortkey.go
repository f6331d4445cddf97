package operator

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// sortKeys turns the key expressions of rows into byte strings that compare as
// the rows are to be ordered ("normalised keys": Graefe, ACM Computing Surveys
// 2006). Each key is a byte for NULL or value, then the value's bytes, inverted
// for DESC.
type sortKeys struct {
	exprs *exprList
	keys  []scalar.SortKey
}

func newSortKeys(keys []scalar.SortKey, env *Env) (*sortKeys, error) {
	es := make([]scalar.Expr, len(keys))
	for i, k := range keys {
		if t := k.Expr.Type(); t.IsNested() || t.Kind == types.JSON {
			return nil, fmt.Errorf("operator: %s has no order", t)
		}
		es[i] = k.Expr
	}
	list, err := compileList(es, env)
	if err != nil {
		return nil, err
	}
	return &sortKeys{exprs: list, keys: keys}, nil
}

// append encodes the keys of all rows of b: row i of b is
// arena[offsets[k+i]:offsets[k+i+1]] where k is the rows encoded before.
// offsets must begin with 0.
func (s *sortKeys) append(arena []byte, offsets []int64, b *batch.Batch) ([]byte, []int64, error) {
	cols, err := s.exprs.eval(b)
	if err != nil {
		return nil, nil, err
	}
	for i := range b.Rows() {
		for k, c := range cols {
			arena = appendKey(arena, c, i, s.keys[k])
		}
		offsets = append(offsets, int64(len(arena)))
	}
	return arena, offsets, nil
}

func appendKey(dst []byte, c *batch.Column, row int, k scalar.SortKey) []byte {
	if c.IsNull(row) {
		if k.NullsFirst {
			return append(dst, 0)
		}
		return append(dst, 1)
	}
	first := byte(0)
	if k.NullsFirst {
		first = 1
	}
	dst = append(dst, first)
	at := len(dst)
	dst = appendOrdered(dst, c, row)
	if k.Desc {
		for i := at; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

// appendOrdered writes a non-null value so that bytes compare as values do.
func appendOrdered(dst []byte, c *batch.Column, row int) []byte {
	d, j := c.Index(row)
	switch d.Phys {
	case batch.PhysBool:
		if d.Bits().Get(j) {
			return append(dst, 1)
		}
		return append(dst, 0)
	case batch.PhysI8:
		return append(dst, byte(batch.Values[int8](d)[j])^0x80)
	case batch.PhysI16:
		return binary.BigEndian.AppendUint16(dst, uint16(batch.Values[int16](d)[j])^1<<15)
	case batch.PhysI32:
		return binary.BigEndian.AppendUint32(dst, uint32(batch.Values[int32](d)[j])^1<<31)
	case batch.PhysF32:
		return appendFloat(dst, float64(batch.Values[float32](d)[j]))
	case batch.PhysF64:
		return appendFloat(dst, batch.Values[float64](d)[j])
	case batch.PhysI64:
		v := batch.Values[int64](d)[j]
		if c.Type.Kind == types.Decimal && c.Type.Precision > types.SmallPrecision {
			return appendWide(dst, decimal.FromInt64(v))
		}
		return binary.BigEndian.AppendUint64(dst, uint64(v)^1<<63)
	case batch.PhysI128:
		return appendWide(dst, batch.Values[decimal.Int128](d)[j])
	}
	v := d.Bytes(j)
	if c.Type.Kind == types.Char {
		v = batch.TrimBlanks(v)
	}
	return appendEscaped(dst, v)
}

func appendWide(dst []byte, v decimal.Int128) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(v.Hi)^1<<63)
	return binary.BigEndian.AppendUint64(dst, v.Lo)
}

// appendFloat orders -0 with 0 and NaN after everything.
func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0
	}
	if math.IsNaN(f) {
		return binary.BigEndian.AppendUint64(dst, math.MaxUint64)
	}
	b := math.Float64bits(f)
	if b>>63 != 0 {
		b = ^b
	} else {
		b |= 1 << 63
	}
	return binary.BigEndian.AppendUint64(dst, b)
}

// appendEscaped ends a text with 00 00, a zero byte inside becoming 00 FF.
func appendEscaped(dst, v []byte) []byte {
	for {
		i := bytes.IndexByte(v, 0)
		if i < 0 {
			break
		}
		dst = append(append(dst, v[:i]...), 0, 0xff)
		v = v[i+1:]
	}
	return append(append(dst, v...), 0, 0)
}

// prefix is the first eight bytes of a key as a number.
func prefix(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var b [8]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}

// compareRows orders two rows by all their columns, to break ties of keys. Rows
// that compare equal hold the same values.
func compareRows(a *batch.Batch, i int, b *batch.Batch, j int) int {
	for k := range a.Columns {
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
