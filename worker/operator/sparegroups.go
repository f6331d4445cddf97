package operator

import (
	"fmt"
	"sync"

	"github.com/bixidata/bixi/udf"
)

// spareGroups are the groups of tasks that ended, emptied, for the tasks of the same stage
// that follow in the process: these have about as many, so that a set needs neither
// memory nor to grow again.
type spareGroups struct {
	mu   sync.Mutex
	free []*groupSet
}

// spareGroups gives those of an aggregation of the stage's plan; nil if tasks share
// nothing.
func (e *Env) spareGroups(aggregation int) *spareGroups {
	if e.Shared == nil {
		return nil
	}
	v, err := e.Shared(fmt.Sprintf("groups %d", aggregation), func() (any, error) { return &spareGroups{}, nil })
	if err != nil {
		return nil
	}
	return v.(*spareGroups)
}

// take gives a set, nil if there is none.
func (s *spareGroups) take() *groupSet {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return nil
	}
	g := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return g
}

// put takes a set that is not used any more, if its table is worth keeping.
func (s *spareGroups) put(g *groupSet) {
	if s == nil || g.table == nil || !g.table.empty() {
		return
	}
	spare := &groupSet{table: g.table, accs: g.accs, room: g.groups}
	if !spare.accs.empty() {
		spare.accs, spare.room = nil, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, spare)
}

// reuse lets an empty set begin in the memory of a spare one of the same keys and calls.
func (s *groupSet) reuse(spare *groupSet) {
	s.table = spare.table
	if spare.accs != nil {
		s.accs, s.room = spare.accs, spare.room
		s.accs.calls = s.calls
	}
}

// empty forgets all groups but not the memory; false if some accumulator cannot.
func (a *accumulators) empty() bool {
	for _, acc := range a.accs {
		if _, ok := acc.(udf.Reused); !ok {
			return false
		}
	}
	for _, acc := range a.accs {
		acc.(udf.Reused).Empty()
	}
	return true
}
