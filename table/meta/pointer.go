package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// pointer is where the table's metadata is now; sql.ErrNoRows if there is no table.
func (c *Catalog) pointer(ctx context.Context, n table.Name) (location string, err error) {
	err = c.db.QueryRowContext(ctx, `SELECT metadata_location FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`,
		catalogName, namespace(n), n.Table).Scan(&location)
	return location, err
}

// current finds the table's metadata and where it is.
func (c *Catalog) current(ctx context.Context, n table.Name) (*metadata, string, error) {
	for before := ""; ; {
		location, err := c.pointer(ctx, n)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, "", c.notFound(ctx, n)
		}
		if err != nil {
			return nil, "", err
		}
		m, err := c.readMetadata(ctx, location)
		if errors.Is(err, fs.ErrNotExist) && location != before {
			before = location // so many commits since that the file is gone: look again
			continue
		}
		return m, location, err
	}
}

// metadataCached bounds the metadata files kept in memory.
const metadataCached = 256

func (c *Catalog) readMetadata(ctx context.Context, location string) (*metadata, error) {
	c.mu.Lock()
	m := c.mu.metadata[location]
	c.mu.Unlock()
	if m != nil {
		return m, nil
	}
	data, err := readFile(ctx, c.files, localPath(location))
	if err != nil {
		return nil, fmt.Errorf("reading table metadata: %w", err)
	}
	m = &metadata{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, diag.Errorf(diag.CodeCorruptFile, diag.Pos{}, "%s is not table metadata", localPath(location)).WithCause(err)
	}
	c.mu.Lock()
	if len(c.mu.metadata) >= metadataCached {
		clear(c.mu.metadata)
	}
	c.mu.metadata[location] = m
	c.mu.Unlock()
	return m, nil
}

// writeMetadata writes m as the table's metadata file number n.
func (c *Catalog) writeMetadata(ctx context.Context, m *metadata, n int) (location string, err error) {
	data, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	location = fmt.Sprintf("%s/metadata/%05d-%s.metadata.json", m.Location, n, newUUID())
	if err := writeFile(ctx, c.files, localPath(location), data); err != nil {
		return "", fmt.Errorf("writing table metadata: %w", err)
	}
	return location, nil
}
