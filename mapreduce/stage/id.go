package stage

import (
	"fmt"
	"strconv"
	"strings"
)

// JobID names one execution of a statement or program. It is never reused. It
// may hold any printable ASCII but spaces, '#' and ','.
type JobID string

// StageID is a stage's position in Job.Stages.
type StageID int

// WorkerID names one life of a worker process: a process that starts anew is a
// new worker, because whatever the old one held is gone.
type WorkerID string

// TaskID names one partition of a stage. It prints as "job/stage/index".
type TaskID struct {
	Job   JobID
	Stage StageID
	Index int
}

// AttemptID names one try of a task. It prints as "job/stage/index#number";
// numbers start at 0 and are never reused within a task.
type AttemptID struct {
	Task   TaskID
	Number int
}

func (t TaskID) String() string {
	return string(t.Job) + "/" + strconv.Itoa(int(t.Stage)) + "/" + strconv.Itoa(t.Index)
}

func (a AttemptID) String() string {
	return a.Task.String() + "#" + strconv.Itoa(a.Number)
}

// IsZero reports whether a names no attempt.
func (a AttemptID) IsZero() bool { return a == AttemptID{} }

// Compare orders attempts by job, stage, index and number.
func (a AttemptID) Compare(b AttemptID) int {
	if c := strings.Compare(string(a.Task.Job), string(b.Task.Job)); c != 0 {
		return c
	}
	for _, d := range [...]int{int(a.Task.Stage - b.Task.Stage), a.Task.Index - b.Task.Index, a.Number - b.Number} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// ParseTask reads what TaskID.String prints.
func ParseTask(s string) (TaskID, error) {
	rest, index, ok1 := cutLast(s, "/")
	job, id, ok2 := cutLast(rest, "/")
	i, err1 := parseCount(index)
	n, err2 := parseCount(id)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || !validName(job) {
		return TaskID{}, fmt.Errorf("%q is not a task id (job/stage/index)", s)
	}
	return TaskID{Job: JobID(job), Stage: StageID(n), Index: i}, nil
}

// ParseAttempt reads what AttemptID.String prints.
func ParseAttempt(s string) (AttemptID, error) {
	task, number, ok := cutLast(s, "#")
	n, err1 := parseCount(number)
	t, err2 := ParseTask(task)
	if !ok || err1 != nil || err2 != nil {
		return AttemptID{}, fmt.Errorf("%q is not an attempt id (job/stage/index#number)", s)
	}
	return AttemptID{Task: t, Number: n}, nil
}

// MarshalText and UnmarshalText use the printed form; the zero AttemptID is
// the empty text.
func (a AttemptID) MarshalText() ([]byte, error) {
	if a.IsZero() {
		return nil, nil
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (a *AttemptID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = AttemptID{}
		return nil
	}
	id, err := ParseAttempt(string(text))
	*a = id
	return err
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parseCount reads a canonical non-negative decimal: no sign, no leading zero.
func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || strconv.Itoa(n) != s {
		return 0, fmt.Errorf("%q is not a count", s)
	}
	return n, nil
}

// validName reports whether s can stand for a job or worker in a printed line.
func validName(s string) bool {
	for _, r := range s {
		if r <= ' ' || r >= 0x7f || r == '#' || r == ',' {
			return false
		}
	}
	return s != ""
}
