package planner

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// fileFormat is what the clauses of LOAD and UNLOAD say of files: nil for Parquet.
// known is false if they say nothing.
func fileFormat(f *syntax.FileFormat, options []*syntax.Property) (format *table.TextFormat, known bool, err error) {
	if f == nil {
		if len(options) > 0 {
			return nil, false, unknownOption(options[0])
		}
		return nil, false, nil
	}
	format, err = formatKind(f)
	if err != nil {
		return nil, false, err
	}
	if d := f.Delimited; d != nil {
		if format == nil {
			return nil, false, diag.Errorf(diag.CodeSemantic, d.Pos(), "ROW FORMAT DELIMITED is for text files, not for Parquet")
		}
		if err := delimited(format, d); err != nil {
			return nil, false, err
		}
	}
	for _, o := range append(append([]*syntax.Property{}, f.Properties...), options...) {
		if err := formatOption(format, o); err != nil {
			return nil, false, err
		}
	}
	if format != nil && len(format.Comma) > 1 {
		return nil, false, diag.Errorf(diag.CodeUnsupported, f.Pos(), "a delimiter of %d bytes", len(format.Comma))
	}
	return format, true, nil
}

// formatKind finds the kind by STORED AS, or by the handler or class that is named.
func formatKind(f *syntax.FileFormat) (*table.TextFormat, error) {
	names := []struct {
		part   string
		format *table.TextFormat
	}{
		{"parquet", nil},
		{"json", &table.TextFormat{Kind: table.JSONLines}},
		{"tsvstoragehandler", &table.TextFormat{Kind: table.CSV, Comma: "\t"}},
		{"csv", &table.TextFormat{Kind: table.CSV}},
		{"lazysimpleserde", &table.TextFormat{Kind: table.Delimited}},
	}
	for _, class := range []string{f.StoredBy, f.Serde} {
		if class == "" {
			continue
		}
		for _, n := range names {
			if strings.Contains(strings.ToLower(class), n.part) {
				return n.format, nil
			}
		}
		return nil, diag.Errorf(diag.CodeUnsupported, f.Pos(), "files of %s", class)
	}
	switch f.StoredAs {
	case "PARQUET":
		return nil, nil
	case "CSV":
		return &table.TextFormat{Kind: table.CSV, Header: true}, nil
	case "JSON", "JSONFILE":
		return &table.TextFormat{Kind: table.JSONLines}, nil
	case "TEXTFILE", "":
		return &table.TextFormat{Kind: table.Delimited}, nil
	}
	return nil, diag.Errorf(diag.CodeUnsupported, f.Pos(), "files stored as %s", f.StoredAs).WithHint("PARQUET, CSV, JSON and TEXTFILE are read and written")
}

func delimited(format *table.TextFormat, d *syntax.Delimited) error {
	if d.Fields != nil {
		format.Comma = *d.Fields
	}
	if d.Null != nil {
		format.Null = *d.Null
	}
	if d.Escape != nil && *d.Escape != "\\" {
		return diag.Errorf(diag.CodeUnsupported, d.Pos(), "an escape other than the backslash")
	}
	if d.Lines != nil && *d.Lines != "\n" {
		return diag.Errorf(diag.CodeUnsupported, d.Pos(), "lines that end in something else than a line feed")
	}
	if d.Items != nil || d.Keys != nil {
		return diag.Errorf(diag.CodeUnsupported, d.Pos(), "ARRAY and MAP values in text files")
	}
	return nil
}

func formatOption(f *table.TextFormat, o *syntax.Property) error {
	if f == nil {
		return unknownOption(o)
	}
	switch strings.ToLower(o.Key) {
	case "odps.text.option.delimiter", "field.delim", "separatorchar":
		f.Comma = o.Value
	case "odps.text.option.null.indicator", "serialization.null.format":
		f.Null = o.Value
	case "odps.text.option.header.lines.count", "skip.header.line.count":
		if f.Kind != table.CSV || o.Value != "0" && o.Value != "1" {
			return unknownOption(o)
		}
		f.Header = o.Value == "1"
	default:
		return unknownOption(o)
	}
	return nil
}

func unknownOption(o *syntax.Property) error {
	return diag.Errorf(diag.CodeUnsupported, o.Pos(), "the option '%s'='%s' of files", o.Key, o.Value)
}
