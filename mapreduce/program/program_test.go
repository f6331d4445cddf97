package program

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

func TestRoutesFallIntoTheirPartitions(t *testing.T) {
	for _, n := range []int{1, 2, 3, 100, MaxReducers} {
		routes := Routes(n)
		var h batch.Hasher
		col := batch.FromValues(types.BigIntType, batch.PhysI64, routes, nil)
		for i, x := range h.Hash([]*batch.Column{col}, n, nil) {
			if p := batch.PartitionOf(x, n); p != i {
				t.Errorf("route %d of %d leads to %d", i, n, p)
			}
		}
	}
}

func TestParsePartition(t *testing.T) {
	names, values, err := ParsePartition("ds='20260101'/hh = 08")
	if err != nil || strings.Join(names, " ") != "ds hh" || strings.Join(values, " ") != "20260101 08" {
		t.Errorf("%q %q %v", names, values, err)
	}
	for _, bad := range []string{"ds", "ds=", "=1"} {
		if _, _, err := ParsePartition(bad); diag.Of(err).Code != diag.CodeMRResource {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func spec() Spec {
	number := []Column{{Name: "n", Type: "BIGINT"}}
	return Spec{
		Version: Version, Name: "double", Inputs: []Input{{Table: "t", Columns: number}}, Values: number, MapOnly: true,
		Output: Output{Table: "u", Columns: number},
	}
}

func TestSpecCheck(t *testing.T) {
	good := spec()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Spec){
		"version":    func(s *Spec) { s.Version++ },
		"input":      func(s *Spec) { s.Inputs = nil },
		"output":     func(s *Spec) { s.Output.Table = "" },
		"reducers":   func(s *Spec) { s.Reducers = MaxReducers + 1 },
		"key":        func(s *Spec) { s.MapOnly = false },
		"key column": func(s *Spec) { s.Sort = []SortColumn{{Column: 3}} },
	} {
		s := spec()
		change(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// doubler gives every number twice as large, and fails at failAt.
type doubler struct {
	in     *batch.Batch
	ended  bool
	failAt int64
	seen   int64
}

func (d *doubler) Spec() Spec { return spec() }

func (d *doubler) Open(context.Context, Side) (Code, error) { return d, nil }

func (d *doubler) Push(_ context.Context, b *batch.Batch) error {
	d.in, d.ended = b, b == nil
	return nil
}

func (d *doubler) Pull(context.Context) (*batch.Batch, error) {
	if d.in == nil {
		if d.ended {
			return nil, io.EOF
		}
		return nil, nil
	}
	vals := append([]int64{}, batch.Values[int64](d.in.Columns[0])...)
	for i := range vals {
		if vals[i] == d.failAt {
			return nil, diag.Errorf(diag.CodeMRUser, diag.Pos{}, "%d is too much", vals[i]).WithHint("take less")
		}
		vals[i] *= 2
		d.seen++
	}
	d.in = nil
	return batch.New(len(vals), batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)), nil
}

func (d *doubler) Close() error { return nil }

func (d *doubler) Counters() map[string]int64 { return map[string]int64{"seen": d.seen} }

// serve runs a program at the other end of two pipes.
func serve(t *testing.T, build func() (Job, error)) (io.Reader, io.Writer) {
	t.Helper()
	theirIn, to := io.Pipe()
	from, theirOut := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := Serve(context.Background(), theirIn, theirOut, build)
		theirOut.Close()
		done <- err
	}()
	t.Cleanup(func() {
		to.Close()
		from.Close()
		<-done
	})
	return from, to
}

func TestConversation(t *testing.T) {
	r, w := serve(t, func() (Job, error) { return &doubler{failAt: -1}, nil })
	code, err := Connect(r, w, Side{}, []types.Type{types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	got := int64(0)
	for next := int64(1); ; {
		b, err := code.Pull(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b != nil {
			for i := range b.N {
				got += b.Columns[0].Int(i)
			}
			continue
		}
		var in *batch.Batch
		if next <= 1000 {
			vals := make([]int64, next) // batches of all sizes
			for i := range vals {
				vals[i] = next
			}
			in = batch.New(len(vals), batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil))
			next += 37
		}
		if err := code.Push(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	want, seen := int64(0), int64(0)
	for n := int64(1); n <= 1000; n += 37 {
		want, seen = want+2*n*n, seen+n
	}
	if got != want || code.Counters()["seen"] != seen {
		t.Errorf("the sum is %d, want %d; %v", got, want, code.Counters())
	}
}

func TestConversationFails(t *testing.T) {
	r, w := serve(t, func() (Job, error) { return &doubler{failAt: 7}, nil })
	code, err := Connect(r, w, Side{}, []types.Type{types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := code.Pull(t.Context()); b != nil || err != nil {
		t.Fatal(b, err)
	}
	if err := code.Push(t.Context(), batch.New(1, batch.FromValues(types.BigIntType, batch.PhysI64, []int64{7}, nil))); err != nil {
		t.Fatal(err)
	}
	_, err = code.Pull(t.Context())
	if e := diag.Of(err); e.Code != diag.CodeMRUser || e.Msg != "7 is too much" || e.Hint != "take less" {
		t.Errorf("got %v", err)
	}
}

func TestDescribe(t *testing.T) {
	r, w := serve(t, func() (Job, error) { return &doubler{}, nil })
	s, err := Describe(r, w)
	if err != nil || s.Name != "double" || len(s.Inputs) != 1 {
		t.Errorf("%+v %v", s, err)
	}
	r, w = serve(t, func() (Job, error) { return nil, errors.New("nothing to do") })
	if _, err := Describe(r, w); err == nil || !strings.Contains(err.Error(), "nothing to do") {
		t.Errorf("got %v", err)
	}
}

// An engine of another version is refused by the program, and the other way round.
func TestVersions(t *testing.T) {
	r, w := serve(t, func() (Job, error) { return &doubler{}, nil })
	c := newConn(r, w)
	if err := c.sendJSON(hello, helloMessage{Version: Version + 1}); err != nil {
		t.Fatal(err)
	}
	k, payload, err := c.receive()
	if err != nil || k != failed || !strings.Contains(string(payload), "version") {
		t.Errorf("%q %s %v", byte(k), payload, err)
	}
}
