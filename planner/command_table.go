package planner

import (
	"context"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// definition is what CREATE TABLE says, without the columns of LIKE and AS.
func (st *statement) definition(stmt *syntax.CreateTable) (table.Definition, error) {
	if err := autoPartition(stmt); err != nil {
		return table.Definition{}, err
	}
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return table.Definition{}, err
	}
	def := table.Definition{Name: name, Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists, Properties: map[string]string{}}
	for _, p := range stmt.Properties {
		def.Properties[p.Key] = p.Value
	}
	if stmt.Lifecycle != "" {
		days, err := strconv.Atoi(stmt.Lifecycle)
		if err != nil || days <= 0 {
			return def, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "LIFECYCLE takes a positive number of days, not %s", stmt.Lifecycle)
		}
		def.Lifecycle = days
	}
	if stmt.External || stmt.Location != "" {
		if !stmt.External || stmt.Location == "" {
			return def, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "EXTERNAL and LOCATION go together")
		}
		if stmt.StoredAs != "" && stmt.StoredAs != "PARQUET" {
			return def, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "external tables stored as %s are not supported yet", stmt.StoredAs)
		}
		def.Properties[table.PropertyExternal] = stmt.Location
	}
	if stmt.Cluster != nil {
		return def, diag.Errorf(diag.CodeUnsupported, stmt.Cluster.Pos(), "clustered tables are not supported yet")
	}
	return def, nil
}

func (st *statement) columns(defs []*syntax.ColumnDef, firstID int) ([]table.Column, error) {
	out := make([]table.Column, len(defs))
	for i, d := range defs {
		d.Type = st.udf.Dialect.Declared(d.Type)
		if d.Type.IsInterval() || d.Type.Kind == types.Null {
			return nil, diag.Errorf(diag.CodeSemantic, d.TypePos, "%s cannot be the type of a column", d.Type)
		}
		out[i] = table.Column{ID: firstID + i, Field: types.Field{
			Name: strings.ToLower(d.Name.Name), Type: d.Type, Required: d.NotNull || d.PrimaryKey, Comment: d.Comment,
		}}
		if d.Default != nil {
			e, err := st.binder.Constant(d.Default, d.Type)
			if err != nil {
				return nil, err
			}
			v, ok := st.Fold(e, st.udf)
			if !ok {
				return nil, diag.Errorf(diag.CodeSemantic, d.Default.Pos(), "DEFAULT takes a constant")
			}
			out[i].Default = v
		}
	}
	return out, nil
}

func (st *statement) createTable(stmt *syntax.CreateTable) (Command, error) {
	def, err := st.definition(stmt)
	if err != nil {
		return nil, err
	}
	if !stmt.Like.IsZero() {
		like, err := st.binder.Resolve(stmt.Like)
		if err != nil {
			return nil, err
		}
		def.Columns, def.Partition, def.Comment = like.Columns, like.Partition, like.Comment
	} else {
		if def.Columns, err = st.columns(stmt.Columns, 1); err != nil {
			return nil, err
		}
		if def.Partition, err = st.columns(stmt.Partitions, len(def.Columns)+1); err != nil {
			return nil, err
		}
	}
	if err := checkColumns(stmt, def); err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
	}), nil
}

// checkColumns refuses duplicates at the token, and partition types that cannot
// be written as text.
func checkColumns(stmt *syntax.CreateTable, def table.Definition) error {
	seen := map[string]bool{}
	for _, d := range append(append([]*syntax.ColumnDef{}, stmt.Columns...), stmt.Partitions...) {
		name := strings.ToLower(d.Name.Name)
		if seen[name] {
			return diag.Errorf(diag.CodeDDLFailed, d.Pos(), "column %s is defined twice", name)
		}
		seen[name] = true
	}
	for i, d := range stmt.Partitions {
		t := def.Partition[i].Type
		if !t.IsInteger() && !t.IsText() && t.Kind != types.Date {
			return diag.Errorf(diag.CodeDDLFailed, d.TypePos, "a partition column cannot be %s", t).
				WithHint("it may be STRING, VARCHAR, CHAR, DATE or an integer")
		}
	}
	if len(def.Columns) == 0 && def.Properties[table.PropertyExternal] == "" {
		return diag.Errorf(diag.CodeDDLFailed, stmt.Name.Pos(), "a table needs at least one column that is not a partition column")
	}
	return nil
}

