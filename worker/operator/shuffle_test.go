package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
	"github.com/bixidata/bixi/worker/memory"
)

// feed yields batches and ruins each when the next is asked for, as a producer
// that reuses its buffers does.
type feed struct {
	batches []*batch.Batch
	last    *batch.Batch
	opened  bool
}

func (f *feed) Open(context.Context) error { f.opened = true; return nil }
func (f *feed) Close() error               { return nil }

func (f *feed) Next(context.Context) (*batch.Batch, error) {
	if f.last != nil {
		for _, c := range f.last.Columns {
			ruin(c)
		}
	}
	if len(f.batches) == 0 {
		return nil, io.EOF
	}
	b := f.batches[0]
	f.batches = f.batches[1:]
	f.last = &batch.Batch{Columns: make([]*batch.Column, len(b.Columns)), N: b.N, Sel: slices.Clone(b.Sel)}
	for i, c := range b.Columns {
		f.last.Columns[i] = batch.Clone(c)
	}
	return f.last, nil
}

func ruin(c *batch.Column) {
	for i := range c.Data {
		c.Data[i] = 0xA5
	}
	for i := range c.Codes {
		c.Codes[i] = 1 << 30
	}
	for i := range c.Valid {
		c.Valid[i] = 0x5A5A5A5A5A5A5A5A
	}
	for _, k := range c.Children {
		ruin(k)
	}
}

// drawn is a random table for joins and exchanges: k BIGINT and s STRING with
// few values and NULLs, and a number of the row. Batches have n rows at most and
// mixed encodings.
func drawn(r *rand.Rand, rows, n, keys int, first int64) []*batch.Batch {
	names := make([]string, keys)
	for i := range names {
		names[i] = fmt.Sprintf("name %d", i)
	}
	dict := batch.FromStrings(types.StringType, names)
	var out []*batch.Batch
	for rows > 0 {
		k := min(rows, 1+r.IntN(n))
		rows -= k
		key, name, id := batch.NewBuilder(types.BigIntType), batch.NewBuilder(types.StringType), batch.NewBuilder(types.BigIntType)
		codes, valid := make([]int32, k), batch.NewBitmapSet(k)
		for i := range k {
			key.AppendDatum(nullable(r, int64(r.IntN(keys))))
			codes[i] = int32(r.IntN(keys))
			if r.IntN(8) == 0 {
				valid.Clear(i)
			}
			id.AppendDatum(first)
			first++
		}
		name.Append(batch.FromCodes(dict, codes, valid), nil)
		names := name.Finish()
		keys := key.Finish()
		switch r.IntN(3) {
		case 0:
			names = batch.FromCodes(dict, codes, valid)
		case 1:
			keys = batch.ConstOf(keys, 0, k)
		}
		b := batch.New(k, keys, names, id.Finish())
		if r.IntN(3) == 0 {
			for i := range k {
				if r.IntN(3) > 0 {
					b.Sel = append(b.Sel, int32(i))
				}
			}
			if b.Sel == nil {
				b.Sel = []int32{}
			}
		}
		out = append(out, b)
	}
	return out
}

func nullable(r *rand.Rand, v types.Datum) types.Datum {
	if r.IntN(8) == 0 {
		return nil
	}
	return v
}

var drawnSchema = types.Schema{{Name: "k", Type: types.BigIntType}, {Name: "s", Type: types.StringType}, {Name: "id", Type: types.BigIntType}}

// lines writes the existing rows as text, in order.
func lines(batches ...*batch.Batch) []string {
	var out []string
	for _, b := range batches {
		b = b.Dense()
		for i := range b.N {
			row := ""
			for _, c := range b.Columns {
				row += fmt.Sprint(c.Datum(i), "|")
			}
			out = append(out, row)
		}
	}
	return out
}

