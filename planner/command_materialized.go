package planner

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// propertyOrder holds the names of a materialized view's columns in the order in
// which its query gives them.
const propertyOrder = "bixi.materialized.columns"

// materializedSource is a table that a materialized view was computed from.
type materializedSource struct {
	Name     table.Name
	UUID     string
	Snapshot int64
}

// createMaterialized makes the table of a materialized view, then plans its first
// rows; a failure drops it again.
func (st *statement) createMaterialized(stmt *syntax.CreateMaterialized) (*Plan, error) {
	def, n, err := st.materialized(stmt)
	if err != nil {
		return nil, err
	}
	if def.IfNotExists {
		if _, err := st.Catalog.Load(st.ctx, def.Name); err == nil {
			return &Plan{Command: nothing{}, Session: st.udf}, nil
		}
	}
	st.warnMaterialized(stmt)
	if stmt.Deferred {
		return &Plan{Session: st.udf, Command: action(func(ctx context.Context, s *Session) error {
			return bind.At(s.Catalog.Create(ctx, def), stmt.Name.Pos())
		})}, nil
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
		return st.refresh(t, n, nil)
	}()
	if err != nil {
		_ = undo(context.WithoutCancel(st.ctx))
		return nil, err
	}
	p.Undo = undo
	return p, nil
}

// warnMaterialized tells what is asked for and not done.
func (st *statement) warnMaterialized(stmt *syntax.CreateMaterialized) {
	if !stmt.DisableRewrite {
		st.warnings.Add(diag.Warningf(stmt.Name.Pos(), "queries are not rewritten to read %s; name it in FROM", stmt.Name))
	}
	for _, p := range stmt.Properties {
		if strings.EqualFold(p.Key, "enable_auto_refresh") && strings.EqualFold(p.Value, "true") {
			st.warnings.Add(diag.Warningf(p.Pos(), "%s is not refreshed by itself; ALTER MATERIALIZED VIEW … REBUILD refreshes it", stmt.Name))
		}
	}
}

// materialized is the definition of the table, and its query.
func (st *statement) materialized(stmt *syntax.CreateMaterialized) (table.Definition, logical.Node, error) {
	def := table.Definition{Comment: stmt.Comment, Owner: st.Owner, IfNotExists: stmt.IfNotExists}
	var err error
	if def.Name, err = st.binder.Name(stmt.Name); err != nil {
		return def, nil, err
	}
	if def.Properties, err = propertyMap(stmt.Properties); err != nil {
		return def, nil, err
	}
	if stmt.Lifecycle != "" {
		if def.Lifecycle, err = lifecycle(stmt.Lifecycle, stmt); err != nil {
			return def, nil, err
		}
	}
	n, err := st.binder.Known(stmt.Query)
	if err != nil {
		return def, nil, err
	}
	cols, err := viewColumns(n, stmt.Columns)
	if err != nil {
		return def, nil, err
	}
	order := make([]string, len(cols))
	for i, c := range cols {
		order[i] = c.Name
	}
	for _, id := range stmt.PartitionedOn {
		i := columnIndex(cols, id.Name)
		if i < 0 {
			return def, nil, diag.Errorf(diag.CodeSemantic, id.Pos(), "the materialized view has no column %s", id.Name)
		}
		if t := cols[i].Type; !t.IsInteger() && !t.IsText() && t.Kind != types.Date {
			return def, nil, diag.Errorf(diag.CodeDDLFailed, id.Pos(), "a partition column cannot be %s", t)
		}
		def.Partition = append(def.Partition, cols[i])
		cols = slices.Delete(cols, i, i+1)
	}
	if len(cols) == 0 {
		return def, nil, diag.Errorf(diag.CodeDDLFailed, stmt.Name.Pos(), "a table needs at least one column that is not a partition column")
	}
	def.Columns = cols
	if def.Cluster, err = st.clustering(stmt.Cluster, cols); err != nil {
		return def, nil, err
	}
	def.Properties[table.PropertyQuery] = st.queryText(stmt.Query, def.Name)
	def.Properties[propertyOrder] = strings.Join(order, ",")
	if stmt.DisableRewrite {
		def.Properties[table.PropertyRewrite] = "false"
	}
	return def, n, nil
}

// rebuild is ALTER MATERIALIZED VIEW … REBUILD.
func (st *statement) rebuild(stmt *syntax.AlterTable, a *syntax.Rebuild) (*Plan, error) {
	t, err := st.altered(stmt)
	if err != nil {
		return nil, err
	}
	if len(a.Partitions) > 1 {
		return nil, diag.Errorf(diag.CodeUnsupported, a.Partitions[1].Pos(), "REBUILD of several partitions at once").WithHint("rebuild one after the other, or the whole view")
	}
	var static []types.Datum
	if len(a.Partitions) == 1 {
		whole, err := st.whole(t, "REBUILD", a.Partitions[0])
		if err != nil {
			return nil, err
		}
		static = whole[0]
	}
	n, err := st.binder.Stored(t, t.Properties[table.PropertyQuery], stmt.Name.Pos())
	if err != nil {
		return nil, err
	}
	return st.refresh(t, n, static)
}

