package external

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/meta"
)

// The partitions of an external table are directories k1=v1/k2=v2 below its own.
// They are found anew by each statement, so none has to be added or repaired.

// createKnown makes an external table whose columns are known, or of text files.
func (c *Catalog) createKnown(ctx context.Context, def table.Definition, dir, format string) error {
	if len(def.Columns) == 0 {
		var f table.TextFormat
		if err := json.Unmarshal([]byte(format), &f); err != nil {
			return err
		}
		columns, err := c.textColumns(ctx, dir, &f)
		if err != nil {
			return err
		}
		for i, col := range columns {
			col.Name = strings.ToLower(col.Name)
			def.Columns = append(def.Columns, table.Column{Field: col, ID: i + 1})
		}
	}
	return c.Catalog.Create(ctx, def)
}

// partitioned gives the files of a partitioned table that conds leave, with the
// partitions that their directories name. Files that are in none are no rows of
// the table.
func partitioned(t *table.Table, dir string, files []table.DataFile, conds []table.Condition) ([]table.DataFile, error) {
	if len(t.Partition) == 0 {
		return files, nil
	}
	var out []table.DataFile
	for _, f := range files {
		rel := strings.Trim(strings.TrimPrefix(filepath.ToSlash(f.Path), filepath.ToSlash(dir)), "/")
		parts := strings.Split(rel, "/")
		if len(parts)-1 < len(t.Partition) {
			continue
		}
		values, err := meta.ParsePartitionPath(t.Partition, strings.Join(parts[:len(t.Partition)], "/"))
		if err != nil {
			return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the directory of %s is no partition of %s: %v", f.Path, t.Name, err)
		}
		f.Partition = values
		if selected(t, values, conds) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b table.DataFile) int { return slices.CompareFunc(a.Partition, b.Partition, table.Compare) })
	return out, nil
}

// selected reports whether rows of a partition may satisfy conds.
func selected(t *table.Table, values []types.Datum, conds []table.Condition) bool {
	for _, c := range conds {
		at := slices.IndexFunc(t.Partition, func(p table.Column) bool { return p.ID == c.Column })
		if at >= 0 && !slices.ContainsFunc(c.Values, func(v types.Datum) bool { return holds(c.Op, table.Compare(values[at], v)) }) {
			return false
		}
	}
	return true
}

func holds(op string, order int) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return order == 0
}

// Partitions lists the partitions that have files.
func (c *Catalog) Partitions(ctx context.Context, t *table.Table, prefix []types.Datum) ([]table.Partition, error) {
	if location(t) == "" {
		return c.Catalog.Partitions(ctx, t, prefix)
	}
	files, err := c.Files(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	var out []table.Partition
	for _, f := range files {
		if !slices.Equal(f.Partition[:len(prefix)], prefix) {
			continue
		}
		if n := len(out); n == 0 || !slices.Equal(out[n-1].Values, f.Partition) {
			out = append(out, table.Partition{Values: f.Partition})
		}
		p := &out[len(out)-1]
		p.Rows, p.Bytes, p.Files = p.Rows+f.Rows, p.Bytes+f.Bytes, p.Files+1
	}
	return out, nil
}

// AddPartition accepts a partition that has files.
func (c *Catalog) AddPartition(ctx context.Context, t *table.Table, values []types.Datum, ifNotExists bool) error {
	if location(t) == "" {
		return c.Catalog.AddPartition(ctx, t, values, ifNotExists)
	}
	known, err := c.Partitions(ctx, t, values)
	if err == nil && len(known) == 0 {
		err = diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "there is no file in %s", filepath.Join(location(t), meta.PartitionPath(t.Partition, values))).
			WithHint("the partitions of an external table are the directories that have files")
	}
	return err
}

// DropPartition refuses external tables.
func (c *Catalog) DropPartition(ctx context.Context, t *table.Table, prefix []types.Datum, ifExists bool) error {
	if location(t) != "" {
		return readOnly(t)
	}
	return c.Catalog.DropPartition(ctx, t, prefix, ifExists)
}

// MovePartitions refuses external tables.
func (c *Catalog) MovePartitions(ctx context.Context, t *table.Table, from [][]types.Datum, to []types.Datum) error {
	if location(t) != "" {
		return readOnly(t)
	}
	return c.Catalog.MovePartitions(ctx, t, from, to)
}

// ExchangePartition refuses external tables.
func (c *Catalog) ExchangePartition(ctx context.Context, a, b *table.Table, values []types.Datum) error {
	for _, t := range []*table.Table{a, b} {
		if location(t) != "" {
			return readOnly(t)
		}
	}
	return c.Catalog.ExchangePartition(ctx, a, b, values)
}
