package batch_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	. "github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// The model of a column is a slice of datums. Every operation is done on both.

var modelTypes = []types.Type{
	types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType, types.FloatType, types.DoubleType,
	types.DecimalOf(10, 2), types.DecimalOf(38, 4), types.StringType, types.VarcharOf(9), types.CharOf(3), types.BinaryType,
	types.DateType, types.DatetimeType, types.TimestampType, types.TimestampNTZType, types.MonthsType, types.DaysType, types.JSONType,
	types.ArrayOf(types.StringType), types.ArrayOf(types.ArrayOf(types.IntType)), types.MapOf(types.StringType, types.DecimalOf(38, 0)),
	types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.ArrayOf(types.BooleanType)}),
}

type modeler struct{ *rand.Rand }

// datum is a random value of t; wide lets decimals exceed 64 bits.
func (r modeler) datum(t types.Type, wide, nulls bool) types.Datum {
	if nulls && r.IntN(4) == 0 {
		return nil
	}
	switch t.Kind {
	case types.Boolean:
		return r.IntN(2) == 0
	case types.Float, types.Double:
		return float64(r.IntN(64)) / 8
	case types.Decimal:
		v := decimal.FromInt64(int64(r.IntN(2000) - 1000))
		if wide && r.IntN(2) == 0 {
			v.Hi = int64(r.IntN(100) - 50)
		}
		return v
	case types.Array:
		list := []types.Datum{}
		for range r.IntN(3) {
			list = append(list, r.datum(*t.Elem, wide, nulls))
		}
		return list
	case types.Map:
		list := []types.Datum{}
		for range r.IntN(3) {
			list = append(list, r.datum(*t.Key, wide, false), r.datum(*t.Elem, wide, nulls))
		}
		return list
	case types.Struct:
		list := []types.Datum{}
		for _, f := range t.Fields {
			list = append(list, r.datum(f.Type, wide, nulls))
		}
		return list
	}
	if PhysOf(t) == PhysBytes {
		return []string{"", "a", "两", "longer text"}[r.IntN(4)]
	}
	return int64(r.IntN(200) - 100)
}

// column is n random rows in one of the encodings, and their model.
func (r modeler) column(t types.Type, n int) (*Column, []types.Datum) {
	wide, nulls := r.IntN(2) == 0 && t.Precision > types.SmallPrecision, r.IntN(3) > 0
	switch r.IntN(4) {
	case 0: // constant
		d := r.datum(t, wide, nulls)
		model := make([]types.Datum, n)
		for i := range model {
			model[i] = d
		}
		return DatumColumn(t, d, n), model
	case 1: // dictionary
		dict, words := r.flat(t, 1+r.IntN(5), wide, false)
		codes, model := make([]int32, n), make([]types.Datum, n)
		var valid Bitmap
		if nulls {
			valid = NewBitmapSet(n)
		}
		for i := range codes {
			codes[i] = int32(r.IntN(len(words)))
			model[i] = words[codes[i]]
			if nulls && r.IntN(4) == 0 {
				valid.Clear(i)
				model[i] = nil
			}
		}
		return FromCodes(dict, codes, valid), model
	}
	return r.flat(t, n, wide, nulls)
}

func (r modeler) flat(t types.Type, n int, wide, nulls bool) (*Column, []types.Datum) {
	b, model := NewBuilder(t), make([]types.Datum, n)
	for i := range model {
		model[i] = r.datum(t, wide, nulls)
		b.AppendDatum(model[i])
	}
	return b.Finish(), model
}

func rows(c *Column) []types.Datum {
	out := make([]types.Datum, c.N)
	for i := range out {
		out[i] = c.Datum(i)
	}
	return out
}

func same(t *testing.T, what string, c *Column, want []types.Datum) {
	t.Helper()
	got := rows(c)
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s of %s, encoding %d\ngot  %v\nwant %v", what, c.Type, c.Enc, got, want)
	}
	for i := range want {
		if c.IsNull(i) != (want[i] == nil) {
			t.Fatalf("%s of %s: row %d is NULL: %v", what, c.Type, i, c.IsNull(i))
		}
	}
}

func (r modeler) positions(n, below int, negative bool) []int32 {
	idx := make([]int32, n)
	for i := range idx {
		idx[i] = int32(r.IntN(below))
		if negative && r.IntN(5) == 0 {
			idx[i] = -1
		}
	}
	return idx
}

func pickRows(model []types.Datum, idx []int32) []types.Datum {
	out := make([]types.Datum, len(idx))
	for i, j := range idx {
		if j >= 0 {
			out[i] = model[j]
		}
	}
	return out
}

