// Package parquet reads and writes the data files of tables: Parquet to and
// from batches, without a boxed value in between.
//
// A File is an open file's footer: immutable, shared by any number of Readers.
// A Reader walks a range of row groups and gives dense batches whose columns
// stay dictionary-encoded where the file is, and whose fixed-width values and
// texts are the decoded pages themselves where no conversion is needed. Filter
// columns come first: the other columns are decoded only for batches in which a
// row survives. A Writer cuts batches into pages and row groups with
// dictionaries, statistics, page indexes and field ids, so that other engines
// prune our files as we prune theirs.
//
// What a column's type is in a file, and what it may be read as, is in schema.go
// and convert.go. Nothing here knows of tables, snapshots or expressions.
package parquet

import (
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Column is a column to read or to write.
type Column struct {
	Name string
	// FieldID is the column's table-wide ID, 0 for none. A Reader finds a column
	// by it first and by name, ignoring case, if the file has no such ID.
	FieldID int
	Type    types.Type
	// Required columns refuse NULL when written; readers ignore it.
	Required bool
}

// Stats describes the rows of a row group or of a range of rows in one: for each
// column asked for, what the file says of it. NDV is not known here (0).
type Stats struct {
	Rows    int64
	Columns []table.ColumnStats
	// Lacks, if not nil, reports whether no row holds v in column i of Columns, as far
	// as Bloom filters and small dictionaries of the row group tell. It may read the file.
	Lacks func(i int, v types.Datum) bool
}

// unknownNulls is the Nulls of a column the file says nothing about.
const unknownNulls = -1
