package meta

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// snapshotWriter writes the files of one snapshot.
type snapshotWriter struct {
	c       *Catalog
	m       *metadata
	ctx     context.Context
	id      int64
	n       int
	written []string // URIs, to be removed if the commit is lost
	added   []iceberg.ManifestFile
	// counts for the summary
	addedFiles, removedFiles int
	addedRows, removedRows   int64
	addedBytes, removedBytes int64
}

func (w *snapshotWriter) sequence() int64 { return w.m.LastSequence + 1 }

// manifest writes a manifest with what fill puts into it.
func (w *snapshotWriter) manifest(fill func(*iceberg.ManifestWriter) error) (iceberg.ManifestFile, error) {
	var buf bytes.Buffer
	mw, err := iceberg.NewManifestWriter(2, &buf, *w.m.spec(), w.m.schema(), w.id)
	if err != nil {
		return nil, err
	}
	if err := fill(mw); err != nil {
		return nil, err
	}
	if err := mw.Close(); err != nil {
		return nil, err
	}
	w.n++
	name := fmt.Sprintf("%s/metadata/%d-m%d-%s.avro", w.m.Location, w.id, w.n, newUUID()[:8])
	if err := w.write(name, buf.Bytes()); err != nil {
		return nil, err
	}
	return mw.ToManifestFile(name, int64(buf.Len()))
}

func (w *snapshotWriter) write(name string, data []byte) error {
	if err := writeFile(w.ctx, w.c.files, localPath(name), data); err != nil {
		return fmt.Errorf("writing table metadata: %w", err)
	}
	w.written = append(w.written, name)
	return nil
}

