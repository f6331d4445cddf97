package table

import (
	"context"
	"time"

	"github.com/bixidata/bixi/sql/types"
)

// Clustering is how the rows of a table are laid out in its files.
type Clustering struct {
	Range   bool // by ranges of Columns, otherwise by their hash
	Columns []string
	Sort    []SortColumn
	Buckets int // 0: as many as the data's size asks for
}

// SortColumn is a column of SORTED BY.
type SortColumn struct {
	Name string
	Desc bool
}

// Schema is a name space within a project.
type Schema struct {
	Project, Name  string
	Comment, Owner string
	Created        time.Time
}

// DefaultSchema is the schema of tables whose name has none. Every project has it.
const DefaultSchema = "default"

// At is a state of a table in the past: a version, or what was current at a time.
type At struct {
	// Version is a Version's ID or Number.
	Version int64
	Time    time.Time // used if Version is 0
}

// Version is a state of a table's data.
type Version struct {
	ID        int64 // the snapshot
	Number    int64 // counts a table's versions from 1
	Committed time.Time
	Operation string // append, overwrite, replace or delete
	Rows      int64
	Files     int64
	Bytes     int64
	Current   bool
}

// CloneOptions says what Clone copies and what becomes of a target that exists.
type CloneOptions struct {
	// Partitions are the leading values of the partitions to copy; none for all.
	Partitions [][]types.Datum
	// Overwrite replaces what the target has of them, Ignore keeps it. With
	// neither the target must not exist.
	Overwrite, Ignore bool
	Owner             string
}

// PartitionChange is an alteration of a partition.
type PartitionChange struct {
	Touch        bool  // it counts as modified now
	LifecycleOff *bool // it outlives the table's lifecycle
}

// Definitions is the part of a Catalog that DDL needs beyond tables' names.
type Definitions interface {
	// Schemas lists the schemas of a project in order, the default one included.
	Schemas(ctx context.Context, project string) ([]Schema, error)
	// CreateSchema makes a schema.
	CreateSchema(ctx context.Context, s Schema, ifNotExists bool) error
	// DropSchema removes a schema, which must be empty.
	DropSchema(ctx context.Context, project, name string, ifExists bool) error
	// AlterSchema gives a schema the comment and owner of s.
	AlterSchema(ctx context.Context, s Schema) error

	// Function gives a SQL function, nil if there is none of that name.
	Function(ctx context.Context, name Name) (*Function, error)
	// CreateFunction keeps a function; if there is one of its name, that is an error
	// unless it is replaced.
	CreateFunction(ctx context.Context, f Function, replace bool) error
	// DropFunction removes a function and reports whether there was one.
	DropFunction(ctx context.Context, name Name) (bool, error)
	// FunctionNames lists the functions of a schema in order.
	FunctionNames(ctx context.Context, project, schema string) ([]Name, error)

	// LoadAt gives the table as it was.
	LoadAt(ctx context.Context, name Name, at At) (*Table, error)
	// History lists the versions of a table, oldest first.
	History(ctx context.Context, t *Table) ([]Version, error)
	// Restore makes the data of a version current again, as a new version.
	Restore(ctx context.Context, t *Table, version int64) error
	// Clone copies a table's definition and data.
	Clone(ctx context.Context, t *Table, to Name, o CloneOptions) error
	// Upkeep forgets all versions of a table but the current one, and deletes the
	// files that only they have.
	Upkeep(ctx context.Context, t *Table) error
	// CleanUp forgets old versions of all tables, and deletes the files that no
	// table has.
	CleanUp(ctx context.Context) error

	// MovePartitions makes the rows of the partitions from those of one partition,
	// to, whose own rows go unless it is among them. The others cease to exist.
	MovePartitions(ctx context.Context, t *Table, from [][]types.Datum, to []types.Datum) error
	// ExchangePartition lets a partition of two tables change places.
	ExchangePartition(ctx context.Context, a, b *Table, values []types.Datum) error
	// AlterPartition changes a partition.
	AlterPartition(ctx context.Context, t *Table, values []types.Datum, change PartitionChange) error
}

// The properties that hold what the catalog keeps for others.
const (
	// PropertyExternal holds the directory of an external table, whose files are
	// read in place and never written.
	PropertyExternal = "bixi.external.location"
	// PropertyAuto is the expression over a row by which its partition is computed.
	PropertyAuto = "bixi.auto.partition"
	// PropertyQuery is the query of a materialized view.
	PropertyQuery = "bixi.materialized.query"
	// PropertySources says which versions of which tables a materialized view shows.
	PropertySources = "bixi.materialized.sources"
	// PropertyRewrite is false if queries must not use a materialized view.
	PropertyRewrite = "bixi.materialized.rewrite"
)

// Function is a SQL function: Text is the statement that makes it.
type Function struct {
	Name    Name
	Text    string
	Owner   string
	Created time.Time
}
