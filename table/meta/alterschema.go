package meta

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// schemaChange makes a new schema of the fields of the current one. Fields keep
// their ids, by which data files know them.
type schemaChange struct {
	m      *metadata
	fields []iceberg.NestedField
}

// changeSchema adds the schema that change makes to m.
func changeSchema(m *metadata, change table.Change) error {
	s := &schemaChange{m: m, fields: slices.Clone(m.schema().Fields())}
	if err := s.apply(change); err != nil {
		return err
	}
	last := m.Schemas[len(m.Schemas)-1].ID
	m.Schemas = append(m.Schemas, iceberg.NewSchema(last+1, s.fields...))
	m.CurrentSchemaID = last + 1
	return m.mapNames()
}

func (s *schemaChange) apply(change table.Change) error {
	switch {
	case change.AddColumns != nil:
		return s.add(change.AddColumns)
	case change.DropColumn != nil:
		return s.drop(*change.DropColumn)
	case change.RenameColumn != nil:
		return s.rename(change.RenameColumn[0], change.RenameColumn[1])
	case change.CommentColumn != nil:
		return s.with(change.CommentColumn[0], func(f *iceberg.NestedField) error {
			f.Doc = change.CommentColumn[1]
			return checkComment(f.Doc)
		})
	case change.OptionalColumn != nil:
		return s.with(*change.OptionalColumn, func(f *iceberg.NestedField) error {
			f.Required = false
			return nil
		})
	case change.WidenColumn != nil:
		return s.with(change.WidenColumn.Name, func(f *iceberg.NestedField) error { return s.widen(f, *change.WidenColumn) })
	case change.MoveColumn != nil:
		return s.move(change.MoveColumn[0], change.MoveColumn[1])
	case change.ReplaceColumns != nil:
		return s.replace(change.ReplaceColumns)
	case change.EmptyColumns != nil:
		return s.empty(change.EmptyColumns)
	}
	return diag.Errorf(diag.CodeInternal, diag.Pos{}, "a change of %s changes nothing", s.m.Location)
}

func (s *schemaChange) find(name string) int {
	return slices.IndexFunc(s.fields, func(f iceberg.NestedField) bool { return strings.EqualFold(f.Name, name) })
}

func (s *schemaChange) with(name string, f func(*iceberg.NestedField) error) error {
	i := s.find(name)
	if i < 0 {
		return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no column %s", name)
	}
	return f(&s.fields[i])
}

func (s *schemaChange) isPartition(id int) bool {
	for _, p := range s.m.spec().Fields() {
		if p.SourceIDs[0] == id {
			return true
		}
	}
	return false
}

// writer gives ids to new fields; done keeps the last of them.
func (s *schemaChange) writer() (w *schemaWriter, done func()) {
	w = &schemaWriter{lastID: s.m.LastColumnID, properties: s.m.Properties}
	return w, func() { s.m.LastColumnID = w.lastID }
}

// data is the number of data columns; they stand before the partition columns.
func (s *schemaChange) data() int { return len(s.fields) - s.m.spec().NumFields() }

func (s *schemaChange) add(cols []table.Column) error {
	w, done := s.writer()
	defer done()
	for _, col := range cols {
		if s.find(col.Name) >= 0 {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s exists already", col.Name)
		}
		if len(s.fields) >= maxColumns {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "a table cannot have more than %d columns", maxColumns)
		}
		f, err := s.fresh(w, col)
		if err != nil {
			return err
		}
		s.fields = slices.Insert(s.fields, s.data(), f)
	}
	return nil
}

// fresh is the field of a column that existing rows have no value of.
func (s *schemaChange) fresh(w *schemaWriter, col table.Column) (iceberg.NestedField, error) {
	if err := checkColumn(col); err != nil {
		return iceberg.NestedField{}, err
	}
	col.Required = false
	f, err := field(w, w.nextID(), col)
	if err == nil && col.Default != nil {
		s.m.Properties[propDefault+fmt.Sprint(f.ID)] = ValueText(col.Type, col.Default)
	}
	return f, err
}

