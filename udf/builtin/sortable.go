package builtin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// The sortable encoding of a value is a byte string; comparing encodings of one
// type bytewise compares the values (NULL first within nested values, NaN last).
// It is how aggregates that keep whole values hold, order and send them.
//
// Numbers and times are big-endian with the sign bit flipped, DOUBLE as floatKey
// (-0.0 as 0.0).
// Texts are themselves; inside nested values a zero byte is escaped and the end
// marked. Lists are their elements, each after a mark, and an end mark.
const (
	listEnd   = 0
	nullMark  = 1
	valueMark = 2
)

var errSortable = errors.New("damaged encoding of a value")

// appendSortable appends the encoding of row i of c, which is not NULL.
func appendSortable(dst []byte, c *batch.Column, i int) []byte {
	d, j := c.Index(i)
	if d.Phys == batch.PhysBytes {
		return append(dst, d.Bytes(j)...)
	}
	return appendInner(dst, d, j)
}

// appendInner encodes row j of the flat column d such that it is no prefix of
// another value.
func appendInner(dst []byte, d *batch.Column, j int) []byte {
	switch d.Phys {
	case batch.PhysBytes:
		for _, b := range d.Data[d.Offsets[j]:d.Offsets[j+1]] {
			if dst = append(dst, b); b == 0 {
				dst = append(dst, 0xff)
			}
		}
		return append(dst, 0, 0)
	case batch.PhysF32:
		return appendKey(dst, floatKey(float64(batch.Values[float32](d)[j])+0))
	case batch.PhysF64:
		return appendKey(dst, floatKey(batch.Values[float64](d)[j]+0))
	case batch.PhysI128:
		return appendWide(dst, batch.Values[decimal.Int128](d)[j])
	case batch.PhysList:
		for k := d.Offsets[j]; k < d.Offsets[j+1]; k++ {
			dst = appendMember(dst, d.Children[0], int(k))
		}
		return append(dst, listEnd)
	case batch.PhysStruct:
		for _, f := range d.Children {
			dst = appendMember(dst, f, j)
		}
		return dst
	}
	if d.Type.Kind == types.Decimal {
		return appendWide(dst, decimal.FromInt64(d.Int(j)))
	}
	return appendKey(dst, d.Int(j))
}

func appendMember(dst []byte, c *batch.Column, j int) []byte {
	if c.IsNull(j) {
		return append(dst, nullMark)
	}
	d, k := c.Index(j)
	return appendInner(append(dst, valueMark), d, k)
}

func appendKey(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(v)^1<<63)
}

func appendWide(dst []byte, v decimal.Int128) []byte {
	return binary.BigEndian.AppendUint64(appendKey(dst, v.Hi), v.Lo)
}

// fromSortable decodes a value of type t.
func fromSortable(b []byte, t types.Type) (types.Datum, error) {
	if batch.PhysOf(t) == batch.PhysBytes {
		return string(b), nil
	}
	v, rest, err := inner(b, t)
	if err == nil && len(rest) != 0 {
		err = errSortable
	}
	return v, err
}

func inner(b []byte, t types.Type) (types.Datum, []byte, error) {
	switch t.Kind {
	case types.Array:
		return innerList(b, *t.Elem)
	case types.Map:
		return innerMap(b, t)
	case types.Struct:
		vals := make([]types.Datum, len(t.Fields))
		for i, f := range t.Fields {
			var err error
			if vals[i], b, err = member(b, f.Type); err != nil {
				return nil, nil, err
			}
		}
		return vals, b, nil
	}
	if batch.PhysOf(t) == batch.PhysBytes {
		return innerText(b)
	}
	if len(b) < 8 {
		return nil, nil, errSortable
	}
	v, rest := int64(binary.BigEndian.Uint64(b)^1<<63), b[8:]
	switch {
	case t.Kind == types.Decimal:
		if len(rest) < 8 {
			return nil, nil, errSortable
		}
		return decimal.Int128{Hi: v, Lo: binary.BigEndian.Uint64(rest)}, rest[8:], nil
	case t.IsFloating():
		return keyFloat(v), rest, nil
	case t.Kind == types.Boolean:
		return v != 0, rest, nil
	}
	return v, rest, nil
}

func innerText(b []byte) (types.Datum, []byte, error) {
	var out []byte
	for {
		i := bytes.IndexByte(b, 0)
		if i < 0 || i+1 >= len(b) {
			return nil, nil, errSortable
		}
		if b[i+1] == 0 {
			return string(append(out, b[:i]...)), b[i+2:], nil
		}
		out, b = append(out, b[:i+1]...), b[i+2:]
	}
}

func innerList(b []byte, elem types.Type) (types.Datum, []byte, error) {
	vals := []types.Datum{}
	for {
		if len(b) > 0 && b[0] == listEnd {
			return vals, b[1:], nil
		}
		v, rest, err := member(b, elem)
		if err != nil {
			return nil, nil, err
		}
		vals, b = append(vals, v), rest
	}
}

// innerMap decodes a list of entries as alternating keys and values.
func innerMap(b []byte, t types.Type) (types.Datum, []byte, error) {
	entry := types.StructOf(types.Field{Name: "key", Type: *t.Key}, types.Field{Name: "value", Type: *t.Elem})
	entries, rest, err := innerList(b, entry)
	if err != nil {
		return nil, nil, err
	}
	vals := []types.Datum{}
	for _, e := range entries.([]types.Datum) {
		vals = append(vals, e.([]types.Datum)...)
	}
	return vals, rest, nil
}

func member(b []byte, t types.Type) (types.Datum, []byte, error) {
	switch {
	case len(b) == 0 || b[0] != nullMark && b[0] != valueMark:
		return nil, nil, errSortable
	case b[0] == nullMark:
		return nil, b[1:], nil
	}
	return inner(b[1:], t)
}

// floatSortable is the DOUBLE of an encoding.
func floatSortable(b []byte) float64 {
	if len(b) < 8 {
		return math.NaN()
	}
	return keyFloat(int64(binary.BigEndian.Uint64(b) ^ 1<<63))
}
