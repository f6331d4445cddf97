package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// MapReduce is a MapReduce job as it is lowered. Expressions are over positions.
type MapReduce struct {
	Program physical.Program
	// Inputs read and convert one table each.
	Inputs []logical.Node
	// MapOutput is what every mapper gives.
	MapOutput types.Schema
	// Keys decide which reducer a row goes to, Sort is the order it sees its rows in.
	Keys []scalar.Expr
	Sort []scalar.SortKey
	// Reducers is their number, 0 to take it from the size of the inputs; without
	// Reduce there are none.
	Reduce   bool
	Reducers int
	// Output is what reducers give, and Items the table's columns made of it.
	Output types.Schema
	Items  []scalar.Expr
	// Table and the values of its partition columns say where the rows go.
	Table  *table.Table
	Static []types.Datum
}

// MapReduce lowers a job. The root gives one row a file written.
func (l *Lowerer) MapReduce(j MapReduce) (physical.Node, error) {
	p, bytes, err := l.mapInputs(j.Inputs)
	if err != nil {
		return nil, err
	}
	reducers := 1
	if j.Reduce {
		if reducers = j.Reducers; reducers == 0 {
			reducers = l.partitions(bytes, 0)
		}
	}
	in := p.node.Inputs()
	for i := range in {
		in[i] = &physical.Map{Unary: unary(in[i]), Program: j.Program, Source: i, Reducers: reducers, Fields: j.MapOutput}
	}
	p.node.SetInputs(in)
	if len(in) == 1 {
		p.node = in[0]
	}
	if j.Reduce {
		p = l.spread(p, j.Keys, reducers)
		sorted := &physical.Sort{Unary: unary(p.node), Keys: j.Sort}
		p.node = &physical.Reduce{Unary: unary(sorted), Program: j.Program, Reducers: reducers, Fields: j.Output}
	}
	names := make([]string, len(j.Table.Columns))
	for i, c := range j.Table.Columns {
		names[i] = c.Name
	}
	p.node = &physical.Project{Unary: unary(p.node), Exprs: j.Items, Names: names}
	p.node = &physical.TableSink{
		Unary: unary(p.node), Table: j.Table.Name.String(), Location: j.Table.Location,
		Fields: sinkFields(j.Table.Columns), Keys: sinkFields(j.Table.Partition), Static: j.Static,
		Compression: j.Table.Compression(),
	}
	return l.gather(p, true, physical.Durable).node, nil
}

// mapInputs lowers the inputs below a Union: they are read by the same tasks, one
// after the other. bytes is the size of their rows.
func (l *Lowerer) mapInputs(inputs []logical.Node) (p *plan, bytes float64, err error) {
	all := &physical.Union{}
	p = &plan{node: all, dist: dist{single: true}}
	for _, n := range inputs {
		in, err := l.lower(n, logical.IDs(n), true)
		if err != nil {
			return nil, 0, err
		}
		in = l.arrange(in, n.Columns())
		bytes += in.rows * l.cost.Of(n).Width(in.cols)
		p.rows += in.rows
		p.dist.single = p.dist.single && in.dist.single
		all.All = append(all.All, in.node)
	}
	return p, bytes, nil
}

// spread is hashed over positions. The rows are sorted after it, so that the order
// in which they arrive is free.
func (l *Lowerer) spread(p *plan, keys []scalar.Expr, partitions int) *plan {
	if partitions == 1 {
		return l.gather(p, false, physical.Durable)
	}
	q := *p
	q.node = &physical.Exchange{Unary: unary(p.node), Kind: physical.Hash, Keys: keys, Partitions: partitions}
	q.dist = dist{partitions: partitions}
	return &q
}
