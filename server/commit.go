package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// commit makes the files that the job wrote part of their tables, of all in one
// step. They are removed when it is sure that the commit has not taken effect; what
// else is left is found by the catalog's upkeep.
func (s *statement) commit(ctx context.Context, plan *planner.Plan) (err error) {
	targets := s.targets(plan)
	defer func() {
		if err != nil && isRefusal(err) {
			s.removeFiles(context.WithoutCancel(ctx), targets)
		}
	}()
	if err := s.written(ctx, targets); err != nil {
		return err
	}
	if s.outcome.Written == 0 && len(plan.Commits) == 1 && plan.Commits[0].Mode == table.Replace {
		// No row was affected: the files written are copies of those that are there.
		s.removeFiles(ctx, targets)
		s.outcome.HasWritten = true
		return nil
	}
	for i, c := range plan.Commits {
		if err := checkPartitions(c, targets[i].Commit.Files); err != nil {
			return err
		}
	}
	catalog, err := s.engine.Catalog(ctx)
	if err != nil {
		return err
	}
	if err := catalog.CommitAll(ctx, targets); err != nil {
		return err
	}
	s.outcome.HasWritten = true
	if plan.Then != nil {
		return plan.Then(ctx)
	}
	return nil
}

// targets are what the plan commits to, without the files.
func (s *statement) targets(plan *planner.Plan) []table.Target {
	targets := make([]table.Target, len(plan.Commits))
	for i, c := range plan.Commits {
		targets[i] = table.Target{Table: c.Table, Commit: table.Commit{
			Mode: c.Mode, Static: c.Static, Remove: c.Remove, Alone: c.Alone, Properties: c.Properties,
			Base: c.Table.Snapshot, Job: s.id,
		}}
	}
	return targets
}

// isRefusal reports errors that the catalog or the statement has raised itself:
// nothing was committed.
func isRefusal(err error) bool {
	var e *diag.Error
	return errors.As(err, &e)
}

// written reads what the job's sinks say that they have written.
func (s *statement) written(ctx context.Context, targets []table.Target) error {
	r := &resultReader{s: s, handle: s.mu.handle}
	defer r.close()
	for {
		b, err := r.next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		b = b.Dense()
		for i := range b.N {
			s.outcome.Written += b.Columns[2].Datum(i).(int64)
			if b.Columns[0].IsNull(i) {
				continue
			}
			var f table.DataFile
			if err := json.Unmarshal(b.Columns[0].Bytes(i), &f); err != nil {
				return err
			}
			c := &targets[b.Columns[1].Datum(i).(int64)].Commit
			c.Files = append(c.Files, f)
		}
	}
}

func (s *statement) removeFiles(ctx context.Context, targets []table.Target) {
	for _, t := range targets {
		for _, f := range t.Commit.Files {
			_ = s.engine.cfg.Files.Remove(ctx, f.Path)
		}
	}
}

// checkPartitions holds the statement to the number of partitions it may write;
// a task knows only those of its own rows.
func checkPartitions(c *planner.Commit, files []table.DataFile) error {
	if c.MaxPartitions <= 0 || len(c.Static) == len(c.Table.Partition) {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range files {
		seen[fmt.Sprint(f.Partition)] = true
	}
	if len(seen) <= c.MaxPartitions {
		return nil
	}
	return diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the statement writes to %d dynamic partitions of %s, more than %d", len(seen), c.Table.Name, c.MaxPartitions).
		WithHint("raise odps.sql.dynamic.partition.max")
}
