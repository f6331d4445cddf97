package batch

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

func arrowSample(r *rand.Rand, n int) (*Batch, types.Schema) {
	entry := types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.ArrayOf(types.StringType)})
	kinds := []types.Type{types.NullType, types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType,
		types.FloatType, types.DoubleType, types.DecimalOf(12, 2), types.DecimalOf(38, 4), types.StringType, types.CharOf(4),
		types.BinaryType, types.DateType, types.DatetimeType, types.TimestampType, types.TimestampNTZType, types.MonthsType,
		types.DaysType, types.ArrayOf(types.BigIntType), types.MapOf(types.StringType, types.DecimalOf(10, 1)), entry}
	var cols []*Column
	var schema types.Schema
	for _, t := range kinds {
		b := NewBuilder(t)
		for range n + 9 {
			b.AppendDatum(arrowDatum(r, t))
		}
		c := b.Finish()
		idx := make([]int32, n)
		for i := range idx {
			idx[i] = int32(r.IntN(n + 9))
		}
		cols = append(cols, Slice(c, 7, 7+n), Take(c, idx), DatumColumn(t, arrowDatum(r, t), n))
		for i := range 3 {
			schema = append(schema, types.Field{Name: fmt.Sprint(t, i), Type: t})
		}
	}
	return New(n, cols...), schema
}

func arrowDatum(r *rand.Rand, t types.Type) types.Datum {
	if r.IntN(4) == 0 {
		return nil
	}
	switch t.Kind {
	case types.Null:
		return nil
	case types.Boolean:
		return r.IntN(2) == 0
	case types.Float, types.Double:
		return float64(r.IntN(100)) / 8
	case types.Decimal:
		return decimal.FromInt64(int64(r.IntN(1000)) - 500)
	case types.Array:
		return []types.Datum{arrowDatum(r, *t.Elem), arrowDatum(r, *t.Elem)}[:r.IntN(3)]
	case types.Map:
		return []types.Datum{"k", arrowDatum(r, *t.Elem)}[:2*r.IntN(2)]
	case types.Struct:
		return []types.Datum{arrowDatum(r, t.Fields[0].Type), arrowDatum(r, t.Fields[1].Type)}
	}
	if PhysOf(t) == PhysBytes {
		return fmt.Sprint("text ", r.IntN(10))
	}
	return int64(r.IntN(200) - 100)
}

func values(b *Batch) [][]types.Datum {
	out := make([][]types.Datum, len(b.Columns))
	for i, c := range b.Columns {
		for k := range b.N {
			out[i] = append(out[i], c.Datum(k))
		}
	}
	return out
}

// What goes out through an Arrow IPC stream and is cut there comes back.
func TestArrowRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 64, 100} {
		b, schema := arrowSample(r, n)
		for name, rec := range map[string]arrow.RecordBatch{"flat": ToArrow(b, schema), "dict": ToArrowDict(b, schema)} {
			var buf bytes.Buffer
			w := ipc.NewWriter(&buf, ipc.WithSchema(rec.Schema()))
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			reader, err := ipc.NewReader(&buf)
			if err != nil {
				t.Fatal(err)
			}
			back, err := reader.Read()
			if err != nil {
				t.Fatal(err)
			}
			for _, cut := range [][2]int{{0, n}, {min(n, 3), n}, {n / 2, n/2 + n/4}} {
				got, err := FromArrow(back.NewSlice(int64(cut[0]), int64(cut[1])), schema)
				if err != nil {
					t.Fatal(err)
				}
				for i, want := range values(b.Slice(cut[0], cut[1])) {
					if g := values(got)[i]; !reflect.DeepEqual(g, want) {
						t.Fatalf("%s, %d rows, cut %v, column %s:\ngot  %v\nwant %v", name, n, cut, schema[i].Name, g, want)
					}
				}
			}
		}
	}
}

// Arrow itself reads the values that a column has.
func TestToArrowValues(t *testing.T) {
	c := FromValues(types.DecimalOf(10, 2), PhysI64, []int64{150, -275}, nil)
	rec := ToArrow(New(2, c, FromStrings(types.StringType, []string{"a", "b"})), types.Schema{{Name: "d", Type: c.Type}, {Name: "s", Type: types.StringType}})
	if got := fmt.Sprint(rec.Column(0), rec.Column(1)); got != `[1.5 -2.75] ["a" "b"]` {
		t.Errorf("got %s", got)
	}
	ints := FromValues(types.BigIntType, PhysI64, []int64{1, 2}, nil)
	rec = ToArrow(New(2, ints), types.Schema{{Name: "i", Type: types.BigIntType}})
	if &rec.Column(0).Data().Buffers()[1].Bytes()[0] != &ints.Data[0] {
		t.Error("a flat column was copied")
	}
}

func TestFromArrowConversions(t *testing.T) {
	pool := memory.NewGoAllocator()
	build := func(dt arrow.DataType, fill func(array.Builder)) arrow.Array {
		b := array.NewBuilder(pool, dt)
		fill(b)
		return b.NewArray()
	}
	for _, test := range []struct {
		in   arrow.Array
		typ  types.Type
		want string
	}{
		{build(&arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1500) }), types.TimestampNTZType, "[-2]"},
		{build(&arrow.TimestampType{Unit: arrow.Second}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(3); b.AppendNull() }), types.TimestampNTZType, "[3000000 <nil>]"},
		{build(arrow.BinaryTypes.LargeString, func(b array.Builder) { b.(*array.LargeStringBuilder).Append("xyz") }), types.StringType, "[xyz]"},
		{build(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, func(b array.Builder) {
			d := b.(*array.BinaryDictionaryBuilder)
			d.AppendString("p")
			d.AppendNull()
			d.AppendString("q")
		}), types.StringType, "[p <nil> q]"},
	} {
		rec := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "x", Type: test.in.DataType(), Nullable: true}}, nil), []arrow.Array{test.in}, int64(test.in.Len()))
		got, err := FromArrow(rec, types.Schema{{Name: "x", Type: test.typ}})
		if err != nil || fmt.Sprint(values(got)[0]) != test.want {
			t.Errorf("%s: got %v, %v; want %s", test.in.DataType(), got, err, test.want)
		}
	}
	ints := build(arrow.PrimitiveTypes.Int32, func(b array.Builder) { b.(*array.Int32Builder).Append(1) })
	rec := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "x", Type: ints.DataType()}}, nil), []arrow.Array{ints}, 1)
	if _, err := FromArrow(rec, types.Schema{{Name: "x", Type: types.StringType}}); err == nil {
		t.Error("INT32 was taken for STRING")
	}
}
