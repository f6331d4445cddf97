// Package service carries exchanges between processes: a gRPC server that
// sends the outputs of a store, and a client that reads them as shuffle.Readers.
// Start with Register and Client; docs/decisions/0005-shuffle.md has the reasons.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/shuffle/wire"
)

// The sizes that made a difference when measured: large socket buffers most of
// all. The window bounds what a receiver holds of a stream it does not read.
const (
	window      = 8 << 20
	writeBuffer = 512 << 10
	readBuffer  = 1 << 20
	// messageBytes is the size from which on a message is sent.
	messageBytes = 1 << 20
)

const fetchMethod = "/bixi.shuffle.Shuffle/Fetch"

// ServerOptions are what a gRPC server needs to hold the shuffle service; other
// services can live on it too.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ForceServerCodecV2(newCodec()),
		grpc.InitialWindowSize(window), grpc.InitialConnWindowSize(window),
		grpc.WriteBufferSize(writeBuffer), grpc.ReadBufferSize(readBuffer),
		grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32),
	}
}

// Register makes the outputs of store readable through server.
func Register(server grpc.ServiceRegistrar, store *shuffle.MemoryStore) {
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bixi.shuffle.Shuffle",
		HandlerType: (*fetcher)(nil),
		Metadata:    "shuffle.proto",
		Streams: []grpc.StreamDesc{{StreamName: "Fetch", ServerStreams: true,
			Handler: func(srv any, stream grpc.ServerStream) error { return srv.(fetcher).fetch(stream) }}},
	}, &sender{store: store})
}

type fetcher interface {
	fetch(stream grpc.ServerStream) error
}

type sender struct{ store *shuffle.MemoryStore }

func (s *sender) fetch(stream grpc.ServerStream) error {
	var req fetchRequest
	if err := stream.RecvMsg(&req); err != nil {
		return err
	}
	ctx := stream.Context()
	frames, types, err := s.store.Frames(ctx, req.output, req.partition)
	if err != nil {
		return fetchStatus(err)
	}
	schema, err := json.Marshal(types)
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	next := &chunk{schema: schema}
	var rows, sum uint64
	for {
		end, err := fill(ctx, frames, next, &rows, &sum)
		if err != nil {
			return fetchStatus(err)
		}
		if end {
			next.last, next.rows, next.checksum = true, rows, sum
		}
		if err := stream.SendMsg(next); err != nil || end {
			return err
		}
		next = &chunk{}
	}
}

// fill puts frames into a message until it is large enough or the next frame is
// not there yet, and reports whether the partition has ended.
func fill(ctx context.Context, frames *shuffle.Frames, m *chunk, rows, sum *uint64) (bool, error) {
	for size := 0; size < messageBytes; {
		if size > 0 && !frames.Ready() {
			return false, nil
		}
		segments, n, err := frames.Next(ctx)
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		h, err := wire.ParseHeader(segments[0])
		if err != nil {
			return false, err
		}
		*rows += uint64(n)
		*sum += h.Checksum
		size += wire.HeaderSize + h.Length
		m.frames = append(m.frames, segments...)
	}
	return false, nil
}

// fetchStatus is the error as a receiver gets it: the text of the cause.
func fetchStatus(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return status.FromContextError(err).Err()
	}
	var fetch *shuffle.FetchError
	if errors.As(err, &fetch) {
		err = fetch.Err
	}
	if errors.Is(err, wire.ErrDamaged) {
		return status.Error(codes.DataLoss, err.Error())
	}
	return status.Error(codes.Unavailable, err.Error())
}
