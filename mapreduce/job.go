package mapreduce

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/diag"
)

// Table names a table that a job reads or writes.
type Table struct {
	Name string // or project.name
	// Partition is one partition, as "ds=20260101" or "ds=20260101/hh=08". An
	// output needs it if its table has partitions; an input without it is all of them.
	Partition string
	// Columns are the columns of rows that are no structs; a table that has only one
	// column needs none.
	Columns []string
	// Where selects rows of an input with a condition in SQL.
	Where string
	// Append makes the job add to the output instead of replacing what is there.
	Append bool
}

// SortKey is a column of the key and its direction.
type SortKey struct {
	Column string
	Desc   bool
}

// MapReduce defines a job with keys K, values V and output rows Out.
type MapReduce[K, V, Out any] struct {
	Name    string
	Inputs  []Input[K, V]
	Reducer Reducer[K, V, Out]
	Output  Table

	// Combiner, if set, is applied to the values of a map task that have the same
	// key, CombinerKeys (default 65536) keys at a time.
	Combiner     Reducer[K, V, V]
	CombinerKeys int
	// Partitioner, if set, chooses the reducer, from 0 to reducers-1. Otherwise the
	// hash of the PartitionBy columns does (default: those of GroupBy).
	Partitioner func(key K, reducers int) int
	PartitionBy []string
	// SortBy is the order in which a reducer sees its rows (default: all key columns,
	// ascending), GroupBy the columns whose values make a group (default: all key
	// columns). The columns of GroupBy have to lead those of SortBy.
	SortBy  []SortKey
	GroupBy []string
	// Reducers is how many there are; 0 lets it follow from the data's size.
	Reducers int
	// Params are for Context.Param.
	Params map[string]string
}

// MapOnly defines a job without reducer: what mappers emit is the output.
type MapOnly[Out any] struct {
	Name   string
	Inputs []Input[Out, None]
	Output Table
	Params map[string]string
}

// Job is a job that has been checked.
type Job struct {
	spec   program.Spec
	params map[string]string
	maps   []func(c *Context, side program.Side) (program.Code, error)
	reduce func(c *Context) program.Code
}

// Spec describes the job to the engine.
func (j *Job) Spec() program.Spec { return j.spec }

// Open starts one side of the job.
func (j *Job) Open(ctx context.Context, side program.Side) (program.Code, error) {
	c := newContext(ctx, j.params)
	switch {
	case side.Reduce && j.reduce != nil:
		return j.reduce(c), nil
	case !side.Reduce && side.Input >= 0 && side.Input < len(j.maps):
		return j.maps[side.Input](c, side)
	}
	return nil, fmt.Errorf("job %s has no such side: %+v", j.spec.Name, side)
}

// Job checks the definition.
func (d MapReduce[K, V, Out]) Job() (*Job, error) {
	j, err := d.build()
	if err != nil {
		return nil, defError(d.Name, err)
	}
	return j, nil
}

func (d MapReduce[K, V, Out]) build() (*Job, error) {
	key, err := newCodec[K]("key")
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	value, err := newCodec[V]("value")
	if err != nil {
		return nil, fmt.Errorf("the value: %w", err)
	}
	out, err := newCodec[Out]("")
	if err != nil {
		return nil, fmt.Errorf("the output: %w", err)
	}
	if d.Reducer == nil {
		return nil, errors.New("it has no reducer: define a MapOnly job")
	}
	j := &Job{params: d.Params}
	j.spec = program.Spec{
		Version: program.Version, Name: d.Name, Keys: key.columns(), Values: value.columns(),
		Partitioner: d.Partitioner != nil, Reducers: d.Reducers,
	}
	if err := d.order(&j.spec, key); err != nil {
		return nil, err
	}
	if j.spec.Output, err = output(d.Output, out); err != nil {
		return nil, err
	}
	side := mapSide[K, V]{key: key, value: value, combiner: d.Combiner, combinerKeys: d.CombinerKeys, partitioner: d.Partitioner}
	if err := addInputs(j, d.Inputs, side); err != nil {
		return nil, err
	}
	group := j.spec.Group
	j.reduce = func(c *Context) program.Code {
		r := &reduceTask[K, V, Out]{reducer: d.Reducer, key: key.clone(), value: value.clone(), out: newRows[Out](out), group: group}
		if d.Partitioner != nil {
			r.lead = 1
		}
		return newTask(c, "reducer", r.run)
	}
	return j, j.spec.Check()
}

