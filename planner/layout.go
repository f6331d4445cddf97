package planner

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// layout spreads and sorts the rows that w stores as its table is clustered: rows
// with equal values of hash clustering columns stand in one file of their
// partition, and files are sorted. The number of buckets bounds the files of a
// partition.
func layout(w *logical.Write) {
	c := w.Table.Cluster
	if c == nil {
		return
	}
	column := func(name string) scalar.Expr { return w.Row[columnIndex(w.Table.Columns, name)].Ref() }
	var by []scalar.SortKey
	for _, name := range c.Columns {
		if !c.Range {
			w.Spread = append(w.Spread, column(name))
		}
		by = append(by, scalar.SortKey{Expr: column(name), NullsFirst: true})
	}
	w.Buckets = c.Buckets
	if w.Order != nil {
		return
	}
	if w.Order = by; len(c.Sort) > 0 {
		w.Order = nil
		for _, s := range c.Sort {
			w.Order = append(w.Order, scalar.SortKey{Expr: column(s.Name), Desc: s.Desc, NullsFirst: !s.Desc})
		}
	}
}
