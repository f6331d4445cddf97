// Package fuzz compares the engine with DuckDB, and with itself in other modes, on
// random queries over random tables.
package fuzz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/udf/builtin"
)

// Options are what a run needs.
type Options struct {
	Seed    uint64
	Queries int
	Python  string // an interpreter with the module duckdb
	Log     io.Writer
	// Engine is ours, with an empty warehouse.
	Engine server.Statements
	Shrink bool // make findings small
}

// Report counts what a run found.
type Report struct {
	Queries, Wrong, Crashed, Hung int
	BothFailed, OneFailed         int
	Classes                       map[string]int // of failures of one engine only
	Restarts                      int            // of DuckDB, which failed
	SkippedRounds                 int            // because DuckDB went on failing
	Elapsed                       time.Duration
}

func (r *Report) String() string {
	s := fmt.Sprintf("%d queries, %d wrong, %d crashed, %d hung", r.Queries, r.Wrong, r.Crashed, r.Hung)
	if r.Restarts > 0 {
		s += fmt.Sprintf("; DuckDB restarted %d times, %d rounds skipped", r.Restarts, r.SkippedRounds)
	}
	return s
}

// perRound is the number of queries over the same tables.
const perRound = 50

// perLine is the number of queries after which a line tells how far a run is.
const perLine = 10_000

// mostSkipped is how many rounds may be skipped before something must be amiss.
const mostSkipped = 10

// lawsPerRound is the number of queries that are compared with others of ours.
const lawsPerRound = 12

// Run generates queries and compares the answers.
func Run(ctx context.Context, o Options) (*Report, error) {
	peer, err := openOracle(ctx, o.Python, o.Log)
	if err != nil {
		return nil, err
	}
	defer peer.close()
	r := &Report{Classes: map[string]int{}}
	own, aggregates := exampleForms(ctx, o.Engine, builtin.All())
	own = append(own, ownForms...)
	start := time.Now()
	for i := uint64(0); r.Queries < o.Queries; i++ {
		x := &round{o: &o, peer: peer, report: r, own: own, aggregates: aggregates, seed: o.Seed + i}
		before := r.Queries
		err := x.run(ctx)
		if r.Queries/perLine > before/perLine {
			fmt.Fprintln(o.Log, r)
		}
		if r.Restarts = peer.restarts; err == nil {
			continue
		}
		if r.SkippedRounds++; ctx.Err() != nil || !errors.Is(err, errPeer) || r.SkippedRounds > mostSkipped {
			return r, err
		}
		fmt.Fprintf(o.Log, "\n-- seed %d is skipped: %v\n", x.seed, err)
	}
	r.Elapsed = time.Since(start)
	return r, nil
}

// Texts gives the texts of queries in our dialect, for readers that need no tables.
func Texts(seed uint64, queries int) iter.Seq[string] {
	return func(yield func(string) bool) {
		d := dice{rand.New(rand.NewPCG(seed, 2))}
		var tables []*table
		for i := range queries {
			if i%perRound == 0 {
				tables = d.tables()
			}
			if !yield(d.statement(tables).in(ours)) {
				return
			}
		}
	}
}

// round is a set of tables and the queries over them.
type round struct {
	o      *Options
	peer   *oracle
	report *Report
	// Forms of our dialect alone.
	own, aggregates []form
	seed            uint64
	tables          []*table
}

var plainly = map[string]string{"odps.sql.timezone": "UTC", "bixi.statement.timeout": "60s"}

func (x *round) run(ctx context.Context) error {
	d := dice{rand.New(rand.NewPCG(x.seed, 1))}
	x.tables = d.tables()
	if err := x.load(ctx); err != nil {
		return err
	}
	n := min(perRound, x.o.Queries-x.report.Queries)
	queries := make([]*query, n)
	texts := make([]string, n)
	for i := range queries {
		queries[i] = d.statement(x.tables)
		texts[i] = queries[i].in(duck)
	}
	type reply struct {
		answers []answer
		err     error
	}
	replies := make(chan reply, 1)
	go func() {
		a, err := x.peer.ask(ctx, texts...)
		replies <- reply{a, err}
	}()
	mine := make([]answer, n)
	for i, q := range queries {
		mine[i] = run(ctx, x.o.Engine, plainly, q.in(ours))
	}
	theirs := <-replies
	if theirs.err != nil {
		return theirs.err
	}
	for i, q := range queries {
		x.report.Queries++
		x.oracle(ctx, i, q, mine[i], theirs.answers[i], d)
	}
	for i := range min(lawsPerRound, n) {
		x.report.Queries++
		x.law(ctx, i, d)
	}
	return x.changes(ctx, d)
}

func (x *round) load(ctx context.Context) error {
	for _, t := range x.tables {
		if err := x.loadOne(ctx, t); err != nil {
			return fmt.Errorf("seed %d: %w", x.seed, err)
		}
	}
	return nil
}

// loadOne makes a table anew in both engines.
func (x *round) loadOne(ctx context.Context, t *table) error {
	for _, s := range t.statements(ours) {
		if a := run(ctx, x.o.Engine, plainly, s); a.err != nil {
			return fmt.Errorf("%s: %w", head(s), a.err)
		}
	}
	return x.peer.load(ctx, t.name, t.statements(duck))
}

func head(s string) string { return s[:min(len(s), 200)] }

// oracle asks in all ways whether an answer is right.
func (x *round) oracle(ctx context.Context, i int, q *query, mine, theirs answer, d dice) {
	peer := func(mine, theirs answer) (verdict, string) {
		v, why := compare(q, mine, theirs)
		if v == wrong && x.doubtful(ctx, q, mine) {
			return skipped, "DuckDB: its answer is another without its optimizer"
		}
		return v, why
	}
	f := finding{name: fmt.Sprintf("query %d", i), simplify: func(s *shrinker) bool { return s.query(q) }, texts: func() []string {
		return []string{q.in(ours), "-- DuckDB: " + q.in(duck)}
	}}
	f.again = func() (verdict, string) {
		a, err := x.peer.ask(ctx, q.in(duck))
		if err != nil {
			return skipped, err.Error()
		}
		return peer(x.mine(ctx, q), a[0])
	}
	v, why := peer(mine, theirs)
	if x.judge(ctx, f, v, why, mine) || !d.one(3) { // what was found has changed q
		return
	}
	x.otherMode(ctx, f, q, mine, d)
}

// mine is our answer.
func (x *round) mine(ctx context.Context, q *query) answer {
	return run(ctx, x.o.Engine, plainly, q.in(ours))
}

// otherMode asks again in a mode that must not change the answer.
func (x *round) otherMode(ctx context.Context, f finding, q *query, mine answer, d dice) {
	m := pick(d, modes...)
	f.again = func() (verdict, string) { return x.inMode(ctx, m, q, x.mine(ctx, q)) }
	v, why := x.inMode(ctx, m, q, mine)
	x.judge(ctx, f, v, why, mine)
}

// doubtful tells whether DuckDB agrees with us after all if it does not optimize.
func (x *round) doubtful(ctx context.Context, q *query, mine answer) bool {
	a, err := x.peer.ask(ctx, "PRAGMA disable_optimizer", q.in(duck), "PRAGMA enable_optimizer")
	if err != nil {
		return false
	}
	v, _ := compare(q, mine, a[1])
	return v == agreed
}
