package operator

import (
	"fmt"
	"sync"
)

// spareTables are the group tables of tasks that ended, for the tasks of the same stage
// that follow in the process: these have about as many groups, so that a table needs
// neither memory nor to grow again.
type spareTables struct {
	mu   sync.Mutex
	free []groupTable
}

// spareTables gives those of the next aggregation of this task's plan; nil if tasks
// share nothing.
func (e *Env) spareTables() *spareTables {
	if e.Shared == nil {
		return nil
	}
	e.aggregations++
	v, err := e.Shared(fmt.Sprintf("group tables %d", e.aggregations), func() (any, error) { return &spareTables{}, nil })
	if err != nil {
		return nil
	}
	return v.(*spareTables)
}

// take gives a table, nil if there is none.
func (s *spareTables) take() groupTable {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return nil
	}
	t := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return t
}

// put takes a table that is not used any more.
func (s *spareTables) put(t groupTable) {
	if s == nil || t == nil || !t.empty() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, t)
}
