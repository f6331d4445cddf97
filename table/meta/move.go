package meta

import (
	"context"
	"database/sql"
	"slices"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// rewrite makes a new snapshot by build, starting over when another writer was
// faster; more runs in the transaction that makes it current.
func (c *Catalog) rewrite(ctx context.Context, t *table.Table, build func(*snapshotWriter, string) (*metadata, error), more func(*sql.Tx) error) error {
	for range maxTries {
		m, location, err := c.current(ctx, t.Name)
		if err != nil {
			return err
		}
		if m.UUID != t.UUID {
			return c.notFound(ctx, t.Name)
		}
		w := &snapshotWriter{c: c, m: m, id: newSnapshotID(), ctx: ctx}
		next, err := build(w, location)
		won := false
		if err == nil {
			won, err = c.swap(ctx, t.Name, m, location, next, w, more)
		}
		if !won {
			c.remove(ctx, w.written...)
		}
		if err != nil || won {
			return err
		}
	}
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

// wholeFiles lists the files of a table's snapshot with all that our own rows
// know of them, so that they can be recorded again.
func (c *Catalog) wholeFiles(ctx context.Context, t *table.Table) ([]table.DataFile, error) {
	files, err := c.Files(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	known, err := ownRows[[]byte](ctx, c, "stats", t.UUID)
	if err != nil {
		return nil, err
	}
	for i := range files {
		sketches, err := readSketches(known[files[i].Path])
		if err != nil {
			return nil, err
		}
		if len(sketches) == 0 {
			continue
		}
		columns := map[int]table.ColumnStats{}
		for id, s := range files[i].Columns {
			s.Sketch = sketches[id]
			columns[id] = s
		}
		files[i].Columns = columns
	}
	return files, nil
}

// MovePartitions lets the files of partitions belong to another. The files do
// not change: they do not hold the values of partition columns.
func (c *Catalog) MovePartitions(ctx context.Context, t *table.Table, from [][]types.Datum, to []types.Datum) error {
	if err := checkPartition(t, to); err != nil {
		return err
	}
	all, err := c.wholeFiles(ctx, t)
	if err != nil {
		return err
	}
	is := func(f table.DataFile, values []types.Datum) bool { return hasPrefix(f.Partition, values) }
	keep := slices.ContainsFunc(from, func(v []types.Datum) bool { return hasPrefix(v, to) })
	var moved []table.DataFile
	for _, f := range all {
		if !is(f, to) && slices.ContainsFunc(from, func(v []types.Datum) bool { return is(f, v) }) {
			f.Partition = to
			moved = append(moved, f)
		}
	}
	goes := func(f table.DataFile) bool {
		if is(f, to) {
			return !keep
		}
		return slices.ContainsFunc(from, func(v []types.Datum) bool { return is(f, v) })
	}
	commit := table.Commit{Mode: table.OverwriteDynamic, Files: moved, Static: to, Base: t.Snapshot}
	return c.rewrite(ctx, t, func(w *snapshotWriter, location string) (*metadata, error) {
		if err := c.checkConflict(ctx, t, w.m, commit, goes); err != nil {
			return nil, err
		}
		manifests, err := c.manifestList(ctx, w.m.current())
		if err != nil {
			return nil, err
		}
		if manifests, err = w.without(manifests, goes); err != nil {
			return nil, err
		}
		if err := w.add(t, moved); err != nil {
			return nil, err
		}
		return w.finish(manifests, location, commit)
	}, func(tx *sql.Tx) error {
		for _, v := range from {
			if hasPrefix(v, to) {
				continue
			}
			if err := forgetPartition(ctx, tx, t, v); err != nil {
				return err
			}
		}
		return c.record(ctx, tx, t, commit)
	})
}

// forgetPartition removes our own rows of a partition.
func forgetPartition(ctx context.Context, tx *sql.Tx, t *table.Table, values []types.Datum) error {
	key := partitionKey(t.Partition, values)
	for _, q := range []string{`DELETE FROM bixi_partitions WHERE table_uuid = ? AND key = ?`, `DELETE FROM bixi_partition_facts WHERE table_uuid = ? AND key = ?`} {
		if _, err := tx.ExecContext(ctx, q, t.UUID, key); err != nil {
			return err
		}
	}
	return nil
}

// AlterPartition changes a partition.
func (c *Catalog) AlterPartition(ctx context.Context, t *table.Table, values []types.Datum, change table.PartitionChange) error {
	parts, err := c.Partitions(ctx, t, values)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		return diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partition %s", t.Name, PartitionPath(t.Partition, values))
	}
	return c.update(ctx, func(tx *sql.Tx) error {
		for _, p := range parts {
			key := partitionKey(t.Partition, p.Values)
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO bixi_partition_facts VALUES (?, ?, 0, 0)`, t.UUID, key); err != nil {
				return err
			}
			if change.Touch {
				if _, err := tx.ExecContext(ctx, `UPDATE bixi_partition_facts SET touched = ? WHERE table_uuid = ? AND key = ?`, c.clock().UnixMilli(), t.UUID, key); err != nil {
					return err
				}
			}
			if change.LifecycleOff != nil {
				if _, err := tx.ExecContext(ctx, `UPDATE bixi_partition_facts SET stays = ? WHERE table_uuid = ? AND key = ?`, *change.LifecycleOff, t.UUID, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// partitionFacts adds what AlterPartition has kept to the partitions.
func (c *Catalog) partitionFacts(ctx context.Context, t *table.Table, byKey map[string]*table.Partition) error {
	rows, err := c.db.QueryContext(ctx, `SELECT key, touched, stays FROM bixi_partition_facts WHERE table_uuid = ?`, t.UUID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, touched string
		var stays bool
		if err := rows.Scan(&key, &touched, &stays); err != nil {
			return err
		}
		p := byKey[key]
		if p == nil {
			continue
		}
		p.LifecycleOff = stays
		if at := millis(touched); at.After(p.Modified) {
			p.Modified = at
		}
	}
	return rows.Err()
}
