package mrtest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/types"
)

// datums takes rows of Go values apart. It goes by reflection, unlike the SDK, which
// its users' tests thereby check too.
func datums[T any](cols []program.Column, rows []T) ([]row, error) {
	at, err := fields(reflect.TypeFor[T](), cols)
	if err != nil {
		return nil, err
	}
	out := make([]row, len(rows))
	for i := range rows {
		v := reflect.ValueOf(&rows[i]).Elem()
		for _, f := range at {
			out[i] = append(out[i], datum(member(v, f)))
		}
	}
	return out, nil
}

// values puts rows together as Go values.
func values[T any](cols []program.Column, rows []row) ([]T, error) {
	at, err := fields(reflect.TypeFor[T](), cols)
	if err != nil {
		return nil, fmt.Errorf("mrtest: the output: %w", err)
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		v := reflect.ValueOf(&out[i]).Elem()
		for k, f := range at {
			set(member(v, f), r[k])
		}
	}
	return out, nil
}

// whole stands for the value itself where a field's number is expected.
const whole = -1

// fields finds the field of each column.
func fields(t reflect.Type, cols []program.Column) ([]int, error) {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		if len(cols) != 1 {
			return nil, fmt.Errorf("a %s is one column, not %d", t, len(cols))
		}
		return []int{whole}, nil
	}
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = -2
		for k := range t.NumField() {
			name := t.Field(k).Tag.Get("bixi")
			if name == "" {
				name = t.Field(k).Name
			}
			if strings.EqualFold(name, c.Name) {
				out[i] = k
			}
		}
		if out[i] < whole {
			return nil, fmt.Errorf("%s has no field for column %s", t, c.Name)
		}
	}
	return out, nil
}

func member(v reflect.Value, field int) reflect.Value {
	if field == whole {
		return v
	}
	return v.Field(field)
}

func datum(v reflect.Value) types.Datum {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice {
		if v.IsNil() {
			return nil
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return datum(v.Elem())
	case reflect.Slice:
		return string(v.Bytes())
	case reflect.Bool:
		return v.Bool()
	case reflect.String:
		return v.String()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Struct:
		return v.Interface().(time.Time).UnixMicro()
	}
	return v.Int()
}

func set(v reflect.Value, d types.Datum) {
	if d == nil {
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		set(v.Elem(), d)
	case reflect.Slice:
		v.SetBytes([]byte(d.(string)))
	case reflect.Bool:
		v.SetBool(d.(bool))
	case reflect.String:
		v.SetString(d.(string))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(d.(float64))
	case reflect.Struct:
		v.Set(reflect.ValueOf(time.UnixMicro(d.(int64)).UTC()))
	default:
		v.SetInt(d.(int64))
	}
}
