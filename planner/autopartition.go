package planner

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// A table that is AUTO PARTITIONED BY (TRUNC_TIME(c, 'unit')) has one partition
// column, of type STRING, whose value follows from the row. The expression is a
// property of the table.

// autoColumn names the partition column of a table that does not name it.
const autoColumn = "_pt_col_0_"

// nullPartition takes the rows for which the expression is NULL.
const nullPartition = "__NULL__"

// The table property that makes a column named ingestionColumn be filled with the
// time of the INSERT.
const (
	propertyIngestion = "ingestion_time_partition"
	ingestionColumn   = "_partitiontime"
)

// autoPartition replaces AUTO PARTITIONED BY by the partition column that it stands
// for, and gives the expression; "" if there is none.
func autoPartition(stmt *syntax.CreateTable) (expr string, err error) {
	a := stmt.AutoPart
	if a == nil {
		return "", nil
	}
	if stmt.Partitions != nil {
		return "", diag.Errorf(diag.CodeSemantic, a.Pos(), "PARTITIONED BY and AUTO PARTITIONED BY stand in one statement")
	}
	if err := checkAuto(stmt, a.Expr); err != nil {
		return "", err
	}
	name := a.Name
	if name.IsZero() {
		name = syntax.Ident{Start: a.Start, Name: autoColumn}
	}
	stmt.Partitions = []*syntax.ColumnDef{{Start: a.Start, Name: name, Type: types.StringType, TypePos: a.Pos()}}
	stmt.AutoPart = nil
	return syntax.Print(a.Expr), nil
}

// checkAuto wants TRUNC_TIME of a column and a unit.
func checkAuto(stmt *syntax.CreateTable, e syntax.Expr) error {
	call, ok := e.(*syntax.Call)
	if !ok || !strings.EqualFold(call.Name.String(), "trunc_time") || len(call.Args) != 2 {
		return diag.Errorf(diag.CodeSemantic, e.Pos(), "a table is auto partitioned by TRUNC_TIME(column, 'unit')")
	}
	ref, ok := call.Args[0].(*syntax.ColumnRef)
	if !ok || len(ref.Parts) != 1 {
		return diag.Errorf(diag.CodeSemantic, call.Args[0].Pos(), "TRUNC_TIME takes a column of the table here")
	}
	at := slices.IndexFunc(stmt.Columns, func(d *syntax.ColumnDef) bool { return strings.EqualFold(d.Name.Name, ref.Parts[0].Name) })
	if at < 0 {
		return diag.Errorf(diag.CodeSemantic, ref.Pos(), "the table has no column %s", ref.Parts[0])
	}
	if t := stmt.Columns[at].Type; !t.IsTemporal() {
		return diag.Errorf(diag.CodeSemantic, ref.Pos(), "column %s is %s, not a date or time", ref.Parts[0], t)
	}
	unit, ok := call.Args[1].(*syntax.StringLit)
	if !ok || !slices.Contains([]string{"year", "month", "day", "hour"}, strings.ToLower(unit.Value)) {
		return diag.Errorf(diag.CodeSemantic, call.Args[1].Pos(), "the unit is 'year', 'month', 'day' or 'hour'")
	}
	return nil
}

// isAuto reports whether the partition of t's rows follows from their values.
func isAuto(t *table.Table) bool { return t.Properties[table.PropertyAuto] != "" }

// fillsItself reports whether an INSERT gives a value for c by itself: its time.
func fillsItself(t *table.Table, c table.Column) bool {
	return c.Name == ingestionColumn && strings.EqualFold(t.Properties[propertyIngestion], "true")
}

// absent is the value of a column that an INSERT does not give.
func (st *statement) absent(t *table.Table, c table.Column) scalar.Expr {
	if fillsItself(t, c) {
		now := &scalar.Literal{Value: st.udf.Now.UTC().UnixMicro(), Typ: types.TimestampNTZType}
		if c.Type.Equal(now.Typ) {
			return now
		}
		return &scalar.Cast{Arg: now, Typ: c.Type}
	}
	return &scalar.Literal{Value: c.Default, Typ: c.Type}
}

// route computes the partition column of rows for a table that is auto partitioned,
// whatever w has in its place.
func (st *statement) route(w *logical.Write) error {
	if !isAuto(w.Table) {
		return nil
	}
	data := len(w.Table.Columns)
	rows := &logical.Project{Input: w.Input, Items: w.Items}
	w.Input, w.Items = rows, nil
	for _, c := range w.Row {
		col := st.binder.NewColumn(c.Name, c.Type, false)
		rows.Cols, w.Items = append(rows.Cols, col), append(w.Items, col.Ref())
	}
	value, err := st.binder.Over(w.Table.Properties[table.PropertyAuto], rows.Cols[:data])
	if err != nil {
		return err
	}
	w.Items[data] = &scalar.Call{Name: "coalesce", Typ: types.StringType,
		Args: []scalar.Expr{value, &scalar.Literal{Value: nullPartition, Typ: types.StringType}}}
	return nil
}
