// Package table is stored data: names, schemas, partitions, snapshots and
// statistics. The Catalog interface is what planner and server see; table/meta
// implements it on Iceberg. Data files are written and read by table/parquet
// and become part of a table only by a Commit.
package table

import (
	"context"
	"time"

	"github.com/bixidata/bixi/sql/types"
)

// Name is a table's full name, lower case. Schema is "default" unless a project
// uses schemas.
type Name struct {
	Project string
	Schema  string
	Table   string
}

func (n Name) String() string {
	if n.Schema == "" || n.Schema == "default" {
		return n.Project + "." + n.Table
	}
	return n.Project + "." + n.Schema + "." + n.Table
}

// Column is a column of a table. ID is stable under renames.
type Column struct {
	types.Field
	ID int
	// Default is the value of rows that do not give one.
	Default types.Datum
}

// Table is a table at one snapshot. It is immutable.
type Table struct {
	Name       Name
	UUID       string
	Columns    []Column // data columns, without the partition columns
	Partition  []Column // partition columns, outermost first
	Comment    string
	Owner      string
	Lifecycle  int // days, 0: for ever
	Properties map[string]string
	Created    time.Time
	Modified   time.Time // last change of data
	DDLTime    time.Time
	Snapshot   int64  // 0: no data yet
	Location   string // directory of the data files
	// View is the text of a view's query, "" for a table.
	View string
	// LifecycleOff says that the lifecycle is not applied.
	LifecycleOff bool
	Cluster      *Clustering // nil: rows are laid out as they come
	PrimaryKey   []string    // names of data columns
	// PrimaryKeyName is the name of that constraint, "" if it has none.
	PrimaryKeyName string
	// Rows and Bytes of the whole snapshot.
	Rows, Bytes int64
}

// Schema is the data columns followed by the partition columns, as SELECT * shows them.
func (t *Table) Schema() types.Schema {
	s := make(types.Schema, 0, len(t.Columns)+len(t.Partition))
	for _, c := range t.Columns {
		s = append(s, c.Field)
	}
	for _, c := range t.Partition {
		s = append(s, c.Field)
	}
	return s
}

// Definition is what CREATE TABLE says.
type Definition struct {
	Name       Name
	Columns    []Column
	Partition  []Column
	Comment    string
	Owner      string
	Lifecycle  int
	Properties map[string]string
	View       string
	Cluster    *Clustering
	PrimaryKey []string
	// PrimaryKeyName is the name of that constraint, "" if it has none.
	PrimaryKeyName string
	IfNotExists    bool
	Replace        bool // views
}

// DataFile is one data file of a snapshot.
type DataFile struct {
	Path      string        // absolute, or relative to the warehouse
	Partition []types.Datum // one a partition column
	Rows      int64
	Bytes     int64
	// RowGroups is the number of row groups, 0 if not known.
	RowGroups int
	// Columns are the statistics of data columns by column ID.
	Columns map[int]ColumnStats
}

// ColumnStats describes the values of a column in a file or a table.
type ColumnStats struct {
	Nulls int64
	Bytes int64 // uncompressed
	// Min and Max bound the non-null values; nil when unknown or none. Text
	// bounds may be cut short (Max then rounded up).
	Min, Max types.Datum
	// NDV is the estimated number of distinct values; Sketch, if not nil, is the
	// HyperLogLog from which estimates of several files are merged.
	NDV    float64
	Sketch []byte
	// Apart tells of a column whose values lie apart in different row groups, nearly:
	// the rows are in its order.
	Apart bool
}

// Statistics describes a snapshot or a selection of its files.
type Statistics struct {
	Rows    int64
	Bytes   int64
	Columns map[int]ColumnStats
}

// Condition restricts a column of the table for pruning: the value is one of
// Values (Op "in"), or compares so with Values[0] (= < <= > >=). Pruning may
// keep files that hold no matching row, never drop one that does.
type Condition struct {
	Column int // column ID
	Op     string
	Values []types.Datum
}

// Partition is a partition as SHOW PARTITIONS lists it. It may be empty.
type Partition struct {
	Values   []types.Datum
	Rows     int64
	Bytes    int64
	Files    int
	Created  time.Time
	Modified time.Time
	// LifecycleOff says that the table's lifecycle is not applied to it.
	LifecycleOff bool
}

// CommitMode says what a commit does with the data that is there.
type CommitMode uint8

