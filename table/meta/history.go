package meta

import (
	"context"
	"fmt"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// LoadAt gives the table as it was, with the columns it had then.
func (c *Catalog) LoadAt(ctx context.Context, n table.Name, at table.At) (*table.Table, error) {
	if v, err := c.view(ctx, n); v != nil || err != nil {
		if err == nil {
			err = diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s is a view, which has no versions", n)
		}
		return nil, err
	}
	m, _, err := c.current(ctx, n)
	if err != nil {
		return nil, err
	}
	s, err := versionAt(n, m, at)
	if err != nil {
		return nil, err
	}
	past := m.clone()
	past.CurrentSnapshotID = &s.ID
	for _, schema := range m.Schemas {
		if schema.ID == s.SchemaID {
			past.CurrentSchemaID = s.SchemaID
		}
	}
	return describe(n, past)
}

// versionAt finds a snapshot by id, by number, or by a time at which it was
// current.
func versionAt(n table.Name, m *metadata, at table.At) (*snapshot, error) {
	if at.Version != 0 {
		for i := range m.Snapshots {
			if m.Snapshots[i].ID == at.Version || m.Snapshots[i].Sequence == at.Version {
				return &m.Snapshots[i], nil
			}
		}
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s has no version %d", n, at.Version).WithHint("SHOW HISTORY FOR TABLE %s lists those there are", n.Table)
	}
	var found *snapshot
	for _, l := range m.SnapshotLog {
		if l.Timestamp <= at.Time.UnixMilli() {
			found = m.snapshot(l.ID)
		}
	}
	if found == nil {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s has no version of %s", n, at.Time.UTC().Format(time.RFC3339)).
			WithHint("SHOW HISTORY FOR TABLE %s lists those there are", n.Table)
	}
	return found, nil
}

// History lists the versions of a table, oldest first.
func (c *Catalog) History(ctx context.Context, t *table.Table) ([]table.Version, error) {
	m, _, err := c.current(ctx, t.Name)
	if err != nil {
		return nil, err
	}
	var out []table.Version
	for _, s := range m.Snapshots {
		v := table.Version{
			ID: s.ID, Number: s.Sequence, Committed: time.UnixMilli(s.Timestamp), Operation: s.Summary["operation"],
			Current: m.CurrentSnapshotID != nil && *m.CurrentSnapshotID == s.ID,
		}
		fmt.Sscan(s.Summary["total-records"], &v.Rows)
		fmt.Sscan(s.Summary["total-data-files"], &v.Files)
		fmt.Sscan(s.Summary["total-files-size"], &v.Bytes)
		out = append(out, v)
	}
	return out, nil
}

// Restore makes a new version that has the files of an earlier one.
func (c *Catalog) Restore(ctx context.Context, t *table.Table, version int64) error {
	return c.rewrite(ctx, t, func(w *snapshotWriter, location string) (*metadata, error) {
		old, err := versionAt(t.Name, w.m, table.At{Version: version})
		if err != nil {
			return nil, err
		}
		manifests, err := c.manifestList(ctx, old)
		if err != nil {
			return nil, err
		}
		next, err := w.finish(manifests, location, table.Commit{Mode: table.OverwriteTable})
		if err != nil {
			return nil, err
		}
		summary := next.Snapshots[len(next.Snapshots)-1].Summary
		for _, k := range []string{"total-data-files", "total-records", "total-files-size"} {
			summary[k] = old.Summary[k]
		}
		return next, nil
	}, nil)
}

// Upkeep forgets all versions of a table but the current one.
func (c *Catalog) Upkeep(ctx context.Context, t *table.Table) error {
	if err := c.expire(ctx, t.Name, Upkeep{Snapshots: 1, Age: time.Nanosecond}.withDefaults()); err != nil {
		return err
	}
	return c.collect(ctx)
}

// CleanUp does the upkeep of all tables with the defaults.
func (c *Catalog) CleanUp(ctx context.Context) error { return c.Maintain(ctx, Upkeep{}) }
