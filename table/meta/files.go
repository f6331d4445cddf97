package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/sketch"
)

// fileEntry is a live entry of a manifest.
type fileEntry struct {
	entry iceberg.ManifestEntry
	file  table.DataFile
}

// manifestList reads the manifests of a snapshot.
func (c *Catalog) manifestList(ctx context.Context, s *snapshot) ([]iceberg.ManifestFile, error) {
	if s == nil {
		return nil, nil
	}
	data, err := readFile(ctx, c.files, localPath(s.ManifestList))
	if err != nil {
		return nil, fmt.Errorf("reading the manifest list: %w", err)
	}
	return iceberg.ReadManifestList(bytes.NewReader(data))
}

// manifestsCached bounds the entries of manifests kept in memory.
const manifestsCached = 1024

// entries reads the live files of a manifest. Manifests are immutable.
func (c *Catalog) entries(ctx context.Context, m *metadata, mf iceberg.ManifestFile) ([]fileEntry, error) {
	c.mu.Lock()
	known, ok := c.mu.manifests[mf.FilePath()]
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	data, err := readFile(ctx, c.files, localPath(mf.FilePath()))
	if err != nil {
		return nil, fmt.Errorf("reading a manifest: %w", err)
	}
	list, err := iceberg.ReadManifest(mf, bytes.NewReader(data), true)
	if err != nil {
		return nil, diag.Errorf(diag.CodeCorruptFile, diag.Pos{}, "%s is not a manifest", localPath(mf.FilePath())).WithCause(err)
	}
	out := make([]fileEntry, len(list))
	for i, e := range list {
		out[i] = fileEntry{e, dataFile(m, e.DataFile())}
	}
	c.mu.Lock()
	if len(c.mu.manifests) >= manifestsCached {
		clear(c.mu.manifests)
	}
	c.mu.manifests[mf.FilePath()] = out
	c.mu.Unlock()
	return out, nil
}

// dataFile turns a manifest's description of a file into ours.
func dataFile(m *metadata, d iceberg.DataFile) table.DataFile {
	f := table.DataFile{Path: localPath(d.FilePath()), Rows: d.Count(), Bytes: d.FileSizeBytes(), Columns: map[int]table.ColumnStats{}}
	values := d.Partition()
	for _, p := range m.spec().Fields() {
		f.Partition = append(f.Partition, datum(values[p.FieldID]))
	}
	nulls, sizes, lower, upper := d.NullValueCounts(), d.ColumnSizes(), d.LowerBoundValues(), d.UpperBoundValues()
	for _, field := range m.schema().Fields() {
		n, ok := nulls[field.ID]
		if !ok {
			continue
		}
		f.Columns[field.ID] = table.ColumnStats{
			Nulls: n, Bytes: sizes[field.ID], Min: boundDatum(field.Type, lower[field.ID]), Max: boundDatum(field.Type, upper[field.ID]),
		}
	}
	return f
}

