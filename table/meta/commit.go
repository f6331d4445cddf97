package meta

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// maxTries bounds how often a commit that lost a race is made again.
const maxTries = 50

// maxManifests is the number of manifests from which a commit merges them all.
const maxManifests = 50

const propJob = "bixi.job"

// Commit adds data files in one atomic step: a new snapshot is written beside
// the current one and becomes current by a compare-and-set. Who loses a race
// starts over from the winner's snapshot.
func (c *Catalog) Commit(ctx context.Context, t *table.Table, commit table.Commit) (int64, error) {
	x := &change{t: t, commits: []table.Commit{commit}}
	if err := x.check(); err != nil {
		return 0, err
	}
	for range maxTries {
		id, done, err := c.begin(ctx, x)
		if err != nil || done {
			return id, err
		}
		id, won, err := c.try(ctx, x)
		if err != nil || won {
			return id, err
		}
	}
	return 0, tooManyWriters(t)
}

func tooManyWriters(t *table.Table) error {
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

// change is what a job commits to one table, and one attempt at it.
type change struct {
	t       *table.Table
	commits []table.Commit // of one job
	// after, if set, runs in the transaction of the commit, as its last step.
	after func(context.Context, *sql.Tx) error

	m        *metadata
	location string
	w        *snapshotWriter
	next     *metadata
}

func (x *change) check() error {
	for _, commit := range x.commits {
		for _, f := range commit.Files {
			if err := checkPartition(x.t, f.Partition); err != nil {
				return err
			}
		}
		if len(commit.Static) > len(x.t.Partition) {
			return diag.Errorf(diag.CodeInternal, diag.Pos{}, "%s has no %d partition columns", x.t.Name, len(commit.Static))
		}
	}
	return nil
}

// begin reads the table's metadata for an attempt; done if the job has committed
// already, as snapshot id.
func (c *Catalog) begin(ctx context.Context, x *change) (id int64, done bool, err error) {
	if x.m, x.location, err = c.current(ctx, x.t.Name); err != nil {
		return 0, false, err
	}
	if x.m.UUID != x.t.UUID {
		return 0, false, c.notFound(ctx, x.t.Name)
	}
	job := x.commits[0].Job
	if id, ok := committed(x.m, job); ok {
		return id, true, nil
	}
	return c.committedBefore(ctx, x.m.UUID, job)
}

// committed finds the snapshot of a job that has committed already.
func committed(m *metadata, job string) (int64, bool) {
	for _, s := range m.Snapshots {
		if job != "" && s.Summary[propJob] == job {
			return s.ID, true
		}
	}
	return 0, false
}

// checkPartition refuses values that cannot name a partition. The empty text
// would also be written as a null bound, which hides files from readers.
func checkPartition(t *table.Table, values []types.Datum) error {
	if len(values) != len(t.Partition) {
		return diag.Errorf(diag.CodeInternal, diag.Pos{}, "a file of %s has %d partition values, not %d", t.Name, len(values), len(t.Partition))
	}
	for i, v := range values {
		if v == nil || v == "" {
			return diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the value of partition column %s is NULL or empty", t.Partition[i].Name)
		}
	}
	return nil
}

// try makes one attempt from the metadata that begin has read.
func (c *Catalog) try(ctx context.Context, x *change) (id int64, won bool, err error) {
	defer func() {
		if !won {
			c.remove(ctx, x.w.written...)
		}
	}()
	if err := c.prepare(ctx, x); err != nil {
		return 0, false, err
	}
	won, err = c.swap(ctx, x.t.Name, x.m, x.location, x.next, x.w, func(tx *sql.Tx) error { return c.recordAll(ctx, tx, x) })
	return x.w.id, won, err
}

// prepare writes the files of a new snapshot and makes the metadata that has it.
// What it has written is in x.w.written, also after an error.
func (c *Catalog) prepare(ctx context.Context, x *change) error {
	x.w = &snapshotWriter{c: c, m: x.m, id: newSnapshotID(), ctx: ctx}
	manifests, err := c.manifestList(ctx, x.m.current())
	if err != nil {
		return err
	}
	whole := table.Commit{Job: x.commits[0].Job}
	var replaced []func(table.DataFile) bool
	for _, commit := range x.commits {
		whole.Files = append(whole.Files, commit.Files...)
		if commit.Properties != nil {
			whole.Properties = commit.Properties
		}
		replaces := replacement(commit)
		if replaces == nil {
			continue
		}
		whole.Mode = commit.Mode
		replaced = append(replaced, replaces)
		if err := c.checkConflict(ctx, x.t, x.m, commit, replaces); err != nil {
			return err
		}
	}
	if replaced != nil {
		any := func(f table.DataFile) bool {
			return slices.ContainsFunc(replaced, func(r func(table.DataFile) bool) bool { return r(f) })
		}
		if manifests, err = x.w.without(manifests, any); err != nil {
			return err
		}
	}
	if len(manifests) >= maxManifests {
		if manifests, err = x.w.merge(manifests); err != nil {
			return err
		}
	}
	if err := x.w.add(x.t, whole.Files); err != nil {
		return err
	}
	x.next, err = x.w.finish(manifests, x.location, whole)
	return err
}

func (c *Catalog) recordAll(ctx context.Context, tx *sql.Tx, x *change) error {
	for _, commit := range x.commits {
		if err := c.record(ctx, tx, x.t, commit); err != nil {
			return err
		}
	}
	if x.after != nil {
		return x.after(ctx, tx)
	}
	return nil
}

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
