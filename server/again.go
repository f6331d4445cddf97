package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// maxJobs is how many jobs a statement runs that loses its races.
const maxJobs = 5

// jobID names the job: as the statement, which is its first.
func (s *statement) jobID() stage.JobID {
	if s.tries == 0 {
		return stage.JobID(s.id)
	}
	return stage.JobID(fmt.Sprintf("%sr%d", s.id, s.tries))
}

// again reports whether the statement is planned and run once more: it changes
// rows, and another writer changed the same files first.
func (s *statement) again(plan *planner.Plan, err error) bool {
	if diag.Of(err).Code != diag.CodeConflict || s.tries+1 >= maxJobs {
		return false
	}
	s.tries++
	return slices.ContainsFunc(plan.Commits, func(c *planner.Commit) bool { return c.Mode == table.Replace })
}

// discard removes the files of a statement that was run to be explained.
func (s *statement) discard(ctx context.Context, plan *planner.Plan) error {
	if plan.Commits == nil && plan.Unload == nil {
		return nil
	}
	targets := make([]table.Target, max(1, len(plan.Commits)))
	if err := s.written(ctx, targets); err != nil {
		return err
	}
	s.removeFiles(ctx, targets)
	s.outcome.Written = 0
	return nil
}