// snapshotFiles lists the files of a snapshot with what our own rows know of them.
func (c *Catalog) snapshotFiles(ctx context.Context, m *metadata, s *snapshot) ([]fileEntry, error) {
	manifests, err := c.manifestList(ctx, s)
	if err != nil {
		return nil, err
	}
	var all []fileEntry
	for _, mf := range manifests {
		list, err := c.entries(ctx, m, mf)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// at finds the metadata and snapshot that t was loaded from.
func (c *Catalog) at(ctx context.Context, t *table.Table) (*metadata, *snapshot, error) {
	m, _, err := c.current(ctx, t.Name)
	if err != nil {
		return nil, nil, err
	}
	if m.UUID != t.UUID {
		return nil, nil, c.notFound(ctx, t.Name)
	}
	if t.Snapshot == 0 {
		return m, nil, nil
	}
	s := m.snapshot(t.Snapshot)
	if s == nil {
		return nil, nil, diag.Errorf(diag.CodeConflict, diag.Pos{}, "snapshot %d of %s is gone", t.Snapshot, t.Name)
	}
	return m, s, nil
}

// Files lists the data files that conds leave, by partition, then path.
func (c *Catalog) Files(ctx context.Context, t *table.Table, conds []table.Condition) ([]table.DataFile, error) {
	m, s, err := c.at(ctx, t)
	if err != nil {
		return nil, err
	}
	entries, err := c.snapshotFiles(ctx, m, s)
	if err != nil {
		return nil, err
	}
	groups, err := ownRows[int](ctx, c, "row_groups", m.UUID)
	if err != nil {
		return nil, err
	}
	var out []table.DataFile
	for _, e := range entries {
		if !keeps(t, e.file, conds) {
			continue
		}
		f := e.file
		f.RowGroups = groups[f.Path]
		out = append(out, f)
	}
	slices.SortFunc(out, compareFiles)
	return out, nil
}

func compareFiles(a, b table.DataFile) int {
	for i := range a.Partition {
		if c := compareValues(a.Partition[i], b.Partition[i]); c != 0 {
			return c
		}
	}
	switch {
	case a.Path < b.Path:
		return -1
	case a.Path > b.Path:
		return 1
	}
	return 0
}

// compareValues orders partition values, NULL first.
func compareValues(a, b types.Datum) int {
	if a == nil || b == nil {
		return boolInt(a != nil) - boolInt(b != nil)
	}
	order, _ := compareDatum(a, b)
	return order
}

// keeps reports whether a row of f may satisfy all conds.
func keeps(t *table.Table, f table.DataFile, conds []table.Condition) bool {
	for _, cond := range conds {
		lo, hi, known := valueRange(t, f, cond.Column)
		if !known {
			continue
		}
		if lo == nil { // only NULLs
			return false
		}
		possible := false
		for _, v := range cond.Values {
			possible = possible || mayHold(cond.Op, v, lo, hi)
		}
		if !possible {
			return false
		}
	}
	return true
}

// valueRange gives the least and greatest value of a column in a file; lo is nil
// if all are NULL.
func valueRange(t *table.Table, f table.DataFile, column int) (lo, hi types.Datum, known bool) {
	for i, p := range t.Partition {
		if p.ID == column {
			return f.Partition[i], f.Partition[i], true
		}
	}
	s, ok := f.Columns[column]
	if !ok {
		return nil, nil, false
	}
	if s.Nulls == f.Rows {
		return nil, nil, true
	}
	return s.Min, s.Max, s.Min != nil && s.Max != nil
}

func mayHold(op string, v, lo, hi types.Datum) bool {
	low, ok1 := compareDatum(lo, v)
	high, ok2 := compareDatum(hi, v)
	if !ok1 || !ok2 {
		return true
	}
	switch op {
	case "=", "in":
		return low <= 0 && high >= 0
	case "<":
		return low < 0
	case "<=":
		return low <= 0
	case ">":
		return high > 0
	case ">=":
		return high >= 0
	}
	return true
}

// ownRows reads a column of bixi_files by path.
func ownRows[T any](ctx context.Context, c *Catalog, column, uuid string) (map[string]T, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT path, `+column+` FROM bixi_files WHERE table_uuid = ?`, uuid)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]T{}
	for rows.Next() {
		var p string
		var v T
		if err := rows.Scan(&p, &v); err != nil {
			return nil, err
		}
		out[p] = v
	}
	return out, rows.Err()
}

// Statistics describes the files that conds leave, their distinct counts merged
// from the files' sketches.
func (c *Catalog) Statistics(ctx context.Context, t *table.Table, conds []table.Condition) (table.Statistics, error) {
	out := table.Statistics{Columns: map[int]table.ColumnStats{}}
	m, s, err := c.at(ctx, t)
	if err != nil || s == nil {
		return out, err
	}
	entries, err := c.snapshotFiles(ctx, m, s)
	if err != nil {
		return out, err
	}
	sketches, err := ownRows[[]byte](ctx, c, "stats", m.UUID)
	if err != nil {
		return out, err
	}
	merged := map[int]*sketch.HyperLogLog{}
	unbounded := bounds{map[int]bool{}, map[int]bool{}}
	partitions := make([]map[types.Datum]bool, len(t.Partition))
	for _, e := range entries {
		if !keeps(t, e.file, conds) {
			continue
		}
		out.Rows += e.file.Rows
		out.Bytes += e.file.Bytes
		for id, cs := range e.file.Columns {
			out.Columns[id] = mergeStats(out.Columns[id], cs)
		}
		unbounded.note(t, e.file)
		for i, v := range e.file.Partition {
			if partitions[i] == nil {
				partitions[i] = map[types.Datum]bool{}
			}
			partitions[i][v] = true
		}
		if err := mergeSketches(merged, sketches[e.file.Path]); err != nil {
			return out, err
		}
	}
	for id, h := range merged {
		cs := out.Columns[id]
		cs.NDV = math.Min(h.Estimate(), math.Max(1, float64(out.Rows)))
		out.Columns[id] = cs
	}
	for id, cs := range out.Columns {
		if unbounded.below[id] {
			cs.Min = nil
		}
		if unbounded.above[id] {
			cs.Max = nil
		}
		out.Columns[id] = cs
	}
	for i, p := range t.Partition {
		cs := out.Columns[p.ID]
		cs.NDV = float64(len(partitions[i]))
		out.Columns[p.ID] = cs
	}
	return out, nil
}

// bounds are the columns for which a file says nothing of its least or greatest
// value, though it may have one.
type bounds struct{ below, above map[int]bool }

func (b bounds) note(t *table.Table, f table.DataFile) {
	for _, col := range t.Columns {
		s, ok := f.Columns[col.ID]
		if f.Rows == 0 || ok && s.Nulls == f.Rows {
			continue
		}
		b.below[col.ID] = b.below[col.ID] || s.Min == nil
		b.above[col.ID] = b.above[col.ID] || s.Max == nil
	}
}

func mergeStats(a, b table.ColumnStats) table.ColumnStats {
	if a.Min == nil || b.Min != nil && compareValues(b.Min, a.Min) < 0 {
		a.Min = b.Min
	}
	if a.Max == nil || b.Max != nil && compareValues(b.Max, a.Max) > 0 {
		a.Max = b.Max
	}
	a.Nulls += b.Nulls
	a.Bytes += b.Bytes
	return a
}

func mergeSketches(into map[int]*sketch.HyperLogLog, stats []byte) error {
	sketches, err := readSketches(stats)
	if err != nil {
		return err
	}
	for id, data := range sketches {
		h, err := sketch.Unmarshal(data)
		if err != nil {
			return err
		}
		if into[id] == nil {
			into[id] = h
		} else {
			into[id].Merge(h)
		}
	}
	return nil
}

// readSketches reads the sketches of a file, by column id, as record writes them.
func readSketches(stats []byte) (sketches map[int][]byte, err error) {
	if len(stats) > 0 {
		err = json.Unmarshal(stats, &sketches)
	}
	return sketches, err
}