func (st *statement) createView(stmt *syntax.CreateView) (Command, error) {
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, err
	}
	n, err := st.binder.Known(stmt.Query)
	if err != nil {
		return nil, err
	}
	cols := n.Columns()
	if len(stmt.Columns) > 0 && len(stmt.Columns) != len(cols) {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Columns[0].Pos(), "%d names are given for %d columns", len(stmt.Columns), len(cols))
	}
	def := table.Definition{Name: name, Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists, Replace: stmt.OrReplace, View: syntax.Print(stmt.Query)}
	for i, c := range cols {
		f := types.Field{Name: strings.ToLower(c.Name), Type: c.Type}
		if len(stmt.Columns) > 0 {
			f.Name, f.Comment = strings.ToLower(stmt.Columns[i].Name.Name), stmt.Columns[i].Comment
		}
		def.Columns = append(def.Columns, table.Column{Field: f, ID: i + 1})
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
	}), nil
}

func (st *statement) createSchema(stmt *syntax.CreateSchema) (Command, error) {
	if !stmt.Project {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "schemas are not supported yet").WithHint("CREATE PROJECT makes a name space")
	}
	name := strings.ToLower(stmt.Name.Last().Name)
	return action(func(ctx context.Context, s *Session) error { return s.Catalog.CreateProject(ctx, name) }), nil
}

func (st *statement) drop(stmt *syntax.Drop) (Command, error) {
	if stmt.Kind != syntax.ObjectTable && stmt.Kind != syntax.ObjectView {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "DROP %s is not supported yet", stmt.Kind)
	}
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		t, err := s.Catalog.Load(ctx, name)
		if err == nil && (t.View != "") != (stmt.Kind == syntax.ObjectView) {
			what := map[bool]string{true: "view", false: "table"}[t.View != ""]
			return diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a %s", name, what).WithHint("use DROP %s", strings.ToUpper(what))
		}
		return bind.At(s.Catalog.Drop(ctx, name, stmt.IfExists), stmt.Name.Pos())
	}), nil
}

func (st *statement) truncate(stmt *syntax.Truncate) (Command, error) {
	t, err := st.writable(stmt.Name)
	if err != nil {
		return nil, err
	}
	specs, err := st.prefixes(t, stmt.Partitions)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		if len(specs) == 0 {
			return s.Catalog.Truncate(ctx, t)
		}
		for _, prefix := range specs {
			// An overwrite without files empties the partition and keeps it.
			fresh, err := s.Catalog.Load(ctx, t.Name)
			if err != nil {
				return err
			}
			if _, err := s.Catalog.Commit(ctx, fresh, table.Commit{Mode: table.OverwritePartition, Static: prefix, Base: fresh.Snapshot}); err != nil {
				return err
			}
		}
		return nil
	}), nil
}

// writable resolves a table that can be changed.
func (st *statement) writable(n syntax.Name) (*table.Table, error) {
	t, err := st.binder.Resolve(n)
	if err == nil && t.View != "" {
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is a view", t.Name)
	}
	return t, err
}

// prefixes evaluates PARTITION (…) lists to leading values.
func (st *statement) prefixes(t *table.Table, specs []*syntax.PartitionSpec) ([][]types.Datum, error) {
	var out [][]types.Datum
	for _, spec := range specs {
		p, err := st.prefix(t, spec)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (st *statement) prefix(t *table.Table, spec *syntax.PartitionSpec) ([]types.Datum, error) {
	if spec.Filter != nil {
		return nil, diag.Errorf(diag.CodeUnsupported, spec.Pos(), "a condition on partitions is not supported here yet")
	}
	if len(t.Partition) == 0 {
		return nil, diag.Errorf(diag.CodeSemantic, spec.Pos(), "%s is not partitioned", t.Name)
	}
	if len(spec.Items) > len(t.Partition) {
		return nil, diag.Errorf(diag.CodeSemantic, spec.Pos(), "%s has %d partition columns: %s", t.Name, len(t.Partition), partitionNames(t))
	}
	var out []types.Datum
	for i, item := range spec.Items {
		if !strings.EqualFold(item.Name.Name, t.Partition[i].Name) {
			return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "partition column %s is expected here, not %s", t.Partition[i].Name, item.Name.Name).
				WithHint("the partition columns of %s are %s, in this order", t.Name, partitionNames(t))
		}
		v, err := st.partitionValue(t.Partition[i], item)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
