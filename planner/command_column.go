package planner

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// columnChanges translates what ALTER TABLE does to columns.
func (st *statement) columnChanges(t *table.Table, a syntax.AlterAction) ([]table.Change, error) {
	if a, ok := a.(*syntax.CommentColumn); ok {
		return []table.Change{{CommentColumn: &[2]string{strings.ToLower(a.Column.Name), a.Comment}}}, hasColumn(t, a.Column)
	}
	if t.Kind() != table.KindTable {
		return nil, diag.Errorf(diag.CodeSemantic, a.Pos(), "the columns of the %s %s follow from its data and cannot be altered", t.Kind(), t.Name)
	}
	switch a := a.(type) {
	case *syntax.AddColumns:
		return st.addColumns(t, a)
	case *syntax.ReplaceColumns:
		cols, err := st.columns(a.Columns, 0)
		if err == nil {
			err = checkDuplicates(a.Columns)
		}
		return []table.Change{{ReplaceColumns: cols}}, err
	case *syntax.DropColumns:
		var out []table.Change
		for _, id := range a.Columns {
			if err := hasColumn(t, id); err != nil {
				return nil, err
			}
			if err := st.inLayout(t, id); err != nil {
				return nil, err
			}
			name := strings.ToLower(id.Name)
			out = append(out, table.Change{DropColumn: &name})
		}
		return out, nil
	case *syntax.RenameColumn:
		return renameColumn(t, a.From, a.To), hasColumn(t, a.From)
	case *syntax.NullColumn:
		name := strings.ToLower(a.Column.Name)
		if slices.Contains(t.PrimaryKey, name) {
			return nil, diag.Errorf(diag.CodeDDLFailed, a.Column.Pos(), "%s belongs to the primary key and cannot be NULL", name)
		}
		return []table.Change{{OptionalColumn: &name}}, hasColumn(t, a.Column)
	case *syntax.PartitionColumn:
		if i := columnIndex(t.Partition, a.Column.Name); i < 0 {
			return nil, diag.Errorf(diag.CodeSemantic, a.Column.Pos(), "%s has no partition column %s", t.Name, a.Column.Name)
		}
		return widenColumn(t, a.Column, a.Type, a.TypePos)
	case *syntax.ChangeColumn:
		return st.changeColumn(t, a)
	}
	return nil, diag.Errorf(diag.CodeUnsupported, a.Pos(), "this ALTER is not supported")
}

