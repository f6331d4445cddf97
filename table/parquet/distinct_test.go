package parquet

import (
	"context"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

// A dictionary that the writer gave up holds the values of the pages before that.
func TestDictionaryGivenUp(t *testing.T) {
	ctx := context.Background()
	st := store.NewMemory()
	cols := []Column{
		{Name: "few", FieldID: 1, Type: types.BigIntType, Required: true},
		{Name: "many", FieldID: 2, Type: types.BigIntType, Required: true},
	}
	w, err := NewWriter(ctx, st, "f.parquet", cols, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const rows = 120_000
	few, many := make([]int64, rows), make([]int64, rows)
	for i := range few {
		few[i], many[i] = int64(i%7), int64(i)*3/4
	}
	column := func(v []int64) *batch.Column { return batch.FromValues(types.BigIntType, batch.PhysI64, v, nil) }
	for at := 0; at < rows; at += 4000 {
		if err := w.Write(batch.New(4000, column(few[at:at+4000]), column(many[at:at+4000]))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Open(ctx, st, "f.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if n, of, err := f.Dictionary(0, cols[0]); n != 7 || of != rows || err != nil {
		t.Errorf("few: %d values of %g rows, %v", n, of, err)
	}
	if n, of, err := f.Dictionary(0, cols[1]); n == 0 || float64(n) < 0.74*of || of >= rows || err != nil {
		t.Errorf("many: %d values of %g rows, %v", n, of, err)
	}
}
