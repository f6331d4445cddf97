package mapreduce

import (
	"context"
	"errors"
	"fmt"

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
		r := &reduceTask[K, V, Out]{reducer: perTask(d.Reducer), key: key.clone(), value: value.clone(), out: newRows[Out](out), group: group}
		if d.Partitioner != nil {
			r.lead = 1
		}
		return newTask(c, "reducer", r.run)
	}
	return j, j.spec.Check()
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
