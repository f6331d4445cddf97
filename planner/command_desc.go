package planner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) desc(stmt *syntax.Desc) (Command, error) {
	if stmt.Function {
		return st.descFunction(stmt)
	}
	if stmt.Schema {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "DESC SCHEMA is not supported yet")
	}
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.Partition != nil {
		return st.descPartition(t, stmt)
	}
	return rows(func(context.Context, *Session) (*Result, error) { return describe(t, stmt.Extended), nil }), nil
}

// describe lists the columns, then the table's own facts with an empty type.
func describe(t *table.Table, extended bool) *Result {
	r := &Result{Schema: types.Schema{
		{Name: "name", Type: types.StringType}, {Name: "type", Type: types.StringType},
		{Name: "kind", Type: types.StringType}, {Name: "comment", Type: types.StringType},
	}}
	add := func(name, typ, kind, comment string) {
		r.Rows = append(r.Rows, []types.Datum{name, typ, kind, comment})
	}
	columns := func(cols []table.Column, kind string) {
		for _, c := range cols {
			k := kind
			if c.Required {
				k += " not null"
			}
			add(c.Name, c.Type.String(), k, c.Comment)
		}
	}
	columns(t.Columns, "column")
	columns(t.Partition, "partition")
	if !extended {
		return r
	}
	add("table", "", "fact", t.Name.String())
	add("owner", "", "fact", t.Owner)
	add("comment", "", "fact", t.Comment)
	add("created", "", "fact", stamp(t.Created))
	add("modified", "", "fact", stamp(t.Modified))
	add("lifecycle", "", "fact", fmt.Sprint(t.Lifecycle))
	add("rows", "", "fact", fmt.Sprint(t.Rows))
	add("bytes", "", "fact", fmt.Sprint(t.Bytes))
	add("snapshot", "", "fact", fmt.Sprint(t.Snapshot))
	add("location", "", "fact", t.Location)
	if t.View != "" {
		add("view", "", "fact", t.View)
	}
	return r
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

func (st *statement) descPartition(t *table.Table, stmt *syntax.Desc) (Command, error) {
	prefix, err := st.prefix(t, stmt.Partition)
	if err != nil {
		return nil, err
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		parts, err := s.Catalog.Partitions(ctx, t, prefix)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 {
			return nil, diag.Errorf(diag.CodePartitionMissing, stmt.Partition.Pos(), "%s has no partition %s", t.Name, PartitionText(t, prefix))
		}
		r := &Result{Schema: types.Schema{
			{Name: "partition", Type: types.StringType}, {Name: "rows", Type: types.BigIntType}, {Name: "bytes", Type: types.BigIntType},
			{Name: "files", Type: types.BigIntType}, {Name: "created", Type: types.StringType}, {Name: "modified", Type: types.StringType},
		}}
		for _, p := range parts {
			r.Rows = append(r.Rows, []types.Datum{PartitionText(t, p.Values), p.Rows, p.Bytes, int64(p.Files), stamp(p.Created), stamp(p.Modified)})
		}
		return r, nil
	}), nil
}

func (st *statement) descFunction(stmt *syntax.Desc) (Command, error) {
	name := stmt.Name.Last().Name
	f := st.Functions.Lookup(name)
	if f == nil {
		e := diag.Errorf(diag.CodeFunctionMissing, stmt.Name.Pos(), "there is no function %s", name)
		if near := diag.Near(name, st.Functions.Names()); near != "" {
			e.WithHint("did you mean %s?", near)
		}
		return nil, e
	}
	return rows(func(context.Context, *Session) (*Result, error) {
		lines := []string{f.Usage(), f.Doc.Summary}
		if stmt.Extended {
			lines = append(lines, "example: "+f.Doc.Example+" = "+f.Doc.Result)
		}
		return text("function", lines), nil
	}), nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// partitionDatum writes a partition value as it stands in k=v.
func partitionDatum(v types.Datum, t types.Type) string {
	switch v := v.(type) {
	case decimal.Int128:
		return v.Text(t.Scale)
	case int64:
		if t.Kind == types.Date {
			return time.Unix(v*86400, 0).UTC().Format(time.DateOnly)
		}
	}
	return fmt.Sprint(v)
}
