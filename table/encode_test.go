package table

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

func TestDataFileSurvivesJSON(t *testing.T) {
	in := DataFile{
		Path: "a/b.parquet", Rows: 7, Bytes: 99, RowGroups: 2,
		Partition: []types.Datum{"2024-01-01", int64(math.MinInt64), nil},
		Columns: map[int]ColumnStats{
			1: {Nulls: 3, Bytes: 12, Min: int64(1) << 62, Max: math.MaxFloat64, NDV: 5, Sketch: []byte{1, 2}},
			2: {Min: "\xff\x00é", Max: decimal.FromInt64(-5)},
			3: {Min: false, Max: true},
			4: {},
		},
	}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out DataFile
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in, out) {
		t.Errorf("got  %#v\nwant %#v", out, in)
	}
}
