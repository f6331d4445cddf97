// Package types is the type system of the language: the types, how they are
// written, which convert implicitly to which, and the result types of
// arithmetic. It knows nothing of values in memory (batch) or of Arrow.
//
// The rules are those of the ODPS 2.0 type system; where its documentation is
// silent, those that Hive and Spark share (docs/dialect.md).
package types

import (
	"fmt"
	"strings"
)

// Kind is the family of a type.
type Kind uint8

// The kinds. Null is the type of an untyped NULL literal.
const (
	Null Kind = iota
	Boolean
	TinyInt
	SmallInt
	Int
	BigInt
	Float
	Double
	Decimal
	String
	Varchar
	Char
	Binary
	Date         // days since 1970-01-01
	Datetime     // microseconds since the epoch, shown in the session's zone to the second
	Timestamp    // microseconds since the epoch, shown in the session's zone
	TimestampNTZ // microseconds of wall-clock time, no zone
	IntervalMonth
	IntervalDay // microseconds
	Array
	Map
	Struct
	JSON
)

var kindNames = [...]string{
	"NULL", "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL",
	"STRING", "VARCHAR", "CHAR", "BINARY", "DATE", "DATETIME", "TIMESTAMP", "TIMESTAMP_NTZ",
	"INTERVAL_YEAR_MONTH", "INTERVAL_DAY_TIME", "ARRAY", "MAP", "STRUCT", "JSON",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Limits of the parameterised types.
const (
	MaxPrecision    = 38
	DefaultScale    = 18 // of DECIMAL without parameters
	MaxVarchar      = 65535
	MaxChar         = 255
	SmallPrecision  = 18 // the largest precision whose values fit an int64
	BigIntPrecision = 19
)

// Type is a type of the language. It is a value: compare with Equal.
type Type struct {
	Kind      Kind
	Precision int     // DECIMAL: total digits. VARCHAR, CHAR: length in characters
	Scale     int     // DECIMAL: digits after the point
	Elem      *Type   // ARRAY: element. MAP: value
	Key       *Type   // MAP: key
	Fields    []Field // STRUCT
}

// Field is a named member of a struct, or a column of a table or batch.
type Field struct {
	Name     string
	Type     Type
	Required bool // NOT NULL
	Comment  string
}

// The types without parameters.
var (
	NullType         = Type{Kind: Null}
	BooleanType      = Type{Kind: Boolean}
	TinyIntType      = Type{Kind: TinyInt}
	SmallIntType     = Type{Kind: SmallInt}
	IntType          = Type{Kind: Int}
	BigIntType       = Type{Kind: BigInt}
	FloatType        = Type{Kind: Float}
	DoubleType       = Type{Kind: Double}
	StringType       = Type{Kind: String}
	BinaryType       = Type{Kind: Binary}
	DateType         = Type{Kind: Date}
	DatetimeType     = Type{Kind: Datetime}
	TimestampType    = Type{Kind: Timestamp}
	TimestampNTZType = Type{Kind: TimestampNTZ}
	MonthsType       = Type{Kind: IntervalMonth}
	DaysType         = Type{Kind: IntervalDay}
	JSONType         = Type{Kind: JSON}
)

// DecimalOf is DECIMAL(p,s).
func DecimalOf(p, s int) Type { return Type{Kind: Decimal, Precision: p, Scale: s} }

// VarcharOf is VARCHAR(n).
func VarcharOf(n int) Type { return Type{Kind: Varchar, Precision: n} }

// CharOf is CHAR(n).
func CharOf(n int) Type { return Type{Kind: Char, Precision: n} }

// ArrayOf is ARRAY<elem>.
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// MapOf is MAP<key,value>.
func MapOf(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// StructOf is STRUCT<fields>.
func StructOf(fields ...Field) Type { return Type{Kind: Struct, Fields: fields} }

// String writes the type as DDL does.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case Varchar, Char:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Precision)
	case Array:
		return "ARRAY<" + t.Elem.String() + ">"
	case Map:
		return "MAP<" + t.Key.String() + "," + t.Elem.String() + ">"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ":" + f.Type.String()
		}
		return "STRUCT<" + strings.Join(parts, ",") + ">"
	}
	return t.Kind.String()
}

// Equal reports whether t and u are the same type; struct field names count,
// comments and NOT NULL do not.
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || t.Precision != u.Precision || t.Scale != u.Scale || len(t.Fields) != len(u.Fields) {
		return false
	}
	if (t.Elem == nil) != (u.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*u.Elem) {
		return false
	}
	if (t.Key == nil) != (u.Key == nil) || t.Key != nil && !t.Key.Equal(*u.Key) {
		return false
	}
	for i := range t.Fields {
		if !strings.EqualFold(t.Fields[i].Name, u.Fields[i].Name) || !t.Fields[i].Type.Equal(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// IsInteger reports TINYINT to BIGINT.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsFloating reports FLOAT and DOUBLE.
func (t Type) IsFloating() bool { return t.Kind == Float || t.Kind == Double }

// IsNumeric reports integers, floats and DECIMAL.
func (t Type) IsNumeric() bool { return t.Kind >= TinyInt && t.Kind <= Decimal }

// IsText reports STRING, VARCHAR and CHAR.
func (t Type) IsText() bool { return t.Kind >= String && t.Kind <= Char }

// IsTemporal reports DATE to TIMESTAMP_NTZ.
func (t Type) IsTemporal() bool { return t.Kind >= Date && t.Kind <= TimestampNTZ }

// IsInterval reports the two interval types.
func (t Type) IsInterval() bool { return t.Kind == IntervalMonth || t.Kind == IntervalDay }

// IsNested reports ARRAY, MAP and STRUCT.
func (t Type) IsNested() bool { return t.Kind >= Array && t.Kind <= Struct }

// IsComparable reports whether values of t have an order and can be keys: all but
// JSON, maps and what holds them.
func (t Type) IsComparable() bool {
	for _, f := range t.Fields {
		if !f.Type.IsComparable() {
			return false
		}
	}
	return t.Kind != JSON && t.Kind != Map && (t.Kind != Array || t.Elem.IsComparable())
}

// Known is t with STRING for the type of an untyped NULL, as results and new
// tables have it.
func (t Type) Known() Type {
	switch t.Kind {
	case Null:
		return StringType
	case Array:
		return ArrayOf(t.Elem.Known())
	case Map:
		return MapOf(t.Key.Known(), t.Elem.Known())
	case Struct:
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type = f.Type.Known()
			fields[i] = f
		}
		return StructOf(fields...)
	}
	return t
}

// Schema is an ordered list of named columns.
type Schema []Field

// Index finds the column of that name, ignoring case, or -1.
func (s Schema) Index(name string) int {
	for i := range s {
		if strings.EqualFold(s[i].Name, name) {
			return i
		}
	}
	return -1
}

// Names lists the column names.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i := range s {
		names[i] = s[i].Name
	}
	return names
}

// Types lists the column types.
func (s Schema) Types() []Type {
	ts := make([]Type, len(s))
	for i := range s {
		ts[i] = s[i].Type
	}
	return ts
}

func (s Schema) String() string {
	parts := make([]string, len(s))
	for i, f := range s {
		parts[i] = f.Name + " " + f.Type.String()
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
