package meta

import (
	"fmt"
	"math"
	"testing"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func TestReplacementOfDynamicPartitions(t *testing.T) {
	wide := func(last int64) []types.Datum { return []types.Datum{"a", "b", "c", "d", "e", "f", last} }
	for _, test := range []struct {
		name      string
		made, old []types.Datum
		want      bool
	}{
		{"same", []types.Datum{"a", int64(1)}, []types.Datum{"a", int64(1)}, true},
		{"other", []types.Datum{"a", int64(1)}, []types.Datum{"a", int64(2)}, false},
		{"NaN", []types.Datum{math.NaN()}, []types.Datum{math.NaN()}, true},
		{"zeros", []types.Datum{0.0}, []types.Datum{math.Copysign(0, -1)}, true},
		{"many levels", wide(1), wide(1), true},
		{"the seventh level differs", wide(1), wide(2), false},
		{"unpartitioned", nil, nil, true},
	} {
		replaces := replacement(table.Commit{Mode: table.OverwriteDynamic, Files: []table.DataFile{{Partition: test.made}}})
		if got := replaces(table.DataFile{Partition: test.old}); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// BenchmarkOverwriteDynamic replaces 4,000 partitions at once.
func BenchmarkOverwriteDynamic(b *testing.B) {
	var files []table.DataFile
	for i := range 4000 {
		files = append(files, file(fmt.Sprint("f", i), fmt.Sprint(i), 1, 1))
	}
	replaces := replacement(table.Commit{Mode: table.OverwriteDynamic, Files: files})
	for b.Loop() {
		for _, f := range files {
			if !replaces(f) {
				b.Fatal("a partition is not replaced")
			}
		}
	}
}
