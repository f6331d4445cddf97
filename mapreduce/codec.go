package mapreduce

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/types"
)

// codec knows how values of a Go type lie in columns. It is compiled once per
// type; rows are then moved a column at a time, without reflection.
type codec struct {
	of     string // the Go type, for messages
	size   uintptr
	fields []field
	// varying says that values hold texts or bytes, whose size has to be watched;
	// aliased that they point to memory which their owner may change later.
	varying, aliased bool
}

// field is a member of a struct, or the whole of a scalar.
type field struct {
	name    string
	offset  uintptr
	kind    kind
	pointer bool // nullable: a pointer to the value
	dict    dictionary
}

// kind is the Go type of a field.
type kind uint8

const (
	kindBool kind = iota
	kindInt8
	kindInt16
	kindInt32
	kindInt64
	kindFloat32
	kindFloat64
	kindString
	kindBytes
	kindTime
)

var kindTypes = [...]types.Type{
	kindBool: types.BooleanType, kindInt8: types.TinyIntType, kindInt16: types.SmallIntType, kindInt32: types.IntType,
	kindInt64: types.BigIntType, kindFloat32: types.FloatType, kindFloat64: types.DoubleType,
	kindString: types.StringType, kindBytes: types.BinaryType, kindTime: types.DatetimeType,
}

// newCodec compiles the codec of T, whose only column, if it is a scalar, is
// called scalar.
func newCodec[T any](scalar string) (*codec, error) {
	t := reflect.TypeFor[T]()
	c := &codec{of: t.String(), size: t.Size()}
	if k, ptr, ok := kindOf(t); ok {
		c.add(field{name: scalar, kind: k, pointer: ptr})
		return c, nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is neither a struct nor a type of one column", t)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, tagged := f.Tag.Lookup("bixi")
		if name == "-" || !f.IsExported() && !tagged {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		k, ptr, ok := kindOf(f.Type)
		if !ok {
			return nil, fmt.Errorf("field %s of %s has the type %s, which no column has", f.Name, t, f.Type)
		}
		if c.index(name) >= 0 {
			return nil, fmt.Errorf("two fields of %s are the column %s", t, name)
		}
		c.add(field{name: name, offset: f.Offset, kind: k, pointer: ptr})
	}
	return c, nil
}

func (c *codec) add(f field) {
	c.fields = append(c.fields, f)
	c.varying = c.varying || f.kind == kindString || f.kind == kindBytes
	c.aliased = c.aliased || f.pointer || f.kind == kindBytes
}

func kindOf(t reflect.Type) (k kind, pointer, ok bool) {
	if t.Kind() == reflect.Pointer {
		k, inner, ok := kindOf(t.Elem())
		return k, true, ok && !inner
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return kindTime, false, true
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return kindBytes, false, true
	case t.Kind() == reflect.Int && t.Size() == 8:
		return kindInt64, false, true
	}
	k, ok = map[reflect.Kind]kind{
		reflect.Bool: kindBool, reflect.Int8: kindInt8, reflect.Int16: kindInt16, reflect.Int32: kindInt32, reflect.Int64: kindInt64,
		reflect.Float32: kindFloat32, reflect.Float64: kindFloat64, reflect.String: kindString,
	}[t.Kind()]
	return k, false, ok
}

// index finds a column by name, or gives -1.
func (c *codec) index(name string) int {
	for i := range c.fields {
		if strings.EqualFold(c.fields[i].name, name) {
			return i
		}
	}
	return -1
}

// nullable reports whether the field has a place for NULL. A nil []byte is NULL.
func (f *field) nullable() bool { return f.pointer || f.kind == kindBytes }

func (c *codec) columns() []program.Column {
	out := make([]program.Column, len(c.fields))
	for i := range c.fields {
		f := &c.fields[i]
		out[i] = program.Column{Name: f.name, Type: kindTypes[f.kind].String(), Nullable: f.nullable()}
	}
	return out
}

// names lists the columns.
func (c *codec) names() []string {
	out := make([]string, len(c.fields))
	for i := range c.fields {
		out[i] = c.fields[i].name
	}
	return out
}
