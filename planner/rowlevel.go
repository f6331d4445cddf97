package planner

import (
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/lower"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// UPDATE, DELETE and MERGE are copy-on-write: the files that may hold an affected
// row are read and written anew, with the changes, and the commit replaces
// exactly those files.

// changeable resolves a table whose rows a statement changes.
func (st *statement) changeable(n syntax.Name) (*table.Table, error) {
	t, err := st.target(n)
	if err != nil {
		return nil, err
	}
	if st.Settings.Transactional && !strings.EqualFold(t.Properties["transactional"], "true") {
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is not transactional, so its rows cannot be changed", t.Name).
			WithHint("ALTER TABLE … SET TBLPROPERTIES ('transactional'='true'), or set odps.sql.dml.transactional.only=false")
	}
	return t, nil
}

// fix makes the scan of rows read exactly the files that may hold rows for which
// cond (nil: no condition) is true, in the partitions with the leading values
// prefix, and gives the commit that replaces them.
func (st *statement) fix(rows *bind.Rows, cond scalar.Expr, prefix []types.Datum) (*Commit, error) {
	probe := *rows.Scan
	if cond != nil {
		own := logical.IDs(rows.Scan)
		for _, c := range scalar.Conjuncts(cond) {
			if logical.Within(c, own) {
				probe.Conds = append(probe.Conds, c)
			}
		}
	}
	conds := lower.Conditions(&probe)
	for i, v := range prefix {
		conds = append(conds, table.Condition{Column: rows.Table.Partition[i].ID, Op: "=", Values: []types.Datum{v}})
	}
	files, err := st.Catalog.Files(st.ctx, rows.Table, conds)
	if err != nil {
		return nil, err
	}
	rows.Scan.Files, rows.Scan.Fixed = files, true
	c := &Commit{Table: rows.Table, Mode: table.Replace}
	for _, f := range files {
		c.Remove = append(c.Remove, f.Path)
	}
	return c, nil
}

// partitionPrefix evaluates the PARTITION clause of a statement that changes rows.
func (st *statement) partitionPrefix(t *table.Table, spec *syntax.PartitionSpec) ([]types.Datum, error) {
	if spec == nil {
		return nil, nil
	}
	return st.prefix(t, spec)
}

// rewrite stores rows again with the values in values (nil: as they are).
func (st *statement) rewrite(rows *bind.Rows, values []scalar.Expr, action scalar.Expr) *logical.Write {
	w := &logical.Write{Input: rows.Node, Table: rows.Table, Action: action != nil}
	for i, c := range rows.Scan.Cols {
		var e scalar.Expr = c.Ref()
		if i < len(values) && values[i] != nil {
			e = values[i]
		}
		w.Items = append(w.Items, e)
		w.Row = append(w.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	if action != nil {
		w.Items = append(w.Items, action)
		w.Row = append(w.Row, st.binder.NewColumn("_action", types.TinyIntType, true))
	}
	return w
}

func rowAction(a int64) scalar.Expr { return &scalar.Literal{Value: a, Typ: types.TinyIntType} }

// actionIf is do for rows that are hit, and else they are kept.
func actionIf(hit scalar.Expr, do int64) scalar.Expr {
	return &scalar.Case{Whens: []scalar.Expr{hit}, Thens: []scalar.Expr{rowAction(do)}, Else: rowAction(physical.ActionKeep), Typ: types.TinyIntType}
}

func isTrue(e scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: "is_true", Args: []scalar.Expr{e}, Typ: types.BooleanType}
}

func not(e scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: "not", Args: []scalar.Expr{e}, Typ: types.BooleanType}
}

// disjunction joins conditions by OR. A nil among them is TRUE, and so is the
// result, as nil.
func disjunction(conds []scalar.Expr) scalar.Expr {
	var out scalar.Expr
	for _, c := range conds {
		switch {
		case c == nil:
			return nil
		case out == nil:
			out = c
		default:
			out = &scalar.Call{Name: "or", Args: []scalar.Expr{out, c}, Typ: types.BooleanType}
		}
	}
	return out
}
