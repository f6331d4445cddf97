package server

import (
	"context"
	"errors"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// scripted are Statements that end as a test says.
type scripted struct {
	submitErr error
	schema    types.Schema
	batches   []*batch.Batch
	outcome   Outcome
	err       error // of the statement
	tail      error // of the result, instead of io.EOF
	hold      bool  // runs until it is cancelled
	request   Request
	closed    chan struct{} // if set, receives at each Close
}

type scriptedStatement struct {
	of     *scripted
	cancel context.CancelFunc
	ctx    context.Context
	next   int
}

func (s *scripted) Submit(ctx context.Context, r Request) (Statement, error) {
	s.request = r
	if s.submitErr != nil {
		return nil, s.submitErr
	}
	st := &scriptedStatement{of: s}
	st.ctx, st.cancel = context.WithCancel(ctx)
	return st, nil
}

func (s *scripted) Close() error { return nil }

func (st *scriptedStatement) ID() string { return "job1" }

func (st *scriptedStatement) Schema(ctx context.Context) (types.Schema, error) {
	_, err := st.Wait(ctx)
	return st.of.schema, err
}

func (st *scriptedStatement) Next(context.Context) (*batch.Batch, error) {
	if st.next == len(st.of.batches) {
		if st.of.tail != nil {
			return nil, st.of.tail
		}
		return nil, io.EOF
	}
	st.next++
	return st.of.batches[st.next-1], nil
}

func (st *scriptedStatement) Progress() Progress {
	return Progress{Phase: "running", Elapsed: time.Second, Stages: []StageProgress{
		{Label: "M1", Total: 4, Running: 1, Done: 3, Rows: 99}, {Label: "R2_1", Total: 2, Inputs: []int{0}},
	}}
}

func (st *scriptedStatement) Cancel() { st.cancel() }

func (st *scriptedStatement) Wait(ctx context.Context) (Outcome, error) {
	if !st.of.hold {
		return st.of.outcome, st.of.err
	}
	select {
	case <-st.ctx.Done():
		return Outcome{}, diag.Errorf(diag.CodeKilled, diag.Pos{}, "job job1 was cancelled")
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

func (st *scriptedStatement) Close() error {
	st.cancel()
	if st.of.closed != nil {
		st.of.closed <- struct{}{}
	}
	return nil
}

// dial serves s in memory and gives a client of it.
func dial(t *testing.T, s Statements) *Client {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	srv := grpc.NewServer()
	Register(srv, s)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	c, err := NewClient("passthrough:///memory", grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return listener.DialContext(ctx)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		srv.Stop()
		<-served
	})
	return c
}

// leakFree checks, after the cleanups that t has when the test ends, that no
// goroutine is left. It is called first.
func leakFree(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func TestClientResult(t *testing.T) {
	leakFree(t)
	point := types.StructOf(types.Field{Name: "x", Type: types.DecimalOf(38, 4)}, types.Field{Name: "m", Type: types.MapOf(types.StringType, types.ArrayOf(types.BigIntType))})
	s := &scripted{
		schema: types.Schema{{Name: "a", Type: types.VarcharOf(7), Comment: "c"}, {Name: "p", Type: point, Required: true}, {Name: "at", Type: types.DatetimeType}},
		outcome: Outcome{
			State: State{Project: "p", Settings: map[string]string{"k": "v"}}, HasWritten: true, Written: 5, Warnings: []string{"w"}, Elapsed: time.Minute,
		},
	}
	long := strings.Repeat("x", messageBytes/3)
	for _, v := range []string{"one", "two", long} {
		names := batch.FromStrings(types.VarcharOf(7), []string{v, v, v, v})
		s.batches = append(s.batches, batch.New(4, names, batch.NullColumn(point, 4), batch.NullColumn(types.DatetimeType, 4)))
	}
	ctx := context.Background()
	want := Request{Text: "select 1", State: State{Project: "q", Settings: map[string]string{"a": "b"}}, User: "me"}
	st, err := dial(t, s).Submit(ctx, want)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if !reflect.DeepEqual(s.request, want) {
		t.Errorf("request %+v", s.request)
	}
	outcome, err := st.Wait(ctx)
	if err != nil || !reflect.DeepEqual(outcome, s.outcome) {
		t.Errorf("outcome %+v, %v", outcome, err)
	}
	schema, err := st.Schema(ctx)
	if err != nil || !reflect.DeepEqual(schema, s.schema) {
		t.Errorf("schema %v, %v", schema, err)
	}
	var rows []string
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.N {
			rows = append(rows, string(b.Columns[0].Datum(i).(string)))
			if !b.Columns[1].IsNull(i) || !b.Columns[2].IsNull(i) {
				t.Fatal("a NULL is lost")
			}
		}
	}
	if !slices.Equal(rows, []string{"one", "one", "one", "one", "two", "two", "two", "two", long, long, long, long}) {
		t.Errorf("%d rows", len(rows))
	}
	if st.ID() != "job1" || st.Progress().Phase != "done" {
		t.Errorf("id %s, %+v", st.ID(), st.Progress())
	}
}

func TestClientErrors(t *testing.T) {
	leakFree(t)
	full := &diag.Error{Class: diag.Resource, Code: diag.CodeSemantic, Pos: diag.Pos{Line: 3, Col: 14}, Msg: "there is no column x", Hint: "did you mean y?",
		Also: []*diag.Error{{Class: diag.User, Code: diag.CodeTableNotFound, Pos: diag.Pos{Line: 4, Col: 1}, Msg: "there is no table t"}}}
	check := func(err error) {
		t.Helper()
		var e *diag.Error
		if !errors.As(err, &e) || !reflect.DeepEqual(e, full) {
			t.Errorf("got %#v", err)
		}
	}
	ctx := context.Background()
	_, err := dial(t, &scripted{submitErr: full}).Submit(ctx, Request{})
	check(err)

	st, err := dial(t, &scripted{err: full}).Submit(ctx, Request{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.Schema(ctx)
	check(err)
	_, err = st.Next(ctx)
	check(err)
	if err := st.Close(); err != nil {
		t.Error(err)
	}

	st, err = dial(t, &scripted{tail: full, schema: types.Schema{{Name: "a", Type: types.BigIntType}}}).Submit(ctx, Request{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.Wait(ctx); err != nil {
		t.Error(err)
	}
	_, err = st.Next(ctx)
	check(err)
}

func TestClientProgressAndCancel(t *testing.T) {
	for name, cancel := range map[string]func(*Client, Statement, context.CancelFunc){
		"statement": func(_ *Client, st Statement, _ context.CancelFunc) { st.Cancel() },
		"context":   func(_ *Client, _ Statement, stop context.CancelFunc) { stop() },
		"close":     func(_ *Client, st Statement, _ context.CancelFunc) { st.Close() },
		"job": func(c *Client, st Statement, _ context.CancelFunc) {
			if err := c.Kill(context.Background(), st.ID()); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			leakFree(t)
			s := &scripted{hold: true, closed: make(chan struct{}, 1)}
			c := dial(t, s)
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			st, err := c.Submit(ctx, Request{Text: "select 1", User: "me"})
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			for len(st.Progress().Stages) == 0 {
				wait, done := context.WithTimeout(ctx, progressEvery/10)
				if _, err := st.Wait(wait); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
				done()
			}
			if p := st.Progress(); !reflect.DeepEqual(p, (*scriptedStatement)(nil).Progress()) {
				t.Errorf("%+v", p)
			}
			jobs, err := c.List(context.Background())
			if err != nil || len(jobs) != 1 || jobs[0].Status != Running || jobs[0].Request.Text != "select 1" {
				t.Errorf("%+v, %v", jobs, err)
			}
			cancel(c, st, stop)
			if _, err := st.Wait(context.Background()); diag.Of(err).Code != diag.CodeKilled {
				t.Error(err)
			}
			<-s.closed
			if jobs, err = c.List(context.Background()); err != nil || jobs[0].Status != Cancelled {
				t.Errorf("%+v, %v", jobs, err)
			}
		})
	}
}

// TestClientLeavesResult closes a statement whose result nobody reads.
func TestClientLeavesResult(t *testing.T) {
	leakFree(t)
	s := &scripted{schema: types.Schema{{Name: "a", Type: types.BigIntType}}}
	for range 1000 {
		s.batches = append(s.batches, batch.New(4096, batch.NewFixed(types.BigIntType, 4096)))
	}
	st, err := dial(t, s).Submit(context.Background(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Next(context.Background()); err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

func TestClientWithoutServer(t *testing.T) {
	leakFree(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // nobody answers at this address now
	c, err := NewClient("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Submit(context.Background(), Request{})
	if e := diag.Of(err); e.Code != diag.CodeServer || e.Class != diag.Transient || e.Hint == "" {
		t.Error(err)
	}
	if err := c.Kill(context.Background(), "x"); diag.Of(err).Code != diag.CodeServer {
		t.Error(err)
	}
}

func TestKillUnknown(t *testing.T) {
	if err := dial(t, &scripted{}).Kill(context.Background(), "nope"); !strings.Contains(err.Error(), "no job nope") {
		t.Error(err)
	}
}

func TestJobListIsBounded(t *testing.T) {
	var l jobList
	st := &scriptedStatement{of: &scripted{}}
	first := l.begin(Request{}, st, time.Now())
	for range 2 * keptJobs {
		l.end(l.begin(Request{}, st, time.Now()), nil)
	}
	if jobs := l.list(); len(jobs) != keptJobs || jobs[0].Status != Running || jobs[1].Status != Succeeded {
		t.Errorf("%d jobs", len(jobs))
	}
	l.end(first, errors.New("x"))
	if l.list()[0].Status != Failed {
		t.Error("not failed")
	}
}
