package meta

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/table/store"
)

// metadata is the metadata.json of the Iceberg specification, version 2
// (https://iceberg.apache.org/spec/#table-metadata), as far as we write it.
// Fields that other engines add to a table are not kept.
type metadata struct {
	FormatVersion     int                     `json:"format-version"`
	UUID              string                  `json:"table-uuid"`
	Location          string                  `json:"location"`
	LastSequence      int64                   `json:"last-sequence-number"`
	LastUpdated       int64                   `json:"last-updated-ms"`
	LastColumnID      int                     `json:"last-column-id"`
	CurrentSchemaID   int                     `json:"current-schema-id"`
	Schemas           []*iceberg.Schema       `json:"schemas"`
	DefaultSpecID     int                     `json:"default-spec-id"`
	Specs             []iceberg.PartitionSpec `json:"partition-specs"`
	LastPartitionID   int                     `json:"last-partition-id"`
	DefaultSortOrder  int                     `json:"default-sort-order-id"`
	SortOrders        json.RawMessage         `json:"sort-orders"`
	Properties        map[string]string       `json:"properties"`
	CurrentSnapshotID *int64                  `json:"current-snapshot-id,omitempty"`
	Snapshots         []snapshot              `json:"snapshots"`
	SnapshotLog       []snapshotLog           `json:"snapshot-log"`
	MetadataLog       []metadataLog           `json:"metadata-log"`
	Refs              map[string]ref          `json:"refs"`
}

type snapshot struct {
	ID           int64             `json:"snapshot-id"`
	Parent       *int64            `json:"parent-snapshot-id,omitempty"`
	Sequence     int64             `json:"sequence-number"`
	Timestamp    int64             `json:"timestamp-ms"`
	ManifestList string            `json:"manifest-list"`
	Summary      map[string]string `json:"summary"`
	SchemaID     int               `json:"schema-id"`
}

type snapshotLog struct {
	Timestamp int64 `json:"timestamp-ms"`
	ID        int64 `json:"snapshot-id"`
}

type metadataLog struct {
	Timestamp int64  `json:"timestamp-ms"`
	File      string `json:"metadata-file"`
}

type ref struct {
	Snapshot int64  `json:"snapshot-id"`
	Type     string `json:"type"`
}

// unsorted is the sort order of tables that have none.
var unsorted = json.RawMessage(`[{"order-id":0,"fields":[]}]`)

// metadataKept is the number of earlier metadata files a table remembers; older
// ones are deleted after a commit.
const metadataKept = 10

func (m *metadata) schema() *iceberg.Schema {
	for _, s := range m.Schemas {
		if s.ID == m.CurrentSchemaID {
			return s
		}
	}
	return m.Schemas[len(m.Schemas)-1]
}

func (m *metadata) spec() *iceberg.PartitionSpec {
	for i := range m.Specs {
		if m.Specs[i].ID() == m.DefaultSpecID {
			return &m.Specs[i]
		}
	}
	return &m.Specs[0]
}

// current is the current snapshot, nil before the first.
func (m *metadata) current() *snapshot {
	if m.CurrentSnapshotID == nil {
		return nil
	}
	return m.snapshot(*m.CurrentSnapshotID)
}

func (m *metadata) snapshot(id int64) *snapshot {
	for i := range m.Snapshots {
		if m.Snapshots[i].ID == id {
			return &m.Snapshots[i]
		}
	}
	return nil
}

// clone copies m as far as changes replace it: lists and maps are new.
func (m *metadata) clone() *metadata {
	c := *m
	c.Schemas = append([]*iceberg.Schema{}, m.Schemas...)
	c.Snapshots = append([]snapshot{}, m.Snapshots...)
	c.SnapshotLog = append([]snapshotLog{}, m.SnapshotLog...)
	c.MetadataLog = append([]metadataLog{}, m.MetadataLog...)
	c.Properties = map[string]string{}
	for k, v := range m.Properties {
		c.Properties[k] = v
	}
	return &c
}

// Iceberg names files by URI; ours are absolute paths of the store.
const fileScheme = "file://"

func uri(path string) string { return fileScheme + path }

func localPath(uri string) string { return strings.TrimPrefix(uri, fileScheme) }

// readFile reads a whole file of the store.
func readFile(ctx context.Context, s store.Store, path string) ([]byte, error) {
	f, err := s.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, f.Size())
	if _, err := f.ReadAt(data, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return data, nil
}

// writeFile writes a whole file, durably.
func writeFile(ctx context.Context, s store.Store, path string, data []byte) error {
	w, err := s.Create(ctx, path)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}

// newUUID is a random UUID (version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newSnapshotID is a random positive number.
func newSnapshotID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return int64(binary.LittleEndian.Uint64(b[:]) >> 1)
}
