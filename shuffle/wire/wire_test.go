package wire

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

var allTypes = []types.Type{
	types.NullType, types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType,
	types.FloatType, types.DoubleType, types.DecimalOf(12, 2), types.DecimalOf(38, 4), types.StringType,
	types.VarcharOf(10), types.CharOf(4), types.BinaryType, types.DateType, types.DatetimeType,
	types.TimestampType, types.TimestampNTZType, types.MonthsType, types.DaysType, types.JSONType,
	types.ArrayOf(types.BigIntType), types.ArrayOf(types.DecimalOf(38, 2)), types.MapOf(types.StringType, types.DoubleType),
	types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.ArrayOf(types.StringType)}),
}

// randomDatum is a value of t, sometimes NULL.
func randomDatum(r *rand.Rand, t types.Type) types.Datum {
	if t.Kind == types.Null || r.IntN(5) == 0 {
		return nil
	}
	switch t.Kind {
	case types.Boolean:
		return r.IntN(2) == 0
	case types.Float, types.Double:
		return float64(r.IntN(1000)) / 4
	case types.Decimal:
		if t.Precision > 18 && r.IntN(4) == 0 {
			return decimal.Int128{Lo: r.Uint64(), Hi: int64(r.IntN(100))}
		}
		return decimal.FromInt64(int64(r.IntN(10000)) - 5000)
	case types.Array, types.Map:
		vals := []types.Datum{}
		for range r.IntN(4) {
			if t.Kind == types.Map {
				vals = append(vals, randomKey(r), randomDatum(r, *t.Elem))
			} else {
				vals = append(vals, randomDatum(r, *t.Elem))
			}
		}
		return vals
	case types.Struct:
		vals := []types.Datum{}
		for _, f := range t.Fields {
			vals = append(vals, randomDatum(r, f.Type))
		}
		return vals
	}
	if batch.PhysOf(t) == batch.PhysBytes {
		return randomKey(r)
	}
	return int64(r.IntN(200) - 100)
}

func randomKey(r *rand.Rand) types.Datum {
	return "value number " + string(rune('a' + r.IntN(20)))[:1]
}

// randomBatch has every type in every encoding.
func randomBatch(r *rand.Rand, n int) (*batch.Batch, []types.Type) {
	var cols []*batch.Column
	var schema []types.Type
	for _, t := range allTypes {
		b := batch.NewBuilder(t)
		for range n + 7 {
			b.AppendDatum(randomDatum(r, t))
		}
		c := b.Finish()
		codes := make([]int32, n)
		for i := range codes {
			codes[i] = int32(r.IntN(n + 7))
		}
		few := batch.NewBuilder(t)
		few.Append(c, codes[:min(n, 3)])
		dict := few.Finish()
		small := make([]int32, n)
		for i := range small {
			small[i] = int32(r.IntN(max(1, dict.N)))
		}
		cols = append(cols, batch.Slice(c, 5, 5+n), batch.Take(c, codes))
		schema = append(schema, t, t)
		if dict.N > 0 {
			cols = append(cols, batch.FromCodes(dict, small, nil), batch.DatumColumn(t, randomDatum(r, t), n))
			schema = append(schema, t, t)
		}
	}
	return batch.New(n, cols...), schema
}

func rowsOf(b *batch.Batch) [][]types.Datum {
	b = b.Dense()
	rows := make([][]types.Datum, b.N)
	for i := range rows {
		for _, c := range b.Columns {
			rows[i] = append(rows[i], c.Datum(i))
		}
	}
	return rows
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 3, 63, 64, 65, 500} {
		for _, compress := range []bool{false, true} {
			b, schema := randomBatch(r, n)
			if n > 2 {
				b.Sel = []int32{0, int32(n / 2), int32(n - 1)}[:1+r.IntN(3)]
			}
			frame := Append(batch.Alloc(8), b)[8:]
			if compress {
				frame = Pack(frame)
			}
			frame = append(frame, "what follows"...)
			got, used, err := Decode(frame, schema)
			if err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			if used != len(frame)-len("what follows") {
				t.Errorf("used %d of %d bytes", used, len(frame))
			}
			if !reflect.DeepEqual(rowsOf(got), rowsOf(b)) {
				t.Errorf("%d rows, compress %v: other rows came back", n, compress)
			}
		}
	}
}

func TestDictionaryIsKeptWhenSmaller(t *testing.T) {
	dict := batch.FromStrings(types.StringType, []string{"a rather long value", "another long value"})
	codes := make([]int32, 100)
	b := batch.New(100, batch.FromCodes(dict, codes, nil), batch.FromCodes(dict, codes, nil))
	schema := []types.Type{types.StringType, types.StringType}
	got, _, err := Decode(Append(nil, b), schema)
	if err != nil || got.Columns[0].Enc != batch.Dict {
		t.Fatalf("got %v, %v; want a dictionary column", got, err)
	}
	got, _, err = Decode(Append(nil, b.Slice(0, 1)), schema)
	if err != nil || got.Columns[0].Enc != batch.Flat || string(got.Columns[1].Bytes(0)) != "a rather long value" {
		t.Fatalf("got %v, %v; want a flat column", got, err)
	}
}

// Every damaged byte is noticed.
func TestDamage(t *testing.T) {
	b, schema := randomBatch(rand.New(rand.NewPCG(3, 4)), 10)
	frame := Append(nil, b)
	for i := 0; i < len(frame); i += 1 + i/50 {
		bad := append([]byte(nil), frame...)
		bad[i] ^= 0x10
		if _, _, err := Decode(bad, schema); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d: got %v, want ErrDamaged", i, err)
		}
	}
	if _, _, err := Decode(frame[:len(frame)-8], schema); !errors.Is(err, ErrDamaged) {
		t.Errorf("a short frame gave %v", err)
	}
}

func BenchmarkEncode(b *testing.B) {
	cols := make([]*batch.Column, 8)
	schema := make([]types.Type, 8)
	for i := range cols {
		cols[i], schema[i] = batch.NewFixed(types.BigIntType, 4096), types.BigIntType
	}
	in := batch.New(4096, cols...)
	var frame []byte
	b.Run("append", func(b *testing.B) {
		b.SetBytes(in.Size())
		for b.Loop() {
			frame = Append(frame[:0], in)
		}
	})
	b.Run("segments", func(b *testing.B) {
		b.SetBytes(in.Size())
		for b.Loop() {
			Segments(in)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(in.Size())
		for b.Loop() {
			if _, _, err := Decode(frame, schema); err != nil {
				b.Fatal(err)
			}
		}
	})
}
