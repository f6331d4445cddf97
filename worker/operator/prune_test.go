package operator

import (
	"testing"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
)

// TestPrunerAsksWhatIsLacking takes a row group that lacks all odd values of its column:
// equality asks for that where the bounds, if there are any, leave a value possible.
func TestPrunerAsksWhatIsLacking(t *testing.T) {
	bounds := table.ColumnStats{Min: int64(0), Max: int64(10)}
	for _, c := range []struct {
		op     string
		values []types.Datum
		stats  table.ColumnStats
		left   bool // out
	}{
		{"=", []types.Datum{int64(3)}, bounds, true},
		{"=", []types.Datum{int64(4)}, bounds, false},
		{"=", []types.Datum{int64(12)}, bounds, true},
		{"=", []types.Datum{int64(3), int64(5)}, bounds, true},
		{"=", []types.Datum{int64(3), int64(4)}, bounds, false},
		{"=", []types.Datum{int64(3), int64(12)}, bounds, true},
		{"=", []types.Datum{int64(3)}, table.ColumnStats{}, true},
		{"=", []types.Datum{int64(12)}, table.ColumnStats{}, false},
		{">=", []types.Datum{int64(3)}, bounds, false},
		{"<", []types.Datum{int64(3)}, table.ColumnStats{}, false},
	} {
		p := pruner{{0, c.op, c.values}}
		st := parquet.Stats{Rows: 100, Columns: []table.ColumnStats{c.stats}, Lacks: func(i int, v types.Datum) bool { return v.(int64)%2 == 1 }}
		if got := p.excludes(st) || p.lacked(st); got != c.left {
			t.Errorf("%s %v with bounds %v to %v: left out %v, want %v", c.op, c.values, c.stats.Min, c.stats.Max, got, c.left)
		}
	}
	if (pruner{{0, "=", []types.Datum{int64(3)}}}).lacked(parquet.Stats{Rows: 100, Columns: []table.ColumnStats{bounds}}) {
		t.Error("pages, of which nothing is known to be lacking, are left out")
	}
}
