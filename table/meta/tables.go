package meta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// Create makes a table or view.
func (c *Catalog) Create(ctx context.Context, def table.Definition) error {
	if err := checkDefinition(def); err != nil {
		return err
	}
	exists, isView, err := c.exists(ctx, def.Name)
	if err != nil {
		return err
	}
	if exists && !(def.Replace && def.View != "" && isView) {
		if def.IfNotExists {
			return nil
		}
		return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already", def.Name)
	}
	if err := c.checkSpace(ctx, def.Name); err != nil {
		return err
	}
	if def.View != "" {
		return c.createView(ctx, def)
	}
	m, err := c.newMetadata(def)
	if err != nil {
		return err
	}
	location, err := c.writeMetadata(ctx, m, 0)
	if err != nil {
		return err
	}
	_, err = c.db.ExecContext(ctx, `INSERT INTO iceberg_tables VALUES (?, ?, ?, ?, NULL, 'TABLE')`, catalogName, namespace(def.Name), def.Name.Table, location)
	if err != nil {
		c.remove(ctx, location)
		if again, _, _ := c.exists(ctx, def.Name); again {
			if def.IfNotExists {
				return nil
			}
			return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already", def.Name)
		}
		return fmt.Errorf("creating %s: %w", def.Name, err)
	}
	return nil
}

func noProject(name string, projects []string) error {
	e := diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no project %s", name)
	if near := diag.Near(name, projects); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

func (c *Catalog) exists(ctx context.Context, n table.Name) (exists, view bool, err error) {
	var one int
	err = c.db.QueryRowContext(ctx, `SELECT 1 FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`, catalogName, namespace(n), n.Table).Scan(&one)
	if err == nil {
		return true, false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return false, false, err
	}
	err = c.db.QueryRowContext(ctx, `SELECT 1 FROM bixi_views WHERE project = ? AND name = ?`, namespace(n), n.Table).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	return err == nil, true, err
}

func (c *Catalog) notFound(ctx context.Context, n table.Name) error {
	e := diag.Errorf(diag.CodeTableNotFound, diag.Pos{}, "table %s cannot be found", n)
	names, err := c.Tables(ctx, n.Project, schemaOf(n), "")
	if err != nil || len(names) == 0 {
		if err := c.checkSpace(ctx, n); err != nil {
			return err
		}
		return e
	}
	var all []string
	for _, t := range names {
		all = append(all, t.Table)
	}
	if near := diag.Near(n.Table, all); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

// Load gives the table at its current snapshot.
func (c *Catalog) Load(ctx context.Context, n table.Name) (*table.Table, error) {
	if v, err := c.view(ctx, n); v != nil || err != nil {
		return v, err
	}
	m, _, err := c.current(ctx, n)
	if err != nil {
		return nil, err
	}
	return describe(n, m)
}

// Tables lists names of a project's schema in order.
func (c *Catalog) Tables(ctx context.Context, project, schema, pattern string) ([]table.Name, error) {
	space := namespace(table.Name{Project: project, Schema: schema})
	names, err := c.strings(ctx, `SELECT table_name FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ?
		UNION ALL SELECT name FROM bixi_views WHERE project = ? ORDER BY 1`, catalogName, space, space)
	if err != nil {
		return nil, err
	}
	var out []table.Name
	for _, n := range names {
		if ok, err := path.Match(strings.ReplaceAll(strings.ToLower(pattern), "%", "*"), n); pattern == "" || err == nil && ok {
			out = append(out, table.Name{Project: project, Schema: schema, Table: n})
		}
	}
	return out, nil
}

// Drop removes a table or view. The table's files go after its name.
func (c *Catalog) Drop(ctx context.Context, n table.Name, ifExists bool) error {
	exists, isView, err := c.exists(ctx, n)
	if err != nil {
		return err
	}
	if !exists {
		if ifExists {
			return nil
		}
		return c.notFound(ctx, n)
	}
	if isView {
		_, err := c.db.ExecContext(ctx, `DELETE FROM bixi_views WHERE project = ? AND name = ?`, namespace(n), n.Table)
		return err
	}
	m, _, err := c.current(ctx, n)
	if err != nil {
		return err
	}
	err = c.update(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{`DELETE FROM bixi_partitions WHERE table_uuid = ?`, `DELETE FROM bixi_partition_facts WHERE table_uuid = ?`, `DELETE FROM bixi_files WHERE table_uuid = ?`, `DELETE FROM bixi_expired WHERE table_uuid = ?`} {
			if _, err := tx.ExecContext(ctx, q, m.UUID); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`, catalogName, namespace(n), n.Table)
		return err
	})
	if err != nil {
		return err
	}
	infos, err := c.files.List(ctx, localPath(m.Location))
	if err != nil {
		return fmt.Errorf("dropped %s, but listing its files failed: %w", n, err)
	}
	for _, f := range infos {
		if err := c.files.Remove(ctx, f.Path); err != nil {
			return fmt.Errorf("dropped %s, but a file of it stays: %w", n, err)
		}
	}
	return nil
}
