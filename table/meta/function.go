package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// functionDefinition is a row of bixi_functions.
type functionDefinition struct {
	Text    string
	Owner   string
	Created int64
}

// Function gives a SQL function, nil if there is none of that name.
func (c *Catalog) Function(ctx context.Context, n table.Name) (*table.Function, error) {
	var data string
	err := c.db.QueryRowContext(ctx, `SELECT definition FROM bixi_functions WHERE project = ? AND name = ?`, namespace(n), n.Table).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var d functionDefinition
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		return nil, err
	}
	return &table.Function{Name: n, Text: d.Text, Owner: d.Owner, Created: time.UnixMilli(d.Created)}, nil
}

// CreateFunction keeps a function.
func (c *Catalog) CreateFunction(ctx context.Context, f table.Function, replace bool) error {
	if !validName(f.Name.Table) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s cannot be the name of a function", f.Name.Table)
	}
	if _, _, err := c.schema(ctx, f.Name.Project, f.Name.Schema); err != nil {
		return err
	}
	data, err := json.Marshal(functionDefinition{Text: f.Text, Owner: f.Owner, Created: c.clock().UnixMilli()})
	if err != nil {
		return err
	}
	verb := `INSERT OR IGNORE`
	if replace {
		verb = `INSERT OR REPLACE`
	}
	r, err := c.db.ExecContext(ctx, verb+` INTO bixi_functions VALUES (?, ?, ?)`, namespace(f.Name), f.Name.Table, string(data))
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "the function %s exists", f.Name).WithHint("CREATE OR REPLACE FUNCTION replaces it")
}

// DropFunction removes a function and reports whether there was one.
func (c *Catalog) DropFunction(ctx context.Context, n table.Name) (bool, error) {
	r, err := c.db.ExecContext(ctx, `DELETE FROM bixi_functions WHERE project = ? AND name = ?`, namespace(n), n.Table)
	if err != nil {
		return false, err
	}
	count, err := r.RowsAffected()
	return count > 0, err
}

// FunctionNames lists the functions of a schema in order.
func (c *Catalog) FunctionNames(ctx context.Context, project, schema string) ([]table.Name, error) {
	n := table.Name{Project: project, Schema: schema}
	rows, err := c.db.QueryContext(ctx, `SELECT name FROM bixi_functions WHERE project = ? ORDER BY name`, namespace(n))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []table.Name
	for rows.Next() {
		if err := rows.Scan(&n.Table); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
