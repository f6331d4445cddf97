package meta

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Partitions lists the partitions whose leading values are prefix: those with a
// row of ours, which every commit makes, and those that other engines wrote.
func (c *Catalog) Partitions(ctx context.Context, t *table.Table, prefix []types.Datum) ([]table.Partition, error) {
	m, s, err := c.at(ctx, t)
	if err != nil {
		return nil, err
	}
	byKey := map[string]*table.Partition{}
	rows, err := c.db.QueryContext(ctx, `SELECT key, created FROM bixi_partitions WHERE table_uuid = ?`, m.UUID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var created int64
		if err := rows.Scan(&key, &created); err != nil {
			return nil, err
		}
		values, err := parsePartitionKey(t.Partition, key)
		if err != nil {
			return nil, err
		}
		byKey[key] = &table.Partition{Values: values, Created: time.UnixMilli(created), Modified: time.UnixMilli(created)}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	files, err := c.snapshotFiles(ctx, m, s)
	if err != nil {
		return nil, err
	}
	times, err := c.snapshotTimes(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		key := partitionKey(t.Partition, f.file.Partition)
		p := byKey[key]
		written := times[f.entry.SnapshotID()]
		if p == nil {
			p = &table.Partition{Values: f.file.Partition, Created: written}
			byKey[key] = p
		}
		p.Rows += f.file.Rows
		p.Bytes += f.file.Bytes
		p.Files++
		if written.After(p.Modified) {
			p.Modified = written
		}
	}
	if err := c.partitionFacts(ctx, t, byKey); err != nil {
		return nil, err
	}
	var out []table.Partition
	for _, p := range byKey {
		if hasPrefix(p.Values, prefix) {
			out = append(out, *p)
		}
	}
	slices.SortFunc(out, func(a, b table.Partition) int {
		for i := range a.Values {
			if c := compareValues(a.Values[i], b.Values[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return out, nil
}

// AddPartition makes an empty partition.
func (c *Catalog) AddPartition(ctx context.Context, t *table.Table, values []types.Datum, ifNotExists bool) error {
	if err := checkPartition(t, values); err != nil {
		return err
	}
	all, err := c.Partitions(ctx, t, nil)
	if err != nil {
		return err
	}
	key := partitionKey(t.Partition, values)
	for _, p := range all {
		if partitionKey(t.Partition, p.Values) == key {
			if ifNotExists {
				return nil
			}
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "partition %s of %s exists already", PartitionPath(t.Partition, values), t.Name).
				WithHint("write ADD IF NOT EXISTS PARTITION")
		}
	}
	if err := checkPartitionCount(t, len(all)+1); err != nil {
		return err
	}
	_, err = c.db.ExecContext(ctx, `INSERT OR IGNORE INTO bixi_partitions VALUES (?, ?, ?)`, t.UUID, key, c.clock().UnixMilli())
	return err
}

// DropPartition removes the partitions whose leading values are prefix, data
// and all, in one step.
func (c *Catalog) DropPartition(ctx context.Context, t *table.Table, prefix []types.Datum, ifExists bool) error {
	parts, err := c.Partitions(ctx, t, prefix)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		if ifExists {
			return nil
		}
		return diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partition %s", t.Name, PartitionPath(t.Partition, prefix)).
			WithHint("write DROP IF EXISTS PARTITION")
	}
	for range maxTries {
		m, location, err := c.current(ctx, t.Name)
		if err != nil {
			return err
		}
		if m.UUID != t.UUID {
			return c.notFound(ctx, t.Name)
		}
		w := &snapshotWriter{c: c, m: m, id: newSnapshotID(), ctx: ctx}
		manifests, err := c.manifestList(ctx, m.current())
		if err != nil {
			return err
		}
		won, err := c.tryDrop(ctx, t, w, location, func() (*metadata, error) {
			kept, err := w.without(manifests, func(f table.DataFile) bool { return hasPrefix(f.Partition, prefix) })
			if err != nil {
				return nil, err
			}
			return w.finish(kept, location, table.Commit{Mode: table.OverwritePartition})
		}, parts)
		if err != nil || won {
			return err
		}
	}
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

func (c *Catalog) tryDrop(ctx context.Context, t *table.Table, w *snapshotWriter, location string, build func() (*metadata, error), parts []table.Partition) (won bool, err error) {
	defer func() {
		if !won {
			c.remove(ctx, w.written...)
		}
	}()
	next, err := build()
	if err != nil {
		return false, err
	}
	return c.swap(ctx, t.Name, w.m, location, next, w, func(tx *sql.Tx) error {
		for _, p := range parts {
			if err := forgetPartition(ctx, tx, t, p.Values); err != nil {
				return err
			}
		}
		return nil
	})
}

// Truncate removes all rows; partitions stay, as their rows do.
func (c *Catalog) Truncate(ctx context.Context, t *table.Table) error {
	fresh, err := c.Load(ctx, t.Name)
	if err != nil {
		return err
	}
	_, err = c.Commit(ctx, fresh, table.Commit{Mode: table.OverwriteTable, Base: fresh.Snapshot})
	return err
}
