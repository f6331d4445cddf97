package server

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/bixidata/bixi/sql/diag"
)

// Job is a statement as the list of a server shows it.
type Job struct {
	ID       string
	Request  Request
	Started  time.Time
	Status   Status
	Progress Progress
	// Err is why it failed.
	Err error
}

// Status is how a statement stands.
type Status string

// The statuses.
const (
	Running   Status = "running"
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
)

// Jobs tells which statements a server runs. Client implements it.
type Jobs interface {
	// List gives those that run and those that ended of late, in the order they
	// began.
	List(ctx context.Context) ([]Job, error)
	// Kill cancels a statement of anyone; one that has ended stays as it is.
	Kill(ctx context.Context, id string) error
}

// keptJobs is how many ended statements the list remembers.
const keptJobs = 200

// jobList remembers the statements that came through a door.
type jobList struct {
	mu struct {
		sync.Mutex
		jobs []*listed
	}
}

// listed is an entry; its fields are guarded by the list's lock.
type listed struct {
	Job
	statement Statement // nil once it has ended
}

func (l *jobList) begin(r Request, st Statement, now time.Time) *listed {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.mu.jobs) >= keptJobs {
		if i := slices.IndexFunc(l.mu.jobs, func(j *listed) bool { return j.statement == nil }); i >= 0 {
			l.mu.jobs = slices.Delete(l.mu.jobs, i, i+1)
		}
	}
	j := &listed{Job: Job{ID: st.ID(), Request: r, Started: now, Status: Running}, statement: st}
	l.mu.jobs = append(l.mu.jobs, j)
	return j
}

// end records how the statement of j ended. It is called before that is closed.
func (l *jobList) end(j *listed, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.Progress = j.statement.Progress()
	j.statement, j.Err = nil, err
	switch {
	case err == nil:
		j.Status = Succeeded
	case diag.Of(err).Code == diag.CodeKilled || errors.Is(err, context.Canceled):
		j.Status = Cancelled
	default:
		j.Status = Failed
	}
}

func (l *jobList) list() []Job {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Job, len(l.mu.jobs))
	for i, j := range l.mu.jobs {
		out[i] = j.Job
		if j.statement != nil {
			out[i].Progress = j.statement.Progress()
		}
	}
	return out
}

// kill cancels the statement and says whether there is one.
func (l *jobList) kill(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range l.mu.jobs {
		if j.ID != id {
			continue
		}
		if j.statement != nil {
			j.statement.Cancel()
		}
		return true
	}
	return false
}
