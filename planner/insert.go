package planner

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) insert(stmt *syntax.Insert) (*Plan, error) {
	if stmt.Directory != nil {
		return st.insertDirectory(stmt)
	}
	w := &writing{}
	if err := st.insertInto(w, stmt, nil); err != nil {
		return nil, err
	}
	return st.write(w)
}

// insertInto adds an INSERT to w. Its query may read a source that it shares with
// others.
func (st *statement) insertInto(w *writing, stmt *syntax.Insert, source *bind.Source) error {
	var static []types.Datum
	t, bad := st.target(stmt.Table)
	if bad == nil {
		static, bad = st.staticValues(t, stmt)
	}
	n, err := st.binder.QueryOver(stmt.Query, source)
	if err = diag.Join(bad, err); err != nil {
		return err
	}
	node, err := st.matchColumns(t, stmt, n, len(static))
	if err != nil {
		return err
	}
	node.Static, node.MaxPartitions = static, st.Settings.MaxPartitions
	c := &Commit{Table: t, Mode: insertMode(stmt, t, len(static)), Static: static, MaxPartitions: node.MaxPartitions}
	if len(t.PrimaryKey) > 0 {
		return st.insertKeyed(w, node, c)
	}
	w.add(node, c)
	return nil
}

func insertMode(stmt *syntax.Insert, t *table.Table, static int) table.CommitMode {
	switch {
	case !stmt.Overwrite:
		return table.Append
	case len(t.Partition) == 0:
		return table.OverwriteTable
	case static == len(t.Partition):
		return table.OverwritePartition
	}
	return table.OverwriteDynamic
}

// staticValues are the values of the leading partition columns that PARTITION
// (…) gives; the columns without value must follow them.
func (st *statement) staticValues(t *table.Table, stmt *syntax.Insert) ([]types.Datum, error) {
	if isAuto(t) {
		if stmt.Partition != nil {
			return nil, diag.Errorf(diag.CodeSemantic, stmt.Partition.Pos(), "%s is partitioned by %s of its rows; the INSERT names no partition", t.Name, t.Properties[table.PropertyAuto])
		}
		return nil, nil
	}
	if stmt.Partition == nil {
		if len(t.Partition) > 0 {
			return nil, diag.Errorf(diag.CodeSemantic, stmt.Table.Pos(), "%s is partitioned by %s; the INSERT names no partition", t.Name, partitionNames(t)).
				WithHint("write PARTITION (%s) for dynamic partitions, or give values", partitionNames(t))
		}
		return nil, nil
	}
	if stmt.Partition.Filter != nil || len(stmt.Partition.Items) != len(t.Partition) {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Partition.Pos(), "PARTITION must name all partition columns of %s in order: %s", t.Name, partitionNames(t))
	}
	var static []types.Datum
	for i, item := range stmt.Partition.Items {
		col := t.Partition[i]
		if !strings.EqualFold(item.Name.Name, col.Name) {
			return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "partition column %s is expected here, not %s", col.Name, item.Name.Name).
				WithHint("the partition columns of %s are %s, in this order", t.Name, partitionNames(t))
		}
		if item.Value == nil {
			continue
		}
		if len(static) < i {
			return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "%s has a value, but the dynamic %s stands before it", col.Name, t.Partition[len(static)].Name).
				WithHint("static partition values must come first")
		}
		v, err := st.partitionValue(col, item)
		if err != nil {
			return nil, err
		}
		static = append(static, v)
	}
	return static, nil
}

