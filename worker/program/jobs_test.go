package program_test

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/bixidata/bixi/mapreduce"
	"github.com/bixidata/bixi/sql/types"
)

type pair struct{ K, V int64 }

// pairs is an input that maps each row to itself.
func pairs(t mapreduce.Table) []mapreduce.Input[int64, int64] {
	return []mapreduce.Input[int64, int64]{
		mapreduce.ReadTable(t, mapreduce.MapFunc(func(_ *mapreduce.Context, p pair, emit func(int64, int64)) error {
			emit(p.K, p.V)
			return nil
		})),
	}
}

func sumOf(_ *mapreduce.Context, k int64, vals iter.Seq[int64], emit func(pair)) error {
	emit(pair{k, sum(vals)})
	return nil
}

func combineSums(_ *mapreduce.Context, _ int64, vals iter.Seq[int64], emit func(int64)) error {
	emit(sum(vals))
	return nil
}

const numbers = "with d as (select 0 n union all select 1 union all select 2 union all select 3 union all select 4 " +
	"union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) "

// makePairs makes the table src of 10000 rows with keys 0 to 4.
func (e *engine) makePairs() {
	e.sql("create table src (k bigint, v bigint); create table dst (k bigint, v bigint)")
	e.sql(numbers + "insert into src select (a.n + b.n) % 5, a.n*1000 + b.n*100 + c.n*10 + d.n from d a join d b join d c join d d")
}

// groups are the sums that SQL gives.
const groups = "select k, sum(v) from src group by k order by k"

func TestGroupsLargerThanBatches(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings map[string]string
		combiner mapreduce.Reducer[int64, int64, int64]
		reducers int
	}{
		{"plain", nil, nil, 0},
		{"combined", nil, mapreduce.ReduceFunc(combineSums), 4},
		{"small batches, spilling", map[string]string{"bixi.batch.rows": "7", "bixi.spill.always": "true"}, nil, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t)
			e.makePairs()
			want := e.sql(groups)
			for k, v := range c.settings {
				e.settings[k] = v
			}
			outcome, err := e.run(mapreduce.MapReduce[int64, int64, pair]{
				Name: "sums", Inputs: pairs(mapreduce.Table{Name: "src"}), Combiner: c.combiner, CombinerKeys: 2,
				Reducer: mapreduce.ReduceFunc(sumOf), Reducers: c.reducers, Output: mapreduce.Table{Name: "dst"},
			}.Job())
			if err != nil {
				t.Fatal(err)
			}
			if got := e.sql("select * from dst order by k"); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if n := outcome.Counters["map-reduce framework\treduce_input_groups"]; n != 5 {
				t.Errorf("%d groups", n)
			}
		})
	}
}

