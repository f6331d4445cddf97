package meta

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Clone copies a table's definition and the files of its snapshot.
func (c *Catalog) Clone(ctx context.Context, t *table.Table, to table.Name, o table.CloneOptions) error {
	exists, isView, err := c.exists(ctx, to)
	switch {
	case err != nil:
		return err
	case exists && (isView || !o.Overwrite && !o.Ignore):
		return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already", to).
			WithHint("write IF EXISTS OVERWRITE or IF EXISTS IGNORE")
	case !exists:
		if err := c.cloneDefinition(ctx, t, to, o.Owner); err != nil {
			return err
		}
	case len(t.Partition) == 0 && o.Ignore:
		return nil
	}
	target, err := c.Load(ctx, to)
	if err != nil {
		return err
	}
	err = c.cloneData(ctx, t, target, o)
	if err != nil && !exists {
		_ = c.Drop(context.WithoutCancel(ctx), to, true)
	}
	return err
}

// cloneDefinition makes a table with the columns of t, their ids included, so
// that t's files fit it.
func (c *Catalog) cloneDefinition(ctx context.Context, t *table.Table, to table.Name, owner string) error {
	if !validName(to.Table) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a table", to.Table)
	}
	if err := c.checkSpace(ctx, to); err != nil {
		return err
	}
	m, _, err := c.current(ctx, t.Name)
	if err != nil {
		return err
	}
	next := m.clone()
	now := c.clock().UnixMilli()
	next.UUID = newUUID()
	next.Location = uri(path.Join(filepath.ToSlash(c.root), to.Project, to.Table+"-"+next.UUID[:8]))
	next.LastSequence, next.LastUpdated, next.CurrentSnapshotID = 0, now, nil
	next.Snapshots, next.SnapshotLog, next.MetadataLog, next.Refs = []snapshot{}, []snapshotLog{}, []metadataLog{}, map[string]ref{}
	next.Schemas = []*iceberg.Schema{m.schema()}
	next.Properties[propCreated], next.Properties[propDDL], next.Properties[propOwner] = fmt.Sprint(now), fmt.Sprint(now), owner
	delete(next.Properties, propTouched)
	location, err := c.writeMetadata(ctx, next, 0)
	if err != nil {
		return err
	}
	_, err = c.db.ExecContext(ctx, `INSERT INTO iceberg_tables VALUES (?, ?, ?, ?, NULL, 'TABLE')`, catalogName, namespace(to), to.Table, location)
	if err != nil {
		c.remove(ctx, location)
	}
	return err
}

// cloneData copies the selected partitions of t, or all rows, to target.
func (c *Catalog) cloneData(ctx context.Context, t, target *table.Table, o table.CloneOptions) error {
	if err := sameColumns(t, target); err != nil {
		return err
	}
	parts, err := c.selected(ctx, t, target, o)
	if err != nil {
		return err
	}
	files, err := c.wholeFiles(ctx, t)
	if err != nil {
		return err
	}
	if len(t.Partition) > 0 {
		files = slices.DeleteFunc(files, func(f table.DataFile) bool {
			return !slices.ContainsFunc(parts, func(v []types.Datum) bool { return hasPrefix(f.Partition, v) })
		})
	}
	copies, err := c.copyFiles(ctx, files, target)
	if err != nil {
		return err
	}
	commit := table.Commit{Mode: table.OverwriteTable, Files: copies, Base: target.Snapshot}
	replaces := func(f table.DataFile) bool {
		return len(t.Partition) == 0 || slices.ContainsFunc(parts, func(v []types.Datum) bool { return hasPrefix(f.Partition, v) })
	}
	err = c.rewrite(ctx, target, func(w *snapshotWriter, location string) (*metadata, error) {
		manifests, err := c.manifestList(ctx, w.m.current())
		if err != nil {
			return nil, err
		}
		if manifests, err = w.without(manifests, replaces); err != nil {
			return nil, err
		}
		if err := w.add(target, copies); err != nil {
			return nil, err
		}
		return w.finish(manifests, location, commit)
	}, func(tx *sql.Tx) error {
		for _, v := range parts {
			if err := c.record(ctx, tx, target, table.Commit{Static: v}); err != nil {
				return err
			}
		}
		return c.record(ctx, tx, target, commit)
	})
	if err != nil {
		c.removeFiles(ctx, copies)
	}
	return err
}

// selected lists the partitions that are cloned.
func (c *Catalog) selected(ctx context.Context, t, target *table.Table, o table.CloneOptions) ([][]types.Datum, error) {
	if len(t.Partition) == 0 {
		return nil, nil
	}
	prefixes := o.Partitions
	if len(prefixes) == 0 {
		prefixes = [][]types.Datum{nil}
	}
	there, err := c.Partitions(ctx, target, nil)
	if err != nil {
		return nil, err
	}
	var out [][]types.Datum
	for _, prefix := range prefixes {
		parts, err := c.Partitions(ctx, t, prefix)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 && prefix != nil {
			return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partition %s", t.Name, PartitionPath(t.Partition, prefix))
		}
		for _, p := range parts {
			known := slices.ContainsFunc(there, func(q table.Partition) bool { return hasPrefix(q.Values, p.Values) })
			if known && o.Ignore {
				continue
			}
			out = append(out, p.Values)
		}
	}
	return out, nil
}

// sameColumns refuses tables between which files cannot go.
func sameColumns(a, b *table.Table) error {
	differ := func(x, y table.Column) bool { return !strings.EqualFold(x.Name, y.Name) || !x.Type.Equal(y.Type) }
	if !slices.EqualFunc(a.Columns, b.Columns, func(x, y table.Column) bool { return !differ(x, y) }) ||
		!slices.EqualFunc(a.Partition, b.Partition, func(x, y table.Column) bool { return !differ(x, y) }) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s and %s have different columns", a.Name, b.Name)
	}
	if !slices.EqualFunc(a.Columns, b.Columns, func(x, y table.Column) bool { return x.ID == y.ID }) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "the files of %s cannot become files of %s: their columns were added in another order", a.Name, b.Name).
			WithHint("copy the rows with INSERT OVERWRITE … SELECT")
	}
	return nil
}

// copyFiles copies data files into the directory of a table.
func (c *Catalog) copyFiles(ctx context.Context, files []table.DataFile, to *table.Table) (copies []table.DataFile, err error) {
	defer func() {
		if err != nil {
			c.removeFiles(ctx, copies)
		}
	}()
	for _, f := range files {
		source := f.Path
		f.Path = path.Join(to.Location, newUUID()+".parquet")
		if err := c.copyFile(ctx, source, f.Path); err != nil {
			return copies, fmt.Errorf("copying %s: %w", source, err)
		}
		copies = append(copies, f)
	}
	return copies, nil
}

func (c *Catalog) copyFile(ctx context.Context, from, to string) error {
	r, err := c.files.Open(ctx, from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := c.files.Create(ctx, to)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := io.Copy(w, io.NewSectionReader(r, 0, r.Size())); err != nil {
		return err
	}
	return w.Commit()
}

func (c *Catalog) removeFiles(ctx context.Context, files []table.DataFile) {
	for _, f := range files {
		_ = c.files.Remove(context.WithoutCancel(ctx), f.Path)
	}
}
