package meta

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// expire takes old snapshots out of a table's metadata. Their files are written
// down as garbage in the transaction that makes them unreachable.
func (c *Catalog) expire(ctx context.Context, n table.Name, u Upkeep) error {
	for range maxTries {
		m, location, err := c.current(ctx, n)
		if diag.Of(err) != nil && diag.Of(err).Code == diag.CodeTableNotFound {
			return nil // dropped meanwhile
		}
		if err != nil {
			return err
		}
		kept, expired := split(m, u, c.clock())
		if len(expired) == 0 {
			return nil
		}
		garbage, live, err := c.garbage(ctx, m, kept, expired)
		if err != nil {
			return err
		}
		won, err := c.swap(ctx, n, m, location, withSnapshots(m, kept, c.clock()), nil, func(tx *sql.Tx) error {
			if err := c.remember(ctx, tx, m.UUID, expired, live, u); err != nil {
				return err
			}
			return discard(ctx, tx, m.UUID, garbage)
		})
		if err != nil || won {
			return err
		}
	}
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", n)
}

// split tells which snapshots expire. Snapshots stand in the order in which
// they were made, so a snapshot's time of being current ends with the next one.
func split(m *metadata, u Upkeep, now time.Time) (kept, expired []snapshot) {
	named := map[int64]bool{}
	if m.CurrentSnapshotID != nil {
		named[*m.CurrentSnapshotID] = true
	}
	for _, r := range m.Refs {
		named[r.Snapshot] = true
	}
	limit := now.Add(-u.Age).UnixMilli()
	for i, s := range m.Snapshots {
		if i < len(m.Snapshots)-u.Snapshots && m.Snapshots[i+1].Timestamp < limit && !named[s.ID] {
			expired = append(expired, s)
		} else {
			kept = append(kept, s)
		}
	}
	return kept, expired
}

// withSnapshots is m with only the kept snapshots.
func withSnapshots(m *metadata, kept []snapshot, now time.Time) *metadata {
	next := m.clone()
	next.Snapshots, next.SnapshotLog, next.LastUpdated = kept, []snapshotLog{}, now.UnixMilli()
	for _, l := range m.SnapshotLog {
		if next.snapshot(l.ID) != nil {
			next.SnapshotLog = append(next.SnapshotLog, l)
		}
	}
	return next
}

// garbage lists the URIs that the expired snapshots reach and the kept ones do
// not, and the snapshots that the files of the kept ones come from. Files outside
// of the table's directory are not ours to delete.
func (c *Catalog) garbage(ctx context.Context, m *metadata, kept, expired []snapshot) (uris []string, sources map[int64]bool, err error) {
	live := reach{uris: map[string]bool{}, sources: map[int64]bool{}}
	if err := c.reach(ctx, m, kept, &live, nil); err != nil {
		return nil, nil, err
	}
	dead := reach{uris: map[string]bool{}, sources: map[int64]bool{}}
	if err := c.reach(ctx, m, expired, &dead, live.uris); err != nil {
		return nil, nil, err
	}
	for u := range dead.uris {
		if !live.uris[u] && strings.HasPrefix(u, m.Location+"/") {
			uris = append(uris, u)
		}
	}
	return uris, live.sources, nil
}

// reach is what some snapshots need: the URIs of their manifest lists, manifests
// and data files, and the snapshots that added those files.
type reach struct {
	uris    map[string]bool
	sources map[int64]bool
}

// reach adds what snapshots need to r. Manifests in known are not opened: their
// files are known too.
func (c *Catalog) reach(ctx context.Context, m *metadata, snapshots []snapshot, r *reach, known map[string]bool) error {
	for i := range snapshots {
		manifests, err := c.manifestList(ctx, &snapshots[i])
		if err != nil {
			return err
		}
		r.uris[snapshots[i].ManifestList] = true
		for _, mf := range manifests {
			if r.uris[mf.FilePath()] || known[mf.FilePath()] {
				continue
			}
			r.uris[mf.FilePath()] = true
			entries, err := c.entries(ctx, m, mf)
			if err != nil {
				return err
			}
			for _, e := range entries {
				r.uris[uri(e.file.Path)] = true
				r.sources[e.entry.SnapshotID()] = true
			}
		}
	}
	return nil
}

// discard writes garbage down and forgets what our own rows know of it.
func discard(ctx context.Context, tx *sql.Tx, uuid string, garbage []string) error {
	for _, u := range garbage {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO bixi_garbage VALUES (?)`, u); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM bixi_files WHERE table_uuid = ? AND path = ?`, uuid, localPath(u)); err != nil {
			return err
		}
	}
	return nil
}
