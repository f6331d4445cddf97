package parquet_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// sorted is a file of n rows: c0 ascending, c1 its text, c2 nullable, c3
// few-valued, in small pages and row groups.
func sorted(t *testing.T, n int) (*parquet.File, []parquet.Column, [][]types.Datum) {
	cols := columnsOf([]types.Type{types.BigIntType, types.StringType, types.DecimalOf(12, 2), types.StringType, types.BooleanType})
	bb := batch.NewBatchBuilder([]types.Type{cols[0].Type, cols[1].Type, cols[2].Type, cols[3].Type, cols[4].Type})
	one := &batch.Batch{N: 1, Columns: make([]*batch.Column, len(cols))}
	for i := range n {
		vals := []types.Datum{int64(i), fmt.Sprintf("text %d", i), num(int64(i * 3)), fmt.Sprint(i % 5), i%3 == 0}
		if i%7 == 0 {
			vals[2] = nil
		}
		for k, c := range cols {
			one.Columns[k] = batch.DatumColumn(c.Type, vals[k], 1)
		}
		bb.Append(one)
	}
	s := store.NewMemory()
	b := bb.Finish()
	write(t, s, "f", cols, parquet.WriterOptions{PageRows: 100, RowGroupRows: 1000}, b)
	return open(t, s, "f"), cols, rows(b)
}

func TestFilter(t *testing.T) {
	f, cols, all := sorted(t, 3500)
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {2, 0, 3, 1, 4}, {3, 2}, {4, 1}} {
		for _, keep := range []float64{0, 0.001, 0.1, 0.9, 1} {
			for _, size := range []int{1, 64, 1000, 4096} {
				var in []parquet.Column
				for _, k := range order {
					in = append(in, cols[k])
				}
				r := rand.New(rand.NewPCG(7, uint64(size)))
				var want [][]types.Datum
				at := 0
				got, _ := readAll(t, f, in, parquet.ReaderOptions{BatchRows: size, FilterColumns: 1,
					Filter: func(b *batch.Batch) ([]int32, error) {
						if len(b.Columns) != 1 {
							t.Fatalf("the filter got %d columns", len(b.Columns))
						}
						sel := []int32{}
						for i := range b.N {
							if fmt.Sprint(b.Columns[0].Datum(i)) != fmt.Sprint(all[at][order[0]]) {
								t.Fatalf("row %d: the filter got %v", at, b.Columns[0].Datum(i))
							}
							if r.Float64() < keep {
								sel = append(sel, int32(i))
								var row []types.Datum
								for _, k := range order {
									row = append(row, all[at][k])
								}
								want = append(want, row)
							}
							at++
						}
						return sel, nil
					}})
				if err := same(got, want); err != nil {
					t.Fatalf("order %v, keep %v, batches of %d: %v", order, keep, size, err)
				}
			}
		}
	}
}

