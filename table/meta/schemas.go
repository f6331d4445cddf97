package meta

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// Properties of a namespace.
const (
	spaceComment = "comment"
	spaceOwner   = "owner"
	spaceCreated = "created"
)

// Schemas lists the schemas of a project in order.
func (c *Catalog) Schemas(ctx context.Context, project string) ([]table.Schema, error) {
	projects, err := c.Projects(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(projects, project) {
		return nil, noProject(project, projects)
	}
	rows, err := c.db.QueryContext(ctx, `SELECT namespace, property_key, property_value FROM iceberg_namespace_properties
		WHERE catalog_name = ? AND (namespace = ? OR substr(namespace, 1, ?) = ?) ORDER BY namespace`,
		catalogName, project, len(project)+1, project+".")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byName := map[string]*table.Schema{}
	for rows.Next() {
		var space, key, value string
		if err := rows.Scan(&space, &key, &value); err != nil {
			return nil, err
		}
		name := table.DefaultSchema
		if _, after, ok := strings.Cut(space, "."); ok {
			name = after
		}
		s := byName[name]
		if s == nil {
			s = &table.Schema{Project: project, Name: name}
			byName[name] = s
		}
		switch key {
		case spaceComment:
			s.Comment = value
		case spaceOwner:
			s.Owner = value
		case spaceCreated:
			s.Created = millis(value)
		}
	}
	var out []table.Schema
	for _, s := range byName {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b table.Schema) int { return strings.Compare(a.Name, b.Name) })
	return out, rows.Err()
}

func (c *Catalog) schema(ctx context.Context, project, name string) (*table.Schema, []string, error) {
	all, err := c.Schemas(ctx, project)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, s := range all {
		if s.Name == name {
			return &s, nil, nil
		}
		names = append(names, s.Name)
	}
	return nil, names, nil
}

func noSchema(project, name string, names []string) error {
	e := diag.Errorf(diag.CodeSemantic, diag.Pos{}, "project %s has no schema %s", project, name)
	if near := diag.Near(name, names); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return e
}

// CreateSchema makes a schema.
func (c *Catalog) CreateSchema(ctx context.Context, s table.Schema, ifNotExists bool) error {
	if !validName(s.Name) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a schema", s.Name)
	}
	known, _, err := c.schema(ctx, s.Project, s.Name)
	if err != nil {
		return err
	}
	if known != nil {
		if ifNotExists {
			return nil
		}
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "schema %s.%s exists already", s.Project, s.Name)
	}
	return c.setSchema(ctx, s, map[string]string{"exists": "true", spaceComment: s.Comment, spaceOwner: s.Owner, spaceCreated: fmt.Sprint(c.clock().UnixMilli())})
}

// AlterSchema gives a schema a comment and an owner.
func (c *Catalog) AlterSchema(ctx context.Context, s table.Schema) error {
	known, names, err := c.schema(ctx, s.Project, s.Name)
	if err != nil {
		return err
	}
	if known == nil {
		return noSchema(s.Project, s.Name, names)
	}
	return c.setSchema(ctx, s, map[string]string{spaceComment: s.Comment, spaceOwner: s.Owner})
}

func (c *Catalog) setSchema(ctx context.Context, s table.Schema, facts map[string]string) error {
	return c.update(ctx, func(tx *sql.Tx) error {
		for k, v := range facts {
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO iceberg_namespace_properties VALUES (?, ?, ?, ?)`,
				catalogName, namespace(table.Name{Project: s.Project, Schema: s.Name}), k, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropSchema removes an empty schema.
func (c *Catalog) DropSchema(ctx context.Context, project, name string, ifExists bool) error {
	known, names, err := c.schema(ctx, project, name)
	if err != nil {
		return err
	}
	switch {
	case known == nil && ifExists:
		return nil
	case known == nil:
		return noSchema(project, name, names)
	case name == table.DefaultSchema:
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "the schema default of a project cannot be dropped")
	}
	tables, err := c.Tables(ctx, project, name, "")
	if err != nil {
		return err
	}
	if len(tables) > 0 {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "schema %s.%s is not empty: it has %s", project, name, tables[0].Table).
			WithHint("drop its tables and views first")
	}
	_, err = c.db.ExecContext(ctx, `DELETE FROM iceberg_namespace_properties WHERE catalog_name = ? AND namespace = ?`,
		catalogName, namespace(table.Name{Project: project, Schema: name}))
	return err
}

// checkSpace refuses names in projects and schemas that do not exist.
func (c *Catalog) checkSpace(ctx context.Context, n table.Name) error {
	known, names, err := c.schema(ctx, n.Project, schemaOf(n))
	if err == nil && known == nil {
		return noSchema(n.Project, n.Schema, names)
	}
	return err
}

func schemaOf(n table.Name) string {
	if n.Schema == "" {
		return table.DefaultSchema
	}
	return n.Schema
}
