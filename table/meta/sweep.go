package meta

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"path/filepath"
	"regexp"

	"github.com/bixidata/bixi/table"
)

// tableFile matches the paths, below the warehouse, of files that belong to a
// table. Nothing else is ever taken for an orphan.
var tableFile = regexp.MustCompile(`^/[^/]+/[^/]+-[0-9a-f]{8}/(data|metadata)/.`)

// listFiles lists the files of all tables, dropped ones included.
func (c *Catalog) listFiles(ctx context.Context) ([]string, error) {
	projects, err := c.Projects(ctx)
	if err != nil {
		return nil, err
	}
	root := filepath.ToSlash(c.root)
	var out []string
	for _, p := range projects {
		infos, err := c.files.List(ctx, path.Join(root, p))
		if err != nil {
			return nil, fmt.Errorf("listing the files of %s: %w", p, err)
		}
		for _, f := range infos {
			if len(f.Path) > len(root) && tableFile.MatchString(f.Path[len(root):]) {
				out = append(out, f.Path)
			}
		}
	}
	return out, nil
}

// sweep deletes the found files that no table reaches and that were orphans
// already u.Orphans ago. The files must have been listed before this call: then
// a file that a commit brings in meanwhile is either not among them or reached.
func (c *Catalog) sweep(ctx context.Context, found []string, u Upkeep) error {
	reached, err := c.reachable(ctx)
	if err != nil {
		return err
	}
	now := c.clock()
	var dead []string
	err = c.update(ctx, func(tx *sql.Tx) error {
		before, err := orphans(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM bixi_orphans`); err != nil {
			return err
		}
		for _, p := range found {
			if reached[uri(p)] {
				continue
			}
			seen, known := before[p]
			if !known {
				seen = now.UnixMilli()
			}
			if known && seen < now.Add(-u.Orphans).UnixMilli() {
				dead = append(dead, p)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO bixi_orphans VALUES (?, ?)`, p, seen); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range dead {
		if err := c.files.Remove(ctx, p); err != nil {
			return fmt.Errorf("deleting an orphan: %w", err)
		}
	}
	return nil
}

// orphans are the files seen without a table, with the time they were first seen.
func orphans(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT path, seen FROM bixi_orphans`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var p string
		var seen int64
		if err := rows.Scan(&p, &seen); err != nil {
			return nil, err
		}
		out[p] = seen
	}
	return out, rows.Err()
}

// reachable collects the URIs of every file that a table needs.
func (c *Catalog) reachable(ctx context.Context) (map[string]bool, error) {
	names, err := c.allTables(ctx)
	if err != nil {
		return nil, err
	}
	out := reach{uris: map[string]bool{}, sources: map[int64]bool{}}
	for _, n := range names {
		if err := c.reachableOf(ctx, n, &out); err != nil {
			return nil, fmt.Errorf("finding the files of %s: %w", n, err)
		}
	}
	return out.uris, nil
}

func (c *Catalog) reachableOf(ctx context.Context, n table.Name, out *reach) error {
	m, location, err := c.current(ctx, n)
	if err != nil {
		return err
	}
	out.uris[location] = true
	for _, l := range m.MetadataLog {
		out.uris[l.File] = true
	}
	return c.reach(ctx, m, m.Snapshots, out, nil)
}
