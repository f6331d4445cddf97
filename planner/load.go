package planner

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// load plans LOAD as an INSERT from the files. Columns are found by name, or by
// position in files that do not name them; those the files lack get their default.
func (st *statement) load(stmt *syntax.Load) (*Plan, error) {
	t, err := st.target(stmt.Table)
	if err != nil {
		return nil, err
	}
	ins := &syntax.Insert{Source: stmt.Source, Overwrite: stmt.Overwrite, Table: stmt.Table, Partition: stmt.Partition}
	static, err := st.staticValues(t, ins)
	if err != nil {
		return nil, err
	}
	columns := slices.Concat(t.Columns, t.Partition[len(static):])
	files, err := st.filesTable(stmt, columns)
	if err != nil {
		return nil, err
	}
	scan := st.binder.Scan(files)
	w := &logical.Write{Input: scan, Table: t, Static: static, MaxPartitions: st.Settings.MaxPartitions}
	for _, c := range columns {
		e := st.absent(t, c)
		i := columnIndex(files.Columns, c.Name)
		switch {
		case i >= 0:
			if e, err = st.binder.Assign(scan.Cols[i], c.Type, c.Name, stmt.Pos()); err != nil {
				return nil, err
			}
		case columnIndex(t.Partition, c.Name) >= 0 && !isAuto(t):
			return nil, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "the files have no column %s for the dynamic partition", c.Name)
		}
		w.Items = append(w.Items, e)
		w.Row = append(w.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	all, c := &writing{}, &Commit{Table: t, Mode: insertMode(ins, t, len(static)), Static: static, MaxPartitions: w.MaxPartitions}
	if len(t.PrimaryKey) > 0 {
		if err := st.insertKeyed(all, w, c); err != nil {
			return nil, err
		}
	} else {
		all.add(w, c)
	}
	return st.write(all)
}

// filesTable is a table over the files of a LOAD into columns.
func (st *statement) filesTable(stmt *syntax.Load, columns []table.Column) (*table.Table, error) {
	format, known, err := fileFormat(stmt.Format, stmt.Properties)
	if err != nil {
		return nil, err
	}
	location, err := directory(stmt.Location)
	if err != nil {
		return nil, err
	}
	if !known {
		format = formatOf(location)
	}
	if format != nil && format.Kind != table.JSONLines && !format.Header {
		for _, c := range columns {
			format.Columns = append(format.Columns, c.Name)
		}
	}
	reader, ok := st.Catalog.(table.Files)
	if !ok {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "this catalog reads no files")
	}
	files, err := reader.FilesTable(st.ctx, location, format)
	if err != nil {
		return nil, err
	}
	for i, c := range files.Columns {
		at := columnIndex(columns, c.Name)
		if at < 0 {
			return nil, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "the files have a column %s, which %s has not", c.Name, stmt.Table)
		}
		want := columns[at].Type
		if format == nil {
			continue
		}
		if want.IsNested() {
			return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "column %s, which is %s, from a text file", c.Name, want)
		}
		if want.IsNumeric() || want.IsTemporal() || want.Kind == types.Boolean {
			files.Columns[i].Type = want
		}
	}
	return files, nil
}

// formatOf tells the format from the name of a file; that of a directory is
// Parquet.
func formatOf(path string) *table.TextFormat {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return &table.TextFormat{Kind: table.CSV, Header: true}
	case ".json", ".jsonl", ".ndjson":
		return &table.TextFormat{Kind: table.JSONLines}
	}
	return nil
}
