package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// viewDefinition is a row of bixi_views.
type viewDefinition struct {
	Query   string
	Comment string
	Owner   string
	Created int64
	Columns []viewColumn
}

// viewColumn is a column's name and comment; types follow from the query.
type viewColumn struct{ Name, Comment, Type string }

func (c *Catalog) createView(ctx context.Context, def table.Definition) error {
	v := viewDefinition{Query: def.View, Comment: def.Comment, Owner: def.Owner, Created: c.clock().UnixMilli()}
	for _, col := range def.Columns {
		v.Columns = append(v.Columns, viewColumn{col.Name, col.Comment, col.Type.String()})
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = c.db.ExecContext(ctx, `INSERT OR REPLACE INTO bixi_views VALUES (?, ?, ?)`, namespace(def.Name), def.Name.Table, string(data))
	return err
}

// view loads a view, nil if there is none of that name.
func (c *Catalog) view(ctx context.Context, n table.Name) (*table.Table, error) {
	var data string
	err := c.db.QueryRowContext(ctx, `SELECT definition FROM bixi_views WHERE project = ? AND name = ?`, namespace(n), n.Table).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var v viewDefinition
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		return nil, err
	}
	created := time.UnixMilli(v.Created)
	t := &table.Table{Name: n, View: v.Query, Comment: v.Comment, Owner: v.Owner, Created: created, Modified: created, DDLTime: created, Properties: map[string]string{}}
	for i, col := range v.Columns {
		f := types.Field{Name: col.Name, Comment: col.Comment, Type: types.StringType}
		if own, ok := parseKept(col.Type); ok {
			f.Type = own
		}
		t.Columns = append(t.Columns, table.Column{ID: i + 1, Field: f})
	}
	return t, nil
}
