// Package server is the life of a statement: submit, progress, result stream,
// cancel. Every door (the console, the gRPC service, later the REST gateway)
// uses the one interface Statements; Engine implements it in this process and
// Client over the network.
package server

import (
	"context"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// State is what a session remembers between statements. Clients keep it and send
// it with each statement, so servers keep none.
type State struct {
	Project  string
	Settings map[string]string // those that were set
}

// Request asks for one statement, or one MapReduce job, to be run.
type Request struct {
	Text  string
	State State
	User  string
	// Program, if set, is a MapReduce job to run; Text then only names it.
	Program *Program
}

// Statements runs statements.
type Statements interface {
	// Submit begins a statement. The statement is cancelled when ctx ends before
	// it does.
	Submit(ctx context.Context, r Request) (Statement, error)
	Close() error
}

// Statement is a statement under way. Its methods may be called from several
// goroutines, but Next from one only.
type Statement interface {
	// ID names the job, or the statement if it needs none.
	ID() string
	// Schema waits until the statement has succeeded and gives the columns of its
	// result; none if it gives no rows.
	Schema(ctx context.Context) (types.Schema, error)
	// Next gives the batches of the result and then io.EOF. A batch is valid until
	// the next call.
	Next(ctx context.Context) (*batch.Batch, error)
	// Progress tells how far the statement is.
	Progress() Progress
	// Cancel ends it; Wait then gives CodeKilled.
	Cancel()
	// Wait waits for the end and gives the outcome.
	Wait(ctx context.Context) (Outcome, error)
	// Close cancels the statement if it runs and drops its result.
	Close() error
}

// Outcome is what a finished statement did.
type Outcome struct {
	// State is the session after the statement (SET and USE change it).
	State State
	// Written counts the rows of an INSERT; HasWritten says there was one.
	Written    int64
	HasWritten bool
	// Counters are those of a MapReduce job, by program.CounterKey.
	Counters map[string]int64
	// Text is the result as people read it, where that is not a frame of rows.
	Text string
	// Warnings are for the user's eyes.
	Warnings []string
	Elapsed  time.Duration
}

// Progress is a statement's state while it runs.
type Progress struct {
	Phase   string // planning, running, committing, done
	Stages  []StageProgress
	Elapsed time.Duration
}

// StageProgress is the state of one stage.
type StageProgress struct {
	Label                string
	Total, Running, Done int
	Rows                 int64
	Inputs               []int
}

// Fraction is the part of all tasks that is done.
func (p Progress) Fraction() float64 {
	total, done := 0, 0
	for _, s := range p.Stages {
		total, done = total+s.Total, done+s.Done
	}
	if total == 0 {
		return 0
	}
	return float64(done) / float64(total)
}