// The commit modes.
const (
	Append             CommitMode = iota
	OverwriteTable                // replaces everything
	OverwritePartition            // replaces the partition named by Static (all its sub-partitions)
	OverwriteDynamic              // replaces exactly the partitions that Files belong to
	Replace                       // replaces the files named by Remove
)

// Commit adds data files to a table in one atomic step.
type Commit struct {
	Mode  CommitMode
	Files []DataFile
	// Static are the values of the leading partition columns (OverwritePartition,
	// and Append so that an empty partition comes to exist).
	Static []types.Datum
	// Remove are the paths of files of the snapshot Base (Replace). If one of them
	// is no longer there, that is a conflict.
	Remove []string
	// Alone makes every other commit since Base a conflict.
	Alone bool
	// Base is the snapshot the statement read; overwrites of data that changed
	// since are conflicts and are retried by the caller.
	Base int64
	// Properties are set in the same step.
	Properties map[string]string
	// Job makes a commit idempotent: a second commit by the same job is a no-op.
	Job string
}

// Target is a table and what a statement commits to it.
type Target struct {
	Table  *Table
	Commit Commit
}

// Catalog knows tables by name. All methods are safe for concurrent use. Errors
// of users are *diag.Error (CodeTableNotFound with the near miss, CodeTableExists,
// CodePartitionMissing, CodeDDLFailed, CodeConflict).
type Catalog interface {
	// Create makes a table or view; with IfNotExists an existing one is left alone.
	Create(ctx context.Context, def Definition) error
	// Drop removes a table or view and its files; missing is an error unless ifExists.
	Drop(ctx context.Context, name Name, ifExists bool) error
	// Load gives the table at its current snapshot.
	Load(ctx context.Context, name Name) (*Table, error)
	// Tables lists names of a project's schema in order; pattern is a shell-like
	// glob, "" for all.
	Tables(ctx context.Context, project, schema, pattern string) ([]Name, error)
	// Projects lists the projects in order.
	Projects(ctx context.Context) ([]string, error)
	// CreateProject makes a project if it does not exist.
	CreateProject(ctx context.Context, project string) error

	// Files lists the data files of the snapshot t that conds leave, ordered by
	// partition, then path.
	Files(ctx context.Context, t *Table, conds []Condition) ([]DataFile, error)
	// Statistics describes the files of the snapshot t that conds leave.
	Statistics(ctx context.Context, t *Table, conds []Condition) (Statistics, error)
	// Commit applies c and gives the new snapshot.
	Commit(ctx context.Context, t *Table, c Commit) (int64, error)
	// CommitAll applies all commits in one step, or none. A table may have several,
	// by the same job.
	CommitAll(ctx context.Context, targets []Target) error

	// Partitions lists partitions whose leading values are prefix, in order of value.
	Partitions(ctx context.Context, t *Table, prefix []types.Datum) ([]Partition, error)
	// AddPartition makes an empty partition.
	AddPartition(ctx context.Context, t *Table, values []types.Datum, ifNotExists bool) error
	// DropPartition removes the partitions whose leading values are prefix.
	DropPartition(ctx context.Context, t *Table, prefix []types.Datum, ifExists bool) error
	// Alter applies changes to a definition, all or none.
	Alter(ctx context.Context, t *Table, changes ...Change) error
	// Truncate removes all rows; partitions stay.
	Truncate(ctx context.Context, t *Table) error
	Definitions
	Close() error
}

// PrimaryKey is a table's primary key; without columns it has none.
type PrimaryKey struct {
	Name    string
	Columns []string
}

// View is a view's query and columns.
type View struct {
	Query   string
	Columns []Column
}

// Change is one alteration; exactly one field is set.
type Change struct {
	Rename     *string // new table name
	Comment    *string
	Owner      *string
	Lifecycle  *int
	Properties map[string]*string // nil value removes
	AddColumns []Column
	DropColumn *string
	// RenameColumn is old, new.
	RenameColumn *[2]string
	// CommentColumn is column, comment.
	CommentColumn *[2]string
	// WidenColumn changes a column to a wider type.
	WidenColumn *Column
	// OptionalColumn lets a column hold NULL.
	OptionalColumn *string
	// MoveColumn is a column and the one it shall stand behind, "" for none.
	MoveColumn *[2]string
	// ReplaceColumns are the data columns from now on; those of known names keep
	// their values.
	ReplaceColumns []Column
	// EmptyColumns lets columns be NULL in all rows there are.
	EmptyColumns []string
	Touch        bool // the table counts as modified now
	LifecycleOff *bool
	Cluster      *Clustering // no Columns: none
	PrimaryKey   *PrimaryKey
	View         *View
}
