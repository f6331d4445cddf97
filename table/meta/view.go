package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// viewDefinition is a row of bixi_views.
type viewDefinition struct {
	Query      string
	Comment    string
	Owner      string
	Created    int64
	Altered    int64 `json:",omitempty"`
	Columns    []viewColumn
	Properties map[string]string `json:",omitempty"`
}

// viewColumn is a column's name, comment and the type it had when the view was
// made; the type in force follows from the query.
type viewColumn struct{ Name, Comment, Type string }

func viewColumns(cols []table.Column) []viewColumn {
	var out []viewColumn
	for _, col := range cols {
		out = append(out, viewColumn{col.Name, col.Comment, syntax.PrintType(col.Type)})
	}
	return out
}

func (c *Catalog) createView(ctx context.Context, def table.Definition) error {
	v := &viewDefinition{
		Query: def.View, Comment: def.Comment, Owner: def.Owner, Created: c.clock().UnixMilli(),
		Columns: viewColumns(def.Columns), Properties: def.Properties,
	}
	return c.writeView(ctx, def.Name, v)
}

func (c *Catalog) writeView(ctx context.Context, n table.Name, v *viewDefinition) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.db.ExecContext(ctx, `INSERT OR REPLACE INTO bixi_views VALUES (?, ?, ?)`, namespace(n), n.Table, string(data))
	return err
}

// readView reads the definition of a view, nil if there is none of that name.
func (c *Catalog) readView(ctx context.Context, n table.Name) (*viewDefinition, error) {
	var data string
	err := c.db.QueryRowContext(ctx, `SELECT definition FROM bixi_views WHERE project = ? AND name = ?`, namespace(n), n.Table).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := &viewDefinition{}
	return v, json.Unmarshal([]byte(data), v)
}

// view loads a view, nil if there is none of that name.
func (c *Catalog) view(ctx context.Context, n table.Name) (*table.Table, error) {
	v, err := c.readView(ctx, n)
	if v == nil || err != nil {
		return nil, err
	}
	created := time.UnixMilli(v.Created)
	altered := time.UnixMilli(max(v.Created, v.Altered))
	t := &table.Table{Name: n, View: v.Query, Comment: v.Comment, Owner: v.Owner, Created: created, Modified: altered, DDLTime: altered, Properties: v.Properties}
	if t.Properties == nil {
		t.Properties = map[string]string{}
	}
	for i, col := range v.Columns {
		f := types.Field{Name: col.Name, Comment: col.Comment, Type: types.StringType}
		if own, err := syntax.ParseType(col.Type); err == nil {
			f.Type = own
		}
		t.Columns = append(t.Columns, table.Column{ID: i + 1, Field: f})
	}
	return t, nil
}

func (c *Catalog) alterView(ctx context.Context, t *table.Table, changes []table.Change) error {
	v, err := c.readView(ctx, t.Name)
	if err != nil {
		return err
	}
	if v == nil {
		return c.notFound(ctx, t.Name)
	}
	v.Altered = c.clock().UnixMilli()
	for _, change := range changes {
		if err := v.apply(change); err != nil {
			return err
		}
	}
	return c.writeView(ctx, t.Name, v)
}

func (v *viewDefinition) apply(change table.Change) error {
	switch {
	case change.Comment != nil:
		v.Comment = *change.Comment
		return checkComment(v.Comment)
	case change.Owner != nil:
		v.Owner = *change.Owner
	case change.View != nil:
		v.Query, v.Columns = change.View.Query, viewColumns(change.View.Columns)
	case change.CommentColumn != nil:
		for i := range v.Columns {
			if strings.EqualFold(v.Columns[i].Name, change.CommentColumn[0]) {
				v.Columns[i].Comment = change.CommentColumn[1]
				return checkComment(change.CommentColumn[1])
			}
		}
		return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no column %s", change.CommentColumn[0])
	case change.Properties != nil:
		if v.Properties == nil {
			v.Properties = map[string]string{}
		}
		for k, p := range change.Properties {
			if p == nil {
				delete(v.Properties, k)
			} else {
				v.Properties[k] = *p
			}
		}
	default:
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "a view cannot be altered in this way")
	}
	return nil
}
