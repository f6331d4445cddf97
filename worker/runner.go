// Package worker runs tasks: it builds the operators of a task's fragment,
// connects them to the shuffle and the store of its process, and drives them to
// the end. worker/agent brings it its tasks.
package worker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"sync"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/worker/memory"
	"github.com/bixidata/bixi/worker/operator"
)

// Fetcher opens outputs wherever they are.
type Fetcher interface {
	Open(ctx context.Context, src shuffle.Source, partition int) (shuffle.Reader, error)
}

// Config is what a Runner shares with the rest of its process.
type Config struct {
	Functions *udf.Registry
	Memory    *memory.Budget
	Files     store.Store
	// Parquet keeps what tasks read of Files again and again; nil keeps nothing.
	Parquet *parquet.Cache
	Scratch store.Store
	// ScratchDir is the directory within Scratch for spilled runs.
	ScratchDir string
	Shuffle    shuffle.Store
	Fetch      Fetcher
	// Address is where other workers reach this process's outputs; outputs that
	// name it are read directly.
	Address  string
	Programs operator.Programs
	// ForbidScripts keeps SELECT TRANSFORM from running programs here.
	ForbidScripts bool
}

// Runner runs tasks. It is safe for concurrent use.
type Runner struct {
	cfg   Config
	zones sync.Map // of *time.Location, by name: the system keeps each in a file

	mu struct {
		sync.Mutex
		shared  map[sharedKey]*shared
		budgets map[stage.JobID]*jobBudget
	}
}

// New makes a runner.
func New(cfg Config) *Runner {
	r := &Runner{cfg: cfg}
	r.mu.shared = map[sharedKey]*shared{}
	r.mu.budgets = map[stage.JobID]*jobBudget{}
	return r
}

// Free drops an attempt's output.
func (r *Runner) Free(a stage.AttemptID) {
	r.cfg.Shuffle.Free(shuffle.OutputID(a.String()))
	r.sweep(a.Task.Job, -1)
}

// Run runs one task to its end. The output stays in the shuffle until Free.
func (r *Runner) Run(ctx context.Context, t stage.Task) (stage.Stats, error) {
	stats, err := r.run(ctx, t)
	var lost *shuffle.FetchError
	if errors.As(err, &lost) {
		if producer, perr := stage.ParseAttempt(string(lost.Source.ID)); perr == nil {
			err = &stage.FetchError{Producer: producer, Err: err}
		}
	}
	return stats, err
}

func (r *Runner) run(ctx context.Context, t stage.Task) (stage.Stats, error) {
	fr := &physical.Fragment{}
	if err := physical.Decode(t.Fragment, fr); err != nil {
		return stage.Stats{}, err
	}
	write, ok := fr.Root.(*physical.ShuffleWrite)
	if !ok {
		return stage.Stats{}, fmt.Errorf("the fragment of %s does not end in a shuffle write", t.Attempt)
	}
	env, err := r.env(ctx, t, fr)
	if err != nil {
		return stage.Stats{}, err
	}
	r.begin(t)
	defer r.release(t.Attempt)
	budget, done := r.budget(t.Attempt.Task.Job, fr.Memory)
	defer done()
	env.Memory = budget
	out, err := r.cfg.Shuffle.Writer(shuffle.OutputID(t.Attempt.String()), write.Input.Schema().Types(), write.Partitions)
	if err != nil {
		return stage.Stats{}, err
	}
	env.Output = out
	started := time.Now()
	stats, err := drive(ctx, write, env)
	if err != nil {
		out.Abort(err)
		return stage.Stats{}, err
	}
	st, err := out.Close()
	if err != nil {
		return stage.Stats{}, err
	}
	stats.Rows, stats.Bytes, stats.SpilledBytes = st.Rows, st.Bytes, st.SpilledBytes
	detail, err := json.Marshal(stats)
	if err != nil {
		return stage.Stats{}, err
	}
	return stage.Stats{
		Rows: st.Rows, Bytes: st.Bytes, Partitions: st.PartBytes,
		CPU: time.Since(started), PeakMemory: budget.Peak(), Detail: detail,
	}, nil
}

// drive runs the operators of n, which give no batches, and tells how it went.
func drive(ctx context.Context, n physical.Node, env *operator.Env) (*physical.Stats, error) {
	op, err := operator.Build(n, env)
	if err != nil {
		return nil, err
	}
	err = drain(ctx, op)
	// Closing completes the statistics: what was held and spilled at most.
	if cerr := op.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return operator.StatsOf(op), nil
}

