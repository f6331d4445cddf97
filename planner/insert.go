package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) insert(stmt *syntax.Insert) (*Plan, error) {
	t, err := st.binder.Resolve(stmt.Table)
	if err != nil {
		return nil, err
	}
	if k := t.Kind(); k == table.KindView || k == table.KindMaterialized {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Table.Pos(), "%s is a "+string(k)+"; rows cannot be inserted", t.Name)
	}
	static, err := st.staticValues(t, stmt)
	if err != nil {
		return nil, err
	}
	n, err := st.binder.Query(stmt.Query)
	if err != nil {
		return nil, err
	}
	n, err = st.matchColumns(t, stmt, n, len(static))
	if err != nil {
		return nil, err
	}
	mode := table.Append
	if stmt.Overwrite {
		switch {
		case len(t.Partition) == 0:
			mode = table.OverwriteTable
		case len(static) == len(t.Partition):
			mode = table.OverwritePartition
		default:
			mode = table.OverwriteDynamic
		}
	}
	return st.write(n, t, mode, static)
}

// write plans the rows of n, which has t's columns, into t.
func (st *statement) write(n logical.Node, t *table.Table, mode table.CommitMode, static []types.Datum) (*Plan, error) {
	tree, lo, err := st.optimize(n)
	if err != nil {
		return nil, err
	}
	root, err := lo.Insert(tree, t, static, st.Settings.MaxPartitions)
	if err != nil {
		return nil, err
	}
	return &Plan{
		Root: st.finish(root), Schema: root.Schema(), Session: st.udf, Text: logical.Format(tree),
		Commit: &Commit{Table: t, Mode: mode, Static: static},
	}, nil
}

// staticValues are the values of the leading partition columns that PARTITION
// (…) gives; the columns without value must follow them.
func (st *statement) staticValues(t *table.Table, stmt *syntax.Insert) ([]types.Datum, error) {
	if stmt.Partition == nil {
		if len(t.Partition) > 0 {
			return nil, diag.Errorf(diag.CodeSemantic, stmt.Table.Pos(), "%s is partitioned by %s; the INSERT names no partition", t.Name, partitionNames(t)).
				WithHint("write PARTITION (%s) for dynamic partitions, or give values", partitionNames(t))
		}
		return nil, nil
	}
	if stmt.Partition.Filter != nil || len(stmt.Partition.Items) != len(t.Partition) {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Partition.Pos(), "PARTITION must name all partition columns of %s in order: %s", t.Name, partitionNames(t))
	}
	var static []types.Datum
	for i, item := range stmt.Partition.Items {
		col := t.Partition[i]
		if !strings.EqualFold(item.Name.Name, col.Name) {
			return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "partition column %s is expected here, not %s", col.Name, item.Name.Name).
				WithHint("the partition columns of %s are %s, in this order", t.Name, partitionNames(t))
		}
		if item.Value == nil {
			continue
		}
		if len(static) < i {
			return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "%s has a value, but the dynamic %s stands before it", col.Name, t.Partition[len(static)].Name).
				WithHint("static partition values must come first")
		}
		v, err := st.partitionValue(col, item)
		if err != nil {
			return nil, err
		}
		static = append(static, v)
	}
	return static, nil
}