// order settles what rows are sorted, grouped and spread by.
func (d MapReduce[K, V, Out]) order(s *program.Spec, key *codec) (err error) {
	if s.Group, err = ordinals(key, d.GroupBy, key.names()); err != nil {
		return err
	}
	if s.Partition, err = ordinals(key, d.PartitionBy, pick(key.names(), s.Group)); err != nil {
		return err
	}
	sort := d.SortBy
	if len(sort) == 0 {
		for _, n := range key.names() {
			sort = append(sort, SortKey{Column: n})
		}
		if len(d.GroupBy) > 0 {
			sort = leading(sort, d.GroupBy)
		}
	}
	for _, k := range sort {
		at, err := ordinals(key, []string{k.Column}, nil)
		if err != nil {
			return err
		}
		s.Sort = append(s.Sort, program.SortColumn{Column: at[0], Desc: k.Desc})
	}
	for _, g := range s.Group {
		led := false
		for _, k := range s.Sort[:min(len(s.Group), len(s.Sort))] {
			led = led || k.Column == g
		}
		if !led {
			return fmt.Errorf("the grouping column %s is not among the first %d sort columns, so groups would break up", key.fields[g].name, len(s.Group))
		}
	}
	for _, p := range s.Partition {
		if d.Partitioner == nil && !contains(s.Group, p) {
			return fmt.Errorf("the partition column %s is no grouping column, so groups would break up", key.fields[p].name)
		}
	}
	return nil
}

// leading puts the columns called first at the front.
func leading(sort []SortKey, first []string) []SortKey {
	var head, tail []SortKey
	for _, k := range sort {
		isFirst := false
		for _, n := range first {
			isFirst = isFirst || strings.EqualFold(n, k.Column)
		}
		if isFirst {
			head = append(head, k)
		} else {
			tail = append(tail, k)
		}
	}
	return append(head, tail...)
}

func contains(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

func pick(names []string, at []int) []string {
	out := make([]string, len(at))
	for i, k := range at {
		out[i] = names[k]
	}
	return out
}

// ordinals finds columns of the key; those of otherwise if there are no names.
func ordinals(key *codec, names, otherwise []string) ([]int, error) {
	if len(names) == 0 {
		names = otherwise
	}
	out := make([]int, len(names))
	for i, n := range names {
		if out[i] = key.index(n); out[i] < 0 {
			return nil, fmt.Errorf("the key has no column %s; it has %s", n, strings.Join(key.names(), ", "))
		}
	}
	return out, nil
}

// Job checks the definition.
func (d MapOnly[Out]) Job() (*Job, error) {
	j, err := d.build()
	if err != nil {
		return nil, defError(d.Name, err)
	}
	return j, nil
}

func (d MapOnly[Out]) build() (*Job, error) {
	out, err := newCodec[Out]("")
	if err != nil {
		return nil, fmt.Errorf("the output: %w", err)
	}
	none, err := newCodec[None]("")
	if err != nil {
		return nil, err
	}
	j := &Job{params: d.Params}
	j.spec = program.Spec{Version: program.Version, Name: d.Name, Values: out.columns(), MapOnly: true}
	if j.spec.Output, err = output(d.Output, out); err != nil {
		return nil, err
	}
	if err := addInputs(j, d.Inputs, mapSide[Out, None]{key: out, value: none}); err != nil {
		return nil, err
	}
	return j, j.spec.Check()
}

func addInputs[K, V any](j *Job, inputs []Input[K, V], side mapSide[K, V]) error {
	for _, in := range inputs {
		spec, open, err := in.bind(side)
		if err != nil {
			return err
		}
		j.spec.Inputs = append(j.spec.Inputs, spec)
		j.maps = append(j.maps, open)
	}
	return nil
}

func output(t Table, out *codec) (program.Output, error) {
	cols, err := named(t, out)
	if t.Where != "" && err == nil {
		err = errors.New("an output has no condition")
	}
	return program.Output{Table: t.Name, Partition: t.Partition, Append: t.Append, Columns: cols}, err
}

// named gives the columns the names that the table definition has for them.
func named(t Table, c *codec) ([]program.Column, error) {
	cols := c.columns()
	if len(t.Columns) == 0 {
		return cols, nil
	}
	if len(t.Columns) != len(cols) {
		return nil, fmt.Errorf("table %s: %d columns are named for the %d of %s", t.Name, len(t.Columns), len(cols), c.of)
	}
	for i := range cols {
		cols[i].Name = t.Columns[i]
	}
	return cols, nil
}

// defError is a mistake in the definition of a job.
func defError(name string, err error) error {
	var known *diag.Error
	if errors.As(err, &known) {
		return err
	}
	return diag.Errorf(diag.CodeMRUser, diag.Pos{}, "job %s cannot be run: %v", name, err)
}
