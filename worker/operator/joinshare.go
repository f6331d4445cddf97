package operator

import (
	"context"
	"fmt"
)

// joinShare is what the tasks of a stage share of a join whose right side all of
// them read: its table or, where that did not fit the memory, the right rows in
// spilled partitions, against which each task joins the partitions of its own
// left rows.
type joinShare struct {
	table *joinTable
	right *joinRouter
	rows  int64
	null  bool // a right row has a NULL key
	runs  []*run
}

// makeShare runs the right input.
func (j *hashJoin) makeShare(ctx context.Context) (*joinShare, error) {
	t, err := j.makeTable(ctx)
	if err != nil || j.spill == nil {
		return &joinShare{table: t}, err
	}
	s := j.spill
	j.spill = nil
	s.buffers.Free()
	return &joinShare{right: s.right, rows: s.rows[0], null: s.anyNull, runs: s.runs}, nil
}

// take makes the join work with what is shared.
func (s *joinShare) take(j *hashJoin) {
	if s.right == nil {
		j.table = s.table
		return
	}
	if j.build.memory == nil {
		j.build.memory = j.env.Memory.Reserve(fmt.Sprintf("hash join %d", j.node.ID))
	}
	j.spill = newJoinSpill(j)
	j.spill.right, j.spill.borrowed = s.right, true
	j.spill.rows[0], j.spill.anyNull = s.rows, s.null
}

// Close gives back the memory of the table or removes the files.
func (s *joinShare) Close() error {
	if s.table != nil {
		return s.table.Close()
	}
	var err error
	for _, r := range s.runs {
		if rerr := r.remove(); err == nil {
			err = rerr
		}
	}
	return err
}
