package transfer

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// insert writes the statement that brings all sources into the table at once.
func (x *importing) insert(table *layout) (string, error) {
	if len(table.partition) == 0 && len(x.Partition) > 0 {
		return "", diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "%s is not partitioned", x.Table)
	}
	for _, v := range x.Partition {
		if table.partition.Index(v.Name) < 0 {
			return "", diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "%s has no partition column %s", x.Table, v.Name).
				WithHint("its partition columns are %s", strings.Join(table.partition.Names(), ", "))
		}
	}
	verb := "INSERT INTO TABLE "
	if x.Overwrite {
		verb = "INSERT OVERWRITE TABLE "
	}
	text := verb + x.target
	static := x.static(table)
	if len(table.partition) > 0 {
		text += " PARTITION (" + partitionClause(table, static) + ")"
	}
	for i, s := range x.sources {
		query, err := x.query(table, s, static != nil)
		if err != nil {
			return "", err
		}
		if i > 0 {
			text += "\nUNION ALL"
		}
		text += "\n" + query
	}
	return text, nil
}

// static are the values of the partition columns if all rows share them.
func (x *importing) static(table *layout) []Value {
	var out []Value
	for _, f := range table.partition {
		text, found := find(x.partitionOf(x.sources[0]), f.Name)
		if !found {
			return nil
		}
		for _, s := range x.sources[1:] {
			if other, _ := find(x.partitionOf(s), f.Name); other != text {
				return nil
			}
		}
		out = append(out, Value{f.Name, text})
	}
	return out
}

func partitionClause(table *layout, static []Value) string {
	var parts []string
	for i, f := range table.partition {
		part := quoteIdent(f.Name)
		if static != nil {
			part += " = " + constant(static[i].Text, f.Type)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// constant writes a partition value in the column's type.
func constant(text string, t types.Type) string {
	if t.Kind == types.String {
		return quoteText(text)
	}
	return fmt.Sprintf("CAST(%s AS %s)", quoteText(text), t)
}

// query reads a source's rows as rows of the table.
func (x *importing) query(table *layout, s source, static bool) (string, error) {
	values := x.partitionOf(s)
	var parts []string
	for _, f := range table.data {
		at := s.columns.Index(f.Name)
		if at < 0 {
			parts = append(parts, fmt.Sprintf("CAST(NULL AS %s) AS %s", f.Type, quoteIdent(f.Name)))
			continue
		}
		parts = append(parts, converted(s.columns[at], f.Type))
	}
	for _, f := range table.partition {
		at := s.columns.Index(f.Name)
		text, given := find(values, f.Name)
		switch {
		case static:
		case given:
			parts = append(parts, constant(text, f.Type)+" AS "+quoteIdent(f.Name))
		case at >= 0:
			parts = append(parts, converted(s.columns[at], f.Type))
		default:
			return "", diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "the value of partition column %s is not known", f.Name).
				WithHint("give --partition %s=…, or put the files below directories %s=…", f.Name, f.Name)
		}
	}
	for _, f := range s.columns {
		if table.data.Index(f.Name) < 0 && table.partition.Index(f.Name) < 0 {
			return "", diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the files have a column %s, %s has not", f.Name, x.Table).
				WithHint("%s", near(f.Name, table))
		}
	}
	for _, v := range values {
		if table.partition.Index(v.Name) < 0 {
			return "", diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "the paths name a partition column %s, %s has none", v.Name, x.Table)
		}
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + s.name, nil
}

func near(name string, table *layout) string {
	if n := diag.Near(name, table.data.Names()); n != "" {
		return fmt.Sprintf("is it the table's %s?", n)
	}
	return "add the column to the table first"
}

// converted reads a column in another type.
func converted(f types.Field, t types.Type) string {
	name := quoteIdent(f.Name)
	if f.Type.Equal(t) {
		return name
	}
	return fmt.Sprintf("CAST(%s AS %s) AS %s", name, t, name)
}
