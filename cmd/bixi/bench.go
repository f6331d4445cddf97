package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
)

const benchHelp = `Measures this engine with a suite, beside other engines in the same run.

tpch, tpcds: the 22 queries derived from TPC-H and the 99 derived from TPC-DS. The
data are generated at the scale factor of --sf, once, and the engines read the
generator's Parquet files in place (--over parquet) or their own tables (--over
tables, loaded once). Peers: duckdb and, over Parquet, spark, which needs Java. The
generator and the peers are installed into .venv when they are missing, for which
Python 3 is needed. A query that fails is reported, at the end again, and the next one
runs.

groupby (or h2o): grouping a table of --rows rows, of the kind of the db-benchmark of
h2o: 100 groups to as many as there are rows, strings and integers as keys. The table
is generated once. Peer: duckdb.

With --limit an engine that holds so much memory runs beside one without a limit, both
in processes of their own, in place of the one in this process.

scan: the columns of lineitem that query 1 of TPC-H reads are read into batches, by one
thread, and nothing is done with them. Peer: duckdb, which aggregates them.

sort: --mb megabytes of rows of 100 bytes with a key of 10, generated once, are sorted
from Parquet to Parquet with --memory, by engines in processes of their own. Peer:
duckdb.

start: processes that answer SELECT 42, or count the rows of a fresh table, from their
start to their end, eleven times.

wordcount: a MapReduce program counts the words of --mb megabytes of text, which is
generated once. The program is this executable, which workers start as they do
those of 'bixi mr run'; --threads is how many tasks run at a time, each with a
process of its own. Timed is a job from submission to the commit of its output
table. With --endpoint a server on this machine is measured, and --threads and
--memory are what it was started with. Peer: coreutils (tr, sort and uniq with
LC_ALL=C); it reads the text as a plain file, the engine compressed Parquet.

--identity runs each query of tpch, tpcds or groupby in many modes (numbers of partitions,
sizes of splits and batches, spilling), once with the DECIMAL columns as they are and once
as DOUBLE, and tells whether the results have the same bytes.

Answers are compared before anything is timed; the engines then take turns, query
by query.`

type benchFlags struct {
	options  bench.Options
	endpoint string
	check    bool
	identity bool
	json     string
	rows     int
	profile  string
}

// The suites.
const (
	suiteTPCH      = "tpch"
	suiteTPCDS     = "tpcds"
	suiteGroupBy   = "groupby"
	suiteScan      = "scan"
	suiteStart     = "start"
	suiteSort      = "sort"
	suiteWordCount = "wordcount"
)

// suiteNames are what the command takes.
var suiteNames = []string{suiteTPCH, suiteTPCDS, suiteGroupBy, suiteScan, suiteSort, suiteStart, suiteWordCount}

// aliases are other names of suites.
var aliases = map[string]string{"h2o": suiteGroupBy}

// peers are the engines that suites know beside ours.
var peers = map[string][]string{suiteTPCH: {"duckdb", "spark"}, suiteTPCDS: {"duckdb", "spark"}, suiteGroupBy: {"duckdb", "spark"},
	suiteScan: {"duckdb"}, suiteSort: {"duckdb"}, suiteWordCount: {"coreutils"}}