func TestColumnsAgainstModel(t *testing.T) {
	for k, typ := range modelTypes {
		t.Run(typ.String(), func(t *testing.T) {
			r := modeler{rand.New(rand.NewPCG(uint64(k), 7))}
			for range 60 {
				n := 1 + r.IntN(150)
				c, model := r.column(typ, n)
				same(t, "the column", c, model)
				same(t, "Flatten", Flatten(c), model)
				same(t, "Clone", Clone(c), model)
				if f := Flatten(c); f.Enc != Flat {
					t.Fatalf("Flatten gives encoding %d", f.Enc)
				}
				from := r.IntN(n + 1)
				to := from + r.IntN(n-from+1)
				slice := Slice(c, from, to)
				same(t, fmt.Sprintf("Slice %d:%d", from, to), slice, model[from:to])
				same(t, "Clone of a slice", Clone(slice), model[from:to])
				idx := r.positions(r.IntN(200), n, r.IntN(2) == 0)
				same(t, "Take", Take(c, idx), pickRows(model, idx))
				if to > from {
					same(t, "Take of a slice", Take(slice, []int32{0, -1, int32(to - from - 1)}), []types.Datum{model[from], nil, model[to-1]})
				}
				same(t, "ConstOf", ConstOf(c, n-1, 3), []types.Datum{model[n-1], model[n-1], model[n-1]})
				same(t, "the column after all that", c, model)
			}
		})
	}
}

func TestBuilderAgainstModel(t *testing.T) {
	for k, typ := range modelTypes {
		t.Run(typ.String(), func(t *testing.T) {
			r := modeler{rand.New(rand.NewPCG(uint64(k), 8))}
			b := NewBuilder(typ)
			for range 20 {
				var want []types.Datum
				for range r.IntN(6) {
					n := 1 + r.IntN(90)
					c, model := r.column(typ, n)
					switch r.IntN(4) {
					case 0:
						b.Append(c, nil)
						want = append(want, model...)
					case 1:
						b.AppendNull(n)
						want = append(want, make([]types.Datum, n)...)
					default:
						idx := r.positions(r.IntN(100), n, r.IntN(2) == 0)
						b.Append(c, idx)
						want = append(want, pickRows(model, idx)...)
					}
				}
				if b.Len() != len(want) {
					t.Fatalf("%d rows, want %d", b.Len(), len(want))
				}
				done := b.Finish()
				b.AppendDatum(r.datum(typ, false, false)) // a builder used on must not touch what it gave
				same(t, "Finish", done, want)
				b = NewBuilder(typ)
			}
		})
	}
}

func TestBatchAgainstModel(t *testing.T) {
	r := modeler{rand.New(rand.NewPCG(9, 9))}
	for range 100 {
		n := 1 + r.IntN(100)
		b := &Batch{N: n}
		var models [][]types.Datum
		bb := NewBatchBuilder(modelTypes)
		for _, typ := range modelTypes {
			c, model := r.column(typ, n)
			b.Columns, models = append(b.Columns, c), append(models, model)
		}
		sel := []int32{}
		for i := range n {
			if r.IntN(2) == 0 {
				sel = append(sel, int32(i))
			}
		}
		if r.IntN(4) > 0 {
			b.Sel = sel
		} else {
			for sel = sel[:0]; len(sel) < n; {
				sel = append(sel, int32(len(sel)))
			}
		}
		if b.Rows() != len(sel) {
			t.Fatalf("%d rows, want %d", b.Rows(), len(sel))
		}
		half := len(sel) / 2
		bb.Append(b)
		bb.AppendRows(b.Dense(), []int32{})
		appended, cut := bb.Finish(), b.Slice(half, len(sel)).Dense()
		for i := range modelTypes {
			want := pickRows(models[i], sel)
			same(t, "Dense", b.Dense().Columns[i], want)
			same(t, "Clone of a batch", b.Clone().Columns[i], want)
			same(t, "BatchBuilder", appended.Columns[i], want)
			same(t, "Slice of a batch", cut.Columns[i], want[half:])
		}
		if bb.Rows() != 0 || appended.N != len(sel) {
			t.Fatalf("the builder holds %d rows after it gave %d", bb.Rows(), appended.N)
		}
	}
}

func TestBitmapAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for range 300 {
		n := r.IntN(200)
		bits, model := NewBitmap(n), make([]bool, n)
		count := 0
		for i := range n {
			if model[i] = r.IntN(2) == 0; model[i] {
				bits.Set(i)
				count++
			}
		}
		if got := bits.Count(n); got != count {
			t.Fatalf("%d of %d bits, want %d", got, n, count)
		}
		from := r.IntN(n + 1)
		to := from + r.IntN(n-from+1)
		part := bits.Slice(from, to)
		var want []int32
		for i := from; i < to; i++ {
			if part.Get(i-from) != model[i] {
				t.Fatalf("bit %d of the slice from %d", i-from, from)
			}
			if model[i] {
				want = append(want, int32(i-from))
			}
		}
		if got := part.Selected(to-from, nil); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("selected %v, want %v", got, want)
		}
		at := r.IntN(70)
		copied := NewBitmap(at + to - from + 5)
		copied.CopyBits(at, bits, from, to-from)
		for i := from; i < to; i++ {
			if copied.Get(at+i-from) != model[i] {
				t.Fatalf("copied bit %d", i)
			}
		}
	}
}