func partitionNames(t *table.Table) string {
	names := make([]string, len(t.Partition))
	for i, c := range t.Partition {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// partitionValue evaluates a constant of PARTITION (…) in the column's type.
func (st *statement) partitionValue(col table.Column, item *syntax.PartitionItem) (types.Datum, error) {
	if item.Value == nil {
		return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "partition column %s needs a value here", col.Name)
	}
	e, err := st.binder.Constant(item.Value, col.Type)
	if err != nil {
		return nil, err
	}
	v, ok := st.Fold(e, st.udf)
	if !ok {
		return nil, diag.Errorf(diag.CodeSemantic, item.Value.Pos(), "the value of partition column %s must be a constant", col.Name)
	}
	if v == nil || v == "" {
		return nil, diag.Errorf(diag.CodeSemantic, item.Value.Pos(), "partition column %s cannot be NULL or empty", col.Name)
	}
	return v, nil
}

// matchColumns brings the query's columns to the table's, by position: data
// columns first, then the dynamic partition columns.
func (st *statement) matchColumns(t *table.Table, stmt *syntax.Insert, n logical.Node, static int) (*logical.Write, error) {
	targets, err := st.insertColumns(t, stmt, static)
	if err != nil {
		return nil, err
	}
	cols := n.Columns()
	if len(cols) != len(targets) {
		names := make([]string, len(targets))
		for i, c := range targets {
			names[i] = c.Name
		}
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Query.Pos(), "the INSERT takes %d columns and the query gives %d", len(targets), len(cols)).
			WithHint("the columns are %s", strings.Join(names, ", "))
	}
	given := map[int]scalar.Expr{}
	for i, c := range targets {
		e, err := st.binder.Assign(cols[i], c.Type, c.Name, stmt.Query.Pos())
		if err != nil {
			return nil, err
		}
		given[c.ID] = e
	}
	w := &logical.Write{Input: n, Table: t}
	for _, c := range slices.Concat(t.Columns, t.Partition[static:]) {
		e := given[c.ID]
		if e == nil {
			if e = st.absent(t, c); c.Default == nil && c.Required && !fillsItself(t, c) {
				return nil, diag.Errorf(diag.CodeSemantic, stmt.Query.Pos(), "column %s is NOT NULL and has no default; the INSERT must give it", c.Name)
			}
		}
		w.Items = append(w.Items, e)
		w.Row = append(w.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	w.Order, err = zorder(w, stmt)
	return w, err
}

// insertColumns are the columns that the query gives, in its order: those of the
// list, or all data columns, and behind them the dynamic partition columns that
// the list does not name.
func (st *statement) insertColumns(t *table.Table, stmt *syntax.Insert, static int) ([]table.Column, error) {
	var out []table.Column
	if len(stmt.Columns) == 0 {
		for _, c := range t.Columns {
			if !fillsItself(t, c) {
				out = append(out, c)
			}
		}
	}
	var dynamic []table.Column
	if !isAuto(t) {
		dynamic = slices.Clone(t.Partition[static:])
	}
	for _, id := range stmt.Columns {
		if columnIndex(out, id.Name) >= 0 {
			return nil, diag.Errorf(diag.CodeSemantic, id.Pos(), "column %s stands twice in the list", id.Name)
		}
		if i := columnIndex(dynamic, id.Name); i >= 0 {
			out = append(out, dynamic[i])
			dynamic = slices.Delete(dynamic, i, i+1)
			continue
		}
		i := columnIndex(t.Columns, id.Name)
		if i < 0 {
			if columnIndex(t.Partition, id.Name) >= 0 {
				return nil, diag.Errorf(diag.CodeSemantic, id.Pos(), "PARTITION gives %s its value already", id.Name)
			}
			return nil, noColumn(t, id)
		}
		out = append(out, t.Columns[i])
	}
	return append(out, dynamic...), nil
}

func noColumn(t *table.Table, id syntax.Ident) error {
	e := diag.Errorf(diag.CodeSemantic, id.Pos(), "%s has no column %s", t.Name, id.Name)
	if near := diag.Near(id.Name, t.Schema().Names()); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

// zorder is the order of rows within files that ZORDER BY asks for: by its columns,
// the first one first.
func zorder(w *logical.Write, stmt *syntax.Insert) ([]scalar.SortKey, error) {
	var out []scalar.SortKey
	for _, id := range stmt.ZOrder {
		i := columnIndex(w.Table.Columns, id.Name)
		if i < 0 {
			return nil, noColumn(w.Table, id)
		}
		out = append(out, scalar.SortKey{Expr: w.Row[i].Ref(), NullsFirst: true})
	}
	return out, nil
}

func columnIndex(cols []table.Column, name string) int {
	for i, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}
