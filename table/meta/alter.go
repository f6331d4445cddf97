package meta

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// Alter changes a definition.
func (c *Catalog) Alter(ctx context.Context, t *table.Table, change table.Change) error {
	if change.Rename != nil {
		return c.rename(ctx, t, *change.Rename)
	}
	for range maxTries {
		m, location, err := c.current(ctx, t.Name)
		if err != nil {
			return err
		}
		if m.UUID != t.UUID {
			return c.notFound(ctx, t.Name)
		}
		next := m.clone()
		next.LastUpdated = c.clock().UnixMilli()
		next.Properties[propDDL] = fmt.Sprint(next.LastUpdated)
		if err := apply(next, change); err != nil {
			return err
		}
		won, err := c.swap(ctx, t.Name, m, location, next, nil, nil)
		if err != nil || won {
			return err
		}
	}
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

func (c *Catalog) rename(ctx context.Context, t *table.Table, to string) error {
	if !validName(to) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%q cannot be the name of a table", to)
	}
	target := t.Name
	target.Table = to
	if exists, _, err := c.exists(ctx, target); err != nil {
		return err
	} else if exists {
		return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already", target)
	}
	query, args := `UPDATE iceberg_tables SET table_name = ? WHERE table_name = ? AND table_namespace = ? AND catalog_name = ?`, []any{to, t.Name.Table, namespace(t.Name), catalogName}
	if t.View != "" {
		query, args = `UPDATE bixi_views SET name = ? WHERE name = ? AND project = ?`, args[:3]
	}
	_, err := c.db.ExecContext(ctx, query, args...)
	return err
}

// apply changes the metadata m, which the caller owns.
func apply(m *metadata, change table.Change) error {
	switch {
	case change.Comment != nil:
		m.Properties[propComment] = *change.Comment
	case change.Owner != nil:
		m.Properties[propOwner] = *change.Owner
	case change.Lifecycle != nil:
		m.Properties[propLifecycle] = fmt.Sprint(*change.Lifecycle)
	case change.Properties != nil:
		for k, v := range change.Properties {
			if v == nil {
				delete(m.Properties, k)
			} else {
				m.Properties[k] = *v
			}
		}
	default:
		return changeSchema(m, change)
	}
	return nil
}

// changeSchema makes a new schema of the fields of the current one.
func changeSchema(m *metadata, change table.Change) error {
	fields := append([]iceberg.NestedField{}, m.schema().Fields()...)
	find := func(name string) int {
		for i, f := range fields {
			if strings.EqualFold(f.Name, name) {
				return i
			}
		}
		return -1
	}
	missing := func(name string) error {
		return diag.Errorf(diag.CodeColumnNotFound, diag.Pos{}, "there is no column %s", name)
	}
	switch {
	case change.AddColumns != nil:
		w := &schemaWriter{lastID: m.LastColumnID, properties: m.Properties}
		for _, col := range change.AddColumns {
			if find(col.Name) >= 0 {
				return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s exists already", col.Name)
			}
			col.Required = false // existing rows have no value
			f, err := field(w, w.nextID(), col)
			if err != nil {
				return err
			}
			fields = append(fields, f)
		}
		m.LastColumnID = w.lastID
	case change.DropColumn != nil:
		i := find(*change.DropColumn)
		if i < 0 {
			return missing(*change.DropColumn)
		}
		for _, p := range m.spec().Fields() {
			if p.SourceIDs[0] == fields[i].ID {
				return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s is a partition column and cannot be dropped", *change.DropColumn)
			}
		}
		if len(fields)-m.spec().NumFields() == 1 {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "the last column cannot be dropped")
		}
		fields = append(fields[:i], fields[i+1:]...)
	case change.RenameColumn != nil:
		i := find(change.RenameColumn[0])
		if i < 0 {
			return missing(change.RenameColumn[0])
		}
		if j := find(change.RenameColumn[1]); j >= 0 && j != i {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s exists already", change.RenameColumn[1])
		}
		fields[i].Name = strings.ToLower(change.RenameColumn[1])
	case change.CommentColumn != nil:
		i := find(change.CommentColumn[0])
		if i < 0 {
			return missing(change.CommentColumn[0])
		}
		fields[i].Doc = change.CommentColumn[1]
	case change.WidenColumn != nil:
		i := find(change.WidenColumn.Name)
		if i < 0 {
			return missing(change.WidenColumn.Name)
		}
		delete(m.Properties, typeProperty+fmt.Sprint(fields[i].ID))
		w := &schemaWriter{lastID: m.LastColumnID, properties: m.Properties}
		typ, err := w.convert(fields[i].ID, change.WidenColumn.Type)
		if err != nil {
			return err
		}
		if !widens(fields[i].Type, typ) {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s cannot change from %s to %s", fields[i].Name, fields[i].Type, typ)
		}
		fields[i].Type = typ
	}
	last := m.Schemas[len(m.Schemas)-1].ID
	m.Schemas = append(m.Schemas, iceberg.NewSchema(last+1, fields...))
	m.CurrentSchemaID = last + 1
	return m.mapNames()
}

// widens allows the type promotions of the Iceberg specification.
func widens(from, to iceberg.Type) bool {
	if from.Equals(to) {
		return true
	}
	switch from := from.(type) {
	case iceberg.Int32Type:
		return to.Equals(iceberg.PrimitiveTypes.Int64)
	case iceberg.Float32Type:
		return to.Equals(iceberg.PrimitiveTypes.Float64)
	case iceberg.DecimalType:
		d, ok := to.(iceberg.DecimalType)
		return ok && d.Scale() == from.Scale() && d.Precision() >= from.Precision()
	}
	return false
}
