package program_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/mapreduce"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/program"
)

// engine is an embedded engine with a way to run SQL and programs.
type engine struct {
	t        *testing.T
	node     *embed.Node
	programs *program.Programs
	settings map[string]string
}

func open(t *testing.T) *engine {
	t.Helper()
	e := &engine{t: t, programs: program.New(), settings: map[string]string{}}
	var err error
	e.node, err = embed.Open(t.Context(), embed.Config{
		Warehouse: t.TempDir(), Programs: e.programs, Slots: 2, Settings: setting.Default(), Verify: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.node.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e *engine) state() server.State { return server.State{Project: "default", Settings: e.settings} }

// sql runs statements and gives the rows of the last.
func (e *engine) sql(text string) [][]types.Datum {
	e.t.Helper()
	var rows [][]types.Datum
	for _, one := range strings.Split(text, ";") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		st, err := e.node.Submit(e.t.Context(), server.Request{Text: one, State: e.state()})
		if err != nil {
			e.t.Fatal(err)
		}
		rows, err = drain(e.t.Context(), st)
		if err != nil {
			e.t.Fatalf("%s: %v", one, err)
		}
	}
	return rows
}

func drain(ctx context.Context, st server.Statement) (rows [][]types.Datum, err error) {
	defer st.Close()
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		b = b.Dense()
		for i := range b.N {
			row := make([]types.Datum, len(b.Columns))
			for k, c := range b.Columns {
				row[k] = c.Datum(i)
			}
			rows = append(rows, row)
		}
	}
}

// run runs a job of this process.
func (e *engine) run(job *mapreduce.Job, err error) (server.Outcome, error) {
	e.t.Helper()
	if err != nil {
		return server.Outcome{}, err
	}
	e.programs.Register(job)
	return e.submit(server.Program{Program: physical.Program{Name: job.Spec().Name}, Spec: job.Spec()})
}

func (e *engine) submit(p server.Program) (server.Outcome, error) {
	e.t.Helper()
	st, err := server.SubmitProgram(e.t.Context(), e.node, p, e.state(), "")
	if err != nil {
		return server.Outcome{}, err
	}
	defer st.Close()
	return st.Wait(e.t.Context())
}

type count struct {
	Word  string
	Count int64
}

func wordCount(combine bool) (*mapreduce.Job, error) {
	d := mapreduce.MapReduce[string, int64, count]{
		Name: "wordcount",
		Inputs: []mapreduce.Input[string, int64]{
			mapreduce.Read("lines", mapreduce.MapFunc(func(ctx *mapreduce.Context, line string, emit func(string, int64)) error {
				ctx.Counter("words", "lines").Add(1)
				for w := range strings.FieldsSeq(line) {
					emit(w, 1)
				}
				return nil
			})),
		},
		Reducer: mapreduce.ReduceFunc(func(_ *mapreduce.Context, w string, ones iter.Seq[int64], emit func(count)) error {
			emit(count{w, sum(ones)})
			return nil
		}),
		Output:   mapreduce.Table{Name: "words"},
		Reducers: 3,
	}
	if combine {
		d.Combiner = mapreduce.ReduceFunc(func(_ *mapreduce.Context, _ string, ones iter.Seq[int64], emit func(int64)) error {
			emit(sum(ones))
			return nil
		})
		d.CombinerKeys = 50
	}
	return d.Job()
}

func sum(vals iter.Seq[int64]) (n int64) {
	for v := range vals {
		n += v
	}
	return n
}

// text makes lines of random words, and counts them on the way.
func text(n int) (lines []string, counts map[string]int64) {
	r := rand.New(rand.NewPCG(1, 2))
	counts = map[string]int64{}
	for range n {
		var words []string
		for range r.IntN(12) {
			w := fmt.Sprintf("w%d", int(r.ExpFloat64()*40))
			words = append(words, w)
			counts[w]++
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines, counts
}

func (e *engine) insertLines(lines []string) {
	e.t.Helper()
	e.sql("create table lines (line string); create table words (word string, `count` bigint)")
	for chunk := range slices.Chunk(lines, 2000) {
		e.sql("insert into lines values ('" + strings.Join(chunk, "'), ('") + "')")
	}
}

func TestWordCount(t *testing.T) {
	for _, combine := range []bool{false, true} {
		t.Run(fmt.Sprintf("combiner=%v", combine), func(t *testing.T) {
			e := open(t)
			lines, want := text(6000)
			e.insertLines(lines)
			e.settings["bixi.batch.rows"] = "100"
			outcome, err := e.run(wordCount(combine))
			if err != nil {
				t.Fatal(err)
			}
			e.checkWords(want)
			if n := outcome.Counters["words\tlines"]; n != 6000 {
				t.Errorf("counter is %d", n)
			}
			if outcome.Written != int64(len(want)) {
				t.Errorf("%d rows written", outcome.Written)
			}
		})
	}
}

func TestErrorsBeforeTheJobStarts(t *testing.T) {
	e := open(t)
	e.sql("create table lines (other string, n bigint); create table words (word string, `count` array<string>)")
	for _, c := range []struct{ change, want string }{
		{"", "one nameless column"},
		{"drop table lines; create table lines (n array<string>)", "cannot hold"},
		{"drop table lines", "lines"},
		{"create table lines (line string)", "does not hold"},
		{"drop table words; create table words (word string, cnt bigint)", "no column count"},
		{"drop table words; create table words (word string, `count` bigint) partitioned by (ds string)", "name one partition"},
	} {
		e.sql(c.change)
		_, err := e.run(wordCount(false))
		if err == nil || diag.ClassOf(err) != diag.User || !strings.Contains(err.Error()+diag.Of(err).Hint, c.want) {
			t.Errorf("after %q: %v (%s), want %q", c.change, err, diag.Of(err).Hint, c.want)
		}
	}
}

// Inputs are read without losing digits, and conditions are only that.
func TestInputsThatAreRefused(t *testing.T) {
	e := open(t)
	e.sql("create table src (k double, v bigint); create table dst (k bigint, v bigint); create view v as select 1 k, 2 v")
	for _, c := range []struct {
		in   mapreduce.Table
		want string
	}{
		{mapreduce.Table{Name: "src"}, "column k of default.src is DOUBLE"},
		{mapreduce.Table{Name: "v"}, "is a view"},
		{mapreduce.Table{Name: "dst", Where: "k = 1 limit 1"}, "more than a condition"},
		{mapreduce.Table{Name: "dst", Where: "k in (select v from src)"}, "more than a condition"},
		{mapreduce.Table{Name: "dst", Where: "k ="}, "Parse exception"},
		{mapreduce.Table{Name: "dst", Where: "nothing = 1"}, "nothing"},
		{mapreduce.Table{Name: "dst", Partition: "p=1"}, "no partition column p"},
		{mapreduce.Table{Name: "a..b"}, "is not a table name"},
	} {
		_, err := e.run(mapreduce.MapReduce[int64, int64, pair]{
			Name: "refused", Inputs: pairs(c.in), Reducer: mapreduce.ReduceFunc(sumOf), Output: mapreduce.Table{Name: "dst"},
		}.Job())
		if err == nil || diag.ClassOf(err) != diag.User || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.in, err, c.want)
		}
	}
}
