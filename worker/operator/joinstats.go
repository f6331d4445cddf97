package operator

import (
	"time"

	"github.com/bixidata/bixi/planner/physical"
)

// joinStats is what a join tells beside what the decorator sees.
type joinStats struct {
	waited time.Duration // until another task had made the table
	notes  []string
}

func (s *joinStats) wait(start time.Time) { s.waited += time.Since(start) }
func (s *joinStats) make(start time.Time) { s.waited -= time.Since(start) }

// opened takes note of what the build side has become.
func (s *joinStats) opened(j *hashJoin) {
	t := j.table
	switch {
	case j.spill != nil:
		s.notes = append(s.notes, "the build side did not fit the memory: both sides were spilled in partitions")
	case t.rows == 0 && dropsUnmatched(j.node.Kind):
		s.notes = append(s.notes, "the build side had no rows: the other input was not read")
	case len(j.node.RightKeys) == 0:
	case t.direct != nil && t.unique:
		s.notes = append(s.notes, "build rows in an array by key, one a key")
	case t.direct != nil:
		s.notes = append(s.notes, "build rows in an array by key")
	case t.packed:
		s.notes = append(s.notes, "build rows in a hash table, keys packed in 64 bits")
	default:
		s.notes = append(s.notes, "build rows in a hash table, keys compared column by column")
	}
}

func (j *hashJoin) report(s *physical.Stats) {
	s.Waited += int64(max(j.told.waited, 0))
	for _, n := range j.told.notes {
		s.Note(n, 1)
	}
}