// A reducer that leaves values behind still gets each group once, and one that emits
// much streams it.
func TestReducersThatStopEarlyOrEmitMuch(t *testing.T) {
	e := open(t)
	e.makePairs()
	_, err := e.run(mapreduce.MapReduce[pair, int64, pair]{
		Name: "smallest",
		Inputs: []mapreduce.Input[pair, int64]{
			mapreduce.Read("src", mapreduce.MapFunc(func(_ *mapreduce.Context, p pair, emit func(pair, int64)) error {
				emit(p, p.V)
				return nil
			})),
		},
		GroupBy: []string{"k"}, SortBy: []mapreduce.SortKey{{Column: "K"}, {Column: "v"}}, Reducers: 2,
		Reducer: mapreduce.ReduceFunc(func(_ *mapreduce.Context, first pair, vals iter.Seq[int64], emit func(pair)) error {
			if first.K == 4 {
				return nil // takes none
			}
			for v := range vals {
				if v != first.V {
					return fmt.Errorf("the first value is %d and the first key %v", v, first)
				}
				for range 5000 {
					emit(pair{first.K, v})
				}
				break
			}
			return nil
		}),
		Output: mapreduce.Table{Name: "dst"},
	}.Job())
	if err != nil {
		t.Fatal(err)
	}
	got := e.sql("select k, v, count(*) from dst group by k, v order by k")
	want := e.sql("select k, min(v), 5000 from src where k < 4 group by k order by k")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Each reducer numbers its keys: which keys share a numbering tells who got them.
func TestPartitioner(t *testing.T) {
	e := open(t)
	e.makePairs()
	d := mapreduce.MapReduce[int64, int64, pair]{
		Name: "route", Inputs: pairs(mapreduce.Table{Name: "src"}), Reducers: 3,
		Partitioner: func(k int64, n int) int { return int(k) % n },
		Reducer: mapreduce.ReduceFunc(func(ctx *mapreduce.Context, k int64, _ iter.Seq[int64], emit func(pair)) error {
			nth := ctx.Counter("task", "keys")
			nth.Add(1)
			emit(pair{k, nth.Value()})
			return nil
		}),
		Output: mapreduce.Table{Name: "dst"},
	}
	if _, err := e.run(d.Job()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e.sql("select k, v from dst order by k")); got != "[[0 1] [1 1] [2 1] [3 2] [4 2]]" {
		t.Errorf("got %s", got)
	}
	d.Partitioner = func(int64, int) int { return 3 }
	if _, err := e.run(d.Job()); err == nil || !strings.Contains(err.Error(), "the partitioner chose reducer 3 of 3") {
		t.Errorf("got %v", err)
	}
}

func TestPartitionsAndConditions(t *testing.T) {
	e := open(t)
	e.sql(`create table src (k int, v smallint) partitioned by (ds string, n bigint);
		insert into src partition (ds='a', n=1) values (1, 10s), (2, 20s);
		insert into src partition (ds='a', n=2) values (1, 100s);
		insert into src partition (ds='b', n=1) values (1, 1000s), (3, 3s);
		create table dst (extra string, v decimal(10,2), k bigint) partitioned by (p string);
		insert into dst partition (p='x') values ('old', 1, 1); insert into dst partition (p='y') values ('old', 2, 2)`)
	run := func(in, out mapreduce.Table) {
		t.Helper()
		in.Name, out.Name = "src", "default.dst"
		if _, err := e.run(mapreduce.MapReduce[int64, int64, pair]{
			Name: "sums", Inputs: pairs(in), Reducer: mapreduce.ReduceFunc(sumOf), Output: out,
		}.Job()); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string) {
		t.Helper()
		if got := fmt.Sprint(e.sql("select p, k, cast(v as string), extra from dst order by p, k, v")); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	run(mapreduce.Table{Partition: "ds=a"}, mapreduce.Table{Partition: "p=x"})
	check("[[x 1 110.00 <nil>] [x 2 20.00 <nil>] [y 2 2.00 old]]")
	run(mapreduce.Table{Partition: "ds=a/n=2"}, mapreduce.Table{Partition: "p=y", Append: true})
	check("[[x 1 110.00 <nil>] [x 2 20.00 <nil>] [y 1 100.00 <nil>] [y 2 2.00 old]]")
	run(mapreduce.Table{Where: "v <> 20 and v <> 3 and n = 1"}, mapreduce.Table{Partition: "p='y'"})
	check("[[x 1 110.00 <nil>] [x 2 20.00 <nil>] [y 1 1010.00 <nil>]]")
	run(mapreduce.Table{Where: "false"}, mapreduce.Table{Partition: "p=x"})
	check("[[y 1 1010.00 <nil>]]")
}

func TestMapOnlyWithNulls(t *testing.T) {
	type row struct {
		A *string
		B *float64
		C *bool
		D []byte
	}
	e := open(t)
	e.sql(`create table src (a string, b double, c boolean, d binary); create table dst (d binary, c boolean, b double, a string);
		insert into src values ('x', 1.5, true, X'00ff'), (null, null, null, null), ('', -0.0, false, X'')`)
	job, err := mapreduce.MapOnly[row]{
		Name: "copy",
		Inputs: []mapreduce.Input[row, mapreduce.None]{
			mapreduce.Read("src", mapreduce.MapFunc(func(_ *mapreduce.Context, r row, emit func(row, mapreduce.None)) error {
				emit(r, mapreduce.None{})
				return nil
			})),
		},
		Output: mapreduce.Table{Name: "dst"},
	}.Job()
	if _, err := e.run(job, err); err != nil {
		t.Fatal(err)
	}
	got, want := e.sql("select a, b, c, d from dst order by a, b"), e.sql("select a, b, c, d from src order by a, b")
	if !reflect.DeepEqual(got, want) || len(got) != 3 {
		t.Errorf("got %v, want %v", got, want)
	}
	var null types.Datum
	if got[0][3] != null {
		t.Errorf("NULL bytes became %q", got[0][3])
	}
}
