package planner

import (
	"context"
	"fmt"
	"math"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// analyze checks what it is asked. Statistics are collected as files are
// written, so there is nothing to compute, and they stay as long as the files.
func (st *statement) analyze(stmt *syntax.Analyze) (Command, error) {
	t, err := st.stored(stmt.Name)
	if err != nil {
		return nil, err
	}
	for _, id := range stmt.Columns {
		if err := hasColumn(t, id); err != nil {
			return nil, err
		}
	}
	if stmt.Partition != nil {
		parts, err := st.selectPartitions(t, stmt.Partition)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 {
			return nil, st.noPartition(t, stmt.Partition)
		}
	}
	return rows(func(context.Context, *Session) (*Result, error) {
		r := &Result{}
		if stmt.Delete {
			r.Warnings = []string{"statistics belong to the data files and stay as long as these"}
		}
		return r, nil
	}), nil
}

// stored resolves a table that has files.
func (st *statement) stored(n syntax.Name) (*table.Table, error) {
	t, err := st.binder.Resolve(n)
	if err == nil && t.Kind() == table.KindView {
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is a view and has no rows of its own", t.Name)
	}
	return t, err
}

func (st *statement) showStatistic(t *table.Table, stmt *syntax.Show) (Command, error) {
	if t.Kind() == table.KindView {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a view and has no rows of its own", t.Name)
	}
	conds, err := st.partitionConditions(t, stmt.Partition)
	if err != nil {
		return nil, err
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		stats, err := s.Catalog.Statistics(ctx, t, conds)
		if err != nil {
			return nil, err
		}
		if stmt.Columns {
			return columnStatistics(t, stats), nil
		}
		files, err := s.Catalog.Files(ctx, t, conds)
		if err != nil {
			return nil, err
		}
		return &Result{
			Schema: types.Schema{{Name: "statistic", Type: types.StringType}, {Name: "value", Type: types.BigIntType}},
			Rows:   [][]types.Datum{{"rows", stats.Rows}, {"bytes", stats.Bytes}, {"files", int64(len(files))}},
		}, nil
	}), nil
}

// partitionConditions selects the files of a partition.
func (st *statement) partitionConditions(t *table.Table, spec *syntax.PartitionSpec) ([]table.Condition, error) {
	if spec == nil {
		return nil, nil
	}
	values, err := st.prefix(t, spec)
	if err != nil {
		return nil, err
	}
	if err := st.mustExist(t, values, spec); err != nil {
		return nil, err
	}
	var out []table.Condition
	for i, v := range values {
		out = append(out, table.Condition{Column: t.Partition[i].ID, Op: "=", Values: []types.Datum{v}})
	}
	return out, nil
}

func columnStatistics(t *table.Table, stats table.Statistics) *Result {
	r := &Result{Schema: types.Schema{
		{Name: "column", Type: types.StringType}, {Name: "type", Type: types.StringType}, {Name: "nulls", Type: types.BigIntType},
		{Name: "distinct", Type: types.BigIntType}, {Name: "min", Type: types.StringType}, {Name: "max", Type: types.StringType},
		{Name: "bytes", Type: types.BigIntType},
	}}
	for _, c := range append(append([]table.Column{}, t.Columns...), t.Partition...) {
		s, known := stats.Columns[c.ID]
		row := []types.Datum{c.Name, c.Type.String(), nil, nil, nil, nil, nil}
		if known {
			row[2], row[6] = s.Nulls, s.Bytes
			if s.NDV > 0 {
				row[3] = int64(math.Round(s.NDV))
			}
			row[4], row[5] = boundText(c.Type, s.Min), boundText(c.Type, s.Max)
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func boundText(t types.Type, v types.Datum) types.Datum {
	if v == nil {
		return nil
	}
	if t.IsText() {
		return fmt.Sprint(v)
	}
	return scalar.FormatDatum(v, t)
}

// count is COUNT t [PARTITION (…)]: a query in fact.
func (st *statement) count(stmt *syntax.Count) (*Plan, error) {
	text := "SELECT COUNT(*) FROM " + syntax.Print(&syntax.Table{Name: stmt.Name})
	if stmt.Partition != nil {
		t, err := st.binder.Resolve(stmt.Name)
		if err != nil {
			return nil, err
		}
		values, err := st.prefix(t, stmt.Partition)
		if err != nil {
			return nil, err
		}
		if err := st.mustExist(t, values, stmt.Partition); err != nil {
			return nil, err
		}
		for i, item := range stmt.Partition.Items {
			word := " AND "
			if i == 0 {
				word = " WHERE "
			}
			text += word + name(t.Partition[i].Name) + " = " + syntax.Print(item.Value)
		}
	}
	parsed, err := syntax.ParseStatement(text)
	if err != nil {
		return nil, err
	}
	q, ok := parsed.(*syntax.QueryStatement)
	if !ok {
		return nil, diag.Errorf(diag.CodeInternal, stmt.Pos(), "COUNT is no query")
	}
	p, err := st.query(q)
	if err != nil {
		if e := diag.Of(err); e.Code == diag.CodeTableNotFound {
			e.Pos = stmt.Name.Pos()
		}
	}
	return p, err
}

// restore makes an earlier version of a table current again.
func (st *statement) restore(stmt *syntax.Restore) (Command, error) {
	t, err := st.writable(stmt.Name)
	if err != nil {
		return nil, err
	}
	at, err := st.binder.AsOf(stmt.To)
	if err != nil {
		return nil, err
	}
	old, err := st.Catalog.LoadAt(st.ctx, t.Name, at)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error { return s.Catalog.Restore(ctx, t, old.Snapshot) }), nil
}

// clone copies a table.
func (st *statement) clone(stmt *syntax.Clone) (Command, error) {
	t, err := st.writable(stmt.From)
	if err != nil {
		return nil, err
	}
	if t.Kind() == table.KindExternal {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.From.Pos(), "%s is an external table and cannot be cloned", t.Name).WithHint("use CREATE TABLE … AS SELECT")
	}
	to, err := st.binder.Name(stmt.To)
	if err != nil {
		return nil, err
	}
	if to == t.Name {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.To.Pos(), "a table cannot be cloned to itself")
	}
	o := table.CloneOptions{Overwrite: stmt.IfExists == "OVERWRITE", Ignore: stmt.IfExists == "IGNORE", Owner: st.Owner}
	if o.Partitions, err = st.prefixes(t, stmt.Partitions); err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error { return s.Catalog.Clone(ctx, t, to, o) }), nil
}
