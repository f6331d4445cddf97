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
	case syntax.ShowTables, syntax.ShowViews, syntax.ShowMaterialized, syntax.ShowExternal:
		return st.showTables(stmt)
	case syntax.ShowSchemas:
		return st.showSchemas(stmt), nil
	case syntax.ShowPartitions:
		return st.showPartitions(stmt)
	case syntax.ShowFunctions:
		return st.showFunctions(stmt)
	case syntax.ShowProjects:
		return rows(func(ctx context.Context, s *Session) (*Result, error) {
			names, err := s.Catalog.Projects(ctx)
			return lines("project", names), err
		}), nil
	case syntax.ShowFlags:
		return rows(func(_ context.Context, s *Session) (*Result, error) { return settings(s), nil }), nil
	case syntax.ShowJobs:
		return rows(func(_ context.Context, s *Session) (*Result, error) { return st.jobs(s), nil }), nil
	case syntax.ShowRecycleBin:
		return rows(func(context.Context, *Session) (*Result, error) {
			return &Result{Schema: types.Schema{{Name: "table", Type: types.StringType}, {Name: "dropped", Type: types.StringType}},
				Warnings: []string{"the recycle bin is always empty: DROP deletes the files of a table at once"}}, nil
		}), nil
	}
	return st.showOf(stmt)
}

// showOf is what SHOW tells of one table.
func (st *statement) showOf(stmt *syntax.Show) (Command, error) {
	t, err := st.binder.Resolve(stmt.Name)
	if err != nil {
		return nil, err
	}
	switch stmt.Kind {
	case syntax.ShowCreateTable:
		return rows(func(context.Context, *Session) (*Result, error) {
			text := st.createText(t)
			r := lines("create_table", []string{text})
			r.Text = text + ";\n"
			return r, nil
		}), nil
	case syntax.ShowColumns:
		return rows(func(context.Context, *Session) (*Result, error) { return lines("column", t.Schema().Names()), nil }), nil
	case syntax.ShowTableProperties:
		return rows(func(context.Context, *Session) (*Result, error) { return properties(t), nil }), nil
	case syntax.ShowHistory:
		return st.showHistory(t, stmt)
	case syntax.ShowStatistic:
		return st.showStatistic(t, stmt)
	}
	return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "SHOW %s is not supported", stmt.Kind)
}

var shownKinds = map[syntax.ShowKind][]table.Kind{
	syntax.ShowTables:       {table.KindTable, table.KindExternal, table.KindView, table.KindMaterialized},
	syntax.ShowViews:        {table.KindView},
	syntax.ShowMaterialized: {table.KindMaterialized},
	syntax.ShowExternal:     {table.KindExternal},
}

func (st *statement) showTables(stmt *syntax.Show) (Command, error) {
	space, err := st.space(stmt.In)
	if err != nil {
		return nil, err
	}
	wanted := map[table.Kind]bool{}
	for _, k := range shownKinds[stmt.Kind] {
		wanted[k] = true
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		all, err := s.Catalog.Tables(ctx, space.Project, space.Name, stmt.Like)
		if err != nil {
			return nil, bind.At(err, stmt.Pos())
		}
		var out []string
		var people strings.Builder
		for _, n := range all {
			t, err := s.Catalog.Load(ctx, n)
			if err != nil || !wanted[t.Kind()] {
				continue // dropped meanwhile, or something else
			}
			out = append(out, n.Table)
			if t.Owner != "" {
				people.WriteString(t.Owner + ":")
			}
			people.WriteString(n.Table + "\n")
		}
		r := lines("table", out)
		r.Text = people.String()
		return r, nil
	}), nil
}

// space is the schema that IN names: p, s or p.s; without it the session's.
func (st *statement) space(in syntax.Name) (table.Schema, error) {
	own := table.Schema{Project: st.Project, Name: strings.ToLower(st.Settings.Schema)}
	switch len(in.Parts) {
	case 0:
		return own, nil
	case 2:
		s := table.Schema{Project: strings.ToLower(in.Parts[0].Name), Name: strings.ToLower(in.Parts[1].Name)}
		_, err := findSchema(st.ctx, st.Session, s)
		return s, bind.At(err, in.Pos())
	case 3:
		return own, diag.Errorf(diag.CodeSemantic, in.Pos(), "%s is not the name of a project or schema", in)
	}
	name := strings.ToLower(in.Last().Name)
	project := table.Schema{Project: name, Name: table.DefaultSchema}
	_, err := st.Catalog.Schemas(st.ctx, name)
	if err == nil {
		return project, nil
	}
	schema := table.Schema{Project: st.Project, Name: name}
	if _, none := findSchema(st.ctx, st.Session, schema); none == nil && st.Settings.Schemas {
		return schema, nil
	}
	return project, bind.At(err, in.Pos())
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
		out := make([]string, len(parts))
		for i, p := range parts {
			out[i] = PartitionText(t, p.Values)
		}
		r := lines("partition", out)
		r.Text = "\n" + r.Text
		return r, nil
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
	props := userProperties(t)
	for _, k := range sortedKeys(props) {
		r.Rows = append(r.Rows, []types.Datum{k, props[k]})
	}
	return r
}

// jobs lists the statements that run, and those that ended of late.
func (st *statement) jobs(s *Session) *Result {
	r := &Result{Schema: types.Schema{
		{Name: "StartTime", Type: types.StringType}, {Name: "RunTime", Type: types.StringType}, {Name: "Status", Type: types.StringType},
		{Name: "InstanceID", Type: types.StringType}, {Name: "Owner", Type: types.StringType}, {Name: "Query", Type: types.StringType},
	}}
	if s.Jobs == nil {
		return r
	}
	for _, j := range s.Jobs() {
		r.Rows = append(r.Rows, []types.Datum{st.stamp(j.Started), fmt.Sprintf("%.0fs", j.Elapsed.Seconds()), j.Status, j.ID, j.Owner, j.Text})
	}
	return r
}
