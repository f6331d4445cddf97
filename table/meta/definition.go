package meta

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

const maxName = 128

// validName is letters, digits and underscores, beginning with a letter or one.
func validName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		case r >= '0' && r <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

// Limits of a definition.
const (
	maxColumns    = 1200
	maxLevels     = 6
	maxPartitions = 60000
	maxComment    = 1024 // bytes
)

func checkComment(text string) error {
	if len(text) > maxComment {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "a comment of %d bytes is longer than the %d it can have", len(text), maxComment)
	}
	return nil
}

func checkColumn(c table.Column) error {
	if c.Name == "" || len(c.Name) > maxName {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a column: it has 1 to %d bytes", c.Name, maxName)
	}
	return checkComment(c.Comment)
}

func checkDefinition(def table.Definition) error {
	if !validName(def.Name.Table) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a table", def.Name.Table).
			WithHint("names have letters, digits and _, begin with a letter and are at most %d bytes long", maxName)
	}
	all := append(append([]table.Column{}, def.Columns...), def.Partition...)
	if len(all) > maxColumns {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%d columns are more than the %d a table can have", len(all), maxColumns)
	}
	if len(def.Partition) > maxLevels {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%d partition columns are more than the %d a table can have", len(def.Partition), maxLevels)
	}
	seen := map[string]bool{}
	if err := checkComment(def.Comment); err != nil {
		return err
	}
	for _, c := range all {
		if def.View == "" {
			if err := checkColumn(c); err != nil {
				return err
			}
		}
		name := strings.ToLower(c.Name)
		if seen[name] {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s is defined twice", name)
		}
		seen[name] = true
	}
	return nil
}

// Properties of ours in the table's metadata.
const (
	propComment   = "comment"
	propOwner     = "owner"
	propLifecycle = "bixi.lifecycle"
	propCreated   = "bixi.created"
	propDDL       = "bixi.ddl-time"
	propDefault   = "bixi.default." // + column id: the default as text
	propStay      = "bixi.lifecycle-off"
	propTouched   = "bixi.touched"
	propCluster   = "bixi.cluster"     // a table.Clustering as JSON
	propKey       = "bixi.primary-key" // a table.PrimaryKey as JSON
)

func (c *Catalog) newMetadata(def table.Definition) (*metadata, error) {
	id := newUUID()
	dir := path.Join(filepath.ToSlash(c.root), def.Name.Project, def.Name.Table+"-"+id[:8])
	now := c.clock().UnixMilli()
	m := &metadata{
		FormatVersion: 2, UUID: id, Location: uri(dir), LastUpdated: now, SortOrders: unsorted, LastPartitionID: 999,
		Properties: map[string]string{}, Refs: map[string]ref{}, Snapshots: []snapshot{}, SnapshotLog: []snapshotLog{}, MetadataLog: []metadataLog{},
	}
	for k, v := range def.Properties {
		m.Properties[k] = v
	}
	m.Properties[propCreated], m.Properties[propDDL] = fmt.Sprint(now), fmt.Sprint(now)
	m.Properties[propLifecycle] = fmt.Sprint(def.Lifecycle)
	m.Properties[propOwner], m.Properties[propComment] = def.Owner, def.Comment
	if err := setJSON(m.Properties, propCluster, def.Cluster, def.Cluster == nil); err != nil {
		return nil, err
	}
	key := table.PrimaryKey{Name: def.PrimaryKeyName, Columns: def.PrimaryKey}
	if err := setJSON(m.Properties, propKey, key, len(key.Columns) == 0); err != nil {
		return nil, err
	}
	all := append(append([]table.Column{}, def.Columns...), def.Partition...)
	w := &schemaWriter{lastID: len(all), properties: m.Properties}
	var fields []iceberg.NestedField
	for i, col := range all {
		f, err := field(w, i+1, col)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
		if col.Default != nil {
			m.Properties[propDefault+fmt.Sprint(i+1)] = ValueText(col.Type, col.Default)
		}
	}
	m.LastColumnID = w.lastID
	m.Schemas = []*iceberg.Schema{iceberg.NewSchema(0, fields...)}
	var parts []iceberg.PartitionField
	for i := range def.Partition {
		m.LastPartitionID++
		source := len(def.Columns) + i + 1
		parts = append(parts, iceberg.PartitionField{SourceIDs: []int{source}, FieldID: m.LastPartitionID, Name: strings.ToLower(def.Partition[i].Name), Transform: iceberg.IdentityTransform{}})
	}
	m.Specs = []iceberg.PartitionSpec{iceberg.NewPartitionSpecID(0, parts...)}
	return m, m.mapNames()
}

