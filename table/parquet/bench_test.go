package parquet_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// lineitem is TPC-H's widest table.
var lineitem = []parquet.Column{
	{Name: "l_orderkey", FieldID: 1, Type: types.BigIntType, Required: true},
	{Name: "l_partkey", FieldID: 2, Type: types.BigIntType, Required: true},
	{Name: "l_suppkey", FieldID: 3, Type: types.BigIntType, Required: true},
	{Name: "l_linenumber", FieldID: 4, Type: types.IntType, Required: true},
	{Name: "l_quantity", FieldID: 5, Type: types.DecimalOf(15, 2), Required: true},
	{Name: "l_extendedprice", FieldID: 6, Type: types.DecimalOf(15, 2), Required: true},
	{Name: "l_discount", FieldID: 7, Type: types.DecimalOf(15, 2), Required: true},
	{Name: "l_tax", FieldID: 8, Type: types.DecimalOf(15, 2), Required: true},
	{Name: "l_returnflag", FieldID: 9, Type: types.StringType, Required: true},
	{Name: "l_linestatus", FieldID: 10, Type: types.StringType, Required: true},
	{Name: "l_shipdate", FieldID: 11, Type: types.DateType, Required: true},
	{Name: "l_commitdate", FieldID: 12, Type: types.DateType, Required: true},
	{Name: "l_receiptdate", FieldID: 13, Type: types.DateType, Required: true},
	{Name: "l_shipinstruct", FieldID: 14, Type: types.StringType, Required: true},
	{Name: "l_shipmode", FieldID: 15, Type: types.StringType, Required: true},
	{Name: "l_comment", FieldID: 16, Type: types.StringType, Required: true},
}

// q1 are the columns TPC-H query 1 reads.
var q1 = []parquet.Column{lineitem[4], lineitem[5], lineitem[6], lineitem[7], lineitem[8], lineitem[9], lineitem[10]}

// tpchDir names a directory with a lineitem.parquet of another writer; without
// it the benchmarks use the rows makeLineitem makes.
const tpchDir = "BIXI_TPCH_DIR"

func lineitemBatches(b *testing.B) []*batch.Batch {
	if dir := os.Getenv(tpchDir); dir != "" {
		f := open(b, store.NewScratch(dir), "lineitem.parquet")
		r, err := parquet.NewReader(f, lineitem, parquet.ReaderOptions{To: 20})
		if err != nil {
			b.Fatal(err)
		}
		defer r.Close()
		var out []*batch.Batch
		for n := 0; n < 1_000_000; {
			bt, err := r.Next(ctx)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, bt.Clone())
			n += bt.N
		}
		return out
	}
	return makeLineitem(500_000)
}

func scan(b *testing.B, f *parquet.File, cols []parquet.Column, opts parquet.ReaderOptions) {
	b.ReportAllocs()
	rows, cpu := int64(0), cpuTime(b)
	for b.Loop() {
		r, err := parquet.NewReader(f, cols, opts)
		if err != nil {
			b.Fatal(err)
		}
		for {
			bt, err := r.Next(ctx)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += int64(bt.N)
		}
		r.Close()
	}
	b.ReportMetric(float64(rows)/1e6/b.Elapsed().Seconds(), "Mrow/s")
	b.ReportMetric(float64(rows)/1e6/(cpuTime(b)-cpu), "Mrow/cpu-s")
}

// cpuTime is the seconds of processor this process has used; unlike the clock
// it says the same on a busy machine.
func cpuTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// benchFiles are lineitem as we write it and, if named, as another writer did.
func benchFiles(b *testing.B, run func(b *testing.B, f *parquet.File)) {
	b.Run("own", func(b *testing.B) {
		s := store.NewScratch(b.TempDir())
		write(b, s, "f", lineitem, parquet.WriterOptions{}, lineitemBatches(b)...)
		run(b, open(b, s, "f"))
	})
	if dir := os.Getenv(tpchDir); dir != "" {
		names, _ := filepath.Glob(filepath.Join(dir, "lineitem*.parquet"))
		for _, name := range names {
			b.Run(filepath.Base(name), func(b *testing.B) { run(b, open(b, store.NewScratch("/"), name)) })
		}
	}
}

func BenchmarkScanQ1Columns(b *testing.B) {
	benchFiles(b, func(b *testing.B, f *parquet.File) { scan(b, f, q1, parquet.ReaderOptions{}) })
}

func BenchmarkScanColumn(b *testing.B) {
	for _, k := range []int{0, 5, 8, 10, 15} {
		b.Run(lineitem[k].Name, func(b *testing.B) {
			benchFiles(b, func(b *testing.B, f *parquet.File) { scan(b, f, lineitem[k:k+1], parquet.ReaderOptions{}) })
		})
	}
}

func BenchmarkScanAll(b *testing.B) {
	benchFiles(b, func(b *testing.B, f *parquet.File) { scan(b, f, lineitem, parquet.ReaderOptions{}) })
}

// BenchmarkScanSelective reads two texts where one row in a thousand survives.
func BenchmarkScanSelective(b *testing.B) {
	cols := []parquet.Column{lineitem[1], lineitem[15], lineitem[13]}
	var sel []int32
	opts := parquet.ReaderOptions{FilterColumns: 1, Filter: func(bt *batch.Batch) ([]int32, error) {
		sel = sel[:0]
		c := bt.Columns[0]
		if c.Enc == batch.Dict {
			vals := batch.Values[int64](c.Dict)
			for i, code := range c.Codes {
				if vals[code]%1000 == 0 {
					sel = append(sel, int32(i))
				}
			}
			return sel, nil
		}
		for i, v := range batch.Values[int64](c) {
			if v%1000 == 0 {
				sel = append(sel, int32(i))
			}
		}
		return sel, nil
	}}
	benchFiles(b, func(b *testing.B, f *parquet.File) { scan(b, f, cols, opts) })
}

func BenchmarkWriteLineitem(b *testing.B) {
	batches := lineitemBatches(b)
	s := store.NewScratch(b.TempDir())
	b.ReportAllocs()
	rows, bytes, cpu := int64(0), int64(0), cpuTime(b)
	for b.Loop() {
		df := write(b, s, "f", lineitem, parquet.WriterOptions{}, batches...)
		rows += df.Rows
		bytes = df.Bytes
	}
	b.ReportMetric(float64(rows)/1e6/b.Elapsed().Seconds(), "Mrow/s")
	b.ReportMetric(float64(rows)/1e6/(cpuTime(b)-cpu), "Mrow/cpu-s")
	b.ReportMetric(float64(bytes), "file-B")
}
