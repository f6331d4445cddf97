package parquet_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

var ctx = context.Background()

// flatTypes is every type that is stored as one leaf.
var flatTypes = []types.Type{
	types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType,
	types.FloatType, types.DoubleType, types.DecimalOf(7, 2), types.DecimalOf(15, 2), types.DecimalOf(38, 6),
	types.StringType, types.VarcharOf(20), types.CharOf(4), types.BinaryType, types.JSONType,
	types.DateType, types.DatetimeType, types.TimestampType, types.TimestampNTZType, types.MonthsType, types.DaysType,
}

// generator makes random values of few or many distinct ones.
type generator struct {
	*rand.Rand
	distinct int     // 0: any
	nulls    float64 // share
	long     bool    // texts of kilobytes
}

func (g *generator) datum(t types.Type) types.Datum {
	if g.Float64() < g.nulls {
		return nil
	}
	v := int64(g.Uint64())
	if g.distinct > 0 {
		v = int64(g.IntN(g.distinct)) - int64(g.distinct)/2
	}
	switch t.Kind {
	case types.Boolean:
		return v&1 != 0
	case types.TinyInt:
		return int64(int8(v))
	case types.SmallInt:
		return int64(int16(v))
	case types.Int, types.Date, types.IntervalMonth:
		return int64(int32(v))
	case types.Float:
		return float64(float32(v) / 7)
	case types.Double:
		return float64(v) / 7
	case types.Decimal:
		switch {
		case t.Precision <= 9:
			return decimal.FromInt64(v % 10_000_000)
		case t.Precision <= 18:
			return decimal.FromInt64(v % 1_000_000_000_000_000)
		case g.distinct > 0:
			return decimal.FromInt64(v)
		}
		return decimal.MulInt64(v, int64(g.Uint32()))
	case types.String, types.Varchar, types.Char, types.Binary, types.JSON:
		s := fmt.Sprintf("%x", uint64(v))
		switch {
		case v%11 == 0:
			return ""
		case g.long:
			return strings.Repeat(s+"-", g.IntN(400))
		case t.Kind == types.Binary:
			return "\xff\x00" + s
		}
		return s[:min(len(s), 1+g.IntN(12))] + "é"
	}
	return v
}

func (g *generator) column(t types.Type, n int) *batch.Column {
	b := batch.NewBuilder(t)
	for range n {
		b.AppendDatum(g.value(t))
	}
	return b.Finish()
}

// value is datum for nested types too.
func (g *generator) value(t types.Type) types.Datum {
	if !t.IsNested() {
		return g.datum(t)
	}
	if g.Float64() < g.nulls {
		return nil
	}
	out := []types.Datum{}
	switch t.Kind {
	case types.Array:
		for range g.IntN(4) {
			out = append(out, g.value(*t.Elem))
		}
	case types.Map:
		for i := range g.IntN(3) {
			out = append(out, int64(i), g.value(*t.Elem))
		}
	case types.Struct:
		for _, f := range t.Fields {
			out = append(out, g.value(f.Type))
		}
	}
	return out
}

// encoded is c as a dictionary column in random order, or as it is.
func (g *generator) encoded(c *batch.Column) *batch.Column {
	if c.N == 0 || g.IntN(2) == 0 {
		return c
	}
	idx := make([]int32, c.N)
	for i := range idx {
		idx[i] = int32(g.IntN(c.N))
	}
	if c.Type.IsNested() {
		return batch.Take(c, idx)
	}
	// Codes of NULL rows stay in range; the dictionary's own NULLs count outside only.
	var valid batch.Bitmap
	if c.Valid != nil {
		valid = batch.NewBitmap(c.N)
		for i, j := range idx {
			valid.SetTo(i, c.Valid.Get(int(j)))
		}
	}
	dict := *c
	dict.Valid = nil
	return batch.FromCodes(&dict, idx, valid)
}

// rows are the datums of a batch, row by row.
func rows(b *batch.Batch) [][]types.Datum {
	b = b.Dense()
	out := make([][]types.Datum, b.N)
	for i := range out {
		for _, c := range b.Columns {
			out[i] = append(out[i], c.Datum(i))
		}
	}
	return out
}

func write(t testing.TB, s store.Store, path string, cols []parquet.Column, opts parquet.WriterOptions, batches ...*batch.Batch) table.DataFile {
	t.Helper()
	w, err := parquet.NewWriter(ctx, s, path, cols, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func open(t testing.TB, s store.Store, path string) *parquet.File {
	t.Helper()
	f, err := parquet.Open(ctx, s, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// readAll reads rows, checking each batch for the rules of columns.
func readAll(t testing.TB, f *parquet.File, cols []parquet.Column, opts parquet.ReaderOptions) ([][]types.Datum, parquet.Counts) {
	t.Helper()
	r, err := parquet.NewReader(f, cols, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out [][]types.Datum
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			return out, r.Counts()
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.N == 0 || b.Sel != nil {
			t.Fatalf("a batch of %d rows, selection %v", b.N, b.Sel)
		}
		for i, c := range b.Columns {
			checkColumn(t, c, cols[i], b.N)
		}
		out = append(out, rows(b)...)
	}
}

func checkColumn(t testing.TB, c *batch.Column, want parquet.Column, n int) {
	t.Helper()
	if c.N != n || !c.Type.Equal(want.Type) {
		t.Fatalf("column %s: %d rows of %s, want %d of %s", want.Name, c.N, c.Type, n, want.Type)
	}
	if c.Enc == batch.Dict {
		for i, code := range c.Codes[:n] {
			if code < 0 || int(code) >= c.Dict.N {
				t.Fatalf("column %s row %d: code %d of %d", want.Name, i, code, c.Dict.N)
			}
		}
	}
}

// same compares rows; NaNs are equal.
func same(a, b [][]types.Datum) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d rows, want %d", len(a), len(b))
	}
	for i := range a {
		for k := range a[i] {
			x, y := a[i][k], b[i][k]
			if fx, ok := x.(float64); ok {
				if fy, ok := y.(float64); ok && math.Float64bits(fx) == math.Float64bits(fy) {
					continue
				}
			}
			if !reflect.DeepEqual(x, y) {
				return fmt.Errorf("row %d column %d: %#v, want %#v", i, k, x, y)
			}
		}
	}
	return nil
}

func columnsOf(ts []types.Type) []parquet.Column {
	cols := make([]parquet.Column, len(ts))
	for i, t := range ts {
		cols[i] = parquet.Column{Name: fmt.Sprintf("c%d", i), FieldID: i + 1, Type: t}
	}
	return cols
}