// newBenchCommand makes the command; open makes the engine that is measured.
func newBenchCommand(open func(context.Context, engineConfig) (server.Statements, func() error, error)) *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use: "bench SUITE", Short: "Measure the engine, beside others", Long: benchHelp,
		Args: cobra.ExactArgs(1), ValidArgs: suiteNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == suiteStart && !cmd.Flags().Changed("runs") {
				f.options.Runs = 11
			}
			f.options.Command = commandText(cmd, args[0])
			suite := cmp.Or(aliases[args[0]], args[0])
			if err := checkBench(suite, &f, cmd.Flags().Changed); err != nil {
				return err
			}
			return runBench(cmd.Context(), suite, f, open)
		},
	}
	o, flags := &f.options, cmd.Flags()
	flags.Float64Var(&o.SF, "sf", 1, "scale factor")
	flags.IntVar(&f.rows, "rows", 10_000_000, "rows of the table of groupby")
	flags.IntVar(&o.MB, "mb", 0, "megabytes of text of wordcount (default 200), of rows of sort (default 2000)")
	flags.StringVar(&o.Over, "over", bench.OverTables, "what is queried: tables, or the generator's parquet files")
	flags.StringVar(&o.Data, "data", "", "directory of the Parquet files (default in bench/data, named after the suite and the size)")
	flags.StringSliceVar(&o.Peers, "peers", nil, "engines to compare with: duckdb, spark or, for wordcount, coreutils")
	flags.IntVar(&o.Threads, "threads", 2, "threads of each engine")
	flags.IntVar(&o.Runs, "runs", 3, "timed runs of each query (start: default 11)")
	flags.StringSliceVar(&o.Queries, "queries", nil, "queries to run, such as q1,q6 (default all)")
	flags.StringVar(&o.Memory, "memory", "", "memory of each engine, such as 2gb (default the engine's, of sort 512mb)")
	flags.StringVar(&o.Limit, "limit", "", "memory of an engine that runs beside one without a limit, such as 300mb")
	flags.StringToStringVar(&o.Set, "set", nil, "settings of this engine's session, such as bixi.partitions=4")
	flags.StringVar(&o.Venv, "venv", ".venv", "Python environment of the generator and the peers")
	flags.StringVar(&f.endpoint, "endpoint", "", "host:port of a server to measure instead (wordcount)")
	flags.BoolVar(&f.check, "check", false, "only compare answers")
	flags.BoolVar(&f.identity, "identity", false, "only compare the bytes of our results in many modes")
	flags.StringVar(&f.profile, "profile", "", profileHelp)
	flags.StringVar(&f.json, "json", "", "file to write the measurements to")
	cmd.AddCommand(newReportCommand())
	return cmd
}

func runBench(ctx context.Context, suite string, f benchFlags, open func(context.Context, engineConfig) (server.Statements, func() error, error)) (err error) {
	o := f.options
	if open == nil {
		return usagef("this program has no engine of its own")
	}
	if f.check {
		o.Runs = 0
		if len(o.Peers) == 0 && suite != suiteWordCount && suite != suiteSort && suite != suiteStart {
			o.Peers = peers[suite][:1]
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(o.Threads))
	o.Version, o.Out, o.Progress = versionText(), os.Stdout, os.Stderr
	o.Open, o.Spawn = f.opener(open), spawn
	if o.Executable, err = os.Executable(); err != nil {
		return err
	}
	endProfile, err := startProfile(f.profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, endProfile()) }()
	ctx, stop := interruptible(ctx)
	defer stop()
	if f.identity {
		return f.compareModes(ctx, suite, o)
	}
	r, err := f.run(ctx, suite, o)
	if err != nil {
		return err
	}
	if f.json != "" {
		if err := r.WriteFile(f.json); err != nil {
			return err
		}
	}
	if equal, all := r.Equal(); equal < all {
		fmt.Fprintf(os.Stderr, "bixi: %d of %d queries failed or have other answers\n", all-equal, all)
		return console.ErrFailed
	}
	return nil
}

// opener opens the engine that is measured.
func (f *benchFlags) opener(open func(context.Context, engineConfig) (server.Statements, func() error, error)) bench.Open {
	return func(ctx context.Context, warehouse string) (server.Statements, func() error, error) {
		if f.endpoint != "" {
			c, err := server.NewClient(f.endpoint)
			if err != nil {
				return nil, nil, err
			}
			return c, c.Close, nil
		}
		c := engineConfig{Warehouse: warehouse, Settings: map[string]string{}}
		if f.options.Memory != "" {
			c.Settings["bixi.memory.limit"] = f.options.Memory
		}
		return open(ctx, c)
	}
}
