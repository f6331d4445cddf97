package meta

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver of the catalog database

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
)

// Config says where the catalog is.
type Config struct {
	Warehouse string // directory; made if missing
	Files     store.Store
	Clock     func() time.Time
	// Unsynced leaves it to the operating system when commits reach the disk.
	Unsynced bool
}

// Catalog is a table.Catalog.
type Catalog struct {
	db    *sql.DB
	root  string
	files store.Store
	clock func() time.Time

	mu struct {
		sync.Mutex
		metadata  map[string]*metadata // by location; immutable
		manifests map[string][]fileEntry
	}
}

// catalogName is the name under which our tables stand in the database.
const catalogName = "bixi"

// The first two tables are those of Iceberg's SQL catalogs.
const tables = `
CREATE TABLE IF NOT EXISTS iceberg_tables (
	catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
	metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5) DEFAULT 'TABLE',
	PRIMARY KEY (catalog_name, table_namespace, table_name));
CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
	catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
	property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
	PRIMARY KEY (catalog_name, namespace, property_key));
CREATE TABLE IF NOT EXISTS bixi_views (
	project TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (project, name));
CREATE TABLE IF NOT EXISTS bixi_functions (
	project TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (project, name));
CREATE TABLE IF NOT EXISTS bixi_partitions (
	table_uuid TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (table_uuid, key));
CREATE TABLE IF NOT EXISTS bixi_partition_facts (
	table_uuid TEXT NOT NULL, key TEXT NOT NULL, touched INTEGER NOT NULL, stays INTEGER NOT NULL, PRIMARY KEY (table_uuid, key));
CREATE TABLE IF NOT EXISTS bixi_files (
	table_uuid TEXT NOT NULL, path TEXT NOT NULL, row_groups INTEGER NOT NULL, stats BLOB NOT NULL,
	PRIMARY KEY (table_uuid, path));
`

// DefaultProject exists in every catalog.
const DefaultProject = "default"

// Open opens the catalog of a warehouse, making both if needed.
func Open(ctx context.Context, cfg Config) (*Catalog, error) {
	root, err := filepath.Abs(cfg.Warehouse)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, diag.Errorf(diag.CodeStorage, diag.Pos{}, "the warehouse %s cannot be made", root).WithCause(err)
	}
	dsn := "file:" + filepath.Join(root, "catalog.db") + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(20000)&_txlock=immediate"
	if cfg.Unsynced {
		dsn += "&_pragma=synchronous(OFF)"
	} else {
		dsn += "&_pragma=synchronous(FULL)"
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	c := &Catalog{db: db, root: root, files: cfg.Files, clock: cfg.Clock}
	if c.clock == nil {
		c.clock = time.Now
	}
	c.mu.metadata, c.mu.manifests = map[string]*metadata{}, map[string][]fileEntry{}
	if _, err := db.ExecContext(ctx, tables+upkeepTables); err != nil {
		db.Close()
		return nil, diag.Errorf(diag.CodeStorage, diag.Pos{}, "the catalog in %s cannot be opened", root).WithCause(err)
	}
	if err := c.CreateProject(ctx, DefaultProject); err != nil {
		db.Close()
		return nil, err
	}
	return c, nil
}

// Close closes the database.
func (c *Catalog) Close() error { return c.db.Close() }

// CreateProject makes a project if it does not exist.
func (c *Catalog) CreateProject(ctx context.Context, project string) error {
	if !validName(project) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a project", project)
	}
	_, err := c.db.ExecContext(ctx, `INSERT OR IGNORE INTO iceberg_namespace_properties VALUES (?, ?, 'exists', 'true')`, catalogName, project)
	return err
}

// Projects lists the projects in order.
func (c *Catalog) Projects(ctx context.Context) ([]string, error) {
	return c.strings(ctx, `SELECT DISTINCT namespace FROM iceberg_namespace_properties
		WHERE catalog_name = ? AND instr(namespace, '.') = 0 ORDER BY 1`, catalogName)
}

func (c *Catalog) strings(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// namespace is the key of a project's schema in the database.
func namespace(n table.Name) string {
	if n.Schema == "" || n.Schema == "default" {
		return n.Project
	}
	return n.Project + "." + n.Schema
}

// remove deletes files that nothing refers to; a failure leaves an orphan.
func (c *Catalog) remove(ctx context.Context, uris ...string) {
	ctx = context.WithoutCancel(ctx)
	for _, u := range uris {
		_ = c.files.Remove(ctx, localPath(u))
	}
}

// update runs f in a transaction.
func (c *Catalog) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