func partitionNames(t *table.Table) string {
	names := make([]string, len(t.Partition))
	for i, c := range t.Partition {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// partitionValue evaluates a constant of PARTITION (…) in the column's type.
func (st *statement) partitionValue(col table.Column, item *syntax.PartitionItem) (types.Datum, error) {
	if item.Value == nil {
		return nil, diag.Errorf(diag.CodeSemantic, item.Pos(), "partition column %s needs a value here", col.Name)
	}
	e, err := st.binder.Constant(item.Value, col.Type)
	if err != nil {
		return nil, err
	}
	v, ok := st.Fold(e, st.udf)
	if !ok {
		return nil, diag.Errorf(diag.CodeSemantic, item.Value.Pos(), "the value of partition column %s must be a constant", col.Name)
	}
	if v == nil || v == "" {
		return nil, diag.Errorf(diag.CodeSemantic, item.Value.Pos(), "partition column %s cannot be NULL or empty", col.Name)
	}
	return v, nil
}

// matchColumns brings the query's columns to the table's, by position: data
// columns first, then the dynamic partition columns.
func (st *statement) matchColumns(t *table.Table, stmt *syntax.Insert, n logical.Node, static int) (logical.Node, error) {
	targets := make([]table.Column, 0, len(t.Columns)+len(t.Partition))
	if len(stmt.Columns) == 0 {
		targets = append(targets, t.Columns...)
	}
	for _, id := range stmt.Columns {
		i := columnIndex(t.Columns, id.Name)
		if i < 0 {
			e := diag.Errorf(diag.CodeColumnNotFound, id.Pos(), "%s has no column %s", t.Name, id.Name)
			if near := diag.Near(id.Name, t.Schema().Names()); near != "" {
				e.WithHint("did you mean %s?", near)
			}
			return nil, e
		}
		targets = append(targets, t.Columns[i])
	}
	targets = append(targets, t.Partition[static:]...)
	cols := n.Columns()
	if len(cols) != len(targets) {
		names := make([]string, len(targets))
		for i, c := range targets {
			names[i] = c.Name
		}
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Query.Pos(), "the INSERT takes %d columns and the query gives %d", len(targets), len(cols)).
			WithHint("the columns are %s", strings.Join(names, ", "))
	}
	given := map[int]scalar.Expr{}
	for i, c := range targets {
		e, err := st.binder.Assign(cols[i], c.Type, c.Name, stmt.Query.Pos())
		if err != nil {
			return nil, err
		}
		given[c.ID] = e
	}
	p := &logical.Project{Input: n}
	for _, c := range append(append([]table.Column{}, t.Columns...), t.Partition[static:]...) {
		e := given[c.ID]
		if e == nil {
			if e = (&scalar.Literal{Value: c.Default, Typ: c.Type}); c.Default == nil && c.Required {
				return nil, diag.Errorf(diag.CodeSemantic, stmt.Query.Pos(), "column %s is NOT NULL and has no default; the INSERT must give it", c.Name)
			}
		}
		p.Items = append(p.Items, e)
		p.Cols = append(p.Cols, st.binder.NewColumn(c.Name, c.Type, false))
	}
	return p, nil
}

func columnIndex(cols []table.Column, name string) int {
	for i, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// createAs makes the table, then plans the INSERT; a failure drops it again.
func (st *statement) createAs(stmt *syntax.CreateTable) (*Plan, error) {
	n, err := st.binder.Query(stmt.As)
	if err != nil {
		return nil, err
	}
	def, err := st.definition(stmt)
	if err != nil {
		return nil, err
	}
	for i, c := range n.Columns() {
		name := strings.ToLower(c.Name)
		def.Columns = append(def.Columns, table.Column{Field: types.Field{Name: name, Type: c.Type}, ID: i + 1})
	}
	if def.IfNotExists {
		if _, err := st.Catalog.Load(st.ctx, def.Name); err == nil {
			return &Plan{Command: nothing{}, Session: st.udf}, nil
		}
	}
	if err := st.Catalog.Create(st.ctx, def); err != nil {
		return nil, bind.At(err, stmt.Name.Pos())
	}
	undo := func(ctx context.Context) error { return st.Catalog.Drop(ctx, def.Name, true) }
	p, err := func() (*Plan, error) {
		t, err := st.Catalog.Load(st.ctx, def.Name)
		if err != nil {
			return nil, err
		}
		return st.write(n, t, table.Append, nil)
	}()
	if err != nil {
		_ = undo(st.ctx)
		return nil, err
	}
	p.Undo = undo
	return p, nil
}

// nothing is a command that has nothing to do.
type nothing struct{}

func (nothing) Run(context.Context, *Session) (*Result, error) { return &Result{}, nil }
