// Package mrtest runs MapReduce jobs in memory, for tests of programs: given rows
// of the input tables, it gives the rows of the output. The job runs as it would on
// a cluster: each input is read by two tasks, batches are small, rows travel to
// reducers in sorted order.
package mrtest

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce"
	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/types"
)

// Table is the rows of an input.
type Table struct {
	name string
	fill func(cols []program.Column) ([]row, error)
}

// row is a value a column.
type row = []types.Datum

// Rows makes an input table of rows, which are structs or values of one column as
// in package mapreduce; their columns have to be those that the mapper reads.
func Rows[T any](table string, rows ...T) Table {
	return Table{name: table, fill: func(cols []program.Column) ([]row, error) { return datums(cols, rows) }}
}

// Result is what a job gave.
type Result[Out any] struct {
	// Rows are the output: that of the first reducer, then that of the second, ….
	Rows []Out
	// Counters are all counters, as "group: name".
	Counters map[string]int64
}

// Reducers is how many there are in a job that does not say.
const Reducers = 3

const (
	mapTasks  = 2
	batchRows = 3
)

// Run runs a job. Partitions and conditions of inputs do not matter: the rows given
// are those that the job reads.
func Run[Out any](ctx context.Context, job *mapreduce.Job, inputs ...Table) (Result[Out], error) {
	out := Result[Out]{Counters: map[string]int64{}}
	r := &runner{job: job, spec: job.Spec(), counters: map[string]int64{}}
	rows, err := r.run(ctx, inputs)
	if err != nil {
		return out, err
	}
	for key, n := range r.counters {
		group, name := program.SplitCounter(key)
		out.Counters[group+": "+name] = n
	}
	out.Rows, err = values[Out](r.spec.Output.Columns, rows)
	return out, err
}

type runner struct {
	job      *mapreduce.Job
	spec     program.Spec
	counters map[string]int64
}

func (r *runner) run(ctx context.Context, inputs []Table) ([]row, error) {
	reducers := r.spec.Reducers
	if reducers == 0 {
		reducers = Reducers
	}
	mapped, err := r.maps(ctx, inputs, reducers)
	if err != nil || r.spec.MapOnly {
		return mapped, err
	}
	cols, err := r.spec.MapOutput()
	if err != nil {
		return nil, err
	}
	outCols, err := program.Schema(r.spec.Output.Columns)
	if err != nil {
		return nil, err
	}
	var out []row
	for _, part := range r.spread(cols, mapped, reducers) {
		r.sort(part)
		rows, err := r.side(ctx, program.Side{Reduce: true, Reducers: reducers}, cols, part, outCols)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// maps runs all mappers, each input in several tasks.
func (r *runner) maps(ctx context.Context, inputs []Table, reducers int) ([]row, error) {
	outCols, err := r.spec.MapOutput()
	if err != nil {
		return nil, err
	}
	var out []row
	for i, in := range r.spec.Inputs {
		rows, err := find(in, inputs)
		if err != nil {
			return nil, err
		}
		cols, err := program.Schema(in.Columns)
		if err != nil {
			return nil, err
		}
		for task := range mapTasks {
			part := rows[len(rows)*task/mapTasks : len(rows)*(task+1)/mapTasks]
			got, err := r.side(ctx, program.Side{Input: i, Reducers: reducers}, cols, part, outCols)
			if err != nil {
				return nil, err
			}
			out = append(out, got...)
		}
	}
	return out, nil
}

func find(in program.Input, inputs []Table) ([]row, error) {
	for _, t := range inputs {
		if strings.EqualFold(t.name, in.Table) {
			rows, err := t.fill(in.Columns)
			if err != nil {
				err = fmt.Errorf("mrtest: table %s: %w", in.Table, err)
			}
			return rows, err
		}
	}
	return nil, fmt.Errorf("mrtest: the job reads table %s, of which no rows were given", in.Table)
}

// side runs one side of the program over rows.
func (r *runner) side(ctx context.Context, side program.Side, cols types.Schema, rows []row, outCols types.Schema) (out []row, err error) {
	code, err := r.job.Open(ctx, side)
	if err != nil {
		return nil, err
	}
	defer code.Close()
	for {
		b, err := code.Pull(ctx)
		switch {
		case err == io.EOF:
			for key, n := range code.Counters() {
				r.counters[key] += n
			}
			return out, nil
		case err != nil:
			return nil, err
		case b != nil:
			for i := range b.N {
				got := make(row, len(outCols))
				for k, c := range b.Columns {
					got[k] = c.Datum(i)
				}
				out = append(out, got)
			}
		case len(rows) == 0:
			err = code.Push(ctx, nil)
		default:
			n := min(batchRows, len(rows))
			err = code.Push(ctx, batchOf(cols, rows[:n]))
			rows = rows[n:]
		}
		if err != nil {
			return nil, err
		}
	}
}

func batchOf(cols types.Schema, rows []row) *batch.Batch {
	b := &batch.Batch{N: len(rows)}
	for i, c := range cols {
		col := batch.NewBuilder(c.Type)
		for _, r := range rows {
			col.AppendDatum(r[i])
		}
		b.Columns = append(b.Columns, col.Finish())
	}
	return b
}
