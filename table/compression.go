package table

import "slices"

// PropertyCompression is the property of a table that says how the pages of files
// written to it are compressed. Its name is the one that the Iceberg specification
// gives it, so that other engines obey it, too.
const PropertyCompression = "write.parquet.compression-codec"

// Compressions lists the values of PropertyCompression that can be written. The first
// is what a table without the property has.
func Compressions() []string { return []string{"zstd", "snappy", "uncompressed"} }

// Compression is how pages of the table's files are to be compressed. A value of
// another engine's that cannot be written counts as none.
func (t *Table) Compression() string {
	all := Compressions()
	if c := t.Properties[PropertyCompression]; slices.Contains(all, c) {
		return c
	}
	return all[0]
}