// drainOp opens op, copies what it gives and closes it.
func drainOp(t *testing.T, op Operator) ([]string, error) {
	t.Helper()
	var out []string
	err := op.Open(t.Context())
	for err == nil {
		var b *batch.Batch
		if b, err = op.Next(t.Context()); err == nil {
			out = append(out, lines(b)...)
		}
	}
	if cerr := op.Close(); cerr != nil {
		t.Errorf("Close: %v", cerr)
	}
	if err == io.EOF {
		err = nil
	}
	return out, err
}

func columnOf(i int) scalar.Expr {
	return &scalar.Column{ID: i, Name: drawnSchema[i%3].Name, Typ: drawnSchema[i%3].Type}
}

func testEnv(rows int) *Env {
	return &Env{Memory: memory.NewBudget(0), BatchRows: rows, Tasks: 1,
		Functions: udf.NewRegistry(builtin.All()...), Session: &udf.Session{Zone: time.UTC}}
}

func TestExchangeHash(t *testing.T) {
	for _, rows := range []int{1, 3, 1024} {
		for _, tight := range []bool{false, true} {
			r := rand.New(rand.NewPCG(1, uint64(rows)))
			input := drawn(r, 3000, max(rows, 7), 40, 0)
			want := lines(input...)
			env := testEnv(rows)
			if tight {
				env.Memory = memory.NewBudget(1000)
			}
			store := shuffle.NewMemoryStore(shuffle.Options{})
			defer store.Close()
			node := &physical.ShuffleWrite{Unary: physical.Unary{Input: &physical.Values{Fields: drawnSchema}}, Kind: physical.Hash,
				Keys: []scalar.Expr{columnOf(0), columnOf(1)}, Partitions: 5}
			env.Output, _ = store.Writer("a", drawnSchema.Types(), 5)
			op, err := newShuffleWrite(node, []Operator{&feed{batches: input}}, env)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := drainOp(t, op); err != nil {
				t.Fatal(err)
			}
			if _, err := env.Output.Close(); err != nil {
				t.Fatal(err)
			}
			if env.Memory.Used() != 0 {
				t.Errorf("%d bytes stay reserved", env.Memory.Used())
			}
			var got []string
			for p := range 5 {
				part := readPart(t, store, p)
				for _, b := range part {
					for _, h := range batch.HashColumns(b.Columns[:2], b.N, nil) {
						if batch.PartitionOf(h, 5) != p {
							t.Fatalf("a row of partition %d is in partition %d", batch.PartitionOf(h, 5), p)
						}
					}
				}
				ids := lines(part...)
				if !slices.IsSortedFunc(part, func(a, b *batch.Batch) int { return int(a.Columns[2].Int(0) - b.Columns[2].Int(0)) }) {
					t.Errorf("partition %d lost the order of the input", p)
				}
				got = append(got, ids...)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("batches of %d: %d rows out, %d in, or other rows", rows, len(got), len(want))
			}
		}
	}
}

