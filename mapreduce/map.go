package mapreduce

import (
	"errors"
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/sql/types"
)

// Input is a table with the mapper that reads it. Inputs of one job may have rows
// of different types, but map to the same keys and values.
type Input[K, V any] struct {
	bind func(side mapSide[K, V]) (program.Input, opener, error)
}

// opener starts a mapper.
type opener = func(c *Context, side program.Side) (program.Code, error)

// Read makes an input of a table's name and a mapper.
func Read[In, K, V any](table string, m Mapper[In, K, V]) Input[K, V] {
	return ReadTable(Table{Name: table}, m)
}

// ReadTable is Read for a partition, named columns or a selection of rows.
func ReadTable[In, K, V any](t Table, m Mapper[In, K, V]) Input[K, V] {
	return Input[K, V]{bind: func(side mapSide[K, V]) (program.Input, opener, error) {
		in, err := newCodec[In]("")
		if err != nil {
			return program.Input{}, nil, fmt.Errorf("rows of table %s: %w", t.Name, err)
		}
		if m == nil || t.Name == "" {
			return program.Input{}, nil, errors.New("an input has no table or no mapper")
		}
		if t.Append {
			return program.Input{}, nil, fmt.Errorf("table %s is an input: nothing is appended to it", t.Name)
		}
		cols, err := named(t, in)
		if err != nil {
			return program.Input{}, nil, err
		}
		spec := program.Input{Table: t.Name, Partition: t.Partition, Where: t.Where, Columns: cols}
		return spec, func(c *Context, at program.Side) (program.Code, error) {
			task := &mapTask[In, K, V]{mapper: perTask(m), in: in.clone()}
			task.open(side, c, at)
			return newTask(c, "mapper of "+t.Name, task.run), nil
		}, nil
	}}
}

// clone is a codec for one task: codecs remember dictionaries.
func (c *codec) clone() *codec {
	own := *c
	own.fields = append([]field{}, c.fields...)
	return &own
}

// mapSide is what the mappers of a job share.
type mapSide[K, V any] struct {
	key, value   *codec
	combiner     Reducer[K, V, V]
	combinerKeys int
	partitioner  func(K, int) int
}

// mapOutput collects what mappers emit and hands it on in batches.
type mapOutput[K, V any] struct {
	keys    *rows[K]
	values  *rows[V]
	emitted int64

	partitioner func(K, int) int
	routes      []int64 // of each reducer
	routed      []int64 // of the rows collected
}

func (o *mapOutput[K, V]) emit(t *task, k K, v V) {
	if o.partitioner != nil {
		p := o.partitioner(k, len(o.routes))
		if p < 0 || p >= len(o.routes) {
			panic(fmt.Sprintf("the partitioner chose reducer %d of %d", p, len(o.routes)))
		}
		o.routed = append(o.routed, o.routes[p])
	}
	o.keys.add(k)
	o.values.add(v)
	o.emitted++
	if o.keys.full() || o.values.full() {
		o.flush(t)
	}
}

func (o *mapOutput[K, V]) flush(t *task) {
	n := len(o.keys.vals)
	if n == 0 {
		return
	}
	var cols []*batch.Column
	if o.partitioner != nil {
		cols = append(cols, batch.FromValues(types.BigIntType, batch.PhysI64, o.routed, nil))
		o.routed = make([]int64, 0, batch.TargetRows)
	}
	cols = append(append(cols, o.keys.columns()...), o.values.columns()...)
	t.output(batch.New(n, cols...))
}

// mapTask runs a mapper over the rows of a task.
type mapTask[In, K, V any] struct {
	mapper  Mapper[In, K, V]
	in      *codec
	out     mapOutput[K, V]
	combine *combiner[K, V] // nil if there is none
	buffer  []In
}

func (m *mapTask[In, K, V]) open(s mapSide[K, V], c *Context, at program.Side) {
	m.out = mapOutput[K, V]{keys: newRows[K](s.key), values: newRows[V](s.value), partitioner: s.partitioner}
	if s.partitioner != nil {
		m.out.routes = program.Routes(max(at.Reducers, 1))
	}
	if s.combiner != nil {
		m.combine = newCombiner(s, c, &m.out)
	}
}

func (m *mapTask[In, K, V]) run(t *task) error {
	emit := func(k K, v V) { m.out.emit(t, k, v) }
	if m.combine != nil {
		emit = func(k K, v V) { m.combine.add(t, k, v) }
	}
	records := t.ctx.Counter(frameworkGroup, "map_input_records")
	err := t.around(m.mapper, func() error {
		for b, ok := t.input(); ok; b, ok = t.input() {
			records.Add(int64(b.N))
			if err := m.batch(t, b, emit); err != nil {
				return err
			}
		}
		if f, ok := m.mapper.(MapFinisher[K, V]); ok {
			return f.Finish(t.ctx, emit)
		}
		return nil
	})
	if err != nil {
		return err
	}
	emitted := &m.out.emitted
	if m.combine != nil {
		if err := m.combine.finish(t); err != nil {
			return err
		}
		emitted = &m.combine.in
	}
	t.ctx.Counter(frameworkGroup, "map_output_records").Add(*emitted)
	m.out.flush(t)
	return nil
}

func (m *mapTask[In, K, V]) batch(t *task, b *batch.Batch, emit func(K, V)) error {
	if cap(m.buffer) < b.N {
		m.buffer = make([]In, b.N)
	}
	rows := m.buffer[:b.N]
	if err := decode(m.in, b.Columns, rows); err != nil {
		return err
	}
	for i := range rows {
		if err := m.mapper.Map(t.ctx, rows[i], emit); err != nil {
			return err
		}
		if m.combine != nil && m.combine.err != nil {
			return m.combine.err
		}
	}
	clear(rows)
	return nil
}
