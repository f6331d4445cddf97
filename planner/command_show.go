package planner

import (
	"context"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) show(stmt *syntax.Show) (Command, error) {
	switch stmt.Kind {
	case syntax.ShowTables, syntax.ShowViews:
		return st.showTables(stmt), nil
	case syntax.ShowPartitions:
		return st.showPartitions(stmt)
	case syntax.ShowCreateTable:
		t, err := st.binder.Resolve(stmt.Name)
		if err != nil {
			return nil, err
		}
		return rows(func(context.Context, *Session) (*Result, error) {
			return text("create_table", []string{createText(t)}), nil
		}), nil
	case syntax.ShowColumns:
		t, err := st.binder.Resolve(stmt.Name)
		if err != nil {
			return nil, err
		}
		return rows(func(context.Context, *Session) (*Result, error) { return text("column", t.Schema().Names()), nil }), nil
	case syntax.ShowTableProperties:
		t, err := st.binder.Resolve(stmt.Name)
		if err != nil {
			return nil, err
		}
		return rows(func(context.Context, *Session) (*Result, error) { return properties(t), nil }), nil
	case syntax.ShowFunctions:
		return rows(func(_ context.Context, s *Session) (*Result, error) { return functions(s, stmt), nil }), nil
	case syntax.ShowProjects:
		return rows(func(ctx context.Context, s *Session) (*Result, error) {
			names, err := s.Catalog.Projects(ctx)
			return text("project", names), err
		}), nil
	case syntax.ShowFlags:
		return rows(func(_ context.Context, s *Session) (*Result, error) { return settings(s), nil }), nil
	}
	return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "SHOW %s is not supported yet", stmt.Kind)
}

func (st *statement) showTables(stmt *syntax.Show) Command {
	project := st.Project
	if !stmt.In.IsZero() {
		project = strings.ToLower(stmt.In.Parts[0].Name)
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		names, err := s.Catalog.Tables(ctx, project, "default", stmt.Like)
		if err != nil {
			return nil, bind.At(err, stmt.Pos())
		}
		var out []string
		for _, n := range names {
			if stmt.Kind == syntax.ShowViews {
				if t, err := s.Catalog.Load(ctx, n); err != nil || t.View == "" {
					continue
				}
			}
			out = append(out, n.Table)
		}
		return text("table", out), nil
	})
}

func (st *statement) showPartitions(stmt *syntax.Show) (Command, error) {
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	if len(t.Partition) == 0 {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is not partitioned", t.Name)
	}
	var prefix []types.Datum
	if stmt.Partition != nil {
		if prefix, err = st.prefix(t, stmt.Partition); err != nil {
			return nil, err
		}
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		parts, err := s.Catalog.Partitions(ctx, t, prefix)
		if err != nil {
			return nil, err
		}
		lines := make([]string, len(parts))
		for i, p := range parts {
			lines[i] = PartitionText(t, p.Values)
		}
		return text("partition", lines), nil
	}), nil
}

// PartitionText writes k1=v1/k2=v2.
func PartitionText(t *table.Table, values []types.Datum) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprintf("%s=%s", t.Partition[i].Name, partitionDatum(v, t.Partition[i].Type))
	}
	return strings.Join(parts, "/")
}

func functions(s *Session, stmt *syntax.Show) *Result {
	r := &Result{Schema: types.Schema{
		{Name: "function", Type: types.StringType}, {Name: "signature", Type: types.StringType}, {Name: "summary", Type: types.StringType},
	}}
	for _, name := range s.Functions.Names() {
		f := s.Functions.Lookup(name)
		if stmt.HasLike && !glob(stmt.Like, name) {
			continue
		}
		r.Rows = append(r.Rows, []types.Datum{name, f.Usage(), f.Doc.Summary})
	}
	return r
}

// glob matches * and % as any text, case ignored.
func glob(pattern, name string) bool {
	parts := strings.Split(strings.ReplaceAll(strings.ToLower(pattern), "%", "*"), "*")
	name = strings.ToLower(name)
	if len(parts) == 1 {
		return name == parts[0]
	}
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(name, p)
		if i < 0 {
			return false
		}
		name = name[i+len(p):]
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}

func properties(t *table.Table) *Result {
	r := &Result{Schema: types.Schema{{Name: "key", Type: types.StringType}, {Name: "value", Type: types.StringType}}}
	for _, k := range sortedKeys(t.Properties) {
		r.Rows = append(r.Rows, []types.Datum{k, t.Properties[k]})
	}
	return r
}

// createText is a CREATE TABLE or VIEW that would make t again.
func createText(t *table.Table) string {
	if t.View != "" {
		return "CREATE VIEW " + t.Name.Table + " AS " + t.View
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", t.Name.Table)
	writeColumns(&b, t.Columns)
	b.WriteString(")")
	if t.Comment != "" {
		fmt.Fprintf(&b, "\nCOMMENT %s", quote(t.Comment))
	}
	if len(t.Partition) > 0 {
		b.WriteString("\nPARTITIONED BY (")
		writeColumns(&b, t.Partition)
		b.WriteString(")")
	}
	if t.Lifecycle > 0 {
		fmt.Fprintf(&b, "\nLIFECYCLE %d", t.Lifecycle)
	}
	return b.String()
}

func writeColumns(b *strings.Builder, cols []table.Column) {
	for i, c := range cols {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "\n  %s %s", c.Name, syntax.PrintType(c.Type))
		if c.Required {
			b.WriteString(" NOT NULL")
		}
		if c.Comment != "" {
			fmt.Fprintf(b, " COMMENT %s", quote(c.Comment))
		}
	}
	b.WriteString("\n")
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
