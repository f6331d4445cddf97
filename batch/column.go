// Package batch is the data in flight: columns in Arrow memory layout that may
// stay dictionary- or constant-encoded, gathered into batches.
//
// A column is immutable once it has been handed on. Whoever produces a batch
// may reuse its buffers for the next one, so a batch is valid until its
// producer is asked again; a keeper calls Clone or copies with a Builder.
package batch

import (
	"bytes"
	"fmt"
	"strings"
	"unsafe"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Phys is the physical representation of a column's values.
type Phys uint8

// The physical representations.
const (
	PhysBool   Phys = iota // bitmap in Data, one bit a row, least significant first
	PhysI8                 // TINYINT
	PhysI16                // SMALLINT
	PhysI32                // INT, DATE, months
	PhysI64                // BIGINT, DATETIME, TIMESTAMPs, microseconds, DECIMAL when all values fit
	PhysF32                // FLOAT
	PhysF64                // DOUBLE
	PhysI128               // DECIMAL of more than 18 digits
	PhysBytes              // texts, BINARY, JSON: Offsets into Data
	PhysList               // ARRAY: Offsets into Children[0]; MAP: entries are a struct of key and value
	PhysStruct             // STRUCT: Children
)

var physWidth = [...]int{PhysBool: 0, PhysI8: 1, PhysI16: 2, PhysI32: 4, PhysI64: 8, PhysF32: 4, PhysF64: 8, PhysI128: 16, PhysBytes: 0, PhysList: 0, PhysStruct: 0}

// Width is the bytes a value takes in Data, or 0 for bitmaps and variable-size values.
func (p Phys) Width() int { return physWidth[p] }

// PhysOf is the widest representation of t's values, the one that crosses
// process boundaries. A DECIMAL column of any precision may be PhysI64 instead
// while all its values fit.
func PhysOf(t types.Type) Phys {
	switch t.Kind {
	case types.Boolean, types.Null:
		return PhysBool
	case types.TinyInt:
		return PhysI8
	case types.SmallInt:
		return PhysI16
	case types.Int, types.Date, types.IntervalMonth:
		return PhysI32
	case types.BigInt, types.Datetime, types.Timestamp, types.TimestampNTZ, types.IntervalDay:
		return PhysI64
	case types.Float:
		return PhysF32
	case types.Double:
		return PhysF64
	case types.Decimal:
		if t.Precision <= types.SmallPrecision {
			return PhysI64
		}
		return PhysI128
	case types.Array, types.Map:
		return PhysList
	case types.Struct:
		return PhysStruct
	}
	return PhysBytes
}

// Encoding says how rows map to the values held.
type Encoding uint8

// The encodings.
const (
	Flat  Encoding = iota // row i is value i
	Dict                  // row i is value Codes[i] of Dict
	Const                 // every row is value 0
)

// Column is N rows of one type.
//
// Row i is NULL exactly if Valid is non-nil and bit i (bit 0 for Const) of it is
// clear; in a Dict column only the outer Valid counts, and codes of NULL rows
// are within the dictionary's range. The value bytes of a NULL row are
// unspecified but readable.
type Column struct {
	Type     types.Type
	Phys     Phys
	Enc      Encoding
	N        int
	Valid    Bitmap    // nil: no NULLs
	Data     []byte    // 8-byte aligned
	Offsets  []int32   // PhysBytes, PhysList: N+1 ascending
	Codes    []int32   // Dict
	Dict     *Column   // Dict: a Flat column, shared and never reused, unless Borrowed or Lent
	Borrowed bool      // Dict: Dict is a column of a batch, valid as long as that (see Take)
	Lent     bool      // of a dictionary: its memory is used again after its row group
	Stays    bool      // of a dictionary: it stays as it is, though columns over it may be Borrowed
	Children []*Column // PhysList: one; PhysStruct: one a field
}

// Fixed are the Go types of fixed-width values.
type Fixed interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint64 | ~float32 | ~float64 | decimal.Int128
}

// Values views the Data of a flat or constant fixed-width column as a slice.
// T must have the width of the column's Phys.
func Values[T Fixed](c *Column) []T { return cast[T](c.Data) }

func cast[T any](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}

// BytesOf views a slice of fixed-width values as bytes.
func BytesOf[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}

// Alloc gives n zeroed bytes aligned to 8.
func Alloc(n int) []byte { return BytesOf(make([]uint64, (n+7)/8))[:n:n] }

