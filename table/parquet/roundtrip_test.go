package parquet_test

import (
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// TestRoundTrip writes random data of every type in every encoding and reads it
// back at several sizes of batches, pages and row groups.
func TestRoundTrip(t *testing.T) {
	shapes := []struct {
		name  string
		g     generator
		opts  parquet.WriterOptions
		sizes []int
		read  int
	}{
		{"empty", generator{}, parquet.WriterOptions{}, []int{0}, 0},
		{"one", generator{}, parquet.WriterOptions{}, []int{1}, 0},
		{"one null", generator{nulls: 1}, parquet.WriterOptions{}, []int{1}, 0},
		{"all null", generator{nulls: 1}, parquet.WriterOptions{PageRows: 100, RowGroupRows: 450}, []int{300, 700}, 64},
		{"batch-1", generator{nulls: 0.1}, parquet.WriterOptions{}, []int{4095}, 0},
		{"batch", generator{nulls: 0.1}, parquet.WriterOptions{Compression: parquet.Snappy}, []int{4096}, 0},
		{"batch+1", generator{nulls: 0.1}, parquet.WriterOptions{Compression: parquet.Uncompressed}, []int{4097}, 0},
		{"few values", generator{distinct: 20}, parquet.WriterOptions{PageRows: 1000, RowGroupRows: 5000}, []int{4096, 1, 0, 4096, 4095}, 333},
		{"few values, nulls", generator{distinct: 20, nulls: 0.3}, parquet.WriterOptions{PageRows: 1000, RowGroupRows: 5000}, []int{4096, 1, 4096, 4095}, 1001},
		{"dictionary overflows", generator{distinct: 9000, nulls: 0.05}, parquet.WriterOptions{PageRows: 4000}, []int{9000, 9000}, 0},
		{"many groups", generator{nulls: 0.5}, parquet.WriterOptions{PageRows: 64, RowGroupRows: 200, PageBytes: 300}, []int{1500, 1500}, 7},
		{"long", generator{nulls: 0.1, long: true}, parquet.WriterOptions{PageBytes: 5000, RowGroupBytes: 200_000}, []int{1000}, 100},
	}
	cols := columnsOf(flatTypes)
	for _, sh := range shapes {
		t.Run(sh.name, func(t *testing.T) {
			sh.g.Rand = rand.New(rand.NewPCG(1, 2))
			s := store.NewMemory()
			var batches []*batch.Batch
			var want [][]types.Datum
			for _, n := range sh.sizes {
				b := &batch.Batch{N: n}
				for _, c := range cols {
					b.Columns = append(b.Columns, sh.g.encoded(sh.g.column(c.Type, n)))
				}
				batches = append(batches, b)
				want = append(want, rows(b)...)
			}
			df := write(t, s, "f", cols, sh.opts, batches...)
			f := open(t, s, "f")
			if df.Rows != int64(len(want)) || f.Rows() != df.Rows || df.Bytes != f.Size() || df.RowGroups != f.RowGroups() {
				t.Errorf("the data file is described as %+v", df)
			}
			got, _ := readAll(t, f, cols, parquet.ReaderOptions{BatchRows: sh.read})
			if err := same(got, want); err != nil {
				t.Fatal(err)
			}
			for i, c := range cols {
				checkStats(t, df.Columns[c.FieldID].Nulls, df.Columns[c.FieldID].Min, df.Columns[c.FieldID].Max, df.Columns[c.FieldID].NDV, want, i)
			}
		})
	}
}

// TestNestedRoundTrip does the same with nested types, read in whole and with gaps.
func TestNestedRoundTrip(t *testing.T) {
	row := types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.ArrayOf(types.StringType)})
	cols := columnsOf([]types.Type{
		types.ArrayOf(types.BigIntType),
		types.ArrayOf(types.ArrayOf(types.StringType)),
		types.MapOf(types.BigIntType, types.DecimalOf(30, 2)),
		row, types.ArrayOf(row),
		types.MapOf(types.BigIntType, types.ArrayOf(row)),
		types.StructOf(types.Field{Name: "s", Type: types.StructOf(types.Field{Name: "d", Type: types.DoubleType})}, types.Field{Name: "m", Type: types.BooleanType}),
	})
	for _, sh := range []struct {
		g     generator
		n     int
		opts  parquet.WriterOptions
		batch int
	}{
		{generator{}, 0, parquet.WriterOptions{}, 0},
		{generator{}, 1, parquet.WriterOptions{}, 0},
		{generator{nulls: 1}, 30, parquet.WriterOptions{}, 7},
		{generator{nulls: 0.2}, 2000, parquet.WriterOptions{PageRows: 128, RowGroupRows: 700}, 100},
		{generator{nulls: 0.2, distinct: 9}, 3000, parquet.WriterOptions{PageRows: 500}, 0},
	} {
		sh.g.Rand = rand.New(rand.NewPCG(5, 6))
		b := &batch.Batch{N: sh.n}
		for _, c := range cols {
			b.Columns = append(b.Columns, sh.g.encoded(sh.g.column(c.Type, sh.n)))
		}
		want := rows(b)
		s := store.NewMemory()
		write(t, s, "f", cols, sh.opts, b)
		f := open(t, s, "f")
		for i, c := range f.Columns() {
			if !c.Type.Equal(cols[i].Type) || c.FieldID != cols[i].FieldID {
				t.Errorf("column %d is %s, id %d in the file; want %s", i, c.Type, c.FieldID, cols[i].Type)
			}
		}
		got, _ := readAll(t, f, cols, parquet.ReaderOptions{BatchRows: sh.batch})
		if err := same(got, want); err != nil {
			t.Fatalf("%+v: %v", sh, err)
		}
		at := 0
		var some [][]types.Datum
		got, _ = readAll(t, f, cols, parquet.ReaderOptions{BatchRows: sh.batch, FilterColumns: 1, Filter: func(b *batch.Batch) ([]int32, error) {
			sel := []int32{}
			for i := range b.N {
				if at/300%2 == 1 && at%3 == 0 {
					sel = append(sel, int32(i))
					some = append(some, want[at])
				}
				at++
			}
			return sel, nil
		}})
		if err := same(got, some); err != nil {
			t.Fatalf("filtered %+v: %v", sh, err)
		}
	}
}

