package meta

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bixidata/bixi/table"
)

// Upkeep says how long what nobody needs any more is kept. Zero fields take the
// defaults.
type Upkeep struct {
	// Snapshots is the number of newest snapshots that never expire.
	Snapshots int
	// Age is how long a snapshot stays after a newer one took its place. Nothing
	// may read a snapshot, or base an overwrite on it, for longer.
	Age time.Duration
	// Orphans is how long a file must have been seen without a table before it is
	// deleted. No statement may take longer from writing a file to committing it.
	Orphans time.Duration
	// Jobs is how long the job of an expired snapshot is remembered.
	Jobs time.Duration
}

// The defaults of Upkeep.
const (
	snapshotsKept = 20
	snapshotAge   = 24 * time.Hour
	orphanAge     = 7 * 24 * time.Hour
	jobAge        = 30 * 24 * time.Hour
)

func (u Upkeep) withDefaults() Upkeep {
	if u.Snapshots <= 0 {
		u.Snapshots = snapshotsKept
	}
	if u.Age <= 0 {
		u.Age = snapshotAge
	}
	if u.Orphans <= 0 {
		u.Orphans = orphanAge
	}
	if u.Jobs <= 0 {
		u.Jobs = jobAge
	}
	return u
}

// upkeepTables hold what outlives a snapshot (its job, so that a repeated commit
// is still known, and its time, which is that of its files), the files to be
// deleted, and the files that were found without a table.
const upkeepTables = `
CREATE TABLE IF NOT EXISTS bixi_expired (
	table_uuid TEXT NOT NULL, snapshot INTEGER NOT NULL, job TEXT NOT NULL, committed INTEGER NOT NULL, expired INTEGER NOT NULL,
	PRIMARY KEY (table_uuid, snapshot));
CREATE INDEX IF NOT EXISTS bixi_expired_jobs ON bixi_expired (table_uuid, job);
CREATE TABLE IF NOT EXISTS bixi_garbage (uri TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS bixi_orphans (path TEXT PRIMARY KEY, seen INTEGER NOT NULL);
`

// Maintain does the upkeep of all tables: it expires snapshots with the files
// that only they reach, and deletes files that died processes left behind. It
// may run beside any statement and beside itself, and may be stopped anywhere;
// the next run carries on. A table that fails does not stop the others; orphans
// are deleted only if every table can be read.
func (c *Catalog) Maintain(ctx context.Context, u Upkeep) error {
	u = u.withDefaults()
	found, err := c.listFiles(ctx) // before the tables are read: see sweep
	if err != nil {
		return err
	}
	names, err := c.allTables(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, n := range names {
		if err := c.expire(ctx, n, u); err != nil {
			failed = errors.Join(failed, fmt.Errorf("expiring snapshots of %s: %w", n, err))
		}
	}
	if err := c.collect(ctx); err != nil {
		failed = errors.Join(failed, err)
	}
	return errors.Join(failed, c.sweep(ctx, found, u))
}

// allTables lists the tables of all projects.
func (c *Catalog) allTables(ctx context.Context) ([]table.Name, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = ? ORDER BY 1, 2`, catalogName)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []table.Name
	for rows.Next() {
		var space string
		n := table.Name{Schema: "default"}
		if err := rows.Scan(&space, &n.Table); err != nil {
			return nil, err
		}
		project, schema, ok := strings.Cut(space, ".")
		if n.Project = project; ok {
			n.Schema = schema
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// collect deletes the files of bixi_garbage. A row goes after its file, so that
// a file is deleted even if the process that expired it died.
func (c *Catalog) collect(ctx context.Context) error {
	uris, err := c.strings(ctx, `SELECT uri FROM bixi_garbage`)
	if err != nil {
		return err
	}
	for _, u := range uris {
		if err := c.files.Remove(ctx, localPath(u)); err != nil {
			return fmt.Errorf("deleting an expired file: %w", err)
		}
		if _, err := c.db.ExecContext(ctx, `DELETE FROM bixi_garbage WHERE uri = ?`, u); err != nil {
			return err
		}
	}
	return nil
}
