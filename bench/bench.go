// Package bench measures bixi, beside other engines in the same run and over the
// same data. Answers are compared before anything is timed.
package bench

import (
	"context"
	"fmt"
	"io"

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

// Options say what is measured. Peers are duckdb for Run, coreutils for WordCount.
type Options struct {
	SF      float64  // scale factor
	Over    string   // OverTables or OverParquet
	Data    string   // directory of the Parquet files; they are made if missing
	Venv    string   // Python environment of the generator and the peers; made if missing
	Peers   []string // engines to compare with
	Queries []string // names; empty for all
	Threads int
	Memory  string            // limit for each engine, such as 2gb; "" for its default
	Set     map[string]string // settings of our session
	Runs    int               // how often each query is timed; 0 only compares answers
	MB      int               // megabytes of the suites wordcount and sort, in place of SF
	Program Program           // of wordcount

	Open     Open
	Spawn    Spawn
	Version  string
	Out      io.Writer // the table of results
	Progress io.Writer // what is being done
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

// contenders opens the engines, ours first, and gives them the data.
func (o *Options) contenders(ctx context.Context, s *suite.Suite) (all []contender, err error) {
	data, err := o.prepareData(ctx, s)
	if err != nil {
		return nil, err
	}
	ours, err := openOurs(ctx, o, s, data)
	if err != nil {
		return nil, err
	}
	all = append(all, ours)
	for _, name := range o.Peers {
		if name != "duckdb" {
			return all, fmt.Errorf("there is no peer %s: known is duckdb", name)
		}
		peer, err := openDuckDB(ctx, o, s, data)
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
		a, err := e.Run(ctx, q, true)
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
			a, err := e.Run(ctx, q, false)
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
