package table

import (
	"context"
	"encoding/json"
)

// TextFormat is how rows stand in text files.
type TextFormat struct {
	Kind TextKind
	// Comma is the byte between fields, "" for the usual one of the kind.
	Comma string
	// Header says that the first line of a CSV file names its columns.
	Header bool
	// Null is how NULL is written besides an empty CSV field, "" for the usual form.
	Null string
	// Columns names the fields of files that do not name them, in order.
	Columns []string
}

// TextKind is a kind of text file.
type TextKind string

// The kinds. Delimited files have no quotes: special bytes are escaped by a
// backslash.
const (
	CSV       TextKind = "csv"
	JSONLines TextKind = "json"
	Delimited TextKind = "delimited"
)

// PropertyFormat is the property of an external table that holds the TextFormat
// of its files as JSON; without it they are Parquet.
const PropertyFormat = "bixi.external.format"

// Format is the format of an external table's files, nil for Parquet.
func (t *Table) Format() *TextFormat {
	text := t.Properties[PropertyFormat]
	if text == "" {
		return nil
	}
	f := &TextFormat{}
	if json.Unmarshal([]byte(text), f) != nil {
		return nil
	}
	return f
}

// Files is implemented by catalogs that can read files that belong to no table.
type Files interface {
	// FilesTable is a table over the files at location, which has no name in the
	// catalog. f is their format, nil for Parquet. Columns of text files that are
	// not in want are STRING.
	FilesTable(ctx context.Context, location string, f *TextFormat) (*Table, error)
}
