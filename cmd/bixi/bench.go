package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/bench/groupby"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
)

const benchHelp = `Measures this engine with a suite, beside other engines in the same run.

tpch, tpcds: the 22 queries derived from TPC-H and the 99 derived from TPC-DS. The
data are generated at the scale factor of --sf, once, and the engines read the
generator's Parquet files in place (--over parquet) or their own tables (--over
tables, loaded once). Peers: duckdb and, over Parquet, spark, which needs Java. The generator and the peer are installed into
.venv when they are missing, for which Python 3 is needed. A query that fails is
reported, at the end again, and the next one runs.

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

	megabytes bool // --mb was given
	profile   string
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
			f.megabytes = cmd.Flags().Changed("mb")
			return runBench(cmd.Context(), cmp.Or(aliases[args[0]], args[0]), f, open)
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

// newReportCommand makes the command that writes the tables of a page.
func newReportCommand() *cobra.Command {
	var page string
	cmd := &cobra.Command{
		Use: "report FILE...", Short: "Put measurements that --json wrote into the tables of a page", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			var reports []*bench.Report
			for _, f := range files {
				r, err := bench.ReadReport(f)
				if err != nil {
					return usageError{err}
				}
				reports = append(reports, r)
			}
			if err := bench.WritePage(page, reports); err != nil {
				return usageError{err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&page, "page", filepath.Join("docs", "performance.md"), "page to write the tables into")
	return cmd
}

// commandText is the command line without what says only where files are.
func commandText(cmd *cobra.Command, suite string) string {
	text := "bixi bench " + suite
	for _, name := range []string{"sf", "rows", "mb", "over", "peers", "queries", "threads", "memory", "limit", "set", "runs"} {
		if cmd.Flags().Changed(name) {
			text += " --" + name + " " + strings.Trim(cmd.Flags().Lookup(name).Value.String(), "[]")
		}
	}
	return text
}

func runBench(ctx context.Context, suite string, f benchFlags, open func(context.Context, engineConfig) (server.Statements, func() error, error)) (err error) {
	if err := checkBench(suite, &f); err != nil {
		return err
	}
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

func checkBench(suite string, f *benchFlags) error {
	o := &f.options
	switch {
	case !slices.Contains(suiteNames, suite):
		return usagef("there is no suite %s: known are %s", suite, strings.Join(suiteNames, ", "))
	case suite != suiteWordCount && f.endpoint != "":
		return usagef("--endpoint is for the suite %s", suiteWordCount)
	case suite == suiteWordCount && len(o.Set) > 0:
		return usagef("--set is for queries, not for the suite %s", suiteWordCount)
	case f.identity && !slices.Contains([]string{suiteTPCH, suiteTPCDS, suiteGroupBy}, suite):
		return usagef("--identity is for queries, not for the suite %s", suite)
	case f.identity && (f.check || f.json != "" || len(o.Peers) > 0):
		return usagef("--identity compares with no peer and measures nothing")
	case f.megabytes && o.MB < 1:
		return usagef("--mb takes a positive number")
	case o.Over != bench.OverTables && o.Over != bench.OverParquet:
		return usagef("--over takes tables or parquet, not %q", o.Over)
	case suite == suiteGroupBy && f.rows < groupby.MinRows:
		return usagef("--rows takes a number of %d or more", groupby.MinRows)
	case o.Limit != "" && o.Over != bench.OverParquet:
		return usagef("--limit goes with --over parquet")
	case o.SF <= 0:
		return usagef("--sf takes a positive number")
	case o.Threads < 1:
		return usagef("--threads takes a positive number")
	case o.Runs < 1:
		return usagef("--runs takes a positive number; --check only compares answers")
	}
	for _, name := range o.Peers {
		if !slices.Contains(peers[suite], name) {
			return usagef("there is no peer %s: %s knows %s", name, suite, strings.Join(peers[suite], ", "))
		}
	}
	for name, size := range map[string]string{"memory": o.Memory, "limit": o.Limit} {
		n, err := setting.ParseBytes(size)
		if size != "" && (err != nil || n == 0) {
			return usagef("--%s takes a size such as 2gb, not %q", name, size)
		}
		if name == "limit" && size != "" {
			o.LimitBytes = int64(n)
		}
	}
	return nil
}
