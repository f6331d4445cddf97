package parquet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// TestLacks reads Bloom filters and dictionaries that another library wrote: what a row group holds is
// never lacking, and most of what it does not hold is, although it lies within the bounds.
func TestLacks(t *testing.T) {
	type record struct {
		Long  int64   `parquet:"long"`
		Int   int32   `parquet:"int"`
		Text  string  `parquet:"text"`
		Null  *int64  `parquet:"null,optional"`
		Plain int64   `parquet:"plain"`
		Real  float64 `parquet:"real"`
		Coded int64   `parquet:"coded,dict"`
		Word  string  `parquet:"word,dict"`
		Day   int32   `parquet:"day,dict,date"`
	}
	const groups, rows, step = 3, 1000, 10
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	var filters []pq.BloomFilterColumn
	for _, name := range []string{"long", "int", "text", "null", "real"} {
		filters = append(filters, pq.SplitBlockFilter(10, name))
	}
	w := pq.NewGenericWriter[record](out, pq.BloomFilters(filters...))
	for g := range groups {
		for i := range rows {
			v := int64((i*groups+g)*step) - 5000
			if _, err := w.Write([]record{{v, int32(v), fmt.Sprint(v), &v, v, float64(v), v, fmt.Sprint(v), int32(v)}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.NewCache(1<<20).Open(t.Context(), store.NewLocal(dir), "f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cols := []parquet.Column{{Name: "long", Type: types.BigIntType}, {Name: "int", Type: types.IntType}, {Name: "int", Type: types.BigIntType},
		{Name: "text", Type: types.StringType}, {Name: "null", Type: types.BigIntType}, {Name: "plain", Type: types.BigIntType},
		{Name: "real", Type: types.DoubleType}, {Name: "missing", Type: types.BigIntType},
		{Name: "coded", Type: types.BigIntType}, {Name: "word", Type: types.StringType}, {Name: "day", Type: types.DateType}}
	least := []float64{.9, .9, .9, .9, .9, 0, 0, 0, 1, 1, 1} // shares of what is not held that are known
	group, lacking, asked := -1, make([]int, len(cols)), 0
	r, err := parquet.NewReader(f, cols, parquet.ReaderOptions{To: groups, SkipRowGroup: func(st parquet.Stats) bool {
		group++
		for k := range rows * groups * step {
			v := int64(k) - 5000
			held := k%step == 0 && k/step%groups == group
			if !held {
				asked++
			}
			for i, c := range cols {
				var d types.Datum = v
				switch c.Type.Kind {
				case types.String:
					d = fmt.Sprint(v)
				case types.Double:
					d = float64(v)
				}
				if !st.Lacks(i, d) {
					continue
				}
				if lacking[i]++; held {
					t.Fatalf("row group %d lacks %v of column %s (%v)", group, d, c.Name, c.Type)
				}
			}
		}
		return true
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(t.Context()); err == nil {
		t.Fatal("a row group was not left out")
	}
	for i, n := range lacking {
		if share := float64(n) / float64(asked); share < least[i] || least[i] == 0 && n > 0 {
			t.Errorf("of what column %s (%v) does not hold, %.0f %% are known", cols[i].Name, cols[i].Type, 100*share)
		}
	}
}