func field(w *schemaWriter, id int, col table.Column) (iceberg.NestedField, error) {
	t, err := w.convert(id, col.Type)
	if err != nil {
		return iceberg.NestedField{}, err
	}
	return iceberg.NestedField{ID: id, Name: strings.ToLower(col.Name), Type: t, Required: col.Required, Doc: col.Comment}, nil
}

// describe turns metadata into a table.
func describe(n table.Name, m *metadata) (*table.Table, error) {
	t := &table.Table{
		Name: n, UUID: m.UUID, Location: localPath(m.Location) + "/data", Comment: m.Properties[propComment], Owner: m.Properties[propOwner],
		Properties: map[string]string{}, Modified: time.UnixMilli(m.LastUpdated), Created: millis(m.Properties[propCreated]), DDLTime: millis(m.Properties[propDDL]),
	}
	fmt.Sscan(m.Properties[propLifecycle], &t.Lifecycle)
	t.LifecycleOff = m.Properties[propStay] == "true"
	if err := describeLayout(t, m); err != nil {
		return nil, err
	}
	for k, v := range m.Properties {
		if shown(k) && k != propComment && k != propOwner && k != propNames {
			t.Properties[k] = v
		}
	}
	sources := map[int]bool{}
	for _, f := range m.spec().Fields() {
		sources[f.SourceIDs[0]] = true
	}
	byID := map[int]table.Column{}
	for _, f := range m.schema().Fields() {
		typ, err := readType(f.ID, f.Type, m.Properties)
		if err != nil {
			return nil, err
		}
		col := table.Column{ID: f.ID, Field: types.Field{Name: f.Name, Type: typ, Required: f.Required, Comment: f.Doc}}
		if text, ok := m.Properties[propDefault+fmt.Sprint(f.ID)]; ok {
			if col.Default, err = ParseValue(typ, text); err != nil {
				return nil, err
			}
		}
		byID[f.ID] = col
		if !sources[f.ID] {
			t.Columns = append(t.Columns, col)
		}
	}
	for _, f := range m.spec().Fields() {
		t.Partition = append(t.Partition, byID[f.SourceIDs[0]])
	}
	if s := m.current(); s != nil {
		t.Snapshot = s.ID
		fmt.Sscan(s.Summary["total-records"], &t.Rows)
		fmt.Sscan(s.Summary["total-files-size"], &t.Bytes)
		t.Modified = time.UnixMilli(s.Timestamp)
	}
	if touched := millis(m.Properties[propTouched]); touched.After(t.Modified) {
		t.Modified = touched
	}
	return t, nil
}

// shown reports whether a property of the metadata is one of table.Table's.
func shown(key string) bool {
	return !strings.HasPrefix(key, "bixi.") || strings.HasPrefix(key, "bixi.external.") || key == table.PropertyAuto || strings.HasPrefix(key, "bixi.materialized.")
}

func describeLayout(t *table.Table, m *metadata) error {
	if text, ok := m.Properties[propCluster]; ok {
		t.Cluster = &table.Clustering{}
		if err := json.Unmarshal([]byte(text), t.Cluster); err != nil {
			return err
		}
	}
	if text, ok := m.Properties[propKey]; ok {
		var key table.PrimaryKey
		if err := json.Unmarshal([]byte(text), &key); err != nil {
			return err
		}
		t.PrimaryKey, t.PrimaryKeyName = key.Columns, key.Name
	}
	return nil
}

// setJSON keeps v as a property, or removes it.
func setJSON(properties map[string]string, key string, v any, remove bool) error {
	if remove {
		delete(properties, key)
		return nil
	}
	data, err := json.Marshal(v)
	properties[key] = string(data)
	return err
}

func millis(text string) time.Time {
	var n int64
	if _, err := fmt.Sscan(text, &n); err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}
