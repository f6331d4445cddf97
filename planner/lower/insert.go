package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/table"
)

// Insert lowers the plan of a statement that writes: n is a Write or a Union of
// Writes. The root gives one row a file written.
func (l *Lowerer) Insert(n logical.Node) (physical.Node, error) {
	p, err := l.lower(n, logical.IDs(n), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(p, n.Columns())
	return l.gather(p, true, physical.Durable).node, nil
}

func (l *Lowerer) write(n *logical.Write) (*plan, error) {
	rows := &logical.Project{Input: n.Input, Items: n.Items, Cols: n.Row}
	p, err := l.lower(rows, logical.IDs(rows), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(spreadSorted(p), n.Row)
	first := len(n.Table.Columns)
	dynamic := len(n.Table.Partition) - len(n.Static)
	keys := n.Row[first : first+dynamic]
	size := p.rows * l.cost.Of(rows).Width(p.cols)
	switch {
	case len(n.Spread) > 0:
		parts := l.partitions(size, 0)
		if n.Buckets > 0 {
			parts = min(parts, n.Buckets)
		}
		p = l.hashed(p, n.Spread, parts, true)
	case dynamic > 0 && !p.dist.single && !asked(n.Input):
		// Rows of one partition meet in one task, so that it becomes few files.
		var by []scalar.Expr
		for _, c := range keys {
			by = append(by, c.Ref())
		}
		p = l.hashed(p, by, l.partitions(size, 0), true)
	}
	if len(n.Order) > 0 {
		var order []scalar.SortKey
		for _, c := range keys {
			order = append(order, scalar.SortKey{Expr: c.Ref()})
		}
		p.node = &physical.Sort{Unary: unary(p.node), Keys: p.keys(append(order, n.Order...))}
	}
	p.node = &physical.TableSink{
		Unary: unary(p.node), Table: n.Table.Name.String(), Location: n.Table.Location,
		Fields: sinkFields(n.Table.Columns), Keys: sinkFields(n.Table.Partition),
		Static: n.Static, Dynamic: dynamic, MaxPartitions: n.MaxPartitions,
		Target: n.Target, Action: n.Action, Compression: n.Table.Compression(),
	}
	return &plan{node: p.node, cols: n.Cols, dist: dist{single: p.dist.single}, rows: 1}, nil
}

// spreadSorted leaves rows that were sorted in several tasks, each a range of them,
// where they are: files are listed in the order of the tasks that wrote them.
func spreadSorted(p *plan) *plan {
	node, tasks := ungathered(p.node)
	if tasks == 0 {
		return p
	}
	q := *p
	q.node, q.dist = node, dist{partitions: tasks}
	return &q
}

// ungathered is n, which works row by row, over a sort of ranges without the exchange
// that brings these together; tasks is 0 for any other n.
func ungathered(n physical.Node) (out physical.Node, tasks int) {
	switch n := n.(type) {
	case *physical.Project:
		in, tasks := ungathered(n.Input)
		over := *n
		over.Unary = unary(in)
		return &over, tasks
	case *physical.Exchange:
		if s, ok := n.Input.(*physical.Sort); ok && n.Kind == physical.Gather {
			if from, ok := s.Input.(*physical.Exchange); ok && from.Kind == physical.Range {
				return s, from.Partitions
			}
		}
	}
	return n, 0
}

func sinkFields(cols []table.Column) []physical.SinkField {
	out := make([]physical.SinkField, len(cols))
	for i, c := range cols {
		out[i] = physical.SinkField{Name: c.Name, Type: c.Type, FieldID: c.ID, Required: c.Required}
	}
	return out
}
