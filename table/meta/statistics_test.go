package meta

import (
	"fmt"
	"testing"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Bounds of several files are known only if those of each file that has values
// are known: a value outside of the other files' bounds may be in the rest.
func TestStatisticsOfUnknownBounds(t *testing.T) {
	with := func(name string, s map[int]table.ColumnStats) table.DataFile {
		f := file(name, "1", 1, 10)
		f.Columns = s
		return f
	}
	known := with("known", map[int]table.ColumnStats{1: {Min: int64(5), Max: int64(7)}})
	for _, test := range []struct {
		name     string
		other    table.DataFile
		min, max types.Datum
	}{
		{"known", with("o", map[int]table.ColumnStats{1: {Min: int64(1), Max: int64(6)}}), int64(1), int64(7)},
		{"all NULL", with("o", map[int]table.ColumnStats{1: {Nulls: 10}}), int64(5), int64(7)},
		{"no bounds", with("o", map[int]table.ColumnStats{1: {Nulls: 3}}), nil, nil},
		{"one bound", with("o", map[int]table.ColumnStats{1: {Min: int64(1)}}), int64(1), nil},
		{"no statistics", with("o", nil), nil, nil},
	} {
		for _, files := range [][]table.DataFile{{known, test.other}, {test.other, known}} {
			t.Run(fmt.Sprint(test.name, files[0].Path), func(t *testing.T) {
				c := withSales(t)
				commit(t, c, table.Append, nil, files[0])
				commit(t, c, table.Append, nil, files[1])
				s, err := c.Statistics(t.Context(), load(t, c), nil)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, s.Columns[1].Min, test.min)
				equal(t, s.Columns[1].Max, test.max)
			})
		}
	}
}
