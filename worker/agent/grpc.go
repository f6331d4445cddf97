package agent

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/bixidata/bixi/mapreduce/taskpb"
)

// GRPC reaches a master over a connection, which should be made with
// taskpb.DialOptions. It stays the caller's.
type GRPC struct {
	Conn  grpc.ClientConnInterface
	Token string // the join token; may be empty
}

// registerTimeout bounds one registration. A master that is only slow is asked
// again, with a report that is then fresh.
const registerTimeout = 20 * time.Second

// Dial registers and opens the session's stream, which ends with ctx.
func (g GRPC) Dial(ctx context.Context, req *taskpb.RegisterRequest) (taskpb.Link, *taskpb.RegisterResponse, error) {
	if g.Token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, taskpb.TokenKey, g.Token)
	}
	client := taskpb.NewControlClient(g.Conn)
	resp, err := register(ctx, client, req)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	stream, err := client.Session(ctx)
	if err == nil {
		err = stream.Send(&taskpb.Up{Message: &taskpb.Up_Hello{Hello: &taskpb.Hello{Worker: req.GetWorker(), Epoch: req.GetEpoch()}}})
	}
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return &grpcLink{stream, cancel}, resp, nil
}

func register(ctx context.Context, client taskpb.ControlClient, req *taskpb.RegisterRequest) (*taskpb.RegisterResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, registerTimeout)
	defer cancel()
	resp, err := client.Register(ctx, req)
	if err != nil {
		for _, d := range status.Convert(err).Details() {
			if e, ok := d.(*taskpb.Error); ok {
				return nil, e.Go()
			}
		}
	}
	return resp, err
}

// grpcLink is a session's stream. Cancelling its context is the only way to
// end a stream that waits.
type grpcLink struct {
	taskpb.Control_SessionClient
	cancel context.CancelFunc
}

// Close ends the stream.
func (l *grpcLink) Close() error {
	l.cancel()
	return nil
}