func (st *statement) addColumns(t *table.Table, a *syntax.AddColumns) ([]table.Change, error) {
	if err := checkDuplicates(a.Columns); err != nil {
		return nil, err
	}
	cols, err := st.columns(a.Columns, 0)
	if err != nil {
		return nil, err
	}
	var fresh []table.Column
	for i, c := range cols {
		if columnIndex(t.Columns, c.Name) >= 0 || columnIndex(t.Partition, c.Name) >= 0 {
			if a.IfNotExists {
				continue
			}
			return nil, diag.Errorf(diag.CodeDDLFailed, a.Columns[i].Pos(), "column %s exists already", c.Name).WithHint("write ADD COLUMNS IF NOT EXISTS")
		}
		if c.Required {
			return nil, diag.Errorf(diag.CodeDDLFailed, a.Columns[i].Pos(), "a column that is added cannot be NOT NULL: the rows there are have no value of it")
		}
		fresh = append(fresh, c)
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return []table.Change{{AddColumns: fresh}}, nil
}

func checkDuplicates(defs []*syntax.ColumnDef) error {
	seen := map[string]bool{}
	for _, d := range defs {
		name := strings.ToLower(d.Name.Name)
		if seen[name] {
			return diag.Errorf(diag.CodeDDLFailed, d.Pos(), "column %s is defined twice", name)
		}
		seen[name] = true
	}
	return nil
}

func hasColumn(t *table.Table, id syntax.Ident) error {
	if columnIndex(t.Columns, id.Name) >= 0 || columnIndex(t.Partition, id.Name) >= 0 {
		return nil
	}
	e := diag.Errorf(diag.CodeSemantic, id.Pos(), "%s has no column %s", t.Name, id.Name)
	if near := diag.Near(id.Name, t.Schema().Names()); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

// inLayout refuses to drop a column that the primary key or the clustering needs.
func (st *statement) inLayout(t *table.Table, id syntax.Ident) error {
	name := strings.ToLower(id.Name)
	if slices.Contains(t.PrimaryKey, name) {
		return diag.Errorf(diag.CodeDDLFailed, id.Pos(), "%s belongs to the primary key of %s", name, t.Name).WithHint("ALTER TABLE … DROP PRIMARY KEY first")
	}
	if t.Cluster != nil && (slices.Contains(t.Cluster.Columns, name) || slices.ContainsFunc(t.Cluster.Sort, func(c table.SortColumn) bool { return c.Name == name })) {
		return diag.Errorf(diag.CodeDDLFailed, id.Pos(), "%s is clustered by %s", t.Name, name).WithHint("ALTER TABLE … NOT CLUSTERED first")
	}
	return nil
}

// renameColumn renames a column, also where the layout names it.
func renameColumn(t *table.Table, from, to syntax.Ident) []table.Change {
	old, name := strings.ToLower(from.Name), strings.ToLower(to.Name)
	out := []table.Change{{RenameColumn: &[2]string{old, name}}}
	swap := func(names []string) []string {
		names = slices.Clone(names)
		for i := range names {
			if names[i] == old {
				names[i] = name
			}
		}
		return names
	}
	if slices.Contains(t.PrimaryKey, old) {
		out = append(out, table.Change{PrimaryKey: &table.PrimaryKey{Name: t.PrimaryKeyName, Columns: swap(t.PrimaryKey)}})
	}
	if t.Cluster != nil {
		c := *t.Cluster
		c.Columns, c.Sort = swap(c.Columns), slices.Clone(c.Sort)
		for i := range c.Sort {
			if c.Sort[i].Name == old {
				c.Sort[i].Name = name
			}
		}
		out = append(out, table.Change{Cluster: &c})
	}
	return out
}

func widenColumn(t *table.Table, id syntax.Ident, to types.Type, pos diag.Pos) ([]table.Change, error) {
	cols := append(append([]table.Column{}, t.Columns...), t.Partition...)
	i := columnIndex(cols, id.Name)
	if cols[i].Type.Equal(to) {
		return nil, nil
	}
	if !table.Widens(cols[i].Type, to) {
		return nil, diag.Errorf(diag.CodeSemantic, pos, "column %s cannot change from %s to %s", cols[i].Name, cols[i].Type, to).
			WithHint("a type may only become wider; CREATE TABLE … AS SELECT CAST(…) makes a table with another")
	}
	wide := cols[i]
	wide.Type = to
	return []table.Change{{WidenColumn: &wide}}, nil
}

func (st *statement) changeColumn(t *table.Table, a *syntax.ChangeColumn) ([]table.Change, error) {
	if err := hasColumn(t, a.Old); err != nil {
		return nil, err
	}
	out, err := widenColumn(t, a.Old, a.Type, a.TypePos)
	if err != nil {
		return nil, err
	}
	old := strings.ToLower(a.Old.Name)
	if a.HasComment {
		out = append(out, table.Change{CommentColumn: &[2]string{old, a.Comment}})
	}
	switch {
	case a.First:
		out = append(out, table.Change{MoveColumn: &[2]string{old, ""}})
	case !a.After.IsZero():
		if err := hasColumn(t, a.After); err != nil {
			return nil, err
		}
		if strings.EqualFold(a.After.Name, old) {
			return nil, diag.Errorf(diag.CodeSemantic, a.After.Pos(), "%s cannot stand behind itself", old)
		}
		out = append(out, table.Change{MoveColumn: &[2]string{old, strings.ToLower(a.After.Name)}})
	}
	if !strings.EqualFold(old, a.New.Name) {
		out = append(out, renameColumn(t, a.Old, a.New)...)
	}
	return out, nil
}
