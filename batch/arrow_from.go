package batch

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// FromArrow is an Arrow record as a batch of columns of the schema's types. The
// layouts of ArrowType are shared where they are aligned, as are dictionaries
// with 32-bit indexes; other index widths, large texts and other timestamp units
// are converted. Any other layout is an error. The record must not be released
// while the batch is in use.
func FromArrow(rec arrow.RecordBatch, schema types.Schema) (*Batch, error) {
	if int(rec.NumCols()) != len(schema) {
		return nil, fmt.Errorf("batch: %d Arrow columns for %d", rec.NumCols(), len(schema))
	}
	b := &Batch{N: int(rec.NumRows()), Columns: make([]*Column, len(schema))}
	for i, f := range schema {
		c, err := fromArrow(rec.Column(i).Data(), f.Type)
		if err != nil {
			return nil, fmt.Errorf("batch: Arrow column %s: %w", f.Name, err)
		}
		b.Columns[i] = c
	}
	return b, nil
}

func fromArrow(d arrow.ArrayData, t types.Type) (*Column, error) {
	if d.DataType().ID() == arrow.NULL || t.Kind == types.Null {
		return NullColumn(t, d.Len()), nil
	}
	if dt, ok := d.DataType().(*arrow.DictionaryType); ok {
		return fromArrowDict(d, dt, t)
	}
	c := &Column{Type: t, Phys: PhysOf(t), N: d.Len(), Valid: fromArrowBits(d, 0)}
	if d.NullN() == 0 {
		c.Valid = nil
	}
	if ok, err := c.convert(d); ok || err != nil {
		return c, err
	}
	if !sameLayout(d.DataType(), ArrowType(t)) {
		return nil, fmt.Errorf("%s is no layout of %s", d.DataType(), t)
	}
	switch c.Phys {
	case PhysBool:
		c.Data = BytesOf(fromArrowBits(d, 1))
	case PhysBytes:
		c.Offsets = arrowOffsets(d)
		c.Data = arrowBytes(d, 2)
	case PhysList:
		c.Offsets = arrowOffsets(d)
		k, err := fromArrow(d.Children()[0], elemType(t))
		if err != nil {
			return nil, err
		}
		c.Children = []*Column{Flatten(k)}
	case PhysStruct:
		for i, f := range t.Fields {
			k, err := fromArrow(d.Children()[i], f.Type)
			if err != nil {
				return nil, err
			}
			c.Children = append(c.Children, Flatten(Slice(k, d.Offset(), d.Offset()+d.Len())))
		}
	case PhysI64:
		if t.Kind == types.Decimal {
			c.narrow(cast[decimal.Int128](arrowFixed(d, 16)))
			break
		}
		c.Data = arrowFixed(d, 8)
	default:
		c.Data = arrowFixed(d, c.Phys.Width())
	}
	return c, nil
}

// narrow takes 128-bit decimals that fit 64 bits; NULLs need not.
func (c *Column) narrow(wide []decimal.Int128) {
	vals := make([]int64, len(wide))
	for i, v := range wide {
		vals[i] = v.Int64()
	}
	c.Data = BytesOf(vals)
}

// sameLayout ignores what does not change how values are laid out: names,
// nullability, time zones and metadata.
func sameLayout(a, b arrow.DataType) bool {
	if a.ID() != b.ID() {
		return false
	}
	switch a := a.(type) {
	case *arrow.TimestampType:
		return a.Unit == b.(*arrow.TimestampType).Unit
	case *arrow.DurationType:
		return a.Unit == b.(*arrow.DurationType).Unit
	case *arrow.Decimal128Type:
		return a.Scale == b.(*arrow.Decimal128Type).Scale
	case *arrow.StructType:
		return a.NumFields() == b.(*arrow.StructType).NumFields()
	}
	return true
}

// convert fills c from the layouts that are not c's own, and reports whether d
// had one of them.
func (c *Column) convert(d arrow.ArrayData) (bool, error) {
	switch dt := d.DataType().(type) {
	case *arrow.TimestampType:
		if dt.Unit == arrow.Microsecond || c.Phys != PhysI64 || !c.Type.IsTemporal() {
			return false, nil
		}
		vals := make([]int64, c.N)
		for i, v := range cast[int64](arrowFixed(d, 8)) {
			switch dt.Unit {
			case arrow.Second:
				v *= 1e6
			case arrow.Millisecond:
				v *= 1e3
			default:
				v = floorDiv(v, 1e3)
			}
			vals[i] = v
		}
		c.Data = BytesOf(vals)
		return true, nil
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		if c.Phys != PhysBytes {
			return false, nil
		}
		long := cast[int64](aligned(d.Buffers()[1].Bytes()[8*d.Offset() : 8*(d.Offset()+d.Len()+1)]))
		if long[c.N] > math.MaxInt32 {
			return false, fmt.Errorf("%d bytes of text in one column", long[c.N])
		}
		c.Offsets = make([]int32, c.N+1)
		for i, o := range long {
			c.Offsets[i] = int32(o)
		}
		c.Data = arrowBytes(d, 2)
		return true, nil
	}
	return false, nil
}