// without carries manifests over, writing anew those that hold replaced files.
func (w *snapshotWriter) without(manifests []iceberg.ManifestFile, replaces func(table.DataFile) bool) ([]iceberg.ManifestFile, error) {
	var out []iceberg.ManifestFile
	for _, mf := range manifests {
		entries, err := w.c.entries(w.ctx, w.m, mf)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(entries, func(e fileEntry) bool { return replaces(e.file) }) {
			if len(entries) > 0 {
				out = append(out, mf)
			}
			continue
		}
		rewritten, err := w.manifest(func(mw *iceberg.ManifestWriter) error {
			for _, e := range entries {
				if !replaces(e.file) {
					if err := mw.Existing(e.entry); err != nil {
						return err
					}
					continue
				}
				w.removedFiles++
				w.removedRows += e.file.Rows
				w.removedBytes += e.file.Bytes
				if err := mw.Delete(e.entry); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, rewritten)
	}
	return out, nil
}

// merge writes all live entries into one manifest.
func (w *snapshotWriter) merge(manifests []iceberg.ManifestFile) ([]iceberg.ManifestFile, error) {
	var all []fileEntry
	var keep []iceberg.ManifestFile
	for _, mf := range manifests {
		if mf.SnapshotID() == w.id {
			keep = append(keep, mf) // written by this commit: its deletions must stay
			continue
		}
		list, err := w.c.entries(w.ctx, w.m, mf)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return keep, nil
	}
	slices.SortFunc(all, func(a, b fileEntry) int { return compareFiles(a.file, b.file) })
	one, err := w.manifest(func(mw *iceberg.ManifestWriter) error {
		for _, e := range all {
			if err := mw.Existing(e.entry); err != nil {
				return err
			}
		}
		return nil
	})
	return append(keep, one), err
}

// add writes the manifest of the new files.
func (w *snapshotWriter) add(t *table.Table, files []table.DataFile) error {
	if len(files) == 0 {
		return nil
	}
	files = slices.Clone(files)
	slices.SortFunc(files, compareFiles)
	mf, err := w.manifest(func(mw *iceberg.ManifestWriter) error {
		for _, f := range files {
			d, err := w.dataFile(t, f)
			if err != nil {
				return err
			}
			w.addedFiles++
			w.addedRows += f.Rows
			w.addedBytes += f.Bytes
			if err := mw.Add(iceberg.NewManifestEntry(iceberg.EntryStatusADDED, &w.id, nil, nil, d)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		w.added = append(w.added, mf)
	}
	return err
}

// dataFile describes a file for a manifest. Partition columns get bounds too,
// as if they stood in the file.
func (w *snapshotWriter) dataFile(t *table.Table, f table.DataFile) (iceberg.DataFile, error) {
	partition := map[int]any{}
	values, nulls, sizes := map[int]int64{}, map[int]int64{}, map[int]int64{}
	lower, upper := map[int][]byte{}, map[int][]byte{}
	bounds := func(col table.Column, lo, hi types.Datum) {
		if b, ok := boundBytes(col.Type, lo, false); ok && lo != nil {
			lower[col.ID] = b
		}
		if b, ok := boundBytes(col.Type, hi, true); ok && hi != nil {
			upper[col.ID] = b
		}
	}
	for i, p := range w.m.spec().Fields() {
		col := t.Partition[i]
		partition[p.FieldID] = partitionValue(col.Type, f.Partition[i])
		values[col.ID], nulls[col.ID] = f.Rows, 0
		bounds(col, f.Partition[i], f.Partition[i])
	}
	for _, col := range t.Columns {
		s, ok := f.Columns[col.ID]
		if !ok || s.Nulls < 0 {
			continue
		}
		values[col.ID], nulls[col.ID], sizes[col.ID] = f.Rows, s.Nulls, s.Bytes
		bounds(col, s.Min, s.Max)
	}
	b, err := iceberg.NewDataFileBuilder(*w.m.spec(), iceberg.EntryContentData, uri(f.Path), iceberg.ParquetFile, partition, nil, nil, f.Rows, f.Bytes)
	if err != nil {
		return nil, err
	}
	return b.ValueCounts(values).NullValueCounts(nulls).ColumnSizes(sizes).LowerBoundValues(lower).UpperBoundValues(upper).Build(), nil
}

// finish writes the manifest list and gives the metadata with the new snapshot.
func (w *snapshotWriter) finish(manifests []iceberg.ManifestFile, location string, commit table.Commit) (*metadata, error) {
	var buf bytes.Buffer
	seq := w.sequence()
	if err := iceberg.WriteManifestList(2, &buf, w.id, w.m.CurrentSnapshotID, &seq, 0, append(w.added, manifests...)); err != nil {
		return nil, err
	}
	list := fmt.Sprintf("%s/metadata/snap-%d-%s.avro", w.m.Location, w.id, newUUID()[:8])
	if err := w.write(list, buf.Bytes()); err != nil {
		return nil, err
	}
	now := w.c.clock().UnixMilli()
	next := w.m.clone()
	next.LastSequence, next.LastUpdated = seq, now
	next.Snapshots = append(next.Snapshots, snapshot{
		ID: w.id, Parent: w.m.CurrentSnapshotID, Sequence: seq, Timestamp: now, ManifestList: list,
		Summary: w.summary(commit), SchemaID: w.m.CurrentSchemaID,
	})
	next.SnapshotLog = append(next.SnapshotLog, snapshotLog{now, w.id})
	next.CurrentSnapshotID = &w.id
	maps.Copy(next.Properties, commit.Properties)
	next.Refs = map[string]ref{"main": {w.id, "branch"}}
	return next, nil
}

func (w *snapshotWriter) summary(commit table.Commit) map[string]string {
	operation := "append"
	if commit.Mode != table.Append {
		operation = "overwrite"
	}
	s := map[string]string{
		"operation":        operation,
		"added-data-files": strconv.Itoa(w.addedFiles), "added-records": strconv.FormatInt(w.addedRows, 10), "added-files-size": strconv.FormatInt(w.addedBytes, 10),
		"deleted-data-files": strconv.Itoa(w.removedFiles), "deleted-records": strconv.FormatInt(w.removedRows, 10), "removed-files-size": strconv.FormatInt(w.removedBytes, 10),
	}
	if commit.Job != "" {
		s[propJob] = commit.Job
	}
	var files, rows, size int64
	if old := w.m.current(); old != nil {
		fmt.Sscan(old.Summary["total-data-files"], &files)
		fmt.Sscan(old.Summary["total-records"], &rows)
		fmt.Sscan(old.Summary["total-files-size"], &size)
	}
	s["total-data-files"] = strconv.FormatInt(files+int64(w.addedFiles-w.removedFiles), 10)
	s["total-records"] = strconv.FormatInt(rows+w.addedRows-w.removedRows, 10)
	s["total-files-size"] = strconv.FormatInt(size+w.addedBytes-w.removedBytes, 10)
	s["total-delete-files"], s["total-position-deletes"], s["total-equality-deletes"] = "0", "0", "0"
	return s
}