func TestConstantsAndSelections(t *testing.T) {
	cols := columnsOf([]types.Type{types.StringType, types.BigIntType, types.DecimalOf(30, 2), types.BooleanType, types.DateType})
	vals := []types.Datum{"x", int64(7), wide("123456789012345678901"), true, nil}
	b := &batch.Batch{N: 100}
	for i, c := range cols {
		b.Columns = append(b.Columns, batch.DatumColumn(c.Type, vals[i], 100))
	}
	b.Sel = []int32{1, 5, 99}
	s := store.NewMemory()
	write(t, s, "f", cols, parquet.WriterOptions{}, b)
	got, _ := readAll(t, open(t, s, "f"), cols, parquet.ReaderOptions{})
	if err := same(got, [][]types.Datum{vals, vals, vals}); err != nil {
		t.Error(err)
	}
}

func TestFloats(t *testing.T) {
	vals := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1.5, math.MaxFloat64}
	cols := columnsOf([]types.Type{types.DoubleType})
	b := batch.New(len(vals), batch.FromValues(types.DoubleType, batch.PhysF64, vals, nil))
	s := store.NewMemory()
	df := write(t, s, "f", cols, parquet.WriterOptions{}, b)
	got, _ := readAll(t, open(t, s, "f"), cols, parquet.ReaderOptions{})
	if err := same(got, rows(b)); err != nil {
		t.Error(err)
	}
	if st := df.Columns[1]; st.Min != nil || st.Max != nil {
		t.Errorf("bounds %v, %v leave NaN out", st.Min, st.Max)
	}
}

func TestColumnsByIDNameAndType(t *testing.T) {
	s := store.NewMemory()
	cols := []parquet.Column{
		{Name: "Old", FieldID: 5, Type: types.IntType},
		{Name: "b", FieldID: 6, Type: types.DecimalOf(9, 2)},
		{Name: "c", Type: types.FloatType},
	}
	write(t, s, "f", cols, parquet.WriterOptions{}, batch.New(2,
		batch.FromValues(cols[0].Type, batch.PhysI32, []int32{1, -2}, nil),
		batch.FromValues(cols[1].Type, batch.PhysI64, []int64{100, -205}, nil),
		batch.FromValues(cols[2].Type, batch.PhysF32, []float32{1.5, 2}, nil)))
	f := open(t, s, "f")
	got, _ := readAll(t, f, []parquet.Column{
		{Name: "renamed", FieldID: 5, Type: types.BigIntType},
		{Name: "b", FieldID: 6, Type: types.DecimalOf(20, 2)},
		{Name: "C", Type: types.DoubleType},
		{Name: "b", FieldID: 99, Type: types.StringType}, // a new column of a dropped one's name
		{Name: "none", Type: types.ArrayOf(types.IntType)},
	}, parquet.ReaderOptions{})
	want := [][]types.Datum{{int64(1), num(100), 1.5, nil, nil}, {int64(-2), num(-205), 2.0, nil, nil}}
	if err := same(got, want); err != nil {
		t.Error(err)
	}
	for _, c := range []parquet.Column{
		{Name: "b", FieldID: 6, Type: types.DecimalOf(9, 3)}, {Name: "old", Type: types.StringType},
	} {
		if _, err := parquet.NewReader(f, []parquet.Column{c}, parquet.ReaderOptions{}); err == nil {
			t.Errorf("%s was read as %s", c.Name, c.Type)
		}
	}
}

// TestDictionaries checks that a column whose values repeat only in the long run
// is written with a dictionary, and one whose values do not is not.
func TestDictionaries(t *testing.T) {
	cols := columnsOf([]types.Type{types.BigIntType, types.BigIntType})
	g := rand.New(rand.NewPCG(3, 4))
	var batches []*batch.Batch
	for range 20 {
		few, many := make([]int64, 4096), make([]int64, 4096)
		for i := range few {
			few[i], many[i] = g.Int64N(10_000), g.Int64()
		}
		batches = append(batches, batch.New(4096, batch.FromValues(types.BigIntType, batch.PhysI64, few, nil),
			batch.FromValues(types.BigIntType, batch.PhysI64, many, nil)))
	}
	s := store.NewMemory()
	write(t, s, "f", cols, parquet.WriterOptions{}, batches...)
	r, err := parquet.NewReader(open(t, s, "f"), cols, parquet.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var last [2]batch.Encoding
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = [2]batch.Encoding{b.Columns[0].Enc, b.Columns[1].Enc}
	}
	if last != [2]batch.Encoding{batch.Dict, batch.Flat} {
		t.Errorf("the encodings at the end are %v", last)
	}
}
