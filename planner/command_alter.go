package planner

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

func (st *statement) alter(stmt *syntax.AlterTable) (Command, error) {
	t, err := st.altered(stmt)
	if err != nil {
		return nil, err
	}
	switch a := stmt.Action.(type) {
	case *syntax.AddPartition:
		return st.addPartition(t, a)
	case *syntax.DropPartition:
		return st.dropPartition(t, a)
	case *syntax.RenamePartition:
		return st.renamePartition(t, stmt.Partition, a)
	case *syntax.MergePartitions:
		return st.mergePartitions(t, a)
	case *syntax.ExchangePartition:
		return st.exchangePartition(t, a)
	case *syntax.Touch, *syntax.EnableLifecycle:
		if spec := touched(stmt); spec != nil {
			return st.alterPartition(t, spec, a)
		}
	case *syntax.RenameTable:
		if err := st.sameSpace(t, a); err != nil {
			return nil, err
		}
	case *syntax.EnableRewrite:
		off := strconv.FormatBool(!a.Disable)
		return st.change(t, a, []table.Change{{Properties: map[string]*string{table.PropertyRewrite: &off}}}), nil
	}
	changes, err := st.changes(t, stmt.Action)
	if err != nil {
		return nil, err
	}
	return st.change(t, stmt.Action, changes), nil
}

// touched is the partition that an ALTER is about, nil for the table.
func touched(stmt *syntax.AlterTable) *syntax.PartitionSpec {
	if a, ok := stmt.Action.(*syntax.Touch); ok && a.Partition != nil {
		return a.Partition
	}
	return stmt.Partition
}

// altered resolves what an ALTER is about and checks that it is what it says.
func (st *statement) altered(stmt *syntax.AlterTable) (*table.Table, error) {
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	want := table.KindTable
	switch {
	case stmt.View:
		want = table.KindView
	case stmt.Materialized:
		want = table.KindMaterialized
	}
	is := t.Kind()
	if is == want || is == table.KindExternal && want == table.KindTable {
		return t, nil
	}
	return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a %s", t.Name, is).WithHint("use ALTER %s", strings.ToUpper(is.Noun()))
}

// change is the command that applies changes to t.
func (st *statement) change(t *table.Table, at syntax.Node, changes []table.Change) Command {
	return action(func(ctx context.Context, s *Session) error {
		if len(changes) == 0 {
			return nil
		}
		return bind.At(s.Catalog.Alter(ctx, t, changes...), at.Pos())
	})
}

// sameSpace refuses to move a table by renaming it.
func (st *statement) sameSpace(t *table.Table, a *syntax.RenameTable) error {
	if len(a.To.Parts) == 1 {
		return nil
	}
	to, err := st.binder.Name(a.To)
	if err != nil {
		return err
	}
	if to.Project != t.Name.Project || to.Schema != t.Name.Schema {
		return diag.Errorf(diag.CodeSemantic, a.To.Pos(), "RENAME keeps a table in its project and schema").
			WithHint("CLONE TABLE %s TO %s copies it", t.Name, to)
	}
	return nil
}

// changes translates an action to catalog changes.
func (st *statement) changes(t *table.Table, a syntax.AlterAction) ([]table.Change, error) {
	switch a := a.(type) {
	case *syntax.RenameTable:
		name := strings.ToLower(a.To.Last().Name)
		return []table.Change{{Rename: &name}}, nil
	case *syntax.SetComment:
		return []table.Change{{Comment: &a.Comment}}, nil
	case *syntax.ChangeOwner:
		return []table.Change{{Owner: &a.Owner}}, nil
	case *syntax.SetLifecycle:
		days, err := lifecycle(a.Days, a)
		return []table.Change{{Lifecycle: &days}}, err
	case *syntax.EnableLifecycle:
		return []table.Change{{LifecycleOff: &a.Disable}}, nil
	case *syntax.Touch:
		return []table.Change{{Touch: true}}, nil
	case *syntax.SetProperties:
		props := map[string]*string{}
		for _, p := range a.Properties {
			if err := settable(p.Key, p.Value, p); err != nil {
				return nil, err
			}
			props[p.Key] = &p.Value
		}
		return []table.Change{{Properties: props}}, nil
	case *syntax.UnsetProperties:
		return unsetProperties(t, a)
	case *syntax.SetLocation:
		return setLocation(t, a)
	case *syntax.AlterViewQuery:
		return st.viewQuery(t, a)
	case *syntax.AlterClustering:
		return st.clusteringChange(t, a)
	case *syntax.AddPrimaryKey:
		return st.addPrimaryKey(t, a)
	case *syntax.DropConstraint:
		return dropConstraint(t, a)
	}
	return st.columnChanges(t, a)
}

func lifecycle(days string, at syntax.Node) (int, error) {
	n, err := strconv.Atoi(days)
	if err != nil || n <= 0 {
		return 0, diag.Errorf(diag.CodeSemantic, at.Pos(), "LIFECYCLE takes a positive number of days, not %s", days)
	}
	return n, nil
}

// reserved refuses properties that are ours.
func reserved(key string, at syntax.Node) error {
	if strings.HasPrefix(strings.ToLower(key), "bixi.") {
		return diag.Errorf(diag.CodeSemantic, at.Pos(), "%s cannot be set: properties that begin with bixi. are the catalog's own", key)
	}
	return nil
}

// settable refuses properties that are ours, and values that would not be obeyed.
func settable(key, value string, at syntax.Node) error {
	if key == table.PropertyCompression && !slices.Contains(table.Compressions(), value) {
		return diag.Errorf(diag.CodeSemantic, at.Pos(), "%s cannot be %q", key, value).
			WithHint("it may be %s", strings.Join(table.Compressions(), ", "))
	}
	return reserved(key, at)
}

func unsetProperties(t *table.Table, a *syntax.UnsetProperties) ([]table.Change, error) {
	props := map[string]*string{}
	for _, k := range a.Keys {
		if err := reserved(k, a); err != nil {
			return nil, err
		}
		if _, ok := t.Properties[k]; !ok && !a.IfExists {
			return nil, diag.Errorf(diag.CodeSemantic, a.Pos(), "%s has no property %q", t.Name, k).WithHint("write UNSET TBLPROPERTIES IF EXISTS")
		}
		props[k] = nil
	}
	return []table.Change{{Properties: props}}, nil
}
