package operator

import (
	"encoding/binary"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Serialised keys: the values of a row one after the other, equal bytes exactly
// for equal rows (in the sense of batch.HashColumns). A value is 0 for NULL or 1
// and then its canonical bytes: little-endian fixed-width values, DECIMAL of
// more than 18 digits always 16 bytes, texts and lists with their length first.

// fixedBytes is the width of a serialised value of a fixed-width type, 0 for others.
func fixedBytes(t types.Type) int {
	p := batch.PhysOf(t)
	if p == batch.PhysBool {
		return 1
	}
	return p.Width()
}

// keyBytes is the part of a text that counts in comparisons.
func keyBytes(c *batch.Column, i int) []byte {
	s := c.Bytes(i)
	if c.Type.Kind == types.Char {
		return batch.TrimBlanks(s)
	}
	return s
}

// appendValue serialises row i of c.
func appendValue(dst []byte, c *batch.Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	d, j := c.Index(i)
	switch d.Phys {
	case batch.PhysBool:
		return append(dst, byte(d.Int(j)))
	case batch.PhysI8:
		return append(dst, byte(d.Int(j)))
	case batch.PhysI16:
		return binary.LittleEndian.AppendUint16(dst, uint16(d.Int(j)))
	case batch.PhysI32:
		return binary.LittleEndian.AppendUint32(dst, uint32(d.Int(j)))
	case batch.PhysF32:
		v := oneZero(float64(batch.Values[float32](d)[j]))
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(v)))
	case batch.PhysF64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(oneZero(batch.Values[float64](d)[j])))
	case batch.PhysI64:
		v := batch.Values[int64](d)[j]
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		if fixedBytes(c.Type) == 16 {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v>>63))
		}
		return dst
	case batch.PhysI128:
		v := batch.Values[decimal.Int128](d)[j]
		dst = binary.LittleEndian.AppendUint64(dst, v.Lo)
		if fixedBytes(c.Type) == 16 {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v.Hi))
		}
		return dst
	case batch.PhysBytes:
		s := keyBytes(d, j)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
		return append(dst, s...)
	case batch.PhysList:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(d.Offsets[j+1]-d.Offsets[j]))
		for k := d.Offsets[j]; k < d.Offsets[j+1]; k++ {
			dst = appendValue(dst, d.Children[0], int(k))
		}
		return dst
	}
	for _, k := range d.Children {
		dst = appendValue(dst, k, j)
	}
	return dst
}

// readDatum reads a serialised value of a nested type and gives what follows.
func readDatum(t types.Type, s []byte) (types.Datum, []byte) {
	if s[0] == 0 {
		return nil, s[1:]
	}
	s = s[1:]
	switch p := batch.PhysOf(t); p {
	case batch.PhysBool:
		return s[0] != 0, s[1:]
	case batch.PhysI8:
		return int64(int8(s[0])), s[1:]
	case batch.PhysI16:
		return int64(int16(binary.LittleEndian.Uint16(s))), s[2:]
	case batch.PhysI32:
		return int64(int32(binary.LittleEndian.Uint32(s))), s[4:]
	case batch.PhysF32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(s))), s[4:]
	case batch.PhysF64:
		return math.Float64frombits(binary.LittleEndian.Uint64(s)), s[8:]
	case batch.PhysI64:
		v := int64(binary.LittleEndian.Uint64(s))
		if t.Kind == types.Decimal {
			return decimal.FromInt64(v), s[8:]
		}
		return v, s[8:]
	case batch.PhysI128:
		return decimal.Int128{Lo: binary.LittleEndian.Uint64(s), Hi: int64(binary.LittleEndian.Uint64(s[8:]))}, s[16:]
	case batch.PhysBytes:
		n := binary.LittleEndian.Uint32(s)
		return string(s[4 : 4+n]), s[4+n:]
	case batch.PhysList:
		n := binary.LittleEndian.Uint32(s)
		s = s[4:]
		vals := []types.Datum{}
		for range n {
			var v types.Datum
			if t.Kind == types.Map {
				// A map's entry is a struct, which is never NULL.
				v, s = readDatum(*t.Key, s[1:])
				vals = append(vals, v)
			}
			v, s = readDatum(*t.Elem, s)
			vals = append(vals, v)
		}
		return vals, s
	}
	vals := make([]types.Datum, len(t.Fields))
	for i, f := range t.Fields {
		vals[i], s = readDatum(f.Type, s)
	}
	return vals, s
}