func fromArrowDict(d arrow.ArrayData, dt *arrow.DictionaryType, t types.Type) (*Column, error) {
	dict, err := fromArrow(d.Dictionary(), t)
	if err != nil {
		return nil, err
	}
	dict = Flatten(dict)
	c := &Column{Type: t, Phys: dict.Phys, Enc: Dict, N: d.Len(), Dict: dict, Valid: fromArrowBits(d, 0)}
	if dict.Valid != nil { // NULL entries count in the rows here
		return takeArrowDict(d, dict, c), nil
	}
	if dict.N == 0 {
		return NullColumn(t, d.Len()), nil
	}
	c.Codes = arrowCodes(d, dt)
	for i, k := range c.Codes {
		if k < 0 || int(k) >= dict.N {
			if c.Valid == nil || c.Valid.Get(i) {
				return nil, fmt.Errorf("index %d of a dictionary of %d", k, dict.N)
			}
			c.Codes[i] = 0
		}
	}
	return c, nil
}

// takeArrowDict flattens a dictionary column whose dictionary has NULLs.
func takeArrowDict(d arrow.ArrayData, dict, c *Column) *Column {
	idx := arrowCodes(d, d.DataType().(*arrow.DictionaryType))
	for i := range idx {
		if c.Valid != nil && !c.Valid.Get(i) {
			idx[i] = -1
		}
	}
	return Flatten(Take(dict, idx))
}

// arrowCodes copies the indexes of a dictionary array.
func arrowCodes(d arrow.ArrayData, dt *arrow.DictionaryType) []int32 {
	out := make([]int32, d.Len())
	w := dt.IndexType.(arrow.FixedWidthDataType).Bytes()
	data := arrowFixed(d, w)
	for i := range out {
		switch dt.IndexType.ID() {
		case arrow.INT8:
			out[i] = int32(int8(data[i]))
		case arrow.UINT8:
			out[i] = int32(data[i])
		case arrow.INT16:
			out[i] = int32(cast[int16](data)[i])
		case arrow.UINT16:
			out[i] = int32(uint16(cast[int16](data)[i]))
		case arrow.INT32, arrow.UINT32:
			out[i] = cast[int32](data)[i]
		default:
			out[i] = int32(cast[int64](data)[i])
		}
	}
	return out
}

// fromArrowBits is bitmap number i of d from its offset on; nil if absent.
func fromArrowBits(d arrow.ArrayData, i int) Bitmap {
	buf := d.Buffers()[i]
	if buf == nil || buf.Len() == 0 {
		return nil
	}
	end := d.Offset() + d.Len()
	p := buf.Bytes()
	if len(p) < 8*words(end) || !isAligned(p) {
		p = append(Alloc(8 * words(end))[:0], p[:(end+7)/8]...)
		p = p[:8*words(end)]
	}
	return Bitmap(cast[uint64](p[:8*words(end)])).Slice(d.Offset(), end)
}

func arrowFixed(d arrow.ArrayData, width int) []byte {
	if d.Len() == 0 {
		return nil
	}
	return aligned(d.Buffers()[1].Bytes()[d.Offset()*width : (d.Offset()+d.Len())*width])
}

func arrowOffsets(d arrow.ArrayData) []int32 {
	if d.Len() == 0 {
		return []int32{0}
	}
	return cast[int32](aligned(d.Buffers()[1].Bytes()[4*d.Offset() : 4*(d.Offset()+d.Len()+1)]))
}

func arrowBytes(d arrow.ArrayData, i int) []byte {
	if buf := d.Buffers()[i]; buf != nil {
		return buf.Bytes()
	}
	return nil
}

func isAligned(p []byte) bool {
	return len(p) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(p)))%8 == 0
}

// aligned is p itself or a copy of it, aligned to 8 bytes.
func aligned(p []byte) []byte {
	if isAligned(p) {
		return p
	}
	return append(Alloc(len(p))[:0], p...)
}
