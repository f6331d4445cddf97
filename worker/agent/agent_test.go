package agent_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/worker/agent"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runner computes a number for each task: a hash of its name, its arguments
// and its inputs, which it finds in a store that all runners share. A fault is
// looked up by the attempt's printed form.
type runner struct {
	store  *store
	worker stage.WorkerID
}

type store struct {
	mu     sync.Mutex
	values map[stage.AttemptID]*value
	freed  map[stage.AttemptID]int
	faults map[string]func(context.Context) error
	larger int // the largest fragment seen
}

// value is ready when its channel is closed.
type value struct {
	worker stage.WorkerID
	ready  chan struct{}
	number uint64
}

func newStore() *store {
	return &store{
		values: make(map[stage.AttemptID]*value),
		freed:  make(map[stage.AttemptID]int),
		faults: make(map[string]func(context.Context) error),
	}
}

func (s *store) value(id stage.AttemptID) *value {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.values[id]
	if v == nil {
		v = &value{ready: make(chan struct{})}
		s.values[id] = v
	}
	return v
}

func (s *store) inject(attempt string, f func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[attempt] = f
}

func (s *store) fault(id stage.AttemptID) func(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults[id.String()]
}

func (r *runner) Run(ctx context.Context, t stage.Task) (stage.Stats, error) {
	if f := r.store.fault(t.Attempt); f != nil {
		if err := f(ctx); err != nil {
			return stage.Stats{}, err
		}
	}
	var inputs []uint64
	for _, in := range t.Inputs {
		for _, o := range in.Outputs {
			v := r.store.value(o.Attempt)
			select {
			case <-v.ready:
				inputs = append(inputs, v.number)
			case <-ctx.Done():
				return stage.Stats{}, ctx.Err()
			}
		}
	}
	v := r.store.value(t.Attempt)
	v.number = number(t.Attempt.Task, t.Args, inputs)
	close(v.ready)
	r.store.mu.Lock()
	r.store.larger = max(r.store.larger, len(t.Fragment))
	r.store.mu.Unlock()
	return stage.Stats{Rows: 1}, nil
}

func (r *runner) Free(id stage.AttemptID) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	r.store.freed[id]++
}

func number(t stage.TaskID, args []byte, inputs []uint64) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, t, args, inputs)
	return h.Sum64()
}

// cluster is a master with workers that reach it in one of two ways.
type cluster struct {
	t      *testing.T
	master *master.Master
	store  *store
	dialer taskpb.Dialer
	opts   master.Options
	addr   string // of the gRPC server, if there is one
	server *grpc.Server
	conn   *grpc.ClientConn
	stop   func()
	agents []*agent.Agent
	done   []chan error
	cancel []context.CancelFunc
}

var transports = []string{"process", "grpc"}

func eachTransport(t *testing.T, f func(t *testing.T, c *cluster)) {
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			c := &cluster{t: t, store: newStore()}
			c.open(transport)
			t.Cleanup(c.close)
			f(t, c)
		})
	}
}

const token = "let me in"

func (c *cluster) open(transport string) {
	m, err := master.New(c.opts)
	if err != nil {
		c.t.Fatal(err)
	}
	c.master, c.dialer, c.stop = m, m, func() {}
	if transport == "process" {
		return
	}
	listen := c.addr
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	lis, err := net.Listen("tcp", listen)
	if err != nil {
		c.t.Fatal(err)
	}
	c.addr = lis.Addr().String()
	server := grpc.NewServer(taskpb.ServerOptions()...)
	taskpb.RegisterControlServer(server, master.NewService(m, token))
	served := make(chan struct{})
	go func() { defer close(served); server.Serve(lis) }()
	conn := c.connect()
	c.dialer, c.server, c.conn = agent.GRPC{Conn: conn, Token: token}, server, conn
	c.stop = func() { conn.Close(); server.Stop(); <-served }
}

