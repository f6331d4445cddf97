package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// scanCache is what the reader may keep of footers and dictionaries, as in an engine.
const scanCache = 256 << 20

// scanColumns are the columns of lineitem that query 1 of TPC-H reads.
var scanColumns = []parquet.Column{
	{Name: "l_quantity", Type: types.DecimalOf(15, 2)},
	{Name: "l_extendedprice", Type: types.DecimalOf(15, 2)},
	{Name: "l_discount", Type: types.DecimalOf(15, 2)},
	{Name: "l_tax", Type: types.DecimalOf(15, 2)},
	{Name: "l_returnflag", Type: types.StringType},
	{Name: "l_linestatus", Type: types.StringType},
	{Name: "l_shipdate", Type: types.DateType},
}

// scanQueries are how a peer is made to read the columns: with the usual aggregates,
// where a sum keeps DuckDB from answering out of the file's statistics, and with what
// costs it least. Ours does the same with both.
var scanQueries = []suite.Query{
	{Name: "sums", Title: "the peer adds up and compares", Text: `SELECT sum(l_quantity), sum(l_extendedprice), sum(l_discount),
sum(l_tax), max(l_returnflag), max(l_linestatus), max(l_shipdate), count(*) FROM lineitem`},
	{Name: "last", Title: "the peer remembers the last value", Text: `SELECT last(l_quantity), last(l_extendedprice), last(l_discount),
last(l_tax), last(l_returnflag), last(l_linestatus), last(l_shipdate), count(*) FROM lineitem`},
}

// Scan reads the seven columns of query 1 of TPC-H into batches in one thread and does
// nothing with them; the peer aggregates them, as it gives them to nobody otherwise.
// Before that the same aggregates are taken of the batches and compared.
func Scan(ctx context.Context, s *suite.Suite, o Options) (r *Report, err error) {
	o.Threads = 1
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	data, err := o.prepareData(ctx, &suite.Suite{Name: s.Name, Tables: []string{"lineitem"}})
	if err != nil {
		return nil, err
	}
	mine, err := openScanner(data["lineitem"], o.Version)
	if err != nil {
		return nil, err
	}
	engines := []contender{mine}
	defer func() {
		for _, e := range engines {
			err = errors.Join(err, e.Close())
		}
	}()
	for _, name := range o.Peers {
		if name != peerDuckDB {
			return nil, noPeer(name, peerDuckDB)
		}
		o.Over = OverParquet
		peer, err := openDuckDB(ctx, &o, &suite.Suite{Tables: []string{"lineitem"}}, data)
		if err != nil {
			return nil, err
		}
		engines = append(engines, peer)
	}
	s = &suite.Suite{Name: "scan", Size: o.size(s)}
	r = newReport(s, &o)
	r.SF, r.Over = o.SF, OverParquet
	for _, e := range engines {
		r.enter(e)
	}
	for _, q := range scanQueries {
		if err := o.measure(ctx, r, engines, q); err != nil {
			return nil, err
		}
		r.result(mine.Name(), q.Name).Garbage = mine.garbage
	}
	r.settle()
	r.printScan(&o)
	return r, nil
}

// printScan tells the rates.
func (r *Report) printScan(o *Options) {
	for _, q := range r.queries {
		mine := r.result(r.Names[0], q.Name)
		for _, name := range r.Names {
			res := r.result(name, q.Name)
			if res.best() == 0 {
				continue
			}
			fmt.Fprintf(o.Out, "%-5s %s: %.1f million rows a second", q.Name, name, float64(mine.Rows)/1e6/res.best())
			if res.Garbage > 0 {
				fmt.Fprintf(o.Out, ", %.2f MB of garbage in a pass", float64(res.Garbage)/bytesPerMB)
			}
			if res != mine {
				fmt.Fprintf(o.Out, "; our throughput is %.2f times that (best of the runs)", res.best()/mine.best())
			}
			fmt.Fprintln(o.Out)
		}
	}
	r.printCPU(o.Out)
}

// scanner reads Parquet files as scans of the engine do.
type scanner struct {
	files   []string
	cache   *parquet.Cache
	version string
	garbage int64 // bytes allocated by the pass that allocated least
}

// openScanner takes a file or a directory of files.
func openScanner(path, version string) (*scanner, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.parquet")); err != nil {
			return nil, err
		}
	}
	return &scanner{files: files, cache: parquet.NewCache(scanCache), version: version}, nil
}

func (s *scanner) Name() string    { return "bixi" }
func (s *scanner) Version() string { return s.version }
func (s *scanner) Close() error    { return nil }

// Run makes a pass over the files; with keep it also works out what the peer answers.
func (s *scanner) Run(ctx context.Context, q suite.Query, keep bool) (*answer, error) {
	if keep {
		var sums scanSums
		rows, err := s.pass(ctx, sums.add)
		a := sums.answer(q.Name == "last")
		a.count = rows
		return a, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, cpu := time.Now(), processTime()
	rows, err := s.pass(ctx, func(*batch.Batch) {})
	if err != nil {
		return nil, err
	}
	a := &answer{count: rows, seconds: time.Since(start), cpu: processTime() - cpu}
	runtime.ReadMemStats(&after)
	if n := int64(after.TotalAlloc - before.TotalAlloc); s.garbage == 0 || n < s.garbage {
		s.garbage = n
	}
	return a, nil
}

// pass reads all files and counts their rows.
func (s *scanner) pass(ctx context.Context, each func(*batch.Batch)) (rows int, err error) {
	for _, path := range s.files {
		n, err := s.passFile(ctx, path, each)
		if err != nil {
			return 0, err
		}
		rows += n
	}
	return rows, nil
}

func (s *scanner) passFile(ctx context.Context, path string, each func(*batch.Batch)) (rows int, err error) {
	f, err := s.cache.Open(ctx, store.NewScratch(""), path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, err := parquet.NewReader(f, scanColumns, parquet.ReaderOptions{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		rows += b.N
		each(b)
	}
}
