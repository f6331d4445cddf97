// Package mapreduce is the SDK of MapReduce jobs: ordinary typed Go that reads
// tables, is grouped by key and writes a table. A program defines a job and hands
// it to Main; `bixi mr run PROGRAM` runs it.
//
//	type word struct{ Word string; Count int64 }
//
//	func main() {
//		mapreduce.Main(func(args []string) (*mapreduce.Job, error) {
//			return mapreduce.MapReduce[string, int64, word]{
//				Name:     "wordcount",
//				Inputs:   []mapreduce.Input[string, int64]{mapreduce.Read("lines", mapreduce.MapFunc(split))},
//				Combiner: mapreduce.ReduceFunc(sum),
//				Reducer:  mapreduce.ReduceFunc(count),
//				Output:   mapreduce.Table{Name: "words"},
//			}.Job()
//		})
//	}
//
// A Go value is a row: a struct has a column for each exported field, called as
// the field is in lower case or as its tag `bixi:"name"` says (`bixi:"-"` leaves
// it out); any other type is a row of one column. int64 and int are BIGINT, int32
// INT, int16 SMALLINT, int8 TINYINT, float64 DOUBLE, float32 FLOAT, string STRING,
// []byte BINARY, bool BOOLEAN, time.Time DATETIME. Table columns of other types are
// converted where SQL would do so implicitly. A pointer to one of these is NULL if
// nil, and so is a nil []byte; a NULL that meets a field of another type is an error.
package mapreduce

import (
	"context"
	"iter"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/bixidata/bixi/mapreduce/program"
)

// Mapper turns a row into any number of keys and values. An error ends the job.
// Each task has a mapper of its own: if it is a pointer to a struct, a copy of that
// as the job's definition left it. The same holds for reducers and combiners.
type Mapper[In, K, V any] interface {
	Map(ctx *Context, in In, emit func(K, V)) error
}

// Reducer turns a key and the values that were emitted with it into any number of
// rows. values can be gone through once; what is left is skipped. If the grouping
// columns are not all of the key's, key is the first in the group.
//
// As a combiner (Out is then V) it makes few values of many, which stand for
// these; it may be applied any number of times, or not at all.
type Reducer[K, V, Out any] interface {
	Reduce(ctx *Context, key K, values iter.Seq[V], emit func(Out)) error
}

// Setup is implemented by mappers and reducers that have something to do before
// the first row of a task.
type Setup interface {
	Setup(ctx *Context) error
}

// Cleanup is implemented by those that have something to do after the last.
type Cleanup interface {
	Cleanup(ctx *Context) error
}

// MapFinisher is implemented by mappers that emit something after the last row, for
// example what they have counted.
type MapFinisher[K, V any] interface {
	Finish(ctx *Context, emit func(K, V)) error
}

// ReduceFinisher is implemented by reducers that emit something after the last group.
type ReduceFinisher[Out any] interface {
	Finish(ctx *Context, emit func(Out)) error
}

// None is a row without columns.
type None = struct{}

// MapFunc makes a Mapper of a function.
func MapFunc[In, K, V any](f func(ctx *Context, in In, emit func(K, V)) error) Mapper[In, K, V] {
	return mapFunc[In, K, V](f)
}

type mapFunc[In, K, V any] func(*Context, In, func(K, V)) error

func (f mapFunc[In, K, V]) Map(ctx *Context, in In, emit func(K, V)) error { return f(ctx, in, emit) }

// ReduceFunc makes a Reducer of a function.
func ReduceFunc[K, V, Out any](f func(ctx *Context, key K, values iter.Seq[V], emit func(Out)) error) Reducer[K, V, Out] {
	return reduceFunc[K, V, Out](f)
}

type reduceFunc[K, V, Out any] func(*Context, K, iter.Seq[V], func(Out)) error

func (f reduceFunc[K, V, Out]) Reduce(ctx *Context, key K, values iter.Seq[V], emit func(Out)) error {
	return f(ctx, key, values, emit)
}

// Context is what the code of a task may use of its surroundings. It ends when the
// job is cancelled.
type Context struct {
	context.Context
	params map[string]string

	mu       sync.Mutex
	counters map[string]*Counter
}

func newContext(ctx context.Context, params map[string]string) *Context {
	return &Context{Context: ctx, params: params, counters: map[string]*Counter{}}
}

// Param is a parameter of the job, or "".
func (c *Context) Param(name string) string { return c.params[name] }

// Params are all parameters of the job.
func (c *Context) Params() map[string]string { return maps.Clone(c.params) }

// Counter finds or makes a counter. Counts of all tasks are added up and shown when
// the job has ended; those of tasks that failed do not count.
func (c *Context) Counter(group, name string) *Counter {
	key := program.CounterKey(group, name)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counters[key]
	if n == nil {
		n = &Counter{}
		c.counters[key] = n
	}
	return n
}

func (c *Context) values() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]int64, len(c.counters))
	for key, n := range c.counters {
		out[key] = n.Value()
	}
	return out
}

// Counter counts what a job's code wants counted. It is safe for concurrent use.
type Counter struct{ n atomic.Int64 }

// Add adds n.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Value is this task's count so far.
func (c *Counter) Value() int64 { return c.n.Load() }

// frameworkGroup is the group of the counters that every job has.
const frameworkGroup = "map-reduce framework"
