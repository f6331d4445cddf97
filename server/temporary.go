package server

import (
	"context"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// temporaryDirectory is where files of temporary tables are; their names are
// unique. It has the form of a table's directory, so that the catalog's upkeep finds
// what a server that died has left there.
func (s *statement) temporaryDirectory() string {
	return path.Join(s.engine.cfg.Warehouse, s.req.State.Project, "_temporary-00000000", "data")
}

// runBefore runs a job that is not the statement's last; release ends it.
func (s *statement) runBefore(ctx context.Context, plan *planner.Plan, settings *setting.Settings) (*master.Handle, error) {
	s.before++
	j, err := cut(stage.JobID(fmt.Sprintf("%sb%d", s.id, s.before)), plan, settings)
	if err != nil {
		return nil, err
	}
	return s.execute(ctx, j)
}

// materialize runs the job of a temporary table.
func (s *statement) materialize(ctx context.Context, plan *planner.Plan, settings *setting.Settings) ([]table.DataFile, error) {
	if _, err := s.runBefore(ctx, plan, settings); err != nil {
		return nil, err
	}
	defer s.release()
	targets := make([]table.Target, 1)
	written := s.outcome.Written
	err := s.written(ctx, targets)
	s.outcome.Written = written
	files := targets[0].Commit.Files
	s.temporary = append(s.temporary, files...)
	return files, err
}

// values runs a query whose first column's values are needed before the job.
func (s *statement) values(ctx context.Context, plan *planner.Plan, settings *setting.Settings) ([]types.Datum, error) {
	h, err := s.runBefore(ctx, plan, settings)
	if err != nil {
		return nil, err
	}
	defer s.release()
	reader := &resultReader{s: s, handle: h}
	defer reader.close()
	var out []types.Datum
	for {
		b, err := reader.next(ctx)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		b = b.Dense()
		for i := range b.N {
			out = append(out, b.Columns[0].Datum(i))
		}
	}
}

// removeTemporary removes the files of temporary tables. What reads them has ended.
func (s *statement) removeTemporary() {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for _, f := range s.temporary {
		_ = s.engine.cfg.Files.Remove(ctx, f.Path)
	}
	s.temporary = nil
}
