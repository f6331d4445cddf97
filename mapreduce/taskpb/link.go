package taskpb

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// Link is a worker's end of a session. Messages arrive in order or, once the
// link is broken, not at all. Send and Recv may run at the same time; Close
// makes both return an error.
type Link interface {
	Send(*Up) error
	Recv() (*Down, error)
	Close() error
}

// Dialer registers a worker and opens its session. The master itself is one,
// for workers in its process; worker/agent has the one over gRPC.
type Dialer interface {
	Dial(ctx context.Context, req *RegisterRequest) (Link, *RegisterResponse, error)
}

// MaxMessage bounds one message, in bytes. It is far above any fragment: what
// may grow with data is streamed elsewhere.
const MaxMessage = 1 << 30

// TokenKey is the metadata key that carries the join token.
const TokenKey = "bixi-join-token"

// ServerOptions are what a server of Control needs.
func ServerOptions() []grpc.ServerOption {
	return append(KeepaliveOptions(), grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage))
}

// KeepaliveOptions are the part of ServerOptions that finds dead peers, for a
// server whose message limits are set already.
func KeepaliveOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
	}
}

// DialOptions are what a client of Control needs, but for its credentials.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
	}
}
