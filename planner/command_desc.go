package planner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) desc(stmt *syntax.Desc) (Command, error) {
	switch {
	case stmt.Function:
		return st.descFunction(stmt)
	case stmt.Schema:
		return st.descSchema(stmt)
	}
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.Partition != nil {
		return st.descPartition(t, stmt)
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		facts, err := st.facts(ctx, t)
		if err != nil {
			return nil, err
		}
		r := st.describe(t, facts, stmt.Extended)
		r.Text = st.describeBox(t, facts, stmt.Extended)
		return r, nil
	}), nil
}

// fact is something DESC says of a table.
type fact struct{ name, value string }

// facts are what the rows of DESC EXTENDED say beside columns.
func (st *statement) facts(ctx context.Context, t *table.Table) ([]fact, error) {
	size, err := st.size(ctx, t)
	if err != nil {
		return nil, err
	}
	out := []fact{
		{"table", t.Name.String()}, {"kind", string(t.Kind())}, {"owner", t.Owner}, {"comment", t.Comment},
		{"created", st.stamp(t.Created)}, {"ddl_time", st.stamp(t.DDLTime)}, {"modified", st.stamp(t.Modified)},
		{"lifecycle", fmt.Sprint(t.Lifecycle)}, {"lifecycle_enabled", fmt.Sprint(!t.LifecycleOff)},
		{"rows", fmt.Sprint(size.Rows)}, {"bytes", fmt.Sprint(size.Bytes)}, {"files", fmt.Sprint(size.Files)},
		{"snapshot", fmt.Sprint(t.Snapshot)}, {"location", t.Location},
	}
	if t.Cluster != nil {
		out = append(out, fact{"clustering", clusterText(t.Cluster)})
	}
	if len(t.PrimaryKey) > 0 {
		out = append(out, fact{"primary_key", strings.Join(t.PrimaryKey, ", ")})
	}
	switch t.Kind() {
	case table.KindExternal:
		out = append(out, fact{"external_location", t.Properties[table.PropertyExternal]})
	case table.KindView:
		out = append(out, fact{"view", t.View})
	case table.KindMaterialized:
		fresh, err := st.fresh(ctx, t)
		if err != nil {
			return nil, err
		}
		out = append(out, fact{"query", t.Properties[table.PropertyQuery]}, fact{"up_to_date", fmt.Sprint(fresh)},
			fact{"rewrite_enabled", fmt.Sprint(t.Properties[table.PropertyRewrite] != "false")})
	}
	return out, nil
}

// size counts the rows, files and bytes of a table.
func (st *statement) size(ctx context.Context, t *table.Table) (table.Version, error) {
	v := table.Version{Rows: t.Rows, Bytes: t.Bytes}
	if t.Kind() == table.KindView {
		return v, nil
	}
	files, err := st.Catalog.Files(ctx, t, nil)
	v.Files = int64(len(files))
	if t.Kind() == table.KindExternal {
		for _, f := range files {
			v.Rows, v.Bytes = v.Rows+f.Rows, v.Bytes+f.Bytes
		}
	}
	return v, err
}

// describe lists the columns, then the table's own facts with an empty type.
func (st *statement) describe(t *table.Table, facts []fact, extended bool) *Result {
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
			if c.Default != nil {
				k += " default " + st.defaultText(c)
			}
			add(c.Name, c.Type.String(), k, c.Comment)
		}
	}
	columns(t.Columns, "column")
	columns(t.Partition, "partition")
	if extended {
		for _, f := range facts {
			add(f.name, "", "fact", f.value)
		}
	}
	return r
}

// stamp writes a time in the session's zone.
func (st *statement) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(st.udf.Zone).Format(time.DateTime)
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
			{Name: "lifecycle_enabled", Type: types.BooleanType},
		}}
		b := &box{}
		for _, p := range parts {
			r.Rows = append(r.Rows, []types.Datum{PartitionText(t, p.Values), p.Rows, p.Bytes, int64(p.Files), st.stamp(p.Created), st.stamp(p.Modified), !p.LifecycleOff})
			st.partitionBox(b, t, p, stmt.Extended)
		}
		r.Text = b.String()
		return r, nil
	}), nil
}

func (st *statement) descFunction(stmt *syntax.Desc) (Command, error) {
	name := stmt.Name.Last().Name
	f := st.Functions.Lookup(name)
	if own, err := st.descOwnFunction(stmt); f == nil && (own != nil || err != nil) {
		return own, err
	}
	if f == nil {
		e := diag.Errorf(diag.CodeFunctionMissing, stmt.Name.Pos(), "there is no function %s", name)
		if near := diag.Near(name, st.Functions.Names()); near != "" {
			e.WithHint("did you mean %s?", near)
		}
		return nil, e
	}
	return rows(func(context.Context, *Session) (*Result, error) {
		out := []string{f.Usage(), f.Doc.Summary}
		if stmt.Extended {
			out = append(out, "example: "+f.Doc.Example+" = "+f.Doc.Result)
		}
		return lines("function", out), nil
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
