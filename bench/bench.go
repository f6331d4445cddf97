// Package bench measures bixi, beside other engines in the same run and over the
// same data. Answers are compared before anything is timed.
package bench

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/server"
)

// The places where an engine may have the data.
const (
	OverTables  = "tables"  // the engine's own tables
	OverParquet = "parquet" // the generator's Parquet files, read in place
)

// Open makes an engine in this process whose tables are in the warehouse. The
// function it gives closes it.
type Open func(ctx context.Context, warehouse string) (server.Statements, func() error, error)

// Spawn makes an engine in a process of its own, which may use so many threads and
// hold so much memory; "" for its default.
type Spawn func(ctx context.Context, warehouse, memory string, threads int) (*Process, error)

// Process is an engine in a process of its own.
type Process struct {
	Statements server.Statements
	PID        int
	End        func() error
}

// Options say what is measured. Peers are duckdb and spark for Run, duckdb
// for Sort and Scan, coreutils for WordCount.
type Options struct {
	SF      float64  // scale factor
	Over    string   // OverTables or OverParquet
	Data    string   // directory of the Parquet files; they are made if missing
	Venv    string   // Python environment of the generator and the peers; made if missing
	Peers   []string // engines to compare with
	Queries []string // names; empty for all
	Threads int
	Memory  string // limit for each engine, such as 2gb; "" for its default
	// Limit, if there is one, lets two engines of ours run in processes of their own:
	// one that holds so much memory, and one without a limit.
	Limit string
	// LimitBytes is the same as a number.
	LimitBytes int64
	Set        map[string]string // settings of our session
	Doubles    bool              // our tables are views of the files with DOUBLE in place of DECIMAL
	Runs       int               // how often each query is timed; 0 only compares answers
	MB         int               // megabytes of the suites wordcount and sort, in place of SF
	Program    Program           // of wordcount

	Open       Open
	Spawn      Spawn
	Executable string // of this engine, as 'bixi' is called
	Version    string
	Command    string    // that asked for this run, for the report
	Out        io.Writer // the table of results
	Progress   io.Writer // what is being done
}

// Run runs the queries of a suite, or those asked for.
func Run(ctx context.Context, s *suite.Suite, o Options) (*Report, error) {
	queries, err := s.Choose(o.Queries)
	if err != nil {
		return nil, err
	}
	engines, err := o.contenders(ctx, s)
	defer func() {
		for _, e := range engines {
			_ = e.Close() // measurements are done; what it held was temporary
		}
	}()
	if err != nil {
		return nil, err
	}
	r := newReport(s, &o)
	for _, e := range engines {
		r.enter(e)
	}
	for _, q := range queries {
		if err := o.measure(ctx, r, engines, q); err != nil {
			return nil, err
		}
	}
	r.settle()
	return r, nil
}

// engine is what takes part in a suite.
type engine interface {
	Name() string
	Version() string
	Close() error
}

// contender is an engine that answers queries.
type contender interface {
	engine
	// Run runs a query to its last row; the answer is kept for the comparison
	// only if asked for.
	Run(ctx context.Context, q suite.Query, keep bool) (*answer, error)
}

// The peers that answer queries.
const (
	peerDuckDB = "duckdb"
	peerSpark  = "spark"
)

var openPeer = map[string]func(context.Context, *Options, *suite.Suite, dataset) (contender, error){
	peerDuckDB: openDuckDB, peerSpark: openSpark,
}

// noPeer is the error of a peer that a suite does not know.
func noPeer(name string, known ...string) error {
	return fmt.Errorf("there is no peer %s: known: %s", name, strings.Join(known, ", "))
}

// contenders opens the engines, ours first, and gives them the data.
func (o *Options) contenders(ctx context.Context, s *suite.Suite) (all []contender, err error) {
	data, err := o.prepareData(ctx, s)
	if err != nil {
		return nil, err
	}
	if o.Limit == "" {
		ours, err := openOurs(ctx, o, s, data)
		if err != nil {
			return nil, err
		}
		all = append(all, ours)
	} else {
		for _, open := range []func(context.Context, *Options, *suite.Suite, dataset) (contender, error){openLimited, openUnlimited} {
			ours, err := open(ctx, o, s, data)
			if err != nil {
				return all, err
			}
			all = append(all, ours)
		}
	}
	for _, name := range o.Peers {
		open, ok := openPeer[name]
		if !ok {
			return all, noPeer(name, peerDuckDB, peerSpark)
		}
		peer, err := open(ctx, o, s, data)
		if err != nil {
			return all, err
		}
		all = append(all, peer)
	}
	return all, nil
}

// measure compares the answers to a query and, if all engines agree, times it:
// the engines take turns, so that what else the machine does hits them alike.
func (o *Options) measure(ctx context.Context, r *Report, engines []contender, q suite.Query) error {
	answers := make([]*answer, len(engines))
	for i, e := range engines {
		a, err := runOnce(ctx, e, q, true)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a = &answer{failed: err}
		}
		answers[i] = a
	}
	equal := r.compared(q, engines, answers)
	for range o.Runs {
		if !equal {
			break
		}
		for _, e := range engines {
			a, err := runOnce(ctx, e, q, false)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				r.failed(q, fmt.Errorf("%s answered once but not again: %w", e.Name(), err))
				equal = false
				break
			}
			r.timed(q, e, a)
		}
	}
	r.printQuery(o.Out, q)
	return nil
}

// runOnce runs a query and takes down how much memory a process of its own has had.
func runOnce(ctx context.Context, e contender, q suite.Query, keep bool) (*answer, error) {
	p, separate := e.(interface{ pid() int })
	if separate {
		forgetPeak(p.pid())
	}
	a, err := e.Run(ctx, q, keep)
	if err == nil && separate {
		a.peak = peakMemory(p.pid())
	}
	return a, err
}
