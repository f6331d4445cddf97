// Package external adds external tables to a catalog: tables whose data are the
// Parquet files of a directory, read in place and never written.
package external

import (
	"context"
	"maps"
	"math"
	"path/filepath"
	"strings"
	"sync"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// Catalog wraps another catalog.
type Catalog struct {
	table.Catalog
	files store.Store

	mu struct {
		sync.Mutex
		footers map[string]footer // by path
	}
}

// footer is what is remembered of a version of a file.
type footer struct {
	version string
	file    table.DataFile
	schema  types.Schema
	byName  map[string]table.ColumnStats
}

// New wraps catalog; files reads the directories of external tables.
func New(catalog table.Catalog, files store.Store) *Catalog {
	c := &Catalog{Catalog: catalog, files: files}
	c.mu.footers = map[string]footer{}
	return c
}

func location(t *table.Table) string { return t.Properties[table.PropertyExternal] }

// Create completes the columns of an external table from its files when the
// definition names none, and checks that there is something to read.
func (c *Catalog) Create(ctx context.Context, def table.Definition) error {
	dir := def.Properties[table.PropertyExternal]
	if dir == "" {
		return c.Catalog.Create(ctx, def)
	}
	dir, err := filepath.Abs(strings.TrimPrefix(dir, "file://"))
	if err != nil {
		return err
	}
	def.Properties = maps.Clone(def.Properties)
	def.Properties[table.PropertyExternal] = dir
	if text := def.Properties[table.PropertyFormat]; text != "" || len(def.Columns) > 0 {
		return c.createKnown(ctx, def, dir, text)
	}
	all, err := c.scan(ctx, dir)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "there is no Parquet file in %s", dir)
	}
	if len(def.Columns) == 0 {
		for i, f := range all[0].schema {
			f.Name = strings.ToLower(f.Name)
			f.Required = false
			def.Columns = append(def.Columns, table.Column{Field: f, ID: i + 1})
		}
	}
	return c.Catalog.Create(ctx, def)
}

// scan reads the footers of all Parquet files at or below dir, which may be a
// file itself.
func (c *Catalog) scan(ctx context.Context, dir string) ([]footer, error) {
	if f, err := c.files.Open(ctx, dir); err == nil {
		info := store.Info{Path: dir, Size: f.Size(), Version: f.Version()}
		if err := f.Close(); err != nil {
			return nil, err
		}
		one, err := c.footer(ctx, info)
		return []footer{one}, err
	}
	infos, err := c.files.List(ctx, dir)
	if err != nil {
		return nil, diag.Errorf(diag.CodeStorage, diag.Pos{}, "listing %s", dir).WithCause(err)
	}
	var out []footer
	for _, info := range infos {
		if !strings.HasSuffix(info.Path, ".parquet") {
			continue
		}
		f, err := c.footer(ctx, info)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *Catalog) footer(ctx context.Context, info store.Info) (footer, error) {
	c.mu.Lock()
	known, ok := c.mu.footers[info.Path]
	c.mu.Unlock()
	if ok && known.version == info.Version && info.Version != "" {
		return known, nil
	}
	file, err := parquet.Open(ctx, c.files, info.Path)
	if err != nil {
		return footer{}, err
	}
	defer file.Close()
	f := footer{version: info.Version, schema: file.Schema(), byName: map[string]table.ColumnStats{}}
	f.file = table.DataFile{Path: info.Path, Rows: file.Rows(), Bytes: file.Size(), RowGroups: file.RowGroups()}
	cols := file.Columns()
	for g := range file.RowGroups() {
		stats := file.RowGroupStats(g, cols)
		for i, c := range cols {
			name := strings.ToLower(c.Name)
			if g == 0 {
				f.byName[name] = stats.Columns[i]
			} else {
				f.byName[name] = mergeStats(f.byName[name], stats.Columns[i])
			}
		}
	}
	if err := distinct(file, cols, f.byName); err != nil {
		return footer{}, err
	}
	c.mu.Lock()
	c.mu.footers[info.Path] = f
	c.mu.Unlock()
	return f, nil
}

// Files lists the files of the directory as they are now.
func (c *Catalog) Files(ctx context.Context, t *table.Table, conds []table.Condition) ([]table.DataFile, error) {
	dir := location(t)
	if dir == "" {
		return c.Catalog.Files(ctx, t, conds)
	}
	if t.Format() != nil {
		out, err := c.textFiles(ctx, dir)
		if err != nil {
			return nil, err
		}
		return partitioned(t, dir, out, conds)
	}
	all, err := c.scan(ctx, dir)
	if err != nil {
		return nil, err
	}
	out := make([]table.DataFile, len(all))
	for i, f := range all {
		out[i] = f.file
	}
	return partitioned(t, dir, out, conds)
}

// Statistics adds up what the footers say.
func (c *Catalog) Statistics(ctx context.Context, t *table.Table, conds []table.Condition) (table.Statistics, error) {
	dir := location(t)
	if dir == "" {
		return c.Catalog.Statistics(ctx, t, conds)
	}
	if t.Format() != nil {
		return c.textStatistics(ctx, dir)
	}
	all, err := c.scan(ctx, dir)
	if err != nil {
		return table.Statistics{}, err
	}
	s := table.Statistics{Columns: map[int]table.ColumnStats{}}
	for i, f := range all {
		s.Rows += f.file.Rows
		s.Bytes += f.file.Bytes
		for _, col := range t.Columns {
			cs, ok := f.byName[strings.ToLower(col.Name)]
			if !ok {
				continue
			}
			if at := f.schema.Index(col.Name); at < 0 || !f.schema[at].Type.Equal(col.Type) {
				cs.Min, cs.Max = nil, nil // bounds of another type cannot be compared
			}
			if i > 0 {
				cs = mergeStats(s.Columns[col.ID], cs)
			}
			s.Columns[col.ID] = cs
		}
	}
	return s, nil
}

func mergeStats(a, b table.ColumnStats) table.ColumnStats {
	a.Nulls += b.Nulls
	a.Bytes += b.Bytes
	a.NDV = math.Max(a.NDV, b.NDV)
	a.Sketch = nil
	a.Apart = a.Apart && b.Apart
	if a.Min == nil || b.Min != nil && table.Compare(b.Min, a.Min) < 0 {
		a.Min = b.Min
	}
	if a.Max == nil || b.Max != nil && table.Compare(b.Max, a.Max) > 0 {
		a.Max = b.Max
	}
	return a
}

func readOnly(t *table.Table) error {
	return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s is an external table and cannot be written", t.Name)
}

// Commit refuses external tables.
func (c *Catalog) Commit(ctx context.Context, t *table.Table, commit table.Commit) (int64, error) {
	if location(t) != "" {
		return 0, readOnly(t)
	}
	return c.Catalog.Commit(ctx, t, commit)
}

// CommitAll refuses external tables.
func (c *Catalog) CommitAll(ctx context.Context, targets []table.Target) error {
	for _, t := range targets {
		if location(t.Table) != "" {
			return readOnly(t.Table)
		}
	}
	return c.Catalog.CommitAll(ctx, targets)
}

// Truncate refuses external tables.
func (c *Catalog) Truncate(ctx context.Context, t *table.Table) error {
	if location(t) != "" {
		return readOnly(t)
	}
	return c.Catalog.Truncate(ctx, t)
}
