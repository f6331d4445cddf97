package main

import (
	"cmp"
	"context"
	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/bench/groupby"
	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/bench/tpcds"
	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"os"
)

// run runs a suite.
func (f *benchFlags) run(ctx context.Context, name string, o bench.Options) (*bench.Report, error) {
	switch name {
	case suiteSort:
		o.MB, o.Memory = cmp.Or(o.MB, 2000), cmp.Or(o.Memory, "512mb")
		o.Data = cmp.Or(o.Data, bench.DefaultRecords(o.MB))
		return bench.Sort(ctx, o)
	case suiteStart:
		return bench.Start(ctx, o)
	case suiteWordCount:
		o.MB = cmp.Or(o.MB, 200)
		if o.Data == "" {
			o.Data = bench.DefaultWords(o.MB)
		}
		o.Program = func(ctx context.Context, args []string) (server.Program, error) {
			return ownProgram(ctx, args, f.endpoint)
		}
		return bench.WordCount(ctx, o)
	}
	s, data, err := f.suite(name)
	if err != nil {
		return nil, err
	}
	o.Data = cmp.Or(o.Data, data)
	if name == suiteScan {
		return bench.Scan(ctx, s, o)
	}
	r, err := bench.Run(ctx, s, o)
	if err == nil {
		r.Print(o.Out)
	}
	return r, err
}

// compareModes compares the results of a suite's queries in many modes.
func (f *benchFlags) compareModes(ctx context.Context, name string, o bench.Options) error {
	s, data, err := f.suite(name)
	if err != nil {
		return err
	}
	o.Data = cmp.Or(o.Data, data)
	r, err := bench.Identity(ctx, s, o)
	if err == nil && r.Identical < r.Queries {
		err = console.ErrFailed
	}
	return err
}

// suite gives the queries of a suite and where its data are kept.
func (f *benchFlags) suite(name string) (s *suite.Suite, data string, err error) {
	switch name {
	case suiteTPCDS:
		s, err = tpcds.Suite()
	case suiteGroupBy:
		s, err = groupby.Suite(f.rows)
		return s, bench.DefaultRows(name, f.rows), err
	default:
		s, err = tpch.Suite()
		name = suiteTPCH
	}
	return s, bench.DefaultData(name, f.options.SF), err
}

// ownProgram is this executable as a MapReduce program. Workers of a server read it
// where it is, or in the warehouse that they share.
func ownProgram(ctx context.Context, args []string, endpoint string) (server.Program, error) {
	path, err := os.Executable()
	if err != nil {
		return server.Program{}, err
	}
	p, err := describe(ctx, path, args)
	if share := os.Getenv("BIXI_WAREHOUSE"); err == nil && endpoint != "" && share != "" {
		p.Program.Path, err = upload(path, share, p.Program.Digest)
	}
	return p, err
}
