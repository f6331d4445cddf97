package external

import (
	"context"
	"encoding/json"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/table/text"
)

// FilesTable is a table without a name over the files at or below location. Its
// columns are those of the first file, or those that a text format names; the
// columns of text are STRING.
func (c *Catalog) FilesTable(ctx context.Context, location string, f *table.TextFormat) (*table.Table, error) {
	t := &table.Table{Name: table.Name{Project: "files", Table: path.Base(filepath.ToSlash(location))}, Properties: map[string]string{table.PropertyExternal: location}}
	var columns types.Schema
	if f == nil {
		all, err := c.scan(ctx, location)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return nil, noFiles(location)
		}
		columns = all[0].schema
	} else {
		encoded, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		t.Properties[table.PropertyFormat] = string(encoded)
		if columns, err = c.textColumns(ctx, location, f); err != nil {
			return nil, err
		}
	}
	for i, col := range columns {
		col.Name, col.Required = strings.ToLower(col.Name), false
		t.Columns = append(t.Columns, table.Column{Field: col, ID: i + 1})
	}
	return t, nil
}

func noFiles(location string) error {
	return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no file to read in %s", location)
}

// textColumns names the columns of text files: the format does, or the first file.
func (c *Catalog) textColumns(ctx context.Context, location string, f *table.TextFormat) (types.Schema, error) {
	files, err := c.textFiles(ctx, location)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, noFiles(location)
	}
	names := f.Columns
	if names == nil {
		file, err := c.files.Open(ctx, files[0].Path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		r, err := text.New(io.NewSectionReader(file, 0, file.Size()), *f, text.Options{Name: files[0].Path})
		if err != nil {
			return nil, err
		}
		names = r.Schema().Names()
	}
	out := make(types.Schema, len(names))
	for i, n := range names {
		out[i] = types.Field{Name: n, Type: types.StringType}
	}
	return out, nil
}

// bytesPerRow is what a row of text is taken for when rows are estimated.
const bytesPerRow = 64

// textFiles lists the files at or below location but those whose names, or whose
// directories' names, begin with a point or an underscore.
func (c *Catalog) textFiles(ctx context.Context, location string) ([]table.DataFile, error) {
	describe := func(info store.Info) table.DataFile {
		return table.DataFile{Path: info.Path, Bytes: info.Size, Rows: info.Size/bytesPerRow + 1}
	}
	if f, err := c.files.Open(ctx, location); err == nil {
		defer f.Close()
		return []table.DataFile{describe(store.Info{Path: location, Size: f.Size()})}, nil
	}
	infos, err := c.files.List(ctx, location)
	if err != nil {
		return nil, diag.Errorf(diag.CodeStorage, diag.Pos{}, "listing %s", location).WithCause(err)
	}
	var out []table.DataFile
	for _, info := range infos {
		if rel, _ := strings.CutPrefix(info.Path, location); !isHidden(rel) {
			out = append(out, describe(info))
		}
	}
	return out, nil
}

func isHidden(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") {
			return true
		}
	}
	return false
}

// textStatistics estimates the rows from the size of the files.
func (c *Catalog) textStatistics(ctx context.Context, location string) (table.Statistics, error) {
	var out table.Statistics
	files, err := c.textFiles(ctx, location)
	for _, f := range files {
		out.Rows += f.Rows
		out.Bytes += f.Bytes
	}
	return out, err
}
