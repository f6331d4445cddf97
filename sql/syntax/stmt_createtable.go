package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// CreateTable is CREATE TABLE in all forms: with columns, LIKE another table,
// or AS a query.
type CreateTable struct {
	Source
	OrReplace   bool
	Temporary   bool
	External    bool
	IfNotExists bool
	Name        Name
	Columns     []*ColumnDef
	PrimaryKey  []Ident // of the table constraint; a column's own is on the column
	Comment     string
	Partitions  []*ColumnDef
	AutoPart    *AutoPartition // nil when absent
	Cluster     *Clustering    // nil when absent
	StoredAs    string         // upper case, "" when absent
	Location    string
	Properties  []*Property
	Lifecycle   string // days as written, "" when absent
	Like        Name   // zero when absent
	As          *Query // nil when absent
}

// ColumnDef is a column in CREATE TABLE, ADD COLUMNS or CHANGE COLUMN.
type ColumnDef struct {
	Start
	Name       Ident
	Type       types.Type
	TypePos    diag.Pos
	NotNull    bool
	Default    Expr // nil when absent
	PrimaryKey bool
	Comment    string
}

// AutoPartition is AUTO PARTITIONED BY (Expr [AS Name]).
type AutoPartition struct {
	Start
	Expr Expr
	Name Ident
}

// Clustering is [RANGE] CLUSTERED BY (…) [SORTED BY (…)] [INTO n BUCKETS].
type Clustering struct {
	Start
	Range   bool
	Columns []Ident
	SortBy  []*OrderItem
	Buckets string // as written, "" when absent
}
