package planner

import (
	"context"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) showHistory(t *table.Table, stmt *syntax.Show) (Command, error) {
	if stmt.Partition != nil {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Partition.Pos(), "the history of a single partition").WithHint("a version is a state of the whole table")
	}
	if t.Kind() == table.KindView || t.Kind() == table.KindExternal {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "a %s has no versions", t.Kind())
	}
	return rows(func(ctx context.Context, s *Session) (*Result, error) {
		all, err := s.Catalog.History(ctx, t)
		if err != nil {
			return nil, err
		}
		r := &Result{Schema: types.Schema{
			{Name: "version", Type: types.BigIntType}, {Name: "snapshot", Type: types.BigIntType}, {Name: "time", Type: types.StringType},
			{Name: "operation", Type: types.StringType}, {Name: "rows", Type: types.BigIntType}, {Name: "files", Type: types.BigIntType},
			{Name: "bytes", Type: types.BigIntType}, {Name: "current", Type: types.BooleanType},
		}}
		for _, v := range all {
			r.Rows = append(r.Rows, []types.Datum{v.Number, v.ID, v.Committed.In(st.udf.Zone).Format("2006-01-02 15:04:05.000"), v.Operation, v.Rows, v.Files, v.Bytes, v.Current})
		}
		return r, nil
	}), nil
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