func readPart(t *testing.T, s shuffle.Store, p int) []*batch.Batch {
	t.Helper()
	r, err := s.Reader(t.Context(), "a", p)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []*batch.Batch
	for {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
}

func TestExchangeWhole(t *testing.T) {
	for _, test := range []struct {
		kind       physical.ExchangeKind
		partitions int
	}{{physical.Gather, 1}, {physical.Broadcast, 1}, {physical.RoundRobin, 3}, {physical.Hash, 1}} {
		t.Run(test.kind.String(), func(t *testing.T) {
			input := drawn(rand.New(rand.NewPCG(7, 8)), 500, 60, 10, 0)
			want := lines(input...)
			store := shuffle.NewMemoryStore(shuffle.Options{})
			defer store.Close()
			env := testEnv(64)
			env.Output, _ = store.Writer("a", drawnSchema.Types(), test.partitions)
			op, err := newShuffleWrite(&physical.ShuffleWrite{Unary: physical.Unary{Input: &physical.Values{Fields: drawnSchema}},
				Kind: test.kind, Partitions: test.partitions}, []Operator{&feed{batches: input}}, env)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := drainOp(t, op); err != nil {
				t.Fatal(err)
			}
			env.Output.Close()
			var dealt []string
			for p := range test.partitions {
				got := lines(readPart(t, store, p)...)
				dealt = append(dealt, got...)
				if test.kind != physical.RoundRobin && !slices.Equal(got, want) {
					t.Errorf("partition %d has %d rows, want %d, or others", p, len(got), len(want))
				}
				if len(got) == 0 {
					t.Errorf("partition %d is empty", p)
				}
			}
			slices.Sort(dealt)
			slices.Sort(want)
			if test.kind == physical.RoundRobin && !slices.Equal(dealt, want) {
				t.Error("dealing changed the rows")
			}
		})
	}
}

// reading gives batches, then err.
type reading struct {
	batches []*batch.Batch
	err     error
	block   bool
	closed  *int
}

func (r *reading) Close() error { *r.closed++; return nil }
func (r *reading) Next(ctx context.Context) (*batch.Batch, error) {
	if len(r.batches) > 0 {
		b := r.batches[0]
		r.batches = r.batches[1:]
		return b, nil
	}
	if r.block {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return nil, r.err
}

func TestShuffleRead(t *testing.T) {
	defer goleak.VerifyNone(t)
	broken := errors.New("broken")
	for _, ordered := range []bool{true, false} {
		for _, test := range []struct {
			name string
			end  error
		}{{"all", io.EOF}, {"failing", broken}} {
			t.Run(fmt.Sprintf("%s ordered=%v", test.name, ordered), func(t *testing.T) {
				closed := 0
				var readers []shuffle.Reader
				var want []string
				for i := range 9 {
					in := drawn(rand.New(rand.NewPCG(1, uint64(i))), 50*i, 20, 5, int64(1000*i))
					want = append(want, lines(in...)...)
					r := &reading{batches: in, err: io.EOF, closed: &closed}
					if i == 5 {
						r.err = test.end
					}
					if i == 6 && !ordered && test.end == broken {
						r.block = true
					}
					readers = append(readers, r)
				}
				env := testEnv(64)
				env.Input = func(context.Context, int) ([]shuffle.Reader, error) { return readers, nil }
				op, _ := newShuffleRead(&physical.ShuffleRead{Fields: drawnSchema, Ordered: ordered}, nil, env)
				got, err := drainOp(t, op)
				if closed != len(readers) {
					t.Errorf("%d of %d readers closed", closed, len(readers))
				}
				if test.end != io.EOF {
					if err != test.end {
						t.Errorf("got %v, want %v", err, test.end)
					}
					return
				}
				if !ordered {
					slices.Sort(got)
					slices.Sort(want)
				}
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%d rows of %d, or others; %v", len(got), len(want), err)
				}
			})
		}
	}
}

// Sorted outputs are merged into one order that depends on no output's place.
func TestShuffleReadMerges(t *testing.T) {
	var outputs [][]*batch.Batch
	var all []*batch.Batch
	env := testEnv(50)
	keys := []scalar.SortKey{{Expr: columnOf(1), Desc: true}, {Expr: columnOf(0), NullsFirst: true}}
	sorted := func(in []*batch.Batch) []*batch.Batch {
		op, err := newSort(&physical.Sort{Unary: physical.Unary{Input: &physical.Values{Fields: drawnSchema}}, Keys: keys}, []Operator{&feed{batches: in}}, env)
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer op.Close()
		var out []*batch.Batch
		for {
			b, err := op.Next(t.Context())
			if err == io.EOF {
				return out
			}
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b.Clone())
		}
	}
	for i := range 5 {
		in := drawn(rand.New(rand.NewPCG(3, uint64(i))), 100*i, 30, 6, int64(10*i)) // equal rows in several outputs
		all = append(all, in...)
		outputs = append(outputs, sorted(in))
	}
	want := lines(sorted(all)...)
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 2, 0, 3, 1}} {
		closed := 0
		var readers []shuffle.Reader
		for _, i := range order {
			readers = append(readers, &reading{batches: outputs[i], err: io.EOF, closed: &closed})
		}
		env.Input = func(context.Context, int) ([]shuffle.Reader, error) { return readers, nil }
		op, err := newShuffleRead(&physical.ShuffleRead{Fields: drawnSchema, Merge: keys}, nil, env)
		if err != nil {
			t.Fatal(err)
		}
		got, err := drainOp(t, op)
		if err != nil || !slices.Equal(got, want) || closed != 5 {
			t.Errorf("outputs %v: %d rows of %d, or another order; %v", order, len(got), len(want), err)
		}
	}
}

