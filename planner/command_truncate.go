package planner

import (
	"context"
	"maps"
	"slices"
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

// truncateColumns makes columns NULL: in the rows of partitions, which are written
// again, or in all rows there are, for which the definition says so.
func (st *statement) truncateColumns(stmt *syntax.Truncate) (*Plan, error) {
	t, err := st.writable(stmt.Name)
	if err != nil {
		return nil, err
	}
	empty := map[string]bool{}
	for _, id := range stmt.Columns {
		if err := st.canEmpty(t, id); err != nil {
			return nil, err
		}
		empty[strings.ToLower(id.Name)] = true
	}
	if len(stmt.Partitions) == 0 {
		return &Plan{Session: st.udf, Command: action(func(ctx context.Context, s *Session) error {
			return bind.At(s.Catalog.Alter(ctx, t, table.Change{EmptyColumns: sortedSet(empty)}), stmt.Columns[0].Pos())
		})}, nil
	}
	files, err := st.partitionFiles(t, stmt.Partitions)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return &Plan{Session: st.udf, Command: nothing{}}, nil
	}
	return st.rewriteFiles(t, files, empty)
}

func sortedSet(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func (st *statement) canEmpty(t *table.Table, id syntax.Ident) error {
	if err := hasColumn(t, id); err != nil {
		return err
	}
	if err := st.inLayout(t, id); err != nil {
		return err
	}
	if i := columnIndex(t.Columns, id.Name); i < 0 || t.Columns[i].Required {
		return diag.Errorf(diag.CodeDDLFailed, id.Pos(), "column %s cannot be emptied: it cannot be NULL", id.Name)
	}
	return nil
}

// partitionFiles lists the files of partitions, which must exist.
func (st *statement) partitionFiles(t *table.Table, specs []*syntax.PartitionSpec) ([]table.DataFile, error) {
	var parts [][]types.Datum
	for _, spec := range specs {
		some, err := st.selectPartitions(t, spec)
		if err != nil {
			return nil, err
		}
		if len(some) == 0 {
			return nil, st.noPartition(t, spec)
		}
		parts = append(parts, some...)
	}
	files, err := st.Catalog.Files(st.ctx, t, nil)
	return slices.DeleteFunc(files, func(f table.DataFile) bool {
		return !slices.ContainsFunc(parts, func(v []types.Datum) bool { return slices.Equal(f.Partition, v) })
	}), err
}
