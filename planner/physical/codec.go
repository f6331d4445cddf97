package physical

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// The one codec of plans. A struct is its fields in order; a slice its length
// and elements; a pointer or interface is preceded by a tag: 0 for nil, 1 for a
// pointer, or the name of the concrete type for an interface. Both ends are the
// same version of bixi (a worker's vocabulary is checked when it joins), so there
// are no field numbers. Unexported fields do not travel.

// exprs of the vocabulary.
var exprTypes = []scalar.Expr{&scalar.Column{}, &scalar.Literal{}, &scalar.Call{}, &scalar.Cast{}, &scalar.Case{}, &scalar.In{}, &scalar.Lambda{}, &scalar.Param{}}

var vocabulary = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, n := range Nodes {
		m[nameOf(n)] = reflect.TypeOf(n)
	}
	for _, e := range exprTypes {
		m[nameOf(e)] = reflect.TypeOf(e)
	}
	return m
}()

// nameOf is the name under which a pointer to a struct travels.
func nameOf(v any) string {
	t := reflect.TypeOf(v).Elem()
	if t.PkgPath() == reflect.TypeOf(scalar.Column{}).PkgPath() {
		return "scalar." + t.Name()
	}
	return t.Name()
}

// Vocabulary lists the names of all nodes.
func Vocabulary() []string {
	names := make([]string, len(Nodes))
	for i, n := range Nodes {
		names[i] = nameOf(n)
	}
	return names
}

// Encode writes any value of the plan: a Node, a scalar.Expr, []Split, ….
func Encode(v any) []byte {
	e := &encoder{}
	e.value(reflect.ValueOf(v))
	return e.buf
}

// EncodeNode writes a plan.
func EncodeNode(n Node) []byte { return Encode(&n) }

// DecodeNode reads a plan.
func DecodeNode(data []byte) (Node, error) {
	var n Node
	err := Decode(data, &n)
	return n, err
}

// Decode reads what Encode wrote of *into.
func Decode(data []byte, into any) (err error) {
	d := &decoder{buf: data}
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(decodeError)
			if !ok {
				panic(r)
			}
			err = fmt.Errorf("decoding a plan: %s", string(bad))
		}
	}()
	if d.byte() != 1 {
		d.fail("not a plan")
	}
	d.value(reflect.ValueOf(into).Elem())
	if len(d.buf) != 0 {
		d.fail("%d bytes too many", len(d.buf))
	}
	return nil
}

type encoder struct{ buf []byte }

func (e *encoder) uint(v uint64) { e.buf = binary.AppendUvarint(e.buf, v) }

func (e *encoder) str(s string) {
	e.uint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			e.uint(1)
		} else {
			e.uint(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.buf = binary.AppendVarint(e.buf, v.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		e.uint(v.Uint())
	case reflect.Float64, reflect.Float32:
		e.buf = binary.LittleEndian.AppendUint64(e.buf, math.Float64bits(v.Float()))
	case reflect.String:
		e.str(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				e.value(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			e.uint(0)
			return
		}
		e.uint(uint64(v.Len()) + 1)
		for i := range v.Len() {
			e.value(v.Index(i))
		}
	case reflect.Pointer:
		if v.IsNil() {
			e.buf = append(e.buf, 0)
			return
		}
		e.buf = append(e.buf, 1)
		e.value(v.Elem())
	case reflect.Interface:
		e.iface(v)
	default:
		panic("physical: no encoding for " + v.Type().String())
	}
}

func (e *encoder) iface(v reflect.Value) {
	if v.IsNil() {
		e.str("")
		return
	}
	if v.Type() == datumType {
		e.datum(v.Interface())
		return
	}
	name := nameOf(v.Interface())
	if vocabulary[name] == nil {
		panic("physical: " + name + " is not in the vocabulary")
	}
	e.str(name)
	e.value(v.Elem().Elem())
}

var datumType = reflect.TypeOf((*types.Datum)(nil)).Elem()

func (e *encoder) datum(v types.Datum) {
	switch v := v.(type) {
	case bool:
		e.str("b")
		e.value(reflect.ValueOf(v))
	case int64:
		e.str("i")
		e.value(reflect.ValueOf(v))
	case float64:
		e.str("f")
		e.value(reflect.ValueOf(v))
	case string:
		e.str("s")
		e.str(v)
	case decimal.Int128:
		e.str("d")
		e.value(reflect.ValueOf(v))
	case []types.Datum:
		e.str("a")
		e.value(reflect.ValueOf(v))
	default:
		panic(fmt.Sprintf("physical: %T is no datum", v))
	}
}

type decodeError string

type decoder struct{ buf []byte }

func (d *decoder) fail(format string, args ...any) { panic(decodeError(fmt.Sprintf(format, args...))) }

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.buf)) {
		d.fail("the plan is cut short")
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *decoder) byte() byte { return d.take(1)[0] }

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 {
		d.fail("bad number")
	}
	d.buf = d.buf[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.buf)
	if n <= 0 {
		d.fail("bad number")
	}
	d.buf = d.buf[n:]
	return v
}

func (d *decoder) str() string { return string(d.take(d.uint())) }

func (d *decoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(d.uint() != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(d.int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		v.SetUint(d.uint())
	case reflect.Float64, reflect.Float32:
		v.SetFloat(math.Float64frombits(binary.LittleEndian.Uint64(d.take(8))))
	case reflect.String:
		v.SetString(d.str())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				d.value(v.Field(i))
			}
		}
	case reflect.Slice:
		n := d.uint()
		if n == 0 {
			return
		}
		if n-1 > uint64(len(d.buf)) && v.Type().Elem().Size() > 0 {
			d.fail("bad length")
		}
		v.Set(reflect.MakeSlice(v.Type(), int(n-1), int(n-1)))
		for i := range v.Len() {
			d.value(v.Index(i))
		}
	case reflect.Pointer:
		if d.byte() == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			d.value(v.Elem())
		}
	case reflect.Interface:
		d.iface(v)
	}
}

func (d *decoder) iface(v reflect.Value) {
	name := d.str()
	if name == "" {
		return
	}
	if v.Type() == datumType {
		v.Set(reflect.ValueOf(d.datum(name)))
		return
	}
	t := vocabulary[name]
	if t == nil || !t.Implements(v.Type()) {
		d.fail("unknown node %q", name)
	}
	p := reflect.New(t.Elem())
	d.value(p.Elem())
	v.Set(p)
}

func (d *decoder) datum(tag string) types.Datum {
	switch tag {
	case "b":
		return d.uint() != 0
	case "i":
		return d.int()
	case "f":
		return math.Float64frombits(binary.LittleEndian.Uint64(d.take(8)))
	case "s":
		return d.str()
	case "d":
		var v decimal.Int128
		d.value(reflect.ValueOf(&v).Elem())
		return v
	case "a":
		var v []types.Datum
		d.value(reflect.ValueOf(&v).Elem())
		return v
	}
	d.fail("unknown datum %q", tag)
	return nil
}