func TestFilterError(t *testing.T) {
	f, cols, _ := sorted(t, 100)
	r, err := parquet.NewReader(f, cols, parquet.ReaderOptions{FilterColumns: 1,
		Filter: func(*batch.Batch) ([]int32, error) { return nil, io.ErrNoProgress }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(ctx); err != io.ErrNoProgress {
		t.Errorf("the filter's error came back as %v", err)
	}
}

// TestSkip prunes by statistics: no row of [lo, hi] may be missing, and what is
// read must be no more than the pages that overlap it.
func TestSkip(t *testing.T) {
	f, cols, all := sorted(t, 3500)
	for _, c := range []struct {
		lo, hi           int64
		groups           int
		byGroup, byRange int64 // rows read
	}{
		{0, 9999, 4, 3500, 3500},
		{1500, 1500, 1, 1000, 100},
		{950, 1050, 2, 2000, 200},
		{3499, 3600, 1, 500, 100},
		{5000, 6000, 0, 0, 0},
	} {
		outside := func(s parquet.Stats) bool {
			return s.Columns[0].Max.(int64) < c.lo || s.Columns[0].Min.(int64) > c.hi
		}
		for _, opts := range []parquet.ReaderOptions{{SkipRowGroup: outside}, {SkipRange: outside}, {SkipRowGroup: outside, SkipRange: outside}} {
			opts.BatchRows = 64
			got, counts := readAll(t, f, cols, opts)
			want := c.byGroup
			if opts.SkipRange != nil {
				want = c.byRange
			}
			if counts.Rows != want || counts.Rows+counts.SkippedRows != 3500 || counts.RowGroups != c.groups {
				t.Errorf("[%d, %d]: %+v, want %d rows", c.lo, c.hi, counts, want)
			}
			var in, expect [][]types.Datum
			for _, row := range got {
				if v := row[0].(int64); v >= c.lo && v <= c.hi {
					in = append(in, row)
				}
			}
			for _, row := range all {
				if v := row[0].(int64); v >= c.lo && v <= c.hi {
					expect = append(expect, row)
				}
			}
			if err := same(in, expect); err != nil {
				t.Errorf("[%d, %d]: %v", c.lo, c.hi, err)
			}
		}
	}
}

// TestStatsOfNulls checks the counts a null test would be pruned by.
func TestStatsOfNulls(t *testing.T) {
	f, cols, _ := sorted(t, 3500)
	for g := range f.RowGroups() {
		s := f.RowGroupStats(g, append(cols, parquet.Column{Name: "new", Type: types.IntType}))
		want := int64(0)
		for i := g * 1000; i < min(3500, (g+1)*1000); i++ {
			if i%7 == 0 {
				want++
			}
		}
		if got := s.Columns[2].Nulls; got != want {
			t.Errorf("row group %d: %d nulls, want %d", g, got, want)
		}
		if s.Columns[0].Nulls != 0 || s.Columns[5].Nulls != s.Rows {
			t.Errorf("row group %d: nulls %d of a full and %d of a missing column", g, s.Columns[0].Nulls, s.Columns[5].Nulls)
		}
	}
}

func TestRowGroupRange(t *testing.T) {
	f, cols, all := sorted(t, 3500)
	got, _ := readAll(t, f, cols, parquet.ReaderOptions{From: 1, To: 3})
	if err := same(got, all[1000:3000]); err != nil {
		t.Error(err)
	}
	got, _ = readAll(t, f, nil, parquet.ReaderOptions{From: 3})
	if len(got) != 500 {
		t.Errorf("%d rows without columns, want 500", len(got))
	}
}

// TestClonesLast clones columns, and columns that use them as dictionaries, and
// finds the clones unchanged when the pages have been reused.
func TestClonesLast(t *testing.T) {
	f, cols, all := sorted(t, 3500)
	r, err := parquet.NewReader(f, cols, parquet.ReaderOptions{BatchRows: 64})
	if err != nil {
		t.Fatal(err)
	}
	var kept []*batch.Batch
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		idx := make([]int32, b.N)
		for i := range idx {
			idx[i] = int32(i)
		}
		kept = append(kept, b.Take(idx).Clone())
	}
	r.Close()
	var got [][]types.Datum
	for _, b := range kept {
		got = append(got, rows(b)...)
	}
	if err := same(got, all); err != nil {
		t.Error(err)
	}
}

// A panic of the filter is the caller's own: the file is not to blame.
func TestFilterPanic(t *testing.T) {
	s := store.NewMemory()
	words(t, s, "f.parquet", "w", 10)
	f := open(t, s, "f.parquet")
	defer func() {
		if p := recover(); p != "of the filter" {
			t.Errorf("recovered %v", p)
		}
	}()
	r, err := parquet.NewReader(f, f.Columns(), parquet.ReaderOptions{
		FilterColumns: 1, Filter: func(*batch.Batch) ([]int32, error) { panic("of the filter") },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Next(t.Context())
	t.Errorf("no panic, but %v", err)
}
