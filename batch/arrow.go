package batch

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// typeKey is the field metadata that holds the type as DDL writes it, where
// several types share an Arrow type.
const typeKey = "bixi.type"

// ArrowType is the Arrow type that values of t leave the process in.
func ArrowType(t types.Type) arrow.DataType {
	switch t.Kind {
	case types.Null:
		return arrow.Null
	case types.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case types.TinyInt:
		return arrow.PrimitiveTypes.Int8
	case types.SmallInt:
		return arrow.PrimitiveTypes.Int16
	case types.Int:
		return arrow.PrimitiveTypes.Int32
	case types.BigInt:
		return arrow.PrimitiveTypes.Int64
	case types.Float:
		return arrow.PrimitiveTypes.Float32
	case types.Double:
		return arrow.PrimitiveTypes.Float64
	case types.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case types.Binary:
		return arrow.BinaryTypes.Binary
	case types.Date:
		return arrow.FixedWidthTypes.Date32
	case types.Datetime, types.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case types.TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case types.IntervalMonth:
		return arrow.FixedWidthTypes.MonthInterval
	case types.IntervalDay:
		return &arrow.DurationType{Unit: arrow.Microsecond}
	case types.Array:
		return arrow.ListOf(ArrowType(*t.Elem))
	case types.Map:
		return arrow.MapOf(ArrowType(*t.Key), ArrowType(*t.Elem))
	case types.Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrow.Field{Name: f.Name, Type: ArrowType(f.Type), Nullable: true}
		}
		return arrow.StructOf(fields...)
	}
	return arrow.BinaryTypes.String
}

// ArrowSchema is the Arrow form of a schema.
func ArrowSchema(s types.Schema) *arrow.Schema {
	fields := make([]arrow.Field, len(s))
	for i, f := range s {
		fields[i] = arrow.Field{Name: f.Name, Type: ArrowType(f.Type), Nullable: !f.Required}
		switch f.Type.Kind {
		case types.Varchar, types.Char, types.JSON, types.Datetime:
			fields[i].Metadata = arrow.NewMetadata([]string{typeKey}, []string{f.Type.String()})
		}
	}
	return arrow.NewSchema(fields, nil)
}

// ToArrow is b as an Arrow record batch of ArrowSchema(schema). Flat columns are
// shared, not copied (but for narrow DECIMALs); dictionary and constant columns
// are made flat. The record is valid as long as b and needs no Release.
func ToArrow(b *Batch, schema types.Schema) arrow.RecordBatch {
	return toArrow(b, schema, false)
}

// ToArrowDict is ToArrow that leaves text columns with dictionaries as Arrow
// dictionary arrays, so that the record's schema may differ from ArrowSchema's.
func ToArrowDict(b *Batch, schema types.Schema) arrow.RecordBatch {
	return toArrow(b, schema, true)
}

func toArrow(b *Batch, schema types.Schema, dicts bool) arrow.RecordBatch {
	b = b.Dense()
	as := ArrowSchema(schema)
	fields := as.Fields()
	cols := make([]arrow.Array, len(b.Columns))
	for i, c := range b.Columns {
		if dicts && c.Enc == Dict && c.Phys == PhysBytes {
			fields[i].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: fields[i].Type}
			cols[i] = array.MakeFromData(dictData(c, fields[i].Type))
			continue
		}
		cols[i] = array.MakeFromData(arrowData(c))
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), cols, int64(b.N))
}

func dictData(c *Column, t arrow.DataType) arrow.ArrayData {
	valid, nulls := arrowValid(c)
	values := arrowData(c.Dict).(*array.Data)
	return array.NewDataWithDictionary(t, c.N, []*memory.Buffer{valid, buffer(BytesOf(c.Codes))}, nulls, 0, values)
}

func buffer(p []byte) *memory.Buffer { return memory.NewBufferBytes(p) }

func arrowValid(c *Column) (*memory.Buffer, int) {
	if c.Valid == nil {
		return nil, 0
	}
	return buffer(BytesOf(c.Valid)), c.N - c.Valid.Count(c.N)
}

// arrowData is any column as Arrow data in the layout of its type.
func arrowData(c *Column) arrow.ArrayData {
	t := ArrowType(c.Type)
	if c.Type.Kind == types.Null {
		return array.NewData(t, c.N, []*memory.Buffer{nil}, nil, c.N, 0)
	}
	c = Flatten(c)
	valid, nulls := arrowValid(c)
	buffers := []*memory.Buffer{valid}
	var children []arrow.ArrayData
	switch c.Phys {
	case PhysBytes:
		buffers = append(buffers, buffer(BytesOf(c.Offsets)), buffer(c.Data))
	case PhysList:
		buffers = append(buffers, buffer(BytesOf(c.Offsets)))
		children = append(children, arrowData(c.Children[0]))
		if m, ok := t.(*arrow.MapType); ok { // the entries' type has Arrow's own field names and flags
			e := children[0]
			children[0] = array.NewData(m.Elem(), e.Len(), e.Buffers(), e.Children(), e.NullN(), e.Offset())
		}
	case PhysStruct:
		for _, k := range c.Children {
			children = append(children, arrowData(k))
		}
	default:
		data := c.Data
		if c.Type.Kind == types.Decimal && c.Phys == PhysI64 {
			data = wideDecimals(Values[int64](c))
		}
		buffers = append(buffers, buffer(data))
	}
	return array.NewData(t, c.N, buffers, children, nulls, 0)
}

func wideDecimals(vals []int64) []byte {
	wide := make([]decimal.Int128, len(vals))
	for i, v := range vals {
		wide[i] = decimal.FromInt64(v)
	}
	return BytesOf(wide)
}
