package mapreduce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type counted struct {
	Word  string
	Count int64
}

// phases records which phases of a mapper ran.
type phases struct {
	log    *[]string
	failAt string
}

func (p phases) note(phase string) error {
	*p.log = append(*p.log, phase)
	if p.failAt == phase {
		return errors.New("no " + phase)
	}
	return nil
}

func (p phases) Setup(*Context) error   { return p.note("setup") }
func (p phases) Cleanup(*Context) error { return p.note("cleanup") }
func (p phases) Map(_ *Context, line string, emit func(counted, None)) error {
	for w := range strings.FieldsSeq(line) {
		emit(counted{w, 1}, None{})
	}
	return p.note("map")
}

func (p phases) open(t *testing.T) program.Code {
	t.Helper()
	j, err := MapOnly[counted]{
		Name: "phases", Output: Table{Name: "out"},
		Inputs: []Input[counted, None]{Read("in", Mapper[string, counted, None](p))},
	}.Job()
	if err != nil {
		t.Fatal(err)
	}
	code, err := j.Open(t.Context(), program.Side{})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// drive runs code over lines, a batch each, and gives its output's first column.
func drive(code program.Code, lines ...string) (out []string, err error) {
	ctx := context.Background()
	for {
		b, err := code.Pull(ctx)
		switch {
		case err == io.EOF:
			return out, nil
		case err != nil:
			return out, err
		case b != nil:
			for i := range b.N {
				out = append(out, string(b.Columns[0].Bytes(i)))
			}
		case len(lines) > 0:
			err = code.Push(ctx, batch.New(1, batch.FromStrings(types.StringType, lines[:1])))
			lines = lines[1:]
		default:
			err = code.Push(ctx, nil)
		}
		if err != nil {
			return out, err
		}
	}
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		lines []string
		fail  string
		want  string
	}{
		{nil, "", "setup cleanup"},
		{[]string{"a", "b c"}, "", "setup map map cleanup"},
		{[]string{"a"}, "setup", "setup"},
		{[]string{"a", "b"}, "map", "setup map"},
		{[]string{"a"}, "cleanup", "setup map cleanup"},
	} {
		var log []string
		code := phases{&log, c.fail}.open(t)
		_, err := drive(code, c.lines...)
		if got := strings.Join(log, " "); got != c.want {
			t.Errorf("%q failing at %q: %s, want %s", c.lines, c.fail, got, c.want)
		}
		if (err != nil) != (c.fail != "") || err != nil && diag.Of(err).Code != diag.CodeMRUser {
			t.Errorf("failing at %q: %v", c.fail, err)
		}
		if err := code.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A row that gives more than a batch streams, and a task closed half-way ends.
func TestFlatMapStreams(t *testing.T) {
	var log []string
	code := phases{log: &log}.open(t)
	if b, err := code.Pull(t.Context()); b != nil || err != nil {
		t.Fatal(b, err)
	}
	line := strings.Repeat("w ", 5*batch.TargetRows)
	if err := code.Push(t.Context(), batch.New(1, batch.FromStrings(types.StringType, []string{line}))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b, err := code.Pull(t.Context())
		if err != nil || b == nil || b.N != batch.TargetRows {
			t.Fatal(b, err)
		}
	}
	if len(log) != 1 {
		t.Errorf("the mapper has gone on to %q", log)
	}
	if err := code.Close(); err != nil {
		t.Fatal(err)
	}
	if len(log) != 1 {
		t.Errorf("after Close the mapper went on to %q", log)
	}
}

func TestCancelledTaskEnds(t *testing.T) {
	var log []string
	code := phases{log: &log}.open(t)
	defer code.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := code.Pull(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func add(_ *Context, _ string, ns iter.Seq[int64], emit func(int64)) error {
	n := int64(0)
	for v := range ns {
		n += v
	}
	emit(n)
	return nil
}

func counting(combiner Reducer[string, int64, int64], keys int) MapReduce[string, int64, counted] {
	return MapReduce[string, int64, counted]{
		Name: "count", Combiner: combiner, CombinerKeys: keys, Output: Table{Name: "out"},
		Inputs: []Input[string, int64]{Read("in", MapFunc(func(_ *Context, line string, emit func(string, int64)) error {
			for w := range strings.FieldsSeq(line) {
				emit(w, 1)
			}
			return nil
		}))},
		Reducer: ReduceFunc(func(_ *Context, w string, ns iter.Seq[int64], emit func(counted)) error {
			return add(nil, w, ns, func(n int64) { emit(counted{w, n}) })
		}),
	}
}

// The sums of a map task's output are the same whatever its combiner's cache holds,
// and the output is the same however the input is cut.
func TestCombiner(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	lines := make([]string, 300)
	for i := range lines {
		for range 40 {
			lines[i] += fmt.Sprintf("w%d ", r.IntN(200))
		}
	}
	want := map[string]int64{}
	for w := range strings.FieldsSeq(strings.Join(lines, " ")) {
		want[w]++
	}
	for _, keys := range []int{1, 7, 200, 0} {
		whole := mapped(t, counting(ReduceFunc(add), keys), strings.Join(lines, " "))
		cut := mapped(t, counting(ReduceFunc(add), keys), lines...)
		if !reflect.DeepEqual(whole, cut) {
			t.Errorf("%d keys: the output depends on batches", keys)
		}
		got := map[string]int64{}
		for _, c := range cut {
			got[c.Word] += c.Count
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d keys: the sums differ", keys)
		}
		if keys == 0 && len(cut) != len(want) {
			t.Errorf("%d rows for %d keys", len(cut), len(want))
		}
	}
}

func mapped(t *testing.T, d MapReduce[string, int64, counted], lines ...string) (out []counted) {
	t.Helper()
	j, err := d.Job()
	if err != nil {
		t.Fatal(err)
	}
	code, err := j.Open(t.Context(), program.Side{})
	if err != nil {
		t.Fatal(err)
	}
	defer code.Close()
	for {
		b, err := code.Pull(t.Context())
		switch {
		case err == io.EOF:
			return out
		case err != nil:
			t.Fatal(err)
		case b != nil:
			for i := range b.N {
				out = append(out, counted{string(b.Columns[0].Bytes(i)), b.Columns[1].Int(i)})
			}
			continue
		}
		var in *batch.Batch
		if len(lines) > 0 {
			in, lines = batch.New(1, batch.FromStrings(types.StringType, lines[:1])), lines[1:]
		}
		if err := code.Push(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCombinerErrors(t *testing.T) {
	j, err := counting(ReduceFunc(func(*Context, string, iter.Seq[int64], func(int64)) error {
		return errors.New("cannot combine")
	}), 0).Job()
	if err != nil {
		t.Fatal(err)
	}
	code, err := j.Open(t.Context(), program.Side{})
	if err != nil {
		t.Fatal(err)
	}
	defer code.Close()
	if _, err := drive(code, "a a"); err == nil || !strings.Contains(err.Error(), "cannot combine") {
		t.Errorf("got %v", err)
	}
}

// Definitions that cannot work are refused when the job is made.
func TestDefinitions(t *testing.T) {
	type key struct{ A, B int64 }
	base := func() MapReduce[key, int64, counted] {
		return MapReduce[key, int64, counted]{
			Name: "job", Output: Table{Name: "out"},
			Inputs: []Input[key, int64]{Read("in", MapFunc(func(*Context, key, func(key, int64)) error { return nil }))},
			Reducer: ReduceFunc(func(*Context, key, iter.Seq[int64], func(counted)) error {
				return nil
			}),
		}
	}
	for want, change := range map[string]func(*MapReduce[key, int64, counted]){
		"":                     func(*MapReduce[key, int64, counted]) {},
		"no reducer":           func(d *MapReduce[key, int64, counted]) { d.Reducer = nil },
		"no input":             func(d *MapReduce[key, int64, counted]) { d.Inputs = nil },
		"no output table":      func(d *MapReduce[key, int64, counted]) { d.Output = Table{} },
		"no column c":          func(d *MapReduce[key, int64, counted]) { d.GroupBy = []string{"c"} },
		"1 columns are named":  func(d *MapReduce[key, int64, counted]) { d.Output.Columns = []string{"x"} },
		"not between 0":        func(d *MapReduce[key, int64, counted]) { d.Reducers = -1 },
		"column b is no group": func(d *MapReduce[key, int64, counted]) { d.GroupBy, d.PartitionBy = []string{"a"}, []string{"b"} },
		"the grouping column a is not among": func(d *MapReduce[key, int64, counted]) {
			d.GroupBy, d.SortBy = []string{"a"}, []SortKey{{Column: "b"}, {Column: "a"}}
		},
	} {
		d := base()
		change(&d)
		_, err := d.Job()
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || diag.ClassOf(err) != diag.User) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	d := base()
	d.GroupBy = []string{"B"}
	j, err := d.Job()
	if err != nil {
		t.Fatal(err)
	}
	s := j.Spec()
	if fmt.Sprint(s.Group, s.Partition, s.Sort) != "[1] [1] [{1 false} {0 false}]" {
		t.Errorf("defaults are group %v, partition %v, sort %v", s.Group, s.Partition, s.Sort)
	}
}

func BenchmarkMapWithCombiner(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	z := rand.NewZipf(r, 1.2, 5, 50000)
	lines := make([]string, batch.TargetRows)
	bytes := 0
	for i := range lines {
		var l strings.Builder
		for range 10 {
			fmt.Fprintf(&l, "w%d ", z.Uint64())
		}
		lines[i] = l.String()
		bytes += len(lines[i])
	}
	in := batch.New(len(lines), batch.FromStrings(types.StringType, lines))
	j, err := counting(ReduceFunc(add), 0).Job()
	if err != nil {
		b.Fatal(err)
	}
	code, err := j.Open(b.Context(), program.Side{})
	if err != nil {
		b.Fatal(err)
	}
	defer code.Close()
	b.SetBytes(int64(bytes))
	for b.Loop() {
		for {
			out, err := code.Pull(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if out == nil {
				break
			}
		}
		if err := code.Push(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
