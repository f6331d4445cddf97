package planner

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// A table with a PRIMARY KEY has one row of a key in a partition: an INSERT INTO
// replaces the rows of the keys it gives, and must give each once.

// keyPositions are the columns of t's key among its columns, those of its
// partitions behind them.
func keyPositions(t *table.Table) []int {
	var out []int
	for _, name := range t.PrimaryKey {
		out = append(out, columnIndex(t.Columns, name))
	}
	for i := range t.Partition {
		out = append(out, len(t.Columns)+i)
	}
	return out
}

// keysStay refuses to set columns of the primary key.
func keysStay(t *table.Table, list []*syntax.Assignment) error {
	for _, a := range list {
		for _, c := range a.Columns {
			if slices.ContainsFunc(t.PrimaryKey, func(k string) bool { return strings.EqualFold(k, c.Last().Name) }) {
				return diag.Errorf(diag.CodeSemantic, c.Pos(), "%s belongs to the primary key of %s and cannot be set", c, t.Name)
			}
		}
	}
	return nil
}

// insertKeyed adds the rows of node, which an INSERT stores into a table with a
// primary key, to w.
func (st *statement) insertKeyed(w *writing, node *logical.Write, c *Commit) error {
	if err := st.route(node); err != nil {
		return err
	}
	rows := st.binder.Share("rows", st.once(node))
	use := st.binder.Use(rows)
	node.Input, node.Items = use, nil
	for _, col := range use.Cols {
		node.Items = append(node.Items, col.Ref())
	}
	if c.Mode != table.Append {
		w.add(node, c)
		return nil
	}
	old := st.binder.Rows(node.Table, syntax.Ident{})
	replaced, err := st.fix(old, nil, c.Static)
	if err != nil {
		return err
	}
	c.Mode, c.Remove, c.Alone = table.Replace, replaced.Remove, true
	w.add(node, c)
	if len(c.Remove) > 0 {
		st.keepOthers(w, node.Table, old.Scan, st.binder.Use(rows), len(c.Static))
	}
	return nil
}

// keepOthers stores the rows of the table again whose keys are not among rows,
// which has no columns for the leading static partition columns.
func (st *statement) keepOthers(w *writing, t *table.Table, old *logical.Scan, rows *logical.Shared, static int) {
	anti := &logical.Join{Kind: logical.Anti, L: old, R: rows}
	for _, at := range keyPositions(t) {
		other := at
		if at >= len(t.Columns) {
			if other = at - static; other < len(t.Columns) {
				continue // one value for all rows
			}
		}
		anti.On = append(anti.On, &scalar.Call{Name: "=", Typ: types.BooleanType,
			Args: []scalar.Expr{old.Cols[at].Ref(), rows.Cols[other].Ref()}})
	}
	keep := &logical.Write{Input: anti, Table: t, Action: true}
	for _, c := range old.Cols {
		keep.Items, keep.Row = append(keep.Items, c.Ref()), append(keep.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	keep.Items = append(keep.Items, rowAction(physical.ActionKeep))
	keep.Row = append(keep.Row, st.binder.NewColumn("_action", types.TinyIntType, true))
	w.also(keep)
}

// once gives the rows of an INSERT, and fails if two of them have one key.
func (st *statement) once(node *logical.Write) logical.Node {
	t := node.Table
	in := &logical.Project{Input: node.Input, Items: node.Items}
	for _, c := range node.Row {
		in.Cols = append(in.Cols, st.binder.NewColumn(c.Name, c.Type, false))
	}
	keys := map[int]bool{}
	for _, at := range keyPositions(t) {
		if at < len(in.Cols) {
			keys[at] = true
		}
	}
	group := &logical.Aggregate{Input: in}
	at := make([]int, len(in.Cols)) // positions in group.Cols
	for i, c := range in.Cols {
		if keys[i] {
			at[i] = len(group.Keys)
			group.Keys = append(group.Keys, c.Ref())
			group.Cols = append(group.Cols, st.binder.NewColumn(c.Name, c.Type, false))
		}
	}
	for i, c := range in.Cols {
		if !keys[i] {
			at[i] = len(group.Cols)
			group.Aggs = append(group.Aggs, scalar.Aggregate{Name: "any_value", Args: []scalar.Expr{c.Ref()}, Typ: c.Type})
			group.Cols = append(group.Cols, st.binder.NewColumn(c.Name, c.Type, false))
		}
	}
	group.Aggs = append(group.Aggs, scalar.Aggregate{Name: "count", Typ: types.BigIntType})
	n := st.binder.NewColumn("_n", types.BigIntType, true)
	group.Cols = append(group.Cols, n)
	many := &scalar.Call{Name: ">", Typ: types.BooleanType, Args: []scalar.Expr{n.Ref(), &scalar.Literal{Value: int64(1), Typ: types.BigIntType}}}
	fail := &scalar.Call{Name: "failif", Typ: types.BooleanType, Args: []scalar.Expr{many,
		&scalar.Literal{Value: "several rows have the same primary key of " + t.Name.String(), Typ: types.StringType}}}
	out := &logical.Project{Input: &logical.Filter{Input: group, Conds: []scalar.Expr{not(fail)}}}
	for i, c := range node.Row {
		out.Items = append(out.Items, group.Cols[at[i]].Ref())
		out.Cols = append(out.Cols, st.binder.NewColumn(c.Name, c.Type, false))
	}
	return out
}
