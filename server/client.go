package server

import (
	"context"
	"errors"
	"math"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/bixidata/bixi/batch"
	pb "github.com/bixidata/bixi/server/statementpb"
	"github.com/bixidata/bixi/sql/diag"
)

// Client runs statements on a server.
type Client struct {
	endpoint string
	conn     *grpc.ClientConn
	service  pb.StatementsClient
}

// NewClient makes a client of the server at endpoint, host:port with an optional
// http:// or https:// before it; https means TLS. It connects when the first
// statement is submitted. Options are added to those it needs.
func NewClient(endpoint string, opts ...grpc.DialOption) (*Client, error) {
	scheme, address, found := strings.Cut(endpoint, "://")
	if !found {
		scheme, address = "http", endpoint
	}
	creds := insecure.NewCredentials()
	switch strings.ToLower(scheme) {
	case "http":
	case "https":
		creds = credentials.NewTLS(nil)
	default:
		scheme, address = "", endpoint
	}
	opts = append([]grpc.DialOption{
		grpc.WithTransportCredentials(creds),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
	}, opts...)
	if scheme != "" {
		address = "dns:///" + strings.TrimSuffix(address, "/")
	}
	conn, err := grpc.NewClient(address, opts...)
	if err != nil {
		return nil, diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "%q is not an endpoint", endpoint).WithCause(err).
			WithHint("write it as host:port")
	}
	return &Client{endpoint: endpoint, conn: conn, service: pb.NewStatementsClient(conn)}, nil
}

// Submit begins a statement on the server.
func (c *Client) Submit(ctx context.Context, r Request) (Statement, error) {
	run, cancel := context.WithCancel(ctx)
	events, err := c.service.Run(run, requestMessage(r))
	if err != nil {
		cancel()
		return nil, c.problem(err)
	}
	first, err := events.Recv()
	if err == nil {
		err = errorOf(first.GetFailed())
	}
	if err != nil {
		cancel()
		return nil, c.problem(err)
	}
	s := &remote{
		client: c, id: first.GetPlanned().GetId(), ctx: run, cancel: cancel, events: events,
		settled: make(chan struct{}), batches: make(chan *batch.Batch),
	}
	s.mu.progress.Phase = "planning"
	go s.receive()
	return s, nil
}

// Close ends the connection and with it the statements that run.
func (c *Client) Close() error { return c.conn.Close() }

// List tells which statements the server runs.
func (c *Client) List(ctx context.Context) ([]Job, error) {
	r, err := c.service.List(ctx, &pb.ListRequest{})
	if err != nil {
		return nil, c.problem(err)
	}
	var out []Job
	for _, m := range r.GetJobs() {
		out = append(out, jobOf(m))
	}
	return out, nil
}

// Kill cancels a statement of the server.
func (c *Client) Kill(ctx context.Context, id string) error {
	r, err := c.service.Cancel(ctx, &pb.CancelRequest{Id: id})
	if err != nil {
		return c.problem(err)
	}
	if !r.GetFound() {
		return diag.Errorf(diag.CodeInvalidParameter, diag.Pos{}, "there is no job %s", id).
			WithHint("bixi job list shows the jobs of the server")
	}
	return nil
}

// problem says what an error of the connection means. Errors of statements pass.
func (c *Client) problem(err error) error {
	var e *diag.Error
	if errors.As(err, &e) {
		return err
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch s.Code() {
	case codes.Canceled:
		return context.Canceled
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	case codes.Unavailable:
		return diag.Errorf(diag.CodeServer, diag.Pos{}, "no answer from %s: %s", c.endpoint, s.Message()).
			WithHint("is bixi serve running there?")
	case codes.Unimplemented:
		return diag.Errorf(diag.CodeServer, diag.Pos{}, "%s does not offer this: %s", c.endpoint, s.Message()).
			WithHint("is it a server of bixi, and of this version?")
	}
	return diag.Errorf(diag.CodeInternal, diag.Pos{}, "%s: %s", c.endpoint, s.Message())
}
