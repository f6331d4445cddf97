package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// definition is what CREATE TABLE says, without the columns of LIKE and AS.
func (st *statement) definition(stmt *syntax.CreateTable) (table.Definition, error) {
	auto, err := autoPartition(stmt)
	if err != nil {
		return table.Definition{}, err
	}
	name, err := st.binder.Name(stmt.Name)
	if err != nil {
		return table.Definition{}, err
	}
	def := table.Definition{Name: name, Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists}
	if def.Properties, err = propertyMap(stmt.Properties); err != nil {
		return def, err
	}
	if auto != "" {
		def.Properties[table.PropertyAuto] = auto
	}
	if stmt.Temporary {
		return def, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "temporary tables").WithHint("write LIFECYCLE 1, or use a common table expression")
	}
	if stmt.OrReplace && stmt.IfNotExists {
		return def, diag.Errorf(diag.CodeSemantic, stmt.Pos(), "OR REPLACE and IF NOT EXISTS exclude each other")
	}
	if stmt.Lifecycle != "" {
		if def.Lifecycle, err = lifecycle(stmt.Lifecycle, stmt); err != nil {
			return def, err
		}
	}
	if err := st.external(stmt, &def); err != nil {
		return def, err
	}
	return def, nil
}

func propertyMap(list []*syntax.Property) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range list {
		if err := settable(p.Key, p.Value, p); err != nil {
			return nil, err
		}
		out[p.Key] = p.Value
	}
	return out, nil
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
	if stmt.Like.IsZero() {
		err = st.ownColumns(stmt, &def)
	} else {
		err = st.likeColumns(stmt, &def)
	}
	if err != nil {
		return nil, err
	}
	if err := checkColumns(stmt, def); err != nil {
		return nil, err
	}
	if err := textColumns(stmt, &def); err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		if stmt.OrReplace {
			if err := dropTable(ctx, s, def.Name); err != nil {
				return bind.At(err, stmt.Name.Pos())
			}
		}
		return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
	}), nil
}

// replacing gives the name under which the table that replaces n is filled, and
// what is to be done then.
func (st *statement) replacing(n table.Name) (table.Name, func(context.Context) error) {
	fresh := n
	fresh.Table += "__new"
	return fresh, func(ctx context.Context) error {
		if err := dropTable(ctx, st.Session, n); err != nil {
			return err
		}
		t, err := st.Catalog.Load(ctx, fresh)
		if err != nil {
			return err
		}
		return st.Catalog.Alter(ctx, t, table.Change{Rename: &n.Table})
	}
}

// dropTable drops the table that CREATE OR REPLACE TABLE replaces, if there is one.
func dropTable(ctx context.Context, s *Session, n table.Name) error {
	t, err := s.Catalog.Load(ctx, n)
	if err == nil && t.Kind() != table.KindTable && t.Kind() != table.KindExternal {
		return diag.Errorf(diag.CodeTableExists, diag.Pos{}, "%s exists already and is a %s", n, t.Kind())
	}
	return s.Catalog.Drop(ctx, n, true)
}

func (st *statement) ownColumns(stmt *syntax.CreateTable, def *table.Definition) (err error) {
	if def.Columns, err = st.columns(stmt.Columns, 1); err != nil {
		return err
	}
	if def.Partition, err = st.columns(stmt.Partitions, len(def.Columns)+1); err != nil {
		return err
	}
	for i, d := range stmt.Columns {
		if d.PrimaryKey {
			def.PrimaryKey = append(def.PrimaryKey, def.Columns[i].Name)
		}
	}
	for _, id := range stmt.PrimaryKey {
		i := columnIndex(def.Columns, id.Name)
		if i < 0 {
			return diag.Errorf(diag.CodeSemantic, id.Pos(), "there is no column %s for the primary key", id.Name)
		}
		def.Columns[i].Required = true
		def.PrimaryKey = append(def.PrimaryKey, def.Columns[i].Name)
	}
	def.PrimaryKeyName = strings.ToLower(stmt.Constraint.Name)
	def.Cluster, err = st.clustering(stmt.Cluster, def.Columns)
	return err
}

// likeColumns copies what LIKE copies: columns, partition columns, comments,
// clustering and primary key, not the lifecycle.
func (st *statement) likeColumns(stmt *syntax.CreateTable, def *table.Definition) error {
	like, err := st.binder.Resolve(stmt.Like)
	if err != nil {
		return err
	}
	def.Columns, def.Partition = like.Columns, like.Partition
	def.Cluster, def.PrimaryKey, def.PrimaryKeyName = like.Cluster, like.PrimaryKey, like.PrimaryKeyName
	if isAuto(like) {
		def.Properties[table.PropertyAuto] = like.Properties[table.PropertyAuto]
	}
	if def.Comment == "" {
		def.Comment = like.Comment
	}
	if isAuto(like) {
		def.Properties[table.PropertyAuto] = like.Properties[table.PropertyAuto]
	}
	if stmt.Cluster != nil {
		def.Cluster, err = st.clustering(stmt.Cluster, def.Columns)
	}
	return err
}

// checkColumns refuses duplicates at the token, and partition types that cannot
// be written as text.
func checkColumns(stmt *syntax.CreateTable, def table.Definition) error {
	if err := checkDuplicates(append(append([]*syntax.ColumnDef{}, stmt.Columns...), stmt.Partitions...)); err != nil {
		return err
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

// writable resolves a table that can be changed.
func (st *statement) writable(n syntax.Name) (*table.Table, error) {
	t, err := st.binder.Resolve(n)
	if err == nil && (t.Kind() == table.KindView || t.Kind() == table.KindMaterialized) {
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is a %s", t.Name, t.Kind())
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
		return nil, diag.Errorf(diag.CodeUnsupported, spec.Pos(), "a condition on partitions is not supported here")
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
