// Package meta is the catalog: which tables there are, what they look like and
// which files they consist of. It implements table.Catalog on Apache Iceberg v2
// metadata, so that other engines read the same warehouse.
//
// A table's state is one immutable metadata.json; the row of the table in the
// database points at it, and every change is a compare-and-set of that row in
// one transaction with our own rows (empty partitions, file statistics). The
// database has the tables of Iceberg's SQL catalogs beside ours. The layout is
//
//	<warehouse>/catalog.db                                    pointers and rows
//	<warehouse>/<project>/<table>-<8 hex>/metadata/…          metadata, manifests
//	<warehouse>/<project>/<table>-<8 hex>/data/…              data files
//
// Start at Open and Catalog; commit.go is the path of a write, files.go that of
// a read. docs/decisions/0004-iceberg.md says why it is built this way.
package meta