func (s *schemaChange) drop(name string) error {
	i := s.find(name)
	switch {
	case i < 0:
		return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no column %s", name)
	case s.isPartition(s.fields[i].ID):
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s is a partition column and cannot be dropped", name)
	case s.data() == 1:
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "the last column cannot be dropped")
	}
	s.fields = slices.Delete(s.fields, i, i+1)
	return nil
}

func (s *schemaChange) rename(from, to string) error {
	if err := checkColumn(table.Column{Field: types.Field{Name: to}}); err != nil {
		return err
	}
	i, j := s.find(from), s.find(to)
	if j >= 0 && j != i {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s exists already", to)
	}
	return s.with(from, func(f *iceberg.NestedField) error {
		f.Name = strings.ToLower(to)
		return nil
	})
}

// move puts a data column behind another, or before all.
func (s *schemaChange) move(name, after string) error {
	i := s.find(name)
	if i < 0 {
		return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no column %s", name)
	}
	f := s.fields[i]
	s.fields = slices.Delete(s.fields, i, i+1)
	to := 0
	if after != "" {
		if to = s.find(after) + 1; to == 0 {
			return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "there is no column %s to stand before %s", after, name)
		}
	}
	if s.isPartition(f.ID) || to > 0 && s.isPartition(s.fields[to-1].ID) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "partition columns stay behind the data columns")
	}
	s.fields = slices.Insert(s.fields, to, f)
	return nil
}

func (s *schemaChange) widen(f *iceberg.NestedField, col table.Column) error {
	old, err := readType(f.ID, f.Type, s.m.Properties)
	if err != nil {
		return err
	}
	delete(s.m.Properties, typeProperty+fmt.Sprint(f.ID))
	w, done := s.writer()
	defer done()
	typ, err := w.convert(f.ID, col.Type)
	if err != nil {
		return err
	}
	if !table.Widens(old, col.Type) {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s cannot change from %s to %s", f.Name, old, col.Type).
			WithHint("a type may only become wider; CREATE TABLE … AS SELECT CAST(…) makes a table with another")
	}
	f.Type = typ
	return nil
}

// replace makes cols the data columns. Those of known names keep their ids.
func (s *schemaChange) replace(cols []table.Column) error {
	w, done := s.writer()
	defer done()
	var fields []iceberg.NestedField
	for _, col := range cols {
		i := s.find(col.Name)
		if i < 0 {
			f, err := s.fresh(w, col)
			if err != nil {
				return err
			}
			fields = append(fields, f)
			continue
		}
		f := s.fields[i]
		if s.isPartition(f.ID) {
			return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s is a partition column", col.Name)
		}
		old, err := readType(f.ID, f.Type, s.m.Properties)
		if err != nil {
			return err
		}
		if !old.Equal(col.Type) {
			if err := s.widen(&f, col); err != nil {
				return err
			}
		}
		f.Doc, f.Required = col.Comment, f.Required && col.Required
		fields = append(fields, f)
	}
	s.fields = append(fields, s.fields[s.data():]...)
	return nil
}

// empty gives columns new ids, of which no file has values.
func (s *schemaChange) empty(names []string) error {
	w, done := s.writer()
	defer done()
	for _, name := range names {
		err := s.with(name, func(f *iceberg.NestedField) error {
			if f.Required || s.isPartition(f.ID) {
				return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "column %s cannot be emptied: it cannot be NULL", f.Name)
			}
			t, err := readType(f.ID, f.Type, s.m.Properties)
			if err != nil {
				return err
			}
			id := w.nextID()
			if v, ok := s.m.Properties[propDefault+fmt.Sprint(f.ID)]; ok {
				s.m.Properties[propDefault+fmt.Sprint(id)] = v
			}
			f.ID = id
			f.Type, err = w.convert(id, t)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