func (c *cluster) connect() *grpc.ClientConn {
	conn, err := grpc.NewClient(c.addr, append(taskpb.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		c.t.Fatal(err)
	}
	return conn
}

func (c *cluster) close() {
	for i, cancel := range c.cancel {
		cancel()
		<-c.done[i]
	}
	c.stop()
	if err := c.master.Close(); err != nil {
		c.t.Error(err)
	}
}

func (c *cluster) worker(slots int) *agent.Agent {
	id := agent.NewID(fmt.Sprintf("w%d", len(c.agents)))
	a := agent.New(agent.Options{
		ID: id, Slots: slots, Operators: []string{"Scan"},
		Runner: &runner{c.store, id}, Dialer: c.dialer,
	})
	ctx, cancel := context.WithCancel(c.t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx); close(done) }()
	c.agents, c.done, c.cancel = append(c.agents, a), append(c.done, done), append(c.cancel, cancel)
	return a
}

// job is a pipelined pair of stages, a durable edge and a root.
func job(id stage.JobID) stage.Job {
	return stage.Job{ID: id, Stages: []stage.Stage{
		{ID: 0, Tasks: 3, Label: "scan", TaskArgs: [][]byte{{1}, {2}, {3}}},
		{ID: 1, Tasks: 2, Label: "aggregate", Inputs: []stage.Input{{From: 0, Mode: stage.Pipelined}}},
		{ID: 2, Tasks: 2, Label: "sort", Inputs: []stage.Input{{From: 1, Mode: stage.Durable}}},
	}}
}

// expect is what the root's tasks of job must compute.
func expect(j stage.Job) []uint64 {
	var all [][]uint64
	for _, st := range j.Stages {
		var inputs, own []uint64
		for _, in := range st.Inputs {
			inputs = append(inputs, all[in.From]...)
		}
		for i := range st.Tasks {
			own = append(own, number(stage.TaskID{Job: j.ID, Stage: st.ID, Index: i}, st.Args(i), inputs))
		}
		all = append(all, own)
	}
	return all[len(all)-1]
}

// result waits for a job and reads its outputs.
func (c *cluster) result(h *master.Handle) []uint64 {
	c.t.Helper()
	if err := h.Wait(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	outputs, err := h.Outputs(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var got []uint64
	for _, o := range outputs {
		v := c.store.value(o.Attempt)
		<-v.ready
		got = append(got, v.number)
	}
	return got
}

func (c *cluster) submit(j stage.Job) *master.Handle {
	c.t.Helper()
	h, err := c.master.Submit(c.t.Context(), j)
	if err != nil {
		c.t.Fatal(err)
	}
	return h
}

func TestJobs(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *cluster) {
		c.worker(2)
		c.worker(2)
		var handles []*master.Handle
		for n := range 5 {
			handles = append(handles, c.submit(job(stage.JobID(fmt.Sprintf("j%d", n)))))
		}
		for _, h := range handles {
			if got, want := c.result(h), expect(job(h.ID())); !slices.Equal(got, want) {
				t.Errorf("job %s gave %x, not %x", h.ID(), got, want)
			}
			view, err := h.Progress()
			if err != nil || view.Stages[2].Done != 2 || view.Stages[2].Rows != 2 {
				t.Errorf("progress is %+v, %v", view, err)
			}
			if err := h.Release(); err != nil {
				t.Error(err)
			}
		}
		// Released jobs leave nothing behind, which is when a worker may go.
		for i, a := range c.agents {
			a.Drain()
			if err := <-c.done[i]; err != nil {
				t.Errorf("draining ended with %v", err)
			}
		}
		for id, n := range c.store.freed {
			if n != 1 {
				t.Errorf("%v was freed %d times", id, n)
			}
		}
		if len(c.store.freed) < 5*7 {
			t.Errorf("only %d attempts were freed", len(c.store.freed))
		}
	})
}

