package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Insert lowers the plan of an INSERT: n gives the data columns of t and then
// its dynamic partition columns. The root gives one row a file written.
func (l *Lowerer) Insert(n logical.Node, t *table.Table, static []types.Datum, maxPartitions int) (physical.Node, error) {
	p, err := l.lower(n, logical.IDs(n), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(p, n.Columns())
	dynamic := len(t.Partition) - len(static)
	if dynamic > 0 && !p.dist.single {
		// Rows of one partition meet in one task, so that it becomes few files.
		var keys []scalar.Expr
		for _, c := range p.cols[len(p.cols)-dynamic:] {
			keys = append(keys, c.Ref())
		}
		p = l.hashed(p, keys, l.partitions(p.rows*l.cost.Of(n).Width(p.cols), 0), true)
	}
	p.node = &physical.TableSink{
		Unary: unary(p.node), Table: t.Name.String(), Location: t.Location,
		Fields: sinkFields(t.Columns), Keys: sinkFields(t.Partition),
		Static: static, Dynamic: dynamic, MaxPartitions: maxPartitions,
	}
	return l.gather(p, true, physical.Durable).node, nil
}

func sinkFields(cols []table.Column) []physical.SinkField {
	out := make([]physical.SinkField, len(cols))
	for i, c := range cols {
		out[i] = physical.SinkField{Name: c.Name, Type: c.Type, FieldID: c.ID, Required: c.Required}
	}
	return out
}
