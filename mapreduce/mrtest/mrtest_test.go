package mrtest

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/mapreduce"
)

type event struct {
	User *string
	At   time.Time
	N    int32 `bixi:"amount"`
}

type total struct {
	User  *string
	First time.Time
	Sum   float64
	Raw   []byte
}

func totals() mapreduce.MapReduce[*string, event, total] {
	return mapreduce.MapReduce[*string, event, total]{
		Name: "totals", Output: mapreduce.Table{Name: "out"}, Reducers: 2,
		Partitioner: func(user *string, n int) int {
			if user == nil {
				return 0
			}
			return len(*user) % n
		},
		Inputs: []mapreduce.Input[*string, event]{
			mapreduce.Read("events", mapreduce.MapFunc(func(_ *mapreduce.Context, e event, emit func(*string, event)) error {
				emit(e.User, e)
				return nil
			})),
		},
		Reducer: mapreduce.ReduceFunc(func(ctx *mapreduce.Context, user *string, events iter.Seq[event], emit func(total)) error {
			t := total{User: user}
			for e := range events {
				if t.First.IsZero() || e.At.Before(t.First) {
					t.First = e.At
				}
				t.Sum += float64(e.N)
				ctx.Counter("test", "events").Add(1)
			}
			if t.Sum > 100 {
				return errors.New("too much")
			}
			emit(t)
			return nil
		}),
	}
}

func TestRun(t *testing.T) {
	job, err := totals().Job()
	if err != nil {
		t.Fatal(err)
	}
	a, bb := "a", "bb"
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 1000, time.UTC) }
	got, err := Run[total](t.Context(), job, Rows("EVENTS",
		event{&a, day(3), 1}, event{nil, day(2), 10}, event{&bb, day(4), -5}, event{&a, day(1), 2}, event{nil, day(9), 7}, event{&a, day(2), 4}))
	if err != nil {
		t.Fatal(err)
	}
	// The first reducer has NULL and bb, the second a; NULL comes first.
	want := []total{{nil, day(2), 17, nil}, {&bb, day(4), -5, nil}, {&a, day(1), 7, nil}}
	if !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("got %v", got.Rows)
	}
	if fmt.Sprint(got.Counters["test: events"], got.Counters["map-reduce framework: reduce_input_groups"]) != "6 3" {
		t.Errorf("counters are %v", got.Counters)
	}
}

func TestRunFails(t *testing.T) {
	job, err := totals().Job()
	if err != nil {
		t.Fatal(err)
	}
	for want, in := range map[string]Table{
		"of which no rows were given": Rows[event]("other"),
		"no field for column":         Rows("events", struct{ User string }{"a"}),
		"too much":                    Rows("events", event{nil, time.Time{}, 101}),
	} {
		if _, err := Run[total](t.Context(), job, in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// counter emits what it counted when its task ends, and the reducer a last row.
type counter struct{ lines int64 }

func (c *counter) Map(_ *mapreduce.Context, _ string, _ func(string, int64)) error {
	c.lines++
	return nil
}

func (c *counter) Finish(_ *mapreduce.Context, emit func(string, int64)) error {
	emit("lines so far", c.lines)
	return nil
}

type largest struct{}

func (largest) Reduce(_ *mapreduce.Context, what string, ns iter.Seq[int64], emit func(string)) error {
	most := int64(0)
	for n := range ns {
		most = max(most, n)
	}
	emit(fmt.Sprint(what, ": ", most))
	return nil
}

func (largest) Finish(_ *mapreduce.Context, emit func(string)) error {
	emit("end")
	return nil
}

// Two tasks count two and three lines, each with a counter of its own.
func TestFinish(t *testing.T) {
	job, err := mapreduce.MapReduce[string, int64, string]{
		Name: "finish", Reducers: 1, Reducer: largest{}, Output: mapreduce.Table{Name: "out"},
		Inputs: []mapreduce.Input[string, int64]{mapreduce.Read("in", mapreduce.Mapper[string, string, int64](&counter{}))},
	}.Job()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run[string](t.Context(), job, Rows("in", "a", "b", "c", "d", "e"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"lines so far: 3", "end"}; !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("got %q", got.Rows)
	}
}
