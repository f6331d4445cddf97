package meta

import (
	"context"
	"math"
	"slices"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// replacement tells which files a commit removes; nil for none.
func replacement(commit table.Commit) func(table.DataFile) bool {
	switch commit.Mode {
	case table.OverwriteTable:
		return func(table.DataFile) bool { return true }
	case table.OverwritePartition:
		return func(f table.DataFile) bool { return hasPrefix(f.Partition, commit.Static) }
	case table.Replace:
		remove := map[string]bool{}
		for _, path := range commit.Remove {
			remove[path] = true
		}
		return func(f table.DataFile) bool { return remove[f.Path] }
	case table.OverwriteDynamic:
		made := map[levels][][]types.Datum{}
		for _, f := range commit.Files {
			key := levelsOf(f.Partition)
			if !slices.ContainsFunc(made[key], func(v []types.Datum) bool { return hasPrefix(f.Partition, v) }) {
				made[key] = append(made[key], f.Partition)
			}
		}
		return func(f table.DataFile) bool {
			return slices.ContainsFunc(made[levelsOf(f.Partition)], func(v []types.Datum) bool { return hasPrefix(f.Partition, v) })
		}
	}
	return nil
}

// levels is the first partition values as the key of a map. Equal values have
// equal keys; those of tables with more levels (other engines make such) may too
// if the values differ.
type levels [maxLevels]types.Datum

func levelsOf(values []types.Datum) (key levels) {
	copy(key[:], values)
	for i, v := range key {
		if f, ok := v.(float64); ok && math.IsNaN(f) {
			key[i] = "NaN" // NaN is no key of a map
		}
	}
	return key
}

func hasPrefix(values, prefix []types.Datum) bool {
	for i, v := range prefix {
		if compareValues(values[i], v) != 0 {
			return false
		}
	}
	return true
}

// checkConflict refuses to replace files that the statement did not see: they
// were added after the snapshot it read.
func (c *Catalog) checkConflict(ctx context.Context, t *table.Table, m *metadata, commit table.Commit, replaces func(table.DataFile) bool) error {
	now := m.current()
	if commit.Mode == table.Replace {
		return c.checkRemoved(ctx, t, m, commit)
	}
	if now == nil || now.ID == commit.Base {
		return nil
	}
	seen := map[string]bool{}
	if base := m.snapshot(commit.Base); base != nil {
		files, err := c.snapshotFiles(ctx, m, base)
		if err != nil {
			return err
		}
		for _, f := range files {
			seen[f.file.Path] = true
		}
	}
	files, err := c.snapshotFiles(ctx, m, now)
	if err != nil {
		return err
	}
	for _, f := range files {
		if replaces(f.file) && !seen[f.file.Path] {
			return diag.Errorf(diag.CodeConflict, diag.Pos{}, "another writer changed the partitions of %s that this statement overwrites", t.Name).
				WithHint("run the statement again")
		}
	}
	return nil
}

// checkRemoved refuses to replace files that another writer has replaced.
func (c *Catalog) checkRemoved(ctx context.Context, t *table.Table, m *metadata, commit table.Commit) error {
	now := m.current()
	if commit.Alone && now != nil && now.ID != commit.Base {
		return changedRows(t)
	}
	files, err := c.snapshotFiles(ctx, m, now)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, f := range files {
		there[f.file.Path] = true
	}
	for _, path := range commit.Remove {
		if !there[path] {
			return changedRows(t)
		}
	}
	return nil
}

func changedRows(t *table.Table) error {
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "another writer changed rows of %s that this statement changes", t.Name).
		WithHint("run the statement again")
}
