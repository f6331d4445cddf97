package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Write stores one row of Items for each row of its input and gives a row for
// each data file written. A statement that writes to several targets is a Union
// of Writes.
type Write struct {
	Input Node
	Table *table.Table
	// Target is the position among the statement's commits.
	Target int
	// Static are the values of the leading partition columns.
	Static []types.Datum
	// Items are the data columns of the table, its dynamic partition columns and,
	// if Action is set, the row's action (physical.ActionKeep …, as TINYINT); Row names them.
	Items  []scalar.Expr
	Row    []Column
	Action bool
	// Order is the order of rows within a task's files, over Row; nil for that of
	// the input.
	Order []scalar.SortKey
	// Spread, over Row, decides by its hash in which task's file a row stands; there
	// are at most Buckets tasks, 0 for any number.
	Spread  []scalar.Expr
	Buckets int
	// MaxPartitions bounds the dynamic partitions, 0 for any number.
	MaxPartitions int
	Cols          []Column
}

// WriteColumns are the columns of a Write, made by newColumn.
func WriteColumns(newColumn func(string, types.Type, bool) Column) []Column {
	return []Column{newColumn("file", types.BinaryType, false), newColumn("target", types.BigIntType, true), newColumn("affected", types.BigIntType, true)}
}

func (n *Write) Columns() []Column         { return n.Cols }
func (n *Write) Inputs() []Node            { return []Node{n.Input} }
func (n *Write) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Write) Exprs() []scalar.Expr      { return n.Items }
func (n *Write) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Items = Map(n.Items, f)
	return &c
}

func (n *Write) Describe() string {
	d := fmt.Sprintf("Write %s [%s]", n.Table.Name, list(n.Items))
	if len(n.Order) > 0 {
		d += " order " + list(n.Order)
	}
	return d
}
