package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"time"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/table"
)

// sortQuery is what reports call the only question of the suite.
const sortQuery = "sort"

// sorter is an engine that sorts a Parquet file into Parquet files.
type sorter interface {
	engine
	// Sort sorts and tells where the sorted files are, until it sorts again.
	Sort(ctx context.Context) (time.Duration, []string, error)
	pid() int // of the engine's process
}

// Sort lets engines, each in a process of its own, sort rows that do not fit into
// their memory. Every answer is checked: the order and that the rows are the same.
func Sort(ctx context.Context, o Options) (r *Report, err error) {
	seed := maphash.MakeSeed()
	path, want, err := o.prepareRecords(ctx, seed)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bixi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var engines []sorter
	defer func() {
		for _, e := range engines {
			err = errors.Join(err, e.Close())
		}
	}()
	mine, err := openOurSorter(ctx, &o, path, filepath.Join(dir, "warehouse"))
	if err != nil {
		return nil, err
	}
	engines = append(engines, mine)
	for _, name := range o.Peers {
		if name != peerDuckDB {
			return nil, noPeer(name, peerDuckDB)
		}
		peer, err := openDuckSorter(ctx, &o, path, dir)
		if err != nil {
			return nil, err
		}
		engines = append(engines, peer)
	}
	return o.sortRecords(ctx, engines, seed, want)
}

// sortRecords lets the engines take turns.
func (o *Options) sortRecords(ctx context.Context, engines []sorter, seed maphash.Seed, want summary) (*Report, error) {
	r := newReport(&suite.Suite{Name: "sort", Size: fmt.Sprintf("%d MB", o.MB)}, o)
	r.Over, r.Bytes, r.Memory = OverParquet, want.rows*rowBytes, o.Memory
	r.queries = []suite.Query{{Name: sortQuery}}
	fmt.Fprintf(o.Out, "sort of %d rows of %d bytes with %s of memory: %s\n", want.rows, rowBytes, o.Memory, r.Machine)
	for _, e := range engines {
		r.enter(e)
		r.Engines[e.Name()].Queries[sortQuery] = &Result{Rows: int(want.rows)}
	}
	mine := r.result(r.Names[0], sortQuery)
	for i := range max(1, o.Runs) {
		for _, e := range engines {
			took, wrong, err := sortAndCheck(ctx, e, seed, want)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				wrong = firstLine(err)
			}
			res, equal := r.result(e.Name(), sortQuery), wrong == ""
			res.Peak, res.Difference, res.Equal = peakMemory(e.pid()), wrong, &equal
			if !equal {
				mine.Difference = e.Name() + ": " + wrong
				r.printSort(o)
				return r, nil
			}
			if o.Runs > 0 {
				res.Seconds = append(res.Seconds, took.Seconds())
				r.printSorted(o, fmt.Sprintf("%s, run %d", e.Name(), i+1), took.Seconds(), res.Peak)
			}
		}
	}
	r.settle()
	r.printSort(o)
	return r, nil
}

// sortAndCheck sorts once. What was written is gone afterwards.
func sortAndCheck(ctx context.Context, e sorter, seed maphash.Seed, want summary) (took time.Duration, wrong string, err error) {
	took, files, err := e.Sort(ctx)
	if err != nil {
		return 0, "", err
	}
	wrong, err = checkSorted(ctx, files, seed, want)
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	return took, wrong, err
}

// printSorted tells what a run took.
func (r *Report) printSorted(o *Options, what string, seconds float64, peak int64) {
	rate := float64(r.Bytes) / bytesPerMB / seconds
	fmt.Fprintf(o.Out, "%-14s %9.3f s %8.1f MB/s %8.1f MB/s per core; peak resident set %d MB\n",
		what, seconds, rate, rate/float64(o.Threads), peak/bytesPerMB)
}

// printSort tells the best of the runs and whether the answers were right.
func (r *Report) printSort(o *Options) {
	for _, name := range r.Names {
		if res := r.result(name, sortQuery); res.best() > 0 {
			r.printSorted(o, name+", best", res.best(), res.Peak)
		}
	}
	for _, peer := range r.Names[1:] {
		if ratio := r.TotalRatio[peer]; ratio > 0 {
			fmt.Fprintf(o.Out, "ratio to %s %s: %.2f (best of the runs)\n", peer, r.Engines[peer].Version, ratio)
		}
	}
	if wrong := r.result(r.Names[0], sortQuery).Difference; wrong != "" {
		fmt.Fprintln(o.Out, wrong)
	}
	equal, all := r.Equal()
	fmt.Fprintf(o.Out, "order, number and checksum of all rows compared\n%d/%d equal\n", equal, all)
}

// ourSorter is the engine in a process of its own, with the rows as an external table.
type ourSorter struct {
	*spawned
	warehouse string
	runs      int
}

func openOurSorter(ctx context.Context, o *Options, path, warehouse string) (sorter, error) {
	mine, err := spawnOurs(ctx, o, "bixi", o.Memory, warehouse)
	if err != nil {
		return nil, err
	}
	e := &ourSorter{spawned: mine, warehouse: warehouse}
	if err := e.do(ctx, external("CREATE TABLE records (k STRING, payload STRING)", path)); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Sort writes a table of its own in each run, as old snapshots keep their files.
func (e *ourSorter) Sort(ctx context.Context) (time.Duration, []string, error) {
	e.runs++
	name := fmt.Sprintf("sorted_%d", e.runs)
	if err := e.do(ctx, "CREATE TABLE "+name+" (k STRING, payload STRING) TBLPROPERTIES ('"+table.PropertyCompression+"'='snappy')"); err != nil {
		return 0, nil, err
	}
	a, err := e.query(ctx, "INSERT OVERWRITE TABLE "+name+" SELECT k, payload FROM records ORDER BY k", false)
	if err != nil {
		return 0, nil, err
	}
	files, err := filepath.Glob(filepath.Join(e.warehouse, "default", name+"-*", "data", "*.parquet"))
	return a.seconds, files, err
}

// duckSorter is DuckDB; it writes one file, compressed as ours are.
type duckSorter struct {
	*duckDB
	in, out string
}

func openDuckSorter(ctx context.Context, o *Options, path, dir string) (sorter, error) {
	python, err := o.python(ctx, peerDuckDB)
	if err != nil {
		return nil, err
	}
	d, err := startDuckDB(ctx, o, python, ":memory:")
	if err != nil {
		return nil, err
	}
	return &duckSorter{duckDB: d, in: path, out: filepath.Join(dir, "duckdb.parquet")}, nil
}

func (d *duckSorter) Sort(context.Context) (time.Duration, []string, error) {
	a, err := d.answer(fmt.Sprintf("COPY (SELECT k, payload FROM read_parquet('%s') ORDER BY k) TO '%s' (FORMAT parquet, COMPRESSION snappy)", d.in, d.out), false)
	if err != nil {
		return 0, nil, err
	}
	return a.seconds, []string{d.out}, nil
}
