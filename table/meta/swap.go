package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// swap writes next and makes it the table's metadata if location still is; more
// runs in the same transaction.
func (c *Catalog) swap(ctx context.Context, n table.Name, m *metadata, location string, next *metadata, w *snapshotWriter, more func(*sql.Tx) error) (won bool, err error) {
	target, old, err := c.stage(ctx, m, location, next)
	if err != nil {
		return false, err
	}
	if w != nil {
		w.written = append(w.written, target)
	}
	err = c.update(ctx, func(tx *sql.Tx) error {
		ok, err := point(ctx, tx, n, location, target)
		if err != nil || !ok {
			return err
		}
		won = true
		if more != nil {
			return more(tx)
		}
		return nil
	})
	if err != nil {
		// The commit of the transaction may have failed after it took effect: what
		// the database says counts, and as long as it is silent no file is removed.
		now, rerr := c.pointer(context.WithoutCancel(ctx), n)
		switch {
		case rerr != nil:
			if w != nil {
				w.written = nil
			}
			return false, fmt.Errorf("committing to %s: %w", n, err)
		case now != target:
			if w == nil {
				c.remove(ctx, target)
			}
			return false, fmt.Errorf("committing to %s: %w", n, err)
		}
		won = true
	}
	if won {
		c.remove(ctx, old...)
	} else if w == nil {
		c.remove(ctx, target)
	}
	return won, nil
}

// stage writes next, which follows m at location, beside it; old are the metadata
// files that are kept no longer.
func (c *Catalog) stage(ctx context.Context, m *metadata, location string, next *metadata) (target string, old []string, err error) {
	var number int
	fmt.Sscanf(location[len(m.Location)+len("/metadata/"):], "%d", &number)
	next.MetadataLog = append(next.MetadataLog, metadataLog{m.LastUpdated, location})
	for len(next.MetadataLog) > metadataKept {
		old = append(old, next.MetadataLog[0].File)
		next.MetadataLog = next.MetadataLog[1:]
	}
	target, err = c.writeMetadata(ctx, next, number+1)
	return target, old, err
}

// point makes target the table's metadata if from still is.
func point(ctx context.Context, tx *sql.Tx, n table.Name, from, target string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
		WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND metadata_location = ?`,
		target, from, catalogName, namespace(n), n.Table, from)
	if err != nil {
		return false, err
	}
	rows, err := res.RowsAffected()
	return rows > 0, err
}

// record writes our own rows of a commit: what manifests cannot hold of the
// files, and the partitions that exist without files.
func (c *Catalog) record(ctx context.Context, tx *sql.Tx, t *table.Table, commit table.Commit) error {
	for _, f := range commit.Files {
		sketches := map[int][]byte{}
		for id, s := range f.Columns {
			if len(s.Sketch) > 0 {
				sketches[id] = s.Sketch
			}
		}
		data, err := json.Marshal(sketches)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO bixi_files VALUES (?, ?, ?, ?)`, t.UUID, f.Path, f.RowGroups, data); err != nil {
			return err
		}
	}
	keys := map[string]bool{}
	if len(t.Partition) > 0 && len(commit.Static) == len(t.Partition) {
		keys[partitionKey(t.Partition, commit.Static)] = true
	}
	for _, f := range commit.Files {
		if len(t.Partition) > 0 {
			keys[partitionKey(t.Partition, f.Partition)] = true
		}
	}
	made := int64(0)
	for key := range keys {
		res, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO bixi_partitions VALUES (?, ?, ?)`, t.UUID, key, c.clock().UnixMilli())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		made += n
	}
	if made == 0 {
		return nil
	}
	var all int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM bixi_partitions WHERE table_uuid = ?`, t.UUID).Scan(&all); err != nil {
		return err
	}
	return checkPartitionCount(t, all)
}

func checkPartitionCount(t *table.Table, n int) error {
	if n <= maxPartitions {
		return nil
	}
	return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s cannot have more than %d partitions", t.Name, maxPartitions)
}
