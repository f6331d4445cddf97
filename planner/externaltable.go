package planner

import (
	"encoding/json"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// external notes where the files of an external table are.
func (st *statement) external(stmt *syntax.CreateTable, def *table.Definition) error {
	switch {
	case !stmt.External && stmt.Location == "":
		if f := stmt.Format; f != nil && f.StoredAs != "PARQUET" {
			st.warnings.Add(diag.Warningf(f.Pos(), "the table is stored as Parquet; only EXTERNAL tables may be of other formats"))
		}
		return nil
	case !stmt.External || stmt.Location == "":
		return diag.Errorf(diag.CodeSemantic, stmt.Pos(), "EXTERNAL and LOCATION go together")
	case len(stmt.PrimaryKey) > 0 || stmt.Cluster != nil || stmt.AutoPart != nil:
		return diag.Errorf(diag.CodeSemantic, stmt.Pos(), "an external table has no primary key, clustering or automatic partitions: its files are as they are")
	}
	location, err := directory(stmt.Location)
	if err != nil {
		return err
	}
	def.Properties[table.PropertyExternal] = location
	return nil
}

// textColumns notes the format of an external table's text files, which name their
// fields or have them in the order of the columns.
func textColumns(stmt *syntax.CreateTable, def *table.Definition) error {
	if def.Properties[table.PropertyExternal] == "" {
		return nil
	}
	format, _, err := fileFormat(stmt.Format, nil)
	if err != nil || format == nil {
		return err
	}
	if format.Kind != table.JSONLines && !format.Header {
		for _, c := range def.Columns {
			format.Columns = append(format.Columns, c.Name)
		}
	}
	for i, c := range def.Columns {
		if !c.Type.IsNumeric() && !c.Type.IsTemporal() && !c.Type.IsText() && c.Type.String() != "BOOLEAN" {
			return diag.Errorf(diag.CodeUnsupported, stmt.Columns[i].TypePos, "column %s, which is %s, from a text file", c.Name, c.Type).
				WithHint("declare it STRING")
		}
	}
	text, err := json.Marshal(format)
	def.Properties[table.PropertyFormat] = string(text)
	return err
}

// setLocation lets an external table have the files of another directory.
func setLocation(t *table.Table, a *syntax.SetLocation) ([]table.Change, error) {
	if t.Kind() != table.KindExternal {
		return nil, diag.Errorf(diag.CodeSemantic, a.Pos(), "%s is a %s; only the files of external tables can be elsewhere", t.Name, t.Kind())
	}
	location, err := directory(a.Location)
	if err != nil {
		return nil, bind.At(err, a.Pos())
	}
	return []table.Change{{Properties: map[string]*string{table.PropertyExternal: &location}}}, nil
}
