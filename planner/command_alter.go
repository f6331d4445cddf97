package planner

import (
	"context"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) alter(stmt *syntax.AlterTable) (Command, error) {
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	switch a := stmt.Action.(type) {
	case *syntax.AddPartition:
		return st.addPartition(t, a)
	case *syntax.DropPartition:
		return st.dropPartition(t, a)
	}
	change, err := st.change(t, stmt.Action)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		for _, c := range change {
			fresh, err := s.Catalog.Load(ctx, t.Name)
			if err != nil {
				return err
			}
			if err := s.Catalog.Alter(ctx, fresh, c); err != nil {
				return bind.At(err, stmt.Action.Pos())
			}
		}
		return nil
	}), nil
}

func (st *statement) addPartition(t *table.Table, a *syntax.AddPartition) (Command, error) {
	specs, err := st.prefixes(t, a.Partitions)
	if err != nil {
		return nil, err
	}
	for i, p := range specs {
		if len(p) != len(t.Partition) {
			return nil, diag.Errorf(diag.CodeSemantic, a.Partitions[i].Pos(), "ADD PARTITION needs a value for each of %s", partitionNames(t))
		}
	}
	return action(func(ctx context.Context, s *Session) error {
		for i, p := range specs {
			if err := s.Catalog.AddPartition(ctx, t, p, a.IfNotExists); err != nil {
				return bind.At(err, a.Partitions[i].Pos())
			}
		}
		return nil
	}), nil
}

func (st *statement) dropPartition(t *table.Table, a *syntax.DropPartition) (Command, error) {
	specs, err := st.prefixes(t, a.Partitions)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		for i, p := range specs {
			fresh, err := s.Catalog.Load(ctx, t.Name)
			if err != nil {
				return err
			}
			if err := s.Catalog.DropPartition(ctx, fresh, p, a.IfExists); err != nil {
				return bind.At(err, a.Partitions[i].Pos())
			}
		}
		return nil
	}), nil
}

// change translates an action to catalog changes.
func (st *statement) change(t *table.Table, a syntax.AlterAction) ([]table.Change, error) {
	switch a := a.(type) {
	case *syntax.RenameTable:
		name := strings.ToLower(a.To.Last().Name)
		return []table.Change{{Rename: &name}}, nil
	case *syntax.SetComment:
		return []table.Change{{Comment: &a.Comment}}, nil
	case *syntax.ChangeOwner:
		return []table.Change{{Owner: &a.Owner}}, nil
	case *syntax.SetLifecycle:
		days, err := strconv.Atoi(a.Days)
		if err != nil || days <= 0 {
			return nil, diag.Errorf(diag.CodeSemantic, a.Pos(), "LIFECYCLE takes a positive number of days, not %s", a.Days)
		}
		return []table.Change{{Lifecycle: &days}}, nil
	case *syntax.SetProperties:
		props := map[string]*string{}
		for _, p := range a.Properties {
			props[p.Key] = &p.Value
		}
		return []table.Change{{Properties: props}}, nil
	case *syntax.UnsetProperties:
		props := map[string]*string{}
		for _, k := range a.Keys {
			props[k] = nil
		}
		return []table.Change{{Properties: props}}, nil
	case *syntax.AddColumns:
		cols, err := st.columns(a.Columns, 0)
		return []table.Change{{AddColumns: cols}}, err
	case *syntax.DropColumns:
		var out []table.Change
		for _, id := range a.Columns {
			if err := hasColumn(t, id); err != nil {
				return nil, err
			}
			name := strings.ToLower(id.Name)
			out = append(out, table.Change{DropColumn: &name})
		}
		return out, nil
	case *syntax.RenameColumn:
		return []table.Change{{RenameColumn: &[2]string{strings.ToLower(a.From.Name), strings.ToLower(a.To.Name)}}}, hasColumn(t, a.From)
	case *syntax.CommentColumn:
		return []table.Change{{CommentColumn: &[2]string{strings.ToLower(a.Column.Name), a.Comment}}}, hasColumn(t, a.Column)
	case *syntax.ChangeColumn:
		return st.changeColumn(t, a)
	}
	return nil, diag.Errorf(diag.CodeUnsupported, a.Pos(), "this ALTER is not supported yet")
}

func hasColumn(t *table.Table, id syntax.Ident) error {
	if columnIndex(t.Columns, id.Name) >= 0 || columnIndex(t.Partition, id.Name) >= 0 {
		return nil
	}
	e := diag.Errorf(diag.CodeColumnNotFound, id.Pos(), "%s has no column %s", t.Name, id.Name)
	if near := diag.Near(id.Name, t.Schema().Names()); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

func (st *statement) changeColumn(t *table.Table, a *syntax.ChangeColumn) ([]table.Change, error) {
	if err := hasColumn(t, a.Old); err != nil {
		return nil, err
	}
	if a.First || !a.After.IsZero() {
		return nil, diag.Errorf(diag.CodeUnsupported, a.Pos(), "moving a column is not supported yet")
	}
	old, name := strings.ToLower(a.Old.Name), strings.ToLower(a.New.Name)
	var out []table.Change
	if i := columnIndex(t.Columns, old); i >= 0 && !t.Columns[i].Type.Equal(a.Type) {
		if !types.CanCoerce(t.Columns[i].Type, a.Type) {
			return nil, diag.Errorf(diag.CodeSemantic, a.TypePos, "column %s cannot change from %s to %s", old, t.Columns[i].Type, a.Type)
		}
		wide := t.Columns[i]
		wide.Type = a.Type
		out = append(out, table.Change{WidenColumn: &wide})
	}
	if a.HasComment {
		out = append(out, table.Change{CommentColumn: &[2]string{old, a.Comment}})
	}
	if old != name {
		out = append(out, table.Change{RenameColumn: &[2]string{old, name}})
	}
	return out, nil
}
