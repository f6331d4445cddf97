package main

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
)

const benchHelp = `Measures this engine with a suite, beside other engines in the same run.

tpch: the 22 queries derived from TPC-H. The data are generated at the scale
factor of --sf, once, and the engines read the generator's Parquet files in place
(--over parquet) or their own tables (--over tables, loaded once). Answers are
compared before anything is timed; the engines then take turns, query by query.

The generator and the peers are installed into .venv when they are missing, for
which Python 3 is needed.`

type benchFlags struct {
	options bench.Options
	check   bool
	json    string
}

// newBenchCommand makes the command; open makes the engine that is measured.
func newBenchCommand(open func(context.Context, engineConfig) (server.Statements, func() error, error)) *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use: "bench SUITE", Short: "Measure the engine, beside others", Long: benchHelp,
		Args: cobra.ExactArgs(1), ValidArgs: []string{"tpch"},
		RunE: func(cmd *cobra.Command, args []string) error { return runBench(cmd.Context(), args[0], f, open) },
	}
	o, flags := &f.options, cmd.Flags()
	flags.Float64Var(&o.SF, "sf", 1, "scale factor")
	flags.StringVar(&o.Over, "over", bench.OverTables, "what is queried: tables, or the generator's parquet files")
	flags.StringVar(&o.Data, "data", "", "directory of the Parquet files (default bench/data/tpch-sf<N>)")
	flags.StringSliceVar(&o.Peers, "peers", nil, "engines to compare with: duckdb")
	flags.IntVar(&o.Threads, "threads", 2, "threads of each engine")
	flags.IntVar(&o.Runs, "runs", 3, "timed runs of each query")
	flags.StringSliceVar(&o.Queries, "queries", nil, "queries to run, such as q1,q6 (default all)")
	flags.StringVar(&o.Memory, "memory", "", "memory of each engine, such as 2gb (default the engine's)")
	flags.StringVar(&o.Venv, "venv", ".venv", "Python environment of the generator and the peers")
	flags.BoolVar(&f.check, "check", false, "only compare answers")
	flags.StringVar(&f.json, "json", "", "file to write the measurements to")
	return cmd
}

func runBench(ctx context.Context, suite string, f benchFlags, open func(context.Context, engineConfig) (server.Statements, func() error, error)) error {
	o := f.options
	if err := checkBench(suite, &o); err != nil {
		return err
	}
	if open == nil {
		return usagef("this program has no engine of its own")
	}
	if f.check {
		o.Runs = 0
		if len(o.Peers) == 0 {
			o.Peers = []string{"duckdb"}
		}
	}
	if o.Data == "" {
		o.Data = bench.DefaultData(o.SF)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(o.Threads))
	o.Version, o.Out, o.Progress = versionText(), os.Stdout, os.Stderr
	o.Open = func(ctx context.Context, warehouse string) (server.Statements, func() error, error) {
		c := engineConfig{Warehouse: warehouse, Settings: map[string]string{}}
		if o.Memory != "" {
			c.Settings["bixi.memory.limit"] = o.Memory
		}
		return open(ctx, c)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	r, err := bench.TPCH(ctx, o)
	if err != nil {
		return err
	}
	r.Print(os.Stdout)
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

func checkBench(suite string, o *bench.Options) error {
	switch {
	case suite != "tpch":
		return usagef("there is no suite %s: known is tpch", suite)
	case o.Over != bench.OverTables && o.Over != bench.OverParquet:
		return usagef("--over takes tables or parquet, not %q", o.Over)
	case o.SF <= 0:
		return usagef("--sf takes a positive number")
	case o.Threads < 1:
		return usagef("--threads takes a positive number")
	case o.Runs < 1:
		return usagef("--runs takes a positive number; --check only compares answers")
	}
	if o.Memory != "" {
		if n, err := setting.ParseBytes(o.Memory); err != nil || n == 0 {
			return usagef("--memory takes a size such as 2gb, not %q", o.Memory)
		}
	}
	return nil
}