// leastRoom is from how many bytes on clearing memory costs more than avoiding it.
const leastRoom = 4 << 10

// Room gives n bytes aligned to 8 of unspecified content, to be written to before they
// are read. A strings.Builder is how memory is had that the runtime does not clear.
func Room(n int) []byte {
	if n < leastRoom {
		return Alloc(n)
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteByte(0) // an empty string need not tell where it is
	return unsafe.Slice(unsafe.StringData(b.String()), n)
}

// NewFixed allocates a flat column of n zero values of a fixed-width or
// BOOLEAN type, in the representation PhysOf gives.
func NewFixed(t types.Type, n int) *Column { return NewFixedAs(t, PhysOf(t), n) }

// NewFixedAs is NewFixed with the representation given (DECIMAL as PhysI64).
func NewFixedAs(t types.Type, p Phys, n int) *Column {
	size := n * p.Width()
	if p == PhysBool {
		size = 8 * words(n)
	}
	return &Column{Type: t, Phys: p, N: n, Data: Alloc(size)}
}

// FromValues makes a flat column over vals, which it keeps.
func FromValues[T Fixed](t types.Type, p Phys, vals []T, valid Bitmap) *Column {
	return &Column{Type: t, Phys: p, N: len(vals), Data: BytesOf(vals), Valid: valid}
}

// FromBytes makes a flat variable-size column over data and offsets, which it keeps.
func FromBytes(t types.Type, data []byte, offsets []int32, valid Bitmap) *Column {
	return &Column{Type: t, Phys: PhysBytes, N: len(offsets) - 1, Data: data, Offsets: offsets, Valid: valid}
}

// FromStrings makes a flat text column; for tests and small tables.
func FromStrings(t types.Type, vals []string) *Column {
	offsets := make([]int32, 1, len(vals)+1)
	var data []byte
	for _, v := range vals {
		data = append(data, v...)
		offsets = append(offsets, int32(len(data)))
	}
	return FromBytes(t, data, offsets, nil)
}

// FromBits makes a BOOLEAN column over bits, which it keeps.
func FromBits(bits Bitmap, n int, valid Bitmap) *Column {
	return &Column{Type: types.BooleanType, Phys: PhysBool, N: n, Data: BytesOf(bits), Valid: valid}
}

// Bits views the values of a flat BOOLEAN column as a bitmap.
func (c *Column) Bits() Bitmap { return cast[uint64](c.Data) }

// FromCodes makes a dictionary column over codes, which it keeps.
func FromCodes(dict *Column, codes []int32, valid Bitmap) *Column {
	return &Column{Type: dict.Type, Phys: dict.Phys, Enc: Dict, N: len(codes), Codes: codes, Dict: dict, Valid: valid}
}

// ConstOf makes n rows of value row of c.
func ConstOf(c *Column, row, n int) *Column {
	one := *Flatten(Slice(c, row, row+1))
	one.Enc, one.N = Const, n
	return &one
}

// NullColumn is n NULLs of type t.
func NullColumn(t types.Type, n int) *Column {
	one := emptyValue(t)
	one.Enc, one.N, one.Valid = Const, n, NewBitmap(1)
	return one
}

// emptyValue is a flat column of one zero value.
func emptyValue(t types.Type) *Column {
	p := PhysOf(t)
	switch p {
	case PhysBytes:
		return FromBytes(t, nil, []int32{0, 0}, nil)
	case PhysList:
		c := &Column{Type: t, Phys: p, N: 1, Offsets: []int32{0, 0}}
		c.Children = []*Column{NewBuilder(elemType(t)).Finish()}
		return c
	case PhysStruct:
		c := &Column{Type: t, Phys: p, N: 1}
		for _, f := range t.Fields {
			c.Children = append(c.Children, emptyValue(f.Type))
		}
		return c
	}
	return NewFixed(t, 1)
}

// elemType is the type of a list's child: the element, or a map's entry struct.
func elemType(t types.Type) types.Type {
	if t.Kind == types.Map {
		return types.StructOf(types.Field{Name: "key", Type: *t.Key}, types.Field{Name: "value", Type: *t.Elem})
	}
	return *t.Elem
}

// IsNull reports whether row i is NULL.
func (c *Column) IsNull(i int) bool {
	if c.Valid == nil {
		return false
	}
	if c.Enc == Const {
		i = 0
	}
	return !c.Valid.Get(i)
}

// HasNulls reports whether any row may be NULL.
func (c *Column) HasNulls() bool { return c.Valid != nil }

// AllNull reports whether c is a constant NULL.
func (c *Column) AllNull() bool { return c.Enc == Const && c.IsNull(0) }

// Index is the place in Data (or of Offsets, Children) of row i's value and the
// flat column that holds it.
func (c *Column) Index(i int) (*Column, int) {
	switch c.Enc {
	case Dict:
		return c.Dict, int(c.Codes[i])
	case Const:
		return c, 0
	}
	return c, i
}

// Bytes is the value of row i of a variable-size column.
func (c *Column) Bytes(i int) []byte {
	d, j := c.Index(i)
	return d.Data[d.Offsets[j]:d.Offsets[j+1]]
}

// Int is the value of row i of an integer-like column.
func (c *Column) Int(i int) int64 {
	d, j := c.Index(i)
	switch d.Phys {
	case PhysI8:
		return int64(Values[int8](d)[j])
	case PhysI16:
		return int64(Values[int16](d)[j])
	case PhysI32:
		return int64(Values[int32](d)[j])
	case PhysI64:
		return Values[int64](d)[j]
	case PhysBool:
		if d.Bits().Get(j) {
			return 1
		}
		return 0
	}
	panic(fmt.Sprintf("batch: Int of a %s column", c.Type))
}

// Datum is the value of row i; for edges and tests, never for a row loop that matters.
func (c *Column) Datum(i int) types.Datum {
	if c.IsNull(i) {
		return nil
	}
	d, j := c.Index(i)
	switch d.Phys {
	case PhysBool:
		return d.Bits().Get(j)
	case PhysF32:
		return float64(Values[float32](d)[j])
	case PhysF64:
		return Values[float64](d)[j]
	case PhysI128:
		return Values[decimal.Int128](d)[j]
	case PhysBytes:
		return string(d.Bytes(j))
	case PhysList:
		return listDatum(d, j)
	case PhysStruct:
		vals := make([]types.Datum, len(d.Children))
		for k, f := range d.Children {
			vals[k] = f.Datum(j)
		}
		return vals
	}
	if c.Type.Kind == types.Decimal {
		return decimal.FromInt64(c.Int(i))
	}
	return c.Int(i)
}

func listDatum(d *Column, j int) types.Datum {
	vals := []types.Datum{}
	child := d.Children[0]
	for k := int(d.Offsets[j]); k < int(d.Offsets[j+1]); k++ {
		if d.Type.Kind == types.Map {
			vals = append(vals, child.Children[0].Datum(k), child.Children[1].Datum(k))
		} else {
			vals = append(vals, child.Datum(k))
		}
	}
	return vals
}

// Lasts reports whether the dictionary of c may be kept for longer than the batch.
// What is known of the entries of a lent one holds for the column that it is, which
// comes with many batches; a borrowed one may come again as another.
func (c *Column) Lasts() bool { return !c.Borrowed && !c.Dict.Lent }

// Identical reports whether two flat columns without NULLs and children have the same
// values in the same order, to the bit; false for others.
func Identical(a, b *Column) bool {
	if a.N != b.N || a.Phys != b.Phys || a.Valid != nil || b.Valid != nil || len(a.Children)+len(b.Children) > 0 {
		return false
	}
	if a.Phys != PhysBytes {
		n := a.N * a.Phys.Width()
		return n > 0 && bytes.Equal(a.Data[:n], b.Data[:n])
	}
	shift := b.Offsets[0] - a.Offsets[0]
	for i, o := range a.Offsets[:a.N+1] {
		if b.Offsets[i] != o+shift {
			return false
		}
	}
	return bytes.Equal(a.Data[a.Offsets[0]:a.Offsets[a.N]], b.Data[b.Offsets[0]:b.Offsets[b.N]])
}

// Size is the bytes c's buffers hold; a shared dictionary counts in full.
func (c *Column) Size() int64 {
	n := int64(len(c.Data)) + 4*int64(len(c.Offsets)+len(c.Codes)) + 8*int64(len(c.Valid))
	if c.Dict != nil {
		n += c.Dict.Size()
	}
	for _, k := range c.Children {
		n += k.Size()
	}
	return n
}