// refresh plans to replace the rows of a materialized view, or of the partition
// static, by those of n.
func (st *statement) refresh(t *table.Table, n logical.Node, static []types.Datum) (*Plan, error) {
	node, err := st.arranged(t, n, static)
	if err != nil {
		return nil, err
	}
	commit := &Commit{Table: t, Mode: table.OverwriteTable, Static: static}
	if static != nil {
		commit.Mode = table.OverwritePartition
	} else if commit.Properties, err = st.sources(t); err != nil {
		return nil, err
	}
	w := &writing{}
	w.add(node, commit)
	return st.write(w)
}

// sources is the property that says which versions of which tables the statement
// reads.
func (st *statement) sources(t *table.Table) (map[string]string, error) {
	var sources []materializedSource
	for _, s := range st.binder.Tables() {
		if s.UUID != t.UUID && s.View == "" {
			sources = append(sources, materializedSource{s.Name, s.UUID, s.Snapshot})
		}
	}
	slices.SortFunc(sources, func(a, b materializedSource) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	text, err := json.Marshal(sources)
	return map[string]string{table.PropertySources: string(text)}, err
}

// arranged brings the columns of n into the order of t: data columns, then those
// of the partition columns that have no static value, by which it is restricted.
func (st *statement) arranged(t *table.Table, n logical.Node, static []types.Datum) (*logical.Write, error) {
	cols := n.Columns()
	order := strings.Split(t.Properties[propertyOrder], ",")
	if len(order) != len(cols) {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the query of %s gives %d columns, not %d", t.Name, len(cols), len(order)).
			WithHint("its tables have changed: drop the materialized view and make it again")
	}
	column := func(c table.Column) (scalar.Expr, error) {
		return st.binder.Assign(cols[slices.Index(order, c.Name)], c.Type, c.Name, diag.Pos{})
	}
	p := &logical.Write{Table: t, Static: static}
	for _, c := range append(append([]table.Column{}, t.Columns...), t.Partition[len(static):]...) {
		e, err := column(c)
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, e)
		p.Row = append(p.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	p.Input = n
	var conds []scalar.Expr
	for i, v := range static {
		e, err := column(t.Partition[i])
		if err != nil {
			return nil, err
		}
		eq, err := st.binder.Equal(e, &scalar.Literal{Value: v, Typ: t.Partition[i].Type})
		if err != nil {
			return nil, err
		}
		conds = append(conds, eq)
	}
	if len(conds) > 0 {
		p.Input = &logical.Filter{Input: n, Conds: conds}
	}
	return p, nil
}

// queryOrder lists the columns of a materialized view as its query gives them.
func queryOrder(t *table.Table) []table.Column {
	all := append(append([]table.Column{}, t.Columns...), t.Partition...)
	var out []table.Column
	for _, name := range strings.Split(t.Properties[propertyOrder], ",") {
		if i := columnIndex(all, name); i >= 0 {
			out = append(out, all[i])
		}
	}
	return out
}

// fresh reports whether a materialized view shows its tables as they are.
func (st *statement) fresh(ctx context.Context, t *table.Table) (bool, error) {
	text := t.Properties[table.PropertySources]
	if text == "" {
		return false, nil
	}
	var sources []materializedSource
	if err := json.Unmarshal([]byte(text), &sources); err != nil {
		return false, err
	}
	for _, s := range sources {
		now, err := st.Catalog.Load(ctx, s.Name)
		if err != nil {
			if diag.Of(err).Code == diag.CodeTableNotFound {
				return false, nil
			}
			return false, err
		}
		if now.UUID != s.UUID || now.Snapshot != s.Snapshot || now.Kind() == table.KindExternal {
			return false, nil
		}
	}
	return true, nil
}

// warnStale names the materialized views that a query reads and that do not show
// their tables as they are.
func (st *statement) warnStale() error {
	tables := st.binder.Tables()
	slices.SortFunc(tables, func(a, b *table.Table) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	for _, t := range tables {
		if t.Kind() != table.KindMaterialized {
			continue
		}
		fresh, err := st.fresh(st.ctx, t)
		if err != nil {
			return err
		}
		if !fresh {
			st.warnings.Add(diag.Warningf(diag.Pos{}, "the materialized view %s is older than its tables; ALTER MATERIALIZED VIEW … REBUILD refreshes it", t.Name))
		}
	}
	return nil
}
