package parquet_test

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// TestFloatBounds: bounds of floats are used in our files only, where they hold
// NaN too.
func TestFloatBounds(t *testing.T) {
	stats := func(f *parquet.File, name string) table.ColumnStats {
		return f.RowGroupStats(0, []parquet.Column{{Name: name, Type: types.DoubleType}}).Columns[0]
	}
	for _, own := range []struct {
		vals []float64
		min  types.Datum
	}{{[]float64{3, 1, 2}, 1.0}, {[]float64{3, math.NaN(), 2}, nil}} {
		s := store.NewMemory()
		write(t, s, "f", columnsOf([]types.Type{types.DoubleType}), parquet.WriterOptions{},
			batch.New(3, batch.FromValues(types.DoubleType, batch.PhysF64, own.vals, nil)))
		if st := stats(open(t, s, "f"), "c0"); st.Min != own.min {
			t.Errorf("%v: bounds %v, %v", own.vals, st.Min, st.Max)
		}
	}
	f := open(t, store.NewScratch("testdata"), "pyarrow_snappy_v1.parquet")
	if st := stats(f, "f64"); st.Min != nil || st.Max != nil {
		t.Errorf("another writer's bounds %v, %v were believed", st.Min, st.Max)
	}
	if st := f.RowGroupStats(0, []parquet.Column{{Name: "i64", Type: types.BigIntType}}).Columns[0]; st.Min == nil {
		t.Error("another writer's bounds of integers are not used")
	}
}

func num(v int64) decimal.Int128 { return decimal.FromInt64(v) }

// wide is a decimal literal of any size, without point.
func wide(s string) decimal.Int128 {
	v, _ := new(big.Int).SetString(s, 10)
	lo := new(big.Int).And(v, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	return decimal.Int128{Lo: lo, Hi: new(big.Int).Rsh(v, 64).Int64()}
}

func compare(a, b types.Datum) int {
	switch x := a.(type) {
	case bool:
		return cmp.Compare(b2i(x), b2i(b.(bool)))
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		return cmp.Compare(x, b.(float64))
	case decimal.Int128:
		return x.Cmp(b.(decimal.Int128))
	case string:
		return bytes.Compare([]byte(x), []byte(b.(string)))
	}
	panic("no order")
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// checkStats holds a column's statistics against its values. Bounds must hold
// always, and be exact but for long texts.
func checkStats(t *testing.T, nulls int64, lo, hi types.Datum, ndv float64, rows [][]types.Datum, col int) {
	t.Helper()
	var wantNulls int64
	distinct := map[types.Datum]bool{}
	var least, most types.Datum
	for _, r := range rows {
		v := r[col]
		if v == nil {
			wantNulls++
			continue
		}
		distinct[v] = true
		if least == nil || compare(v, least) < 0 {
			least = v
		}
		if most == nil || compare(v, most) > 0 {
			most = v
		}
	}
	if nulls != wantNulls {
		t.Errorf("column %d: %d nulls, want %d", col, nulls, wantNulls)
	}
	if n := float64(len(distinct)); math.Abs(ndv-n) > 0.07*n+0.5 {
		t.Errorf("column %d: %v distinct values, want about %v", col, ndv, n)
	}
	if (lo == nil) != (least == nil) || (hi == nil) != (most == nil) {
		t.Errorf("column %d: bounds %v, %v, want %v, %v", col, lo, hi, least, most)
		return
	}
	if least == nil {
		return
	}
	if s, ok := most.(string); ok && (len(s) > 64 || len(least.(string)) > 64) {
		if compare(lo, least) > 0 || compare(hi, most) < 0 {
			t.Errorf("column %d: bounds %q, %q leave %q, %q out", col, lo, hi, least, most)
		}
		return
	}
	if compare(lo, least) != 0 || compare(hi, most) != 0 {
		t.Errorf("column %d: bounds %v, %v, want %v, %v", col, lo, hi, least, most)
	}
}