func drain(ctx context.Context, op operator.Operator) error {
	if err := op.Open(ctx); err != nil {
		return err
	}
	for {
		if _, err := op.Next(ctx); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (r *Runner) env(ctx context.Context, t stage.Task, fr *physical.Fragment) (*operator.Env, error) {
	zone, err := r.zone(fr.Zone)
	if err != nil {
		return nil, err
	}
	env := &operator.Env{
		Functions: r.cfg.Functions,
		Session:   &udf.Session{Zone: zone, Now: fr.Time(), Strict: fr.Strict, Dialect: fr.Dialect},
		Files:     r.cfg.Files, Parquet: r.cfg.Parquet, Scratch: r.cfg.Scratch,
		ScratchDir: path.Join(r.cfg.ScratchDir, safeName(t.Attempt)),
		BatchRows:  fr.BatchRows, SpillAlways: fr.SpillAlways,
		Task: t.Attempt.Task.Index, Tasks: t.Tasks,
		Splits:   map[int][]physical.Split{},
		Programs: r.cfg.Programs, ForbidScripts: r.cfg.ForbidScripts,
		FileName: fileNames(t.Attempt),
	}
	if len(t.Args) > 0 {
		a := &physical.Args{}
		if err := physical.Decode(t.Args, a); err != nil {
			return nil, err
		}
		for _, s := range a.Scans {
			env.Splits[s.Scan] = s.Splits
		}
	}
	reads := readKinds(fr.Root)
	env.Input = func(ctx context.Context, from int) ([]shuffle.Reader, error) {
		return r.inputs(ctx, t, from, reads[from])
	}
	env.Shared = func(key string, build func() (any, error)) (any, error) {
		return r.share(ctx, t.Attempt, key, build)
	}
	return env, nil
}

// zone is the time zone of that name.
func (r *Runner) zone(name string) (*time.Location, error) {
	if z, ok := r.zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "this worker does not know the time zone %q", name)
	}
	r.zones.Store(name, z)
	return z, nil
}

// readKinds maps each stage read to the kind of its exchange.
func readKinds(root physical.Node) map[int]physical.ExchangeKind {
	kinds := map[int]physical.ExchangeKind{}
	physical.Walk(root, func(n physical.Node) {
		if s, ok := n.(*physical.ShuffleRead); ok {
			kinds[s.From] = s.Kind
		}
	})
	return kinds
}

// inputs opens the task's partition of every output of stage from.
func (r *Runner) inputs(ctx context.Context, t stage.Task, from int, kind physical.ExchangeKind) ([]shuffle.Reader, error) {
	partition := t.Attempt.Task.Index
	if kind == physical.Gather || kind == physical.Broadcast {
		partition = 0
	}
	for _, in := range t.Inputs {
		if int(in.From) != from {
			continue
		}
		readers := make([]shuffle.Reader, 0, len(in.Outputs))
		for _, o := range in.Outputs {
			rd, err := r.open(ctx, o, partition)
			if err != nil {
				for _, open := range readers {
					_ = open.Close()
				}
				return nil, err
			}
			readers = append(readers, rd)
		}
		return readers, nil
	}
	return nil, fmt.Errorf("%s has no input from stage %d", t.Attempt, from)
}

func (r *Runner) open(ctx context.Context, o stage.Output, partition int) (shuffle.Reader, error) {
	id := shuffle.OutputID(o.Attempt.String())
	if o.Addr == "" || o.Addr == r.cfg.Address {
		return r.cfg.Shuffle.Reader(ctx, id, partition)
	}
	return r.cfg.Fetch.Open(ctx, shuffle.Source{ID: id, Address: o.Addr}, partition)
}

// safeName is the attempt's id as a file name.
func safeName(a stage.AttemptID) string {
	return fmt.Sprintf("%s-%d-%d-%d", a.Task.Job, a.Task.Stage, a.Task.Index, a.Number)
}

// fileNames names data files. The random part keeps apart two attempts of the
// same number in two lives of a master.
func fileNames(a stage.AttemptID) func() string {
	n := 0
	var b [6]byte
	_, _ = rand.Read(b[:])
	return func() string {
		n++
		return fmt.Sprintf("%s-%05d-%04d-%s.parquet", a.Task.Job, a.Task.Index, n, hex.EncodeToString(b[:]))
	}
}
