package bind

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// PartitionCondition binds a condition on the partition columns of t, which the
// columns given stand for.
func (b *Binder) PartitionCondition(t *table.Table, e syntax.Expr) (scalar.Expr, []scalar.Column, error) {
	rel := relation{alias: t.Name.Table}
	var out []scalar.Column
	for _, c := range t.Partition {
		col := b.NewColumn(c.Name, c.Type, true)
		rel.cols = append(rel.cols, col)
		out = append(out, scalar.Column{ID: col.ID, Name: c.Name, Typ: c.Type})
	}
	cond, err := b.condition(e, &exprScope{names: &scope{rels: []relation{rel}}, clause: "PARTITION"})
	return cond, out, err
}