// Closing early ends the goroutines that wait for output.
func TestShuffleReadClosedEarly(t *testing.T) {
	defer goleak.VerifyNone(t)
	closed := 0
	var readers []shuffle.Reader
	for i := range 6 {
		readers = append(readers, &reading{batches: drawn(rand.New(rand.NewPCG(1, uint64(i))), 300, 5, 5, 0), block: true, closed: &closed})
	}
	env := testEnv(64)
	env.Input = func(context.Context, int) ([]shuffle.Reader, error) { return readers, nil }
	op, _ := newShuffleRead(&physical.ShuffleRead{Fields: drawnSchema}, nil, env)
	if err := op.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := op.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := op.Close(); err != nil || closed != 6 {
		t.Errorf("%v, %d closed", err, closed)
	}
}

func BenchmarkExchangeHash(b *testing.B) {
	const n = 4096
	ids, vals := make([]int64, n), make([]int64, n)
	for i := range ids {
		ids[i], vals[i] = int64(i)*7919, int64(i)
	}
	codes := make([]int32, n)
	dict := batch.FromStrings(types.StringType, []string{"a", "b", "c"})
	in := batch.New(n, batch.FromValues(types.BigIntType, batch.PhysI64, ids, nil),
		batch.FromCodes(dict, codes, nil), batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil))
	node := &physical.ShuffleWrite{Unary: physical.Unary{Input: &physical.Values{Fields: drawnSchema}}, Kind: physical.Hash,
		Keys: []scalar.Expr{columnOf(0)}, Partitions: 16}
	for b.Loop() {
		store := shuffle.NewMemoryStore(shuffle.Options{})
		env := testEnv(0)
		env.Output, _ = store.Writer("a", drawnSchema.Types(), 16)
		op, err := newShuffleWrite(node, []Operator{&repeat{b: in, n: 256}}, env)
		if err != nil {
			b.Fatal(err)
		}
		if err := op.Open(context.Background()); err != nil {
			b.Fatal(err)
		}
		if _, err := op.Next(context.Background()); err != io.EOF {
			b.Fatal(err)
		}
		op.Close()
		store.Close()
	}
	b.ReportMetric(float64(b.N)*256*n/b.Elapsed().Seconds()/1e6, "Mrow/s")
}

// repeat yields one batch n times.
type repeat struct {
	b *batch.Batch
	n int
}

func (r *repeat) Open(context.Context) error { return nil }
func (r *repeat) Close() error               { return nil }
func (r *repeat) Next(context.Context) (*batch.Batch, error) {
	if r.n == 0 {
		return nil, io.EOF
	}
	r.n--
	return r.b, nil
}

// list yields batches as they are.
type list struct{ b []*batch.Batch }

func (l *list) Open(context.Context) error { return nil }
func (l *list) Close() error               { return nil }
func (l *list) Next(context.Context) (*batch.Batch, error) {
	if len(l.b) == 0 {
		return nil, io.EOF
	}
	b := l.b[0]
	l.b = l.b[1:]
	return b, nil
}
