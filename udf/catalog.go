package udf

import "github.com/bixidata/bixi/sql/types"

// Planned computes a function while the statement is planned, from constant
// arguments and the catalog. Errors come without position.
type Planned func(c Catalog, args []types.Datum) (types.Datum, error)

// Catalog is what planned functions may ask of stored tables.
type Catalog interface {
	// User names who runs the statement.
	User() string
	// Exists reports whether there is a table of that name, as it is written in SQL.
	Exists(table string) (bool, error)
	// Partitions lists the partitions of a table.
	Partitions(table string) ([]Partition, error)
}

// Partition is the values of a partition as texts, and whether it holds data.
type Partition struct {
	Values  []string
	HasData bool
}
