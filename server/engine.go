package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/udf"
)

// Fetcher opens outputs wherever they are.
type Fetcher interface {
	Open(ctx context.Context, src shuffle.Source, partition int) (shuffle.Reader, error)
}

// Config is what an Engine stands on.
type Config struct {
	// Catalog opens the catalog when the first statement needs it.
	Catalog   func(ctx context.Context) (table.Catalog, error)
	Functions *udf.Registry
	Master    *master.Master
	Fetch     Fetcher
	Files     store.Store
	// Warehouse is the directory of the tables' files, absolute.
	Warehouse string
	Clock     func() time.Time
	// Fold evaluates constant expressions.
	Fold func(e scalar.Expr, s *udf.Session) (types.Datum, bool)
	// Settings are the defaults of every session.
	Settings *setting.Settings
	// Verify checks plans between passes (tests).
	Verify bool
}

// Engine runs statements with a master of this process.
type Engine struct {
	cfg Config
	ctx context.Context
	end context.CancelFunc
	all sync.WaitGroup

	mu struct {
		sync.Mutex
		catalog table.Catalog
		next    int
	}
	prefix string
	jobs   jobList
}

// NewEngine makes an engine. Close ends its statements; the caller closes what
// the config holds, except the catalog.
func NewEngine(cfg Config) *Engine {
	ctx, end := context.WithCancel(context.Background())
	var b [3]byte
	_, _ = rand.Read(b[:])
	return &Engine{cfg: cfg, ctx: ctx, end: end, prefix: hex.EncodeToString(b[:])}
}

// Catalog opens the catalog, once.
func (e *Engine) Catalog(ctx context.Context) (table.Catalog, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.catalog == nil {
		c, err := e.cfg.Catalog(ctx)
		if err != nil {
			return nil, err
		}
		e.mu.catalog = c
	}
	return e.mu.catalog, nil
}

// newID names a statement: the time it began, to the millisecond, and a part
// that is unique.
func (e *Engine) newID() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.next++
	now := e.cfg.Clock().UTC()
	return fmt.Sprintf("%s%03d%s%d", now.Format("20060102150405"), now.Nanosecond()/1e6, e.prefix, e.mu.next)
}

// settings applies a session's settings to the engine's defaults.
func (e *Engine) settings(s State) (*setting.Settings, error) {
	out := e.cfg.Settings.Clone()
	for _, k := range sortedKeys(s.Settings) {
		if err := out.Set(k, s.Settings[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Submit begins a statement.
func (e *Engine) Submit(ctx context.Context, r Request) (Statement, error) {
	if e.ctx.Err() != nil {
		return nil, diag.Errorf(diag.CodeKilled, diag.Pos{}, "the server is stopping")
	}
	run, cancel := context.WithCancel(ctx)
	s := &statement{engine: e, id: e.newID(), req: r, cancel: cancel, started: e.cfg.Clock(), done: make(chan struct{})}
	s.mu.phase = "planning"
	stop := context.AfterFunc(e.ctx, cancel)
	e.all.Add(1)
	j := e.jobs.begin(r, s, s.started)
	go func() {
		defer e.all.Done()
		defer stop()
		s.run(run)
		e.jobs.end(j, s.err)
	}()
	return s, nil
}

// recent lists the statements for SHOW P, the latest first.
func (e *Engine) recent() []planner.Job {
	var out []planner.Job
	for _, j := range slices.Backward(e.jobs.list()) {
		out = append(out, planner.Job{
			ID: j.ID, Owner: j.Request.User, Text: j.Request.Text, Status: string(j.Status), Started: j.Started, Elapsed: j.Progress.Elapsed,
		})
	}
	return out
}

// Close cancels all statements, waits for them and closes the catalog.
func (e *Engine) Close() error {
	e.end()
	e.all.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.catalog == nil {
		return nil
	}
	return e.mu.catalog.Close()
}
