package meta

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// remember keeps the job and the time of expired snapshots. Older rows are
// forgotten, unless live files are of their snapshot and need its time.
func (c *Catalog) remember(ctx context.Context, tx *sql.Tx, uuid string, expired []snapshot, live map[int64]bool, u Upkeep) error {
	now := c.clock()
	for _, s := range expired {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO bixi_expired VALUES (?, ?, ?, ?, ?)`, uuid, s.ID, s.Summary[propJob], s.Timestamp, now.UnixMilli())
		if err != nil {
			return err
		}
	}
	times, err := expiredTimes(ctx, tx, `SELECT snapshot, committed FROM bixi_expired WHERE table_uuid = ? AND expired < ?`, uuid, now.Add(-u.Jobs).UnixMilli())
	if err != nil {
		return err
	}
	for id := range times {
		if live[id] {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM bixi_expired WHERE table_uuid = ? AND snapshot = ?`, uuid, id); err != nil {
			return err
		}
	}
	return nil
}

// snapshotTimes gives the times of a table's snapshots, expired ones included.
func (c *Catalog) snapshotTimes(ctx context.Context, m *metadata) (map[int64]time.Time, error) {
	times, err := expiredTimes(ctx, c.db, `SELECT snapshot, committed FROM bixi_expired WHERE table_uuid = ?`, m.UUID)
	if err != nil {
		return nil, err
	}
	for _, s := range m.Snapshots {
		times[s.ID] = time.UnixMilli(s.Timestamp)
	}
	return times, nil
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func expiredTimes(ctx context.Context, q querier, query string, args ...any) (map[int64]time.Time, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]time.Time{}
	for rows.Next() {
		var id, committed int64
		if err := rows.Scan(&id, &committed); err != nil {
			return nil, err
		}
		out[id] = time.UnixMilli(committed)
	}
	return out, rows.Err()
}

// committedBefore finds the snapshot of a job that committed and has expired.
func (c *Catalog) committedBefore(ctx context.Context, uuid, job string) (id int64, ok bool, err error) {
	if job == "" {
		return 0, false, nil
	}
	err = c.db.QueryRowContext(ctx, `SELECT snapshot FROM bixi_expired WHERE table_uuid = ? AND job = ?`, uuid, job).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, err
}
