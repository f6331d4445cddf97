package meta

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// Alter applies changes to a definition, all or none.
func (c *Catalog) Alter(ctx context.Context, t *table.Table, changes ...table.Change) error {
	for i, change := range changes {
		if change.Rename != nil {
			if len(changes) > 1 {
				return diag.Errorf(diag.CodeInternal, diag.Pos{}, "change %d of %s renames it", i, t.Name)
			}
			return c.rename(ctx, t, *change.Rename)
		}
	}
	if t.View != "" {
		return c.alterView(ctx, t, changes)
	}
	return c.change(ctx, t, func(next *metadata) error {
		next.Properties[propDDL] = fmt.Sprint(next.LastUpdated)
		for _, change := range changes {
			if err := apply(next, change); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// change lets f make a table's next metadata of a copy of the current; more runs
// in the transaction that makes it current.
func (c *Catalog) change(ctx context.Context, t *table.Table, f func(*metadata) error, more func(*sql.Tx) error) error {
	for range maxTries {
		m, location, err := c.current(ctx, t.Name)
		if err != nil {
			return err
		}
		if m.UUID != t.UUID {
			return c.notFound(ctx, t.Name)
		}
		next := m.clone()
		next.LastUpdated = c.clock().UnixMilli()
		if err := f(next); err != nil {
			return err
		}
		won, err := c.swap(ctx, t.Name, m, location, next, nil, more)
		if err != nil || won {
			return err
		}
	}
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

func (c *Catalog) rename(ctx context.Context, t *table.Table, to string) error {
	if !validName(to) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a table", to)
	}
	target := t.Name
	target.Table = to
	if exists, _, err := c.exists(ctx, target); err != nil {
		return err
	} else if exists {
		return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already", target)
	}
	query, args := `UPDATE iceberg_tables SET table_name = ? WHERE table_name = ? AND table_namespace = ? AND catalog_name = ?`, []any{to, t.Name.Table, namespace(t.Name), catalogName}
	if t.View != "" {
		query, args = `UPDATE bixi_views SET name = ? WHERE name = ? AND project = ?`, args[:3]
	}
	_, err := c.db.ExecContext(ctx, query, args...)
	return err
}

// apply changes the metadata m, which the caller owns.
func apply(m *metadata, change table.Change) error {
	switch {
	case change.Comment != nil:
		if err := checkComment(*change.Comment); err != nil {
			return err
		}
		m.Properties[propComment] = *change.Comment
	case change.Owner != nil:
		m.Properties[propOwner] = *change.Owner
	case change.Lifecycle != nil:
		m.Properties[propLifecycle] = fmt.Sprint(*change.Lifecycle)
	case change.LifecycleOff != nil:
		m.Properties[propStay] = fmt.Sprint(*change.LifecycleOff)
	case change.Touch:
		m.Properties[propTouched] = fmt.Sprint(m.LastUpdated)
	case change.Cluster != nil:
		return setJSON(m.Properties, propCluster, change.Cluster, len(change.Cluster.Columns) == 0)
	case change.PrimaryKey != nil:
		return setJSON(m.Properties, propKey, change.PrimaryKey, len(change.PrimaryKey.Columns) == 0)
	case change.Properties != nil:
		for k, v := range change.Properties {
			if v == nil {
				delete(m.Properties, k)
			} else {
				m.Properties[k] = *v
			}
		}
	default:
		return changeSchema(m, change)
	}
	return nil
}
