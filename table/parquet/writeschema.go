package parquet

import (
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// schemaWriter lays out the schema of a file and makes the leaves' writers.
type schemaWriter struct {
	elems  []format.SchemaElement
	leaves []*leafWriter
	path   []string
}

func repetition(required bool) thrift.Null[format.FieldRepetitionType] {
	if required {
		return thrift.New(format.Required)
	}
	return thrift.New(format.Optional)
}

// field adds a column or a part of one and gives its shredder. def and rep are
// the levels of its parent.
func (s *schemaWriter) field(name string, id int, t types.Type, required bool, def, rep int) (*shredder, error) {
	s.path = append(s.path, name)
	defer func() { s.path = s.path[:len(s.path)-1] }()
	if !required {
		def++
	}
	e := format.SchemaElement{Name: name, RepetitionType: repetition(required), FieldID: int32(id)}
	sh := &shredder{typ: t, def: def, rep: rep}
	switch t.Kind {
	case types.Array:
		return sh, s.list(e, sh, "list", func() error {
			return s.kid(sh, "element", *t.Elem, false, def+1, rep+1)
		})
	case types.Map:
		return sh, s.list(e, sh, "key_value", func() error {
			if err := s.kid(sh, "key", *t.Key, true, def+1, rep+1); err != nil {
				return err
			}
			return s.kid(sh, "value", *t.Elem, false, def+1, rep+1)
		})
	case types.Struct:
		e.NumChildren = thrift.New(int32(len(t.Fields)))
		s.elems = append(s.elems, e)
		for _, f := range t.Fields {
			if err := s.kid(sh, f.Name, f.Type, false, def, rep); err != nil {
				return nil, err
			}
		}
		return sh, nil
	}
	vals, err := describe(&e, t)
	if err != nil {
		return nil, err
	}
	s.elems = append(s.elems, e)
	sh.leaf = &leafWriter{
		path: append([]string(nil), s.path...), kind: e.Type.V, maxDef: byte(def), maxRep: byte(rep), vals: vals,
	}
	s.leaves = append(s.leaves, sh.leaf)
	return sh, nil
}

func (s *schemaWriter) kid(sh *shredder, name string, t types.Type, required bool, def, rep int) error {
	k, err := s.field(name, 0, t, required, def, rep)
	sh.kids = append(sh.kids, k)
	return err
}

// list adds the three levels of a LIST or MAP around what body adds.
func (s *schemaWriter) list(e format.SchemaElement, sh *shredder, middle string, body func() error) error {
	e.NumChildren = thrift.New(int32(1))
	kids := int32(1)
	if middle == "list" {
		e.LogicalType.Value, e.ConvertedType = &format.ListType{}, thrift.New(deprecated.List)
	} else {
		e.LogicalType.Value, e.ConvertedType = &format.MapType{}, thrift.New(deprecated.Map)
		kids = 2
	}
	s.elems = append(s.elems, e, format.SchemaElement{
		Name: middle, RepetitionType: thrift.New(format.Repeated), NumChildren: thrift.New(kids),
	})
	s.path = append(s.path, middle)
	defer func() { s.path = s.path[:len(s.path)-1] }()
	return body()
}

// describe sets how e stores values of the primitive type t.
func describe(e *format.SchemaElement, t types.Type) (valueWriter, error) {
	set := func(p format.Type, logical format.LogicalTypeValue, converted deprecated.ConvertedType) {
		e.Type = thrift.New(p)
		if logical != nil {
			e.LogicalType.Value = logical
		}
		if converted >= 0 {
			e.ConvertedType = thrift.New(converted)
		}
	}
	switch t.Kind {
	case types.Boolean:
		set(format.Boolean, nil, -1)
		return &bitsWriter{}, nil
	case types.TinyInt:
		set(format.Int32, &format.IntType{BitWidth: 8, IsSigned: true}, deprecated.Int8)
		return newFixed[uint32](orderInt32), nil
	case types.SmallInt:
		set(format.Int32, &format.IntType{BitWidth: 16, IsSigned: true}, deprecated.Int16)
		return newFixed[uint32](orderInt32), nil
	case types.Int, types.IntervalMonth:
		set(format.Int32, nil, -1)
		return newFixed[uint32](orderInt32), nil
	case types.Date:
		set(format.Int32, &format.DateType{}, deprecated.Date)
		return newFixed[uint32](orderInt32), nil
	case types.BigInt, types.IntervalDay:
		set(format.Int64, nil, -1)
		return newFixed[uint64](orderInt64), nil
	case types.Datetime, types.Timestamp, types.TimestampNTZ:
		utc := t.Kind != types.TimestampNTZ
		converted := deprecated.TimestampMicros
		if !utc {
			converted = -1 // the legacy annotation means UTC
		}
		set(format.Int64, &format.TimestampType{IsAdjustedToUTC: utc, Unit: format.TimeUnit{Value: &format.MicroSeconds{}}}, converted)
		return newFixed[uint64](orderInt64), nil
	case types.Float:
		set(format.Float, nil, -1)
		return newFixed[uint32](orderFloat), nil
	case types.Double:
		set(format.Double, nil, -1)
		return newFixed[uint64](orderDouble), nil
	case types.Decimal:
		return describeDecimal(e, t)
	case types.String, types.Varchar, types.Char, types.JSON:
		set(format.ByteArray, &format.StringType{}, deprecated.UTF8)
		return &bytesWriter{}, nil
	case types.Binary:
		set(format.ByteArray, nil, -1)
		return &bytesWriter{}, nil
	}
	return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "column %s: %s values cannot be stored", e.Name, t)
}

func describeDecimal(e *format.SchemaElement, t types.Type) (valueWriter, error) {
	e.LogicalType.Value = &format.DecimalType{Scale: int32(t.Scale), Precision: int32(t.Precision)}
	e.ConvertedType = thrift.New(deprecated.Decimal)
	e.Scale, e.Precision = thrift.New(int32(t.Scale)), thrift.New(int32(t.Precision))
	switch {
	case t.Precision <= 9:
		e.Type = thrift.New(format.Int32)
		return newFixed[uint32](orderInt32), nil
	case t.Precision <= types.SmallPrecision:
		e.Type = thrift.New(format.Int64)
		return newFixed[uint64](orderInt64), nil
	}
	e.Type, e.TypeLength = thrift.New(format.FixedLenByteArray), thrift.New(int32(16))
	return newFixed[decimal.Int128](orderInt128), nil
}
