package meta

import (
	"context"
	"database/sql"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// ExchangePartition lets a partition of two tables change places, in one step. As
// each table owns the files of its directory, they are copied.
func (c *Catalog) ExchangePartition(ctx context.Context, a, b *table.Table, values []types.Datum) error {
	if err := sameColumns(a, b); err != nil {
		return err
	}
	if a.UUID == b.UUID {
		return diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "%s cannot exchange a partition with itself", a.Name)
	}
	inA, err := c.Partitions(ctx, a, values)
	if err != nil {
		return err
	}
	inB, err := c.Partitions(ctx, b, values)
	if err != nil {
		return err
	}
	if len(inB) == 0 {
		return diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partition %s", b.Name, PartitionPath(b.Partition, values))
	}
	fromB, err := c.copyPartition(ctx, b, values, a)
	if err != nil {
		return err
	}
	fromA, err := c.copyPartition(ctx, a, values, b)
	if err != nil {
		c.removeFiles(ctx, fromB)
		return err
	}
	toA, toB := overwriting(a, values, fromB), overwriting(b, values, fromA)
	if len(inA) == 0 {
		toB.after = func(ctx context.Context, tx *sql.Tx) error { return forgetPartition(ctx, tx, b, values) }
	}
	if err := c.commitChanges(ctx, []*change{toA, toB}); err != nil {
		c.removeFiles(ctx, append(fromA, fromB...))
		return err
	}
	return nil
}

func (c *Catalog) copyPartition(ctx context.Context, t *table.Table, values []types.Datum, to *table.Table) ([]table.DataFile, error) {
	all, err := c.wholeFiles(ctx, t)
	if err != nil {
		return nil, err
	}
	var own []table.DataFile
	for _, f := range all {
		if hasPrefix(f.Partition, values) {
			own = append(own, f)
		}
	}
	return c.copyFiles(ctx, own, to)
}

// overwriting is the change that makes files, which are new, those of a partition.
func overwriting(t *table.Table, values []types.Datum, files []table.DataFile) *change {
	return &change{t: t, commits: []table.Commit{{Mode: table.OverwritePartition, Static: values, Files: files, Base: t.Snapshot}}}
}
