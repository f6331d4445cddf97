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

func (st *statement) truncate(stmt *syntax.Truncate) (Command, error) {
	t, err := st.writable(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.Columns != nil {
		return st.truncateColumns(t, stmt)
	}
	var parts [][]types.Datum
	for _, spec := range stmt.Partitions {
		some, err := st.selectPartitions(t, spec)
		if err != nil {
			return nil, err
		}
		if len(some) == 0 {
			return nil, st.noPartition(t, spec)
		}
		parts = append(parts, some...)
	}
	return action(func(ctx context.Context, s *Session) error {
		if len(parts) == 0 {
			return s.Catalog.Truncate(ctx, t)
		}
		for _, values := range parts {
			// An overwrite without files empties the partition and keeps it.
			fresh, err := s.Catalog.Load(ctx, t.Name)
			if err != nil {
				return err
			}
			if _, err := s.Catalog.Commit(ctx, fresh, table.Commit{Mode: table.OverwritePartition, Static: values, Base: fresh.Snapshot}); err != nil {
				return err
			}
		}
		return nil
	}), nil
}

// truncateColumns makes columns NULL in all rows there are.
func (st *statement) truncateColumns(t *table.Table, stmt *syntax.Truncate) (Command, error) {
	if len(stmt.Partitions) > 0 {
		return nil, diag.Errorf(diag.CodeUnsupported, stmt.Pos(), "TRUNCATE of the columns of single partitions").
			WithHint("write the partition again with INSERT OVERWRITE, or UPDATE it")
	}
	var names []string
	for _, id := range stmt.Columns {
		if err := hasColumn(t, id); err != nil {
			return nil, err
		}
		if err := st.inLayout(t, id); err != nil {
			return nil, err
		}
		names = append(names, strings.ToLower(id.Name))
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.Alter(ctx, t, table.Change{EmptyColumns: names}), stmt.Columns[0].Pos())
	}), nil
}
