package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Import is files to bring into a table.
type Import struct {
	Files     []string // files, directories, patterns
	Table     string   // may have a project before a point
	Partition []Value  // of all rows; else from paths or columns
	Format    Format   // "": from the names
	Overwrite bool     // replaces the table's rows, or those of the partitions written
	Create    bool     // the table must be new, unless Overwrite
	Comma     byte     // between the fields of CSV, 0: a comma
	// Scratch is a directory for the Parquet form of CSV and JSON files; they are
	// removed at the end. The engine must see it under the same path.
	Scratch string
}

// importing is an Import under way.
type importing struct {
	*Session
	*Import
	target  string // quoted
	scratch string // of this import, "" until it is needed
	sources []source
	made    bool // the target was made by this import
}

// source is an external table to read from.
type source struct {
	name      string // quoted
	columns   types.Schema
	partition []Value
}

// Import brings files into a table and gives the number of rows. The table is
// made if it is missing. After an error everything is as it was.
func (s *Session) Import(ctx context.Context, im Import) (rows int64, err error) {
	files, err := inputs(im.Files, im.Format)
	if err != nil {
		return 0, err
	}
	x := &importing{Session: s, Import: &im, target: quoteName(im.Table)}
	defer func() { err = x.cleanUp(context.WithoutCancel(ctx), err) }()
	table, err := s.describe(ctx, x.target)
	if err != nil {
		return 0, err
	}
	if table != nil && im.Create && !im.Overwrite {
		return 0, diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists", im.Table).
			WithHint("without --create the rows are added to it, with --overwrite they replace those it has")
	}
	if err := x.open(ctx, files, table); err != nil {
		return 0, err
	}
	if table == nil {
		if table, err = x.create(ctx); err != nil {
			return 0, err
		}
	}
	text, err := x.insert(table)
	if err != nil {
		return 0, err
	}
	done, err := s.run(ctx, "%s", text)
	if err != nil {
		return 0, err
	}
	return done.Outcome.Written, nil
}

// open makes an external table of each file.
func (x *importing) open(ctx context.Context, files []input, table *layout) error {
	var want types.Schema
	if table != nil {
		want = append(want, table.data...)
	}
	prefix, err := randomName()
	if err != nil {
		return err
	}
	for i, in := range files {
		path := in.path
		if in.format != Parquet {
			if path, want, err = x.convert(ctx, in, i, want); err != nil {
				return err
			}
		}
		name := quoteIdent(fmt.Sprintf("%s_%d", prefix, i))
		if project, _, found := strings.Cut(x.Table, "."); found {
			name = quoteIdent(project) + "." + name
		}
		if _, err := x.run(ctx, "CREATE EXTERNAL TABLE %s STORED AS PARQUET LOCATION %s", name, quoteText(path)); err != nil {
			return fmt.Errorf("%s: %w", in.path, err)
		}
		src := source{name: name, partition: in.partition}
		x.sources = append(x.sources, src)
		columns, err := x.describe(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", in.path, err)
		}
		if columns == nil {
			return fmt.Errorf("%s: its table is gone", in.path)
		}
		x.sources[i].columns = columns.data
	}
	return nil
}

func randomName() (string, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return "bixi_import_" + hex.EncodeToString(b[:]), nil
}

// partitionOf are the partition values of a source's rows that do not come from
// a column.
func (x *importing) partitionOf(s source) []Value {
	out := append([]Value(nil), x.Partition...)
	for _, v := range s.partition {
		if _, given := find(out, v.Name); !given {
			out = append(out, v)
		}
	}
	return out
}

// create makes the target with the columns of the first source.
func (x *importing) create(ctx context.Context) (*layout, error) {
	table := &layout{}
	first := x.sources[0]
	for _, v := range x.partitionOf(first) {
		table.partition = append(table.partition, types.Field{Name: v.Name, Type: types.StringType})
	}
	for _, f := range first.columns {
		if f.Type.Kind == types.Null {
			return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "column %s has a type that tables cannot have", f.Name)
		}
		if table.partition.Index(f.Name) < 0 {
			table.data = append(table.data, f)
		}
	}
	text := "CREATE TABLE " + x.target + " (" + definitions(table.data) + ")"
	if len(table.partition) > 0 {
		text += " PARTITIONED BY (" + definitions(table.partition) + ")"
	}
	if _, err := x.run(ctx, "%s", text); err != nil {
		return nil, err
	}
	x.made = true
	return table, nil
}

func definitions(columns types.Schema) string {
	var parts []string
	for _, f := range columns {
		parts = append(parts, quoteIdent(f.Name)+" "+f.Type.String())
	}
	return strings.Join(parts, ", ")
}

// cleanUp removes what the import has made for itself, and after a failure also
// the table it has made.
func (x *importing) cleanUp(ctx context.Context, failed error) error {
	for _, s := range x.sources {
		if _, err := x.run(ctx, "DROP TABLE IF EXISTS %s", s.name); err != nil && failed == nil {
			failed = err
		}
	}
	if x.made && failed != nil {
		// The first failure is the one that matters.
		_, _ = x.run(ctx, "DROP TABLE IF EXISTS %s", x.target)
	}
	if x.scratch != "" {
		if err := os.RemoveAll(x.scratch); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// temporary is a path in the import's own directory.
func (x *importing) temporary(i int) (string, error) {
	if x.scratch == "" {
		if err := os.MkdirAll(x.Scratch, 0o755); err != nil {
			return "", fmt.Errorf("making the scratch directory: %w", err)
		}
		dir, err := os.MkdirTemp(x.Scratch, "import-")
		if err != nil {
			return "", fmt.Errorf("making the scratch directory: %w", err)
		}
		if x.scratch, err = filepath.Abs(dir); err != nil {
			return "", err
		}
	}
	return filepath.Join(x.scratch, fmt.Sprintf("%06d.parquet", i)), nil
}
