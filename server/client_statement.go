package server

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/bixidata/bixi/batch"
	pb "github.com/bixidata/bixi/server/statementpb"
	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// remote is a statement that runs on a server. One goroutine, receive, reads the
// call's events; Close waits for it.
type remote struct {
	client *Client
	id     string
	ctx    context.Context // of the call
	cancel context.CancelFunc
	events interface{ Recv() (*pb.RunEvent, error) }

	settled chan struct{} // closed when the statement has succeeded or failed
	// Set before settled is closed.
	schema  types.Schema
	outcome Outcome
	err     error

	// batches is closed when receive ends; tail is set before.
	batches chan *batch.Batch
	tail    error

	mu struct {
		sync.Mutex
		progress Progress
	}
}

// receive reads events until the call ends.
func (s *remote) receive() {
	defer close(s.batches)
	defer s.cancel()
	err := s.untilDone()
	s.err = err
	close(s.settled)
	if err == nil {
		s.tail = s.result()
	}
}

// untilDone reads what comes before the result.
func (s *remote) untilDone() error {
	for {
		event, err := s.next()
		if err == io.EOF {
			return s.broken("the server ended the call of job %s before it was done", s.id)
		}
		if err != nil {
			return err
		}
		switch e := event.GetEvent().(type) {
		case *pb.RunEvent_Progress:
			s.setProgress(progressOf(e.Progress))
		case *pb.RunEvent_Done:
			if s.schema, err = columnsOf(e.Done.GetColumns()); err != nil {
				return err
			}
			s.outcome = outcomeOf(e.Done)
			p := s.Progress()
			p.Phase, p.Elapsed = "done", s.outcome.Elapsed
			s.setProgress(p)
			return nil
		}
	}
}

// result hands the batches to Next and gives io.EOF after the last.
func (s *remote) result() error {
	columns := s.schema.Types()
	for {
		event, err := s.next()
		if err != nil {
			return err
		}
		frame, ok := event.GetEvent().(*pb.RunEvent_Batch)
		if !ok {
			continue
		}
		b, _, err := wire.Decode(frame.Batch, columns)
		if err != nil {
			return s.broken("a part of the result of job %s arrived damaged: %v", s.id, err)
		}
		select {
		case s.batches <- b:
		case <-s.ctx.Done():
			return s.killed()
		}
	}
}

// next gives the next event that is no failure.
func (s *remote) next() (*pb.RunEvent, error) {
	event, err := s.events.Recv()
	if err == io.EOF {
		return nil, err
	}
	if err == nil {
		err = errorOf(event.GetFailed())
	}
	if err != nil {
		if err = s.client.problem(err); errors.Is(err, context.Canceled) {
			err = s.killed()
		}
		return nil, err
	}
	return event, nil
}

func (s *remote) killed() error {
	return diag.Errorf(diag.CodeKilled, diag.Pos{}, "job %s was cancelled", s.id)
}

func (s *remote) broken(format string, args ...any) error {
	return diag.Errorf(diag.CodeServer, diag.Pos{}, format, args...)
}

func (s *remote) ID() string { return s.id }

func (s *remote) setProgress(p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.progress = p
}

func (s *remote) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.progress
}

func (s *remote) Wait(ctx context.Context) (Outcome, error) {
	select {
	case <-s.settled:
		return s.outcome, s.err
	default:
	}
	select {
	case <-s.settled:
		return s.outcome, s.err
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

func (s *remote) Schema(ctx context.Context) (types.Schema, error) {
	_, err := s.Wait(ctx)
	return s.schema, err
}

func (s *remote) Next(ctx context.Context) (*batch.Batch, error) {
	if _, err := s.Wait(ctx); err != nil {
		return nil, err
	}
	select {
	case b, ok := <-s.batches:
		if !ok {
			return nil, s.tail
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Cancel ends the call, and with it the statement.
func (s *remote) Cancel() { s.cancel() }

func (s *remote) Close() error {
	s.cancel()
	for range s.batches { // until receive has ended
	}
	return nil
}
