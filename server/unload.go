package server

import (
	"context"
	"path"
	"strings"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/table"
)

// unload gives the files that the job wrote their names. On failure they are
// removed.
func (s *statement) unload(ctx context.Context, u *planner.Unload) (err error) {
	s.setPhase("committing")
	targets := make([]table.Target, 1)
	defer func() {
		if err != nil {
			s.removeFiles(context.WithoutCancel(ctx), targets)
		}
	}()
	if err := s.written(ctx, targets); err != nil {
		return err
	}
	files := s.engine.cfg.Files
	if u.Overwrite {
		if err := s.empty(ctx, u.Location); err != nil {
			return err
		}
	}
	for _, f := range targets[0].Commit.Files {
		dir, name := path.Split(f.Path)
		if err := files.Rename(ctx, f.Path, path.Join(dir, strings.TrimPrefix(name, "."))); err != nil {
			return err
		}
	}
	s.outcome.HasWritten = true
	return nil
}

// empty removes the files that stand directly in a directory, but hidden ones.
func (s *statement) empty(ctx context.Context, dir string) error {
	infos, err := s.engine.cfg.Files.List(ctx, dir)
	if err != nil {
		return err
	}
	for _, info := range infos {
		name := strings.TrimPrefix(strings.TrimPrefix(info.Path, dir), "/")
		if strings.Contains(name, "/") || strings.HasPrefix(name, ".") {
			continue
		}
		if err := s.engine.cfg.Files.Remove(ctx, info.Path); err != nil {
			return err
		}
	}
	return nil
}
