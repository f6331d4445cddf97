package master

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
	"github.com/bixidata/bixi/sql/diag"
)

// Service lets workers in other processes dial a master. Its server should be
// made with taskpb.ServerOptions.
type Service struct {
	taskpb.UnimplementedControlServer
	m     *Master
	token string

	mu struct {
		sync.Mutex
		waiting map[session]*link // registered, stream not opened yet
	}
}

type session struct {
	worker stage.WorkerID
	epoch  uint64
}

// NewService makes the service of m. Unless token is empty, workers must show
// it.
func NewService(m *Master, token string) *Service {
	s := &Service{m: m, token: token}
	s.mu.waiting = make(map[session]*link)
	return s
}

// Register takes a worker in.
func (s *Service) Register(ctx context.Context, req *taskpb.RegisterRequest) (*taskpb.RegisterResponse, error) {
	if err := s.authorize(ctx); err != nil {
		return nil, err
	}
	l, resp, err := s.m.register(ctx, req)
	if err != nil {
		return nil, toStatus(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, old := range s.mu.waiting {
		if old.isClosed() {
			delete(s.mu.waiting, key)
		}
	}
	s.mu.waiting[session{l.worker, l.epoch}] = l
	return resp, nil
}

// Session carries the messages of one registration until either side hangs up.
func (s *Service) Session(stream taskpb.Control_SessionServer) error {
	if err := s.authorize(stream.Context()); err != nil {
		return err
	}
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	l := s.claim(first.GetHello())
	if l == nil {
		return status.Error(codes.NotFound, "no such registration")
	}
	defer l.Close()
	// The reader ends when this call has returned, because that ends the stream.
	if !s.m.spawn(func() { read(stream, l) }) {
		return toStatus(errClosed)
	}
	for {
		d, err := l.Recv()
		if err != nil {
			return status.Error(codes.Unavailable, "the master hung up")
		}
		if err := stream.Send(d); err != nil {
			return err
		}
	}
}

// read hands on what a worker says until its stream or link breaks.
func read(stream taskpb.Control_SessionServer, l *link) {
	defer l.close()
	for {
		msg, err := stream.Recv()
		if err != nil || l.Send(msg) != nil {
			return
		}
	}
}

// claim gives the link of a registration, once.
func (s *Service) claim(hello *taskpb.Hello) *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := session{stage.WorkerID(hello.GetWorker()), hello.GetEpoch()}
	l := s.mu.waiting[key]
	delete(s.mu.waiting, key)
	return l
}

// authorize compares the join token in constant time.
func (s *Service) authorize(ctx context.Context) error {
	if s.token == "" {
		return nil
	}
	var shown string
	if md, ok := metadata.FromIncomingContext(ctx); ok {
		if v := md.Get(taskpb.TokenKey); len(v) == 1 {
			shown = v[0]
		}
	}
	// Hashes have one length, so that the comparison does not tell the token's.
	a, b := sha256.Sum256([]byte(shown)), sha256.Sum256([]byte(s.token))
	if subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
		return status.Error(codes.Unauthenticated, "the join token is missing or wrong")
	}
	return nil
}

// toStatus keeps the error's class, code and hint as a detail.
func toStatus(err error) error {
	code := map[diag.Class]codes.Code{
		diag.User:      codes.FailedPrecondition,
		diag.Resource:  codes.ResourceExhausted,
		diag.Transient: codes.Unavailable,
		diag.Internal:  codes.Internal,
	}[diag.ClassOf(err)]
	st, detailErr := status.New(code, err.Error()).WithDetails(taskpb.FromError(err))
	if detailErr != nil {
		return status.Error(code, err.Error())
	}
	return st.Err()
}