func TestErrorsKeepTheirClass(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *cluster) {
		c.worker(4)
		user := diag.Errorf(diag.CodeCast, diag.Pos{Line: 3, Col: 7}, "cannot cast 'x'").WithHint("try_cast")
		c.store.inject("user/0/1#0", func(context.Context) error { return fmt.Errorf("scanning: %w", user) })
		err := c.submit(job("user")).Wait(t.Context())
		if e := diag.Of(err); e.Class != diag.User || e.Code != diag.CodeCast || e.Pos != user.Pos || e.Msg != user.Msg || e.Hint != user.Hint {
			t.Errorf("have %#v", e)
		}
		c.store.inject("panic/0/1#0", func(context.Context) error { panic("boom") })
		c.store.inject("panic/0/1#1", func(context.Context) error { panic("boom") })
		err = c.submit(job("panic")).Wait(t.Context())
		if diag.ClassOf(err) != diag.Internal || !strings.Contains(err.Error(), "boom") {
			t.Errorf("have %v", err)
		}
		c.store.inject("again/0/2#0", func(context.Context) error { return diag.Errorf(diag.CodeStorage, diag.Pos{}, "a hiccup") })
		c.store.inject("again/2/0#0", func(context.Context) error {
			producer := stage.AttemptID{Task: stage.TaskID{Job: "again", Stage: 1, Index: 0}, Number: 1}
			return fmt.Errorf("sorting: %w", &stage.FetchError{Producer: producer, Err: errors.New("checksum")})
		})
		if got, want := c.result(c.submit(job("again"))), expect(job("again")); !slices.Equal(got, want) {
			t.Errorf("have %x, want %x", got, want)
		}
	})
}

func TestCancelReachesTheTask(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *cluster) {
		c.worker(3)
		started, stopped := make(chan struct{}), make(chan struct{})
		c.store.inject("j/0/1#0", func(ctx context.Context) error {
			close(started)
			<-ctx.Done()
			close(stopped)
			return ctx.Err()
		})
		h := c.submit(job("j"))
		<-started
		if err := h.Cancel(); err != nil {
			t.Fatal(err)
		}
		<-stopped
		if err := h.Wait(t.Context()); diag.Of(err).Code != diag.CodeKilled {
			t.Errorf("have %v", err)
		}
	})
}

// TestMasterRestart restarts the master while a task runs: the task goes on,
// and its result counts.
func TestMasterRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	journal, err := master.OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, store: newStore(), opts: master.Options{Journal: journal}}
	c.open("grpc")
	defer func() { c.close() }()
	c.worker(4)
	started, release := make(chan struct{}), make(chan struct{})
	c.store.inject("j/2/0#0", func(ctx context.Context) error {
		close(started)
		<-release
		return nil
	})
	c.submit(job("j"))
	<-started
	// The worker keeps its connection; only the server side goes.
	conn := c.conn
	c.server.Stop()
	c.master.Close()
	if c.opts.Journal, err = master.OpenFileJournal(path); err != nil {
		t.Fatal(err)
	}
	c.open("grpc")
	newStop := c.stop
	c.stop = func() { conn.Close(); newStop() }
	close(release)
	h, ok := c.master.Job("j")
	if !ok {
		t.Fatal("the job is gone")
	}
	if got, want := c.result(h), expect(job("j")); !slices.Equal(got, want) {
		t.Errorf("have %x, want %x", got, want)
	}
	outputs, _ := h.Outputs(t.Context())
	if outputs[0].Attempt.Number != 0 {
		t.Errorf("the task that was running was run again: %v", outputs)
	}
}

func TestRefusals(t *testing.T) {
	c := &cluster{t: t, store: newStore(), opts: master.Options{Vocabulary: []string{"Scan", "HashJoin"}}}
	c.open("grpc")
	defer c.close()
	c.worker(1)
	err := <-c.done[0]
	if e := diag.Of(err); e.Class != diag.User || !strings.Contains(e.Msg, "HashJoin") || strings.Contains(e.Msg, "Scan") || e.Hint == "" {
		t.Errorf("a worker without HashJoin: %v", err)
	}
	conn := c.connect()
	defer conn.Close()
	for _, bad := range []string{"", "let me out"} {
		_, _, err := agent.GRPC{Conn: conn, Token: bad}.Dial(t.Context(), &taskpb.RegisterRequest{Worker: "w", Epoch: 1, Slots: 1})
		if err == nil || !strings.Contains(err.Error(), "join token") {
			t.Errorf("token %q: %v", bad, err)
		}
	}
}

// TestLargeFragment sends more than the 4 MiB that gRPC allows by itself.
func TestLargeFragment(t *testing.T) {
	c := &cluster{t: t, store: newStore()}
	c.open("grpc")
	defer c.close()
	c.worker(1)
	j := stage.Job{ID: "big", Stages: []stage.Stage{{Tasks: 1, Fragment: make([]byte, 9<<20)}}}
	c.result(c.submit(j))
	if c.store.larger != 9<<20 {
		t.Errorf("a fragment of %d bytes arrived", c.store.larger)
	}
}
