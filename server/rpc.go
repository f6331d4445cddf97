package server

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"

	"github.com/bixidata/bixi/batch"
	pb "github.com/bixidata/bixi/server/statementpb"
	"github.com/bixidata/bixi/shuffle/wire"
)

const (
	// progressEvery is the pause between reports of a statement's progress.
	progressEvery = 200 * time.Millisecond
	// messageBytes is the size above which a batch travels in pieces.
	messageBytes = 8 << 20
)

// Register makes a gRPC server offer statements to Clients.
func Register(to grpc.ServiceRegistrar, statements Statements) {
	pb.RegisterStatementsServer(to, &service{statements: statements})
}

// service is the server's end of the wire.
type service struct {
	pb.UnimplementedStatementsServer
	statements Statements
	jobs       jobList
}

// eventStream is a call's way back to the client.
type eventStream = grpc.ServerStreamingServer[pb.RunEvent]

// Run runs a statement. Its errors are events, so that they arrive whole; the
// call itself fails only if the client is gone.
func (s *service) Run(r *pb.RunRequest, events eventStream) error {
	ctx := events.Context()
	request := requestOf(r)
	st, err := s.statements.Submit(ctx, request)
	if err != nil {
		return events.Send(failedEvent(err))
	}
	defer st.Close()
	job := s.jobs.begin(request, st, time.Now())
	err = follow(ctx, st, events)
	if ctx.Err() != nil {
		err = context.Canceled // whatever failed first for want of a client
	}
	s.jobs.end(job, err)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return events.Send(failedEvent(err))
}

// follow sends a statement's events up to the end of its result.
func follow(ctx context.Context, st Statement, events eventStream) error {
	if err := events.Send(&pb.RunEvent{Event: &pb.RunEvent_Planned{Planned: &pb.Planned{Id: st.ID()}}}); err != nil {
		return err
	}
	outcome, err := waitReporting(ctx, st, events)
	if err != nil {
		return err
	}
	schema, err := st.Schema(ctx)
	if err != nil {
		return err
	}
	if err := events.Send(&pb.RunEvent{Event: &pb.RunEvent_Done{Done: doneMessage(schema, outcome)}}); err != nil {
		return err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := sendBatch(events, b.Dense()); err != nil {
			return err
		}
	}
}

// waitReporting waits for the statement's end and sends its progress meanwhile.
func waitReporting(ctx context.Context, st Statement, events eventStream) (Outcome, error) {
	for {
		pause, stop := context.WithTimeout(ctx, progressEvery)
		outcome, err := st.Wait(pause)
		paused := err != nil && errors.Is(err, pause.Err())
		stop()
		if !paused || ctx.Err() != nil {
			return outcome, err
		}
		if err := events.Send(&pb.RunEvent{Event: &pb.RunEvent_Progress{Progress: progressMessage(st.Progress())}}); err != nil {
			return Outcome{}, err
		}
	}
}

// sendBatch sends a dense batch, in halves if it is large: the size of messages
// has no fixed limit, but they are held whole at both ends.
func sendBatch(events eventStream, b *batch.Batch) error {
	if b.N > 1 && b.Size() > messageBytes {
		if err := sendBatch(events, b.Slice(0, b.N/2)); err != nil {
			return err
		}
		return sendBatch(events, b.Slice(b.N/2, b.N))
	}
	frame := wire.Append(nil, b)
	return events.Send(&pb.RunEvent{Event: &pb.RunEvent_Batch{Batch: frame}})
}

// List tells which statements came through this door.
func (s *service) List(context.Context, *pb.ListRequest) (*pb.ListResponse, error) {
	out := &pb.ListResponse{}
	for _, j := range s.jobs.list() {
		out.Jobs = append(out.Jobs, jobMessage(j))
	}
	return out, nil
}

// Cancel ends a statement.
func (s *service) Cancel(_ context.Context, r *pb.CancelRequest) (*pb.CancelResponse, error) {
	return &pb.CancelResponse{Found: s.jobs.kill(r.GetId())}, nil
}
