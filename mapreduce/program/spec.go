// Package program is the contract between the engine and a MapReduce program: the
// job a program describes, the side of it that a task runs, and the protocol in
// which a worker and the program's process speak. The SDK (package mapreduce) is
// the program's end, worker/program the engine's.
package program

import (
	"context"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Version is the version of Spec and of the protocol. Both ends must have the same.
const Version = 1

// Spec describes a job. It travels as JSON.
type Spec struct {
	Version int     `json:"version"`
	Name    string  `json:"name"`
	Inputs  []Input `json:"inputs"`
	// Keys and Values are the columns of the map output. A map-only job has no
	// Keys; its Values are the columns of the output.
	Keys   []Column `json:"keys,omitempty"`
	Values []Column `json:"values"`
	// MapOnly says that there is no reducer.
	MapOnly bool `json:"mapOnly,omitempty"`
	// Sort is the order in which a reducer sees its rows; Group are the key columns
	// (ordinals) that make a group; Partition those that decide which reducer a row
	// goes to.
	Sort      []SortColumn `json:"sort,omitempty"`
	Group     []int        `json:"group,omitempty"`
	Partition []int        `json:"partition,omitempty"`
	// Partitioner says that the program chooses the reducer itself: map output is
	// then led by a routing column (see Routes).
	Partitioner bool `json:"partitioner,omitempty"`
	// Reducers is the number of reducers, 0 to have it follow from the data's size.
	Reducers int    `json:"reducers,omitempty"`
	Output   Output `json:"output"`
}

// Input is a table that a mapper reads.
type Input struct {
	Table string `json:"table"`
	// Partition is a partition in the form a=1/b=2, or empty for all.
	Partition string `json:"partition,omitempty"`
	// Where is a condition in SQL on the rows, or empty.
	Where   string   `json:"where,omitempty"`
	Columns []Column `json:"columns"`
}

// Output is the table that a job writes.
type Output struct {
	Table     string `json:"table"`
	Partition string `json:"partition,omitempty"`
	// Append adds to the table or partition instead of replacing what is there.
	Append  bool     `json:"append,omitempty"`
	Columns []Column `json:"columns"`
}

// Column is a column as a program sees it. An empty Name in an input or output
// means the table's only column.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable,omitempty"`
}

// SortColumn is an element of the order of map output.
type SortColumn struct {
	Column int  `json:"column"` // ordinal of a key column
	Desc   bool `json:"desc,omitempty"`
}

// columnTypes are the types that columns of programs have.
func columnTypes() []types.Type {
	return []types.Type{
		types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType,
		types.FloatType, types.DoubleType, types.StringType, types.BinaryType, types.DatetimeType,
	}
}

// Schema gives columns their types.
func Schema(cols []Column) (types.Schema, error) {
	out := make(types.Schema, len(cols))
	for i, c := range cols {
		out[i] = types.Field{Name: c.Name}
		for _, t := range columnTypes() {
			if t.String() == c.Type {
				out[i].Type = t
			}
		}
		if out[i].Type.Kind == types.Null {
			return nil, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "column %q of the job has the type %q, which programs do not have", c.Name, c.Type)
		}
	}
	return out, nil
}

// MapOutput is the columns that mappers give: the routing column if there is a
// partitioner, then keys, then values.
func (s *Spec) MapOutput() (types.Schema, error) {
	cols, err := Schema(append(append([]Column{}, s.Keys...), s.Values...))
	if err == nil && s.Partitioner {
		cols = append(types.Schema{{Name: "route", Type: types.BigIntType}}, cols...)
	}
	return cols, err
}

// Check reports what makes a spec impossible to plan.
func (s *Spec) Check() error {
	bad := func(format string, args ...any) error {
		return diag.Errorf(diag.CodeMRResource, diag.Pos{}, "job %s: %s", s.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case s.Version != Version:
		return VersionError(s.Version)
	case len(s.Inputs) == 0:
		return bad("it has no input")
	case s.Output.Table == "":
		return bad("it has no output table")
	case !s.MapOnly && len(s.Keys) == 0:
		return bad("its key has no columns")
	case s.Reducers < 0 || s.Reducers > MaxReducers:
		return bad("%d reducers are not between 0 and %d", s.Reducers, MaxReducers)
	}
	ordinals := append(append([]int{}, s.Group...), s.Partition...)
	for _, c := range s.Sort {
		ordinals = append(ordinals, c.Column)
	}
	for _, i := range ordinals {
		if i < 0 || i >= len(s.Keys) {
			return bad("there is no key column %d", i)
		}
	}
	return nil
}

// MaxReducers bounds the number of reducers of a job.
const MaxReducers = 2000

// VersionError says that a program speaks another version.
func VersionError(theirs int) error {
	return diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the program speaks version %d of the MapReduce protocol, this engine version %d", theirs, Version).
		WithHint("build the program with the SDK of this version of bixi")
}

// ParsePartition reads a=1/b=2 into names and values.
func ParsePartition(spec string) (names, values []string, err error) {
	if spec == "" {
		return nil, nil, nil
	}
	for _, part := range strings.FieldsFunc(spec, func(r rune) bool { return r == '/' || r == ',' }) {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `'"`)
		if !ok || name == "" || value == "" {
			return nil, nil, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the partition %q is not in the form a=1/b=2", spec)
		}
		names, values = append(names, name), append(values, value)
	}
	return names, values, nil
}

// Side is the part of a program that a task runs.
type Side struct {
	// Reduce chooses the reducer; otherwise it is the mapper of input Input.
	Reduce bool `json:"reduce,omitempty"`
	Input  int  `json:"input"`
	// Reducers is how many there are, for the partitioner.
	Reducers int `json:"reducers"`
}

// Code is a running mapper or reducer.
type Code interface {
	// Push hands over input, which is valid until the next Push; Push(nil) ends it.
	// Pull gives output batches, valid until the next Pull, and io.EOF at the end.
	// Push and Pull are called alternately from one goroutine; Pull returns nil
	// without error when more input is needed first.
	Push(ctx context.Context, b *batch.Batch) error
	Pull(ctx context.Context) (*batch.Batch, error)
	Close() error
	// Counters are those the code has counted, by CounterKey; they are complete
	// when Pull has given io.EOF.
	Counters() map[string]int64
}

// Job is a program in this process.
type Job interface {
	Spec() Spec
	Open(ctx context.Context, side Side) (Code, error)
}

// CounterKey names a counter in a map of counters.
func CounterKey(group, name string) string { return group + "\t" + name }

// SplitCounter takes a CounterKey apart.
func SplitCounter(key string) (group, name string) {
	group, name, _ = strings.Cut(key, "\t")
	return group, name
}

// Routes gives for each of n partitions of a hash exchange a number whose hash
// falls into it, so that a program can choose the partition of a row through a
// column of such numbers.
func Routes(n int) []int64 {
	const chunk = 1024
	out := make([]int64, n)
	found := make([]bool, n)
	var h batch.Hasher
	var hashes []uint64
	vals := make([]int64, chunk)
	for next, left := int64(0), n; left > 0; {
		for i := range vals {
			vals[i] = next
			next++
		}
		col := batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)
		hashes = h.Hash([]*batch.Column{col}, chunk, hashes)
		for i, x := range hashes[:chunk] {
			if p := batch.PartitionOf(x, n); !found[p] {
				found[p], out[p] = true, vals[i]
				left--
			}
		}
	}
	return out
}
