package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/status"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/sql/types"
)

// connections is how many connections a pair of workers has: the reading and
// the writing side of one are a goroutine each, and two use the cores better.
const connections = 2

// Client is a shuffle.Transport: it reads outputs of this process from Local
// and those of others from the service at their address.
type Client struct {
	local shuffle.Store
	dial  []grpc.DialOption
	mu    struct {
		sync.Mutex
		peers  map[string]*peer
		closed bool
	}
}

type peer struct {
	conns [connections]*grpc.ClientConn
	turn  int
}

// NewClient makes a client. The dial options say how peers are authenticated
// (credentials are required, if only insecure ones).
func NewClient(local shuffle.Store, dial ...grpc.DialOption) *Client {
	c := &Client{local: local, dial: dial}
	c.mu.peers = map[string]*peer{}
	return c
}

// Open is shuffle.Transport.Open. A remote stream begins with the first Next.
func (c *Client) Open(ctx context.Context, src shuffle.Source, partition int) (shuffle.Reader, error) {
	if src.Address == "" {
		return c.local.Reader(ctx, src.ID, partition)
	}
	conn, err := c.conn(src.Address)
	if err != nil {
		return nil, shuffle.NewFetchError(src, err)
	}
	return &remoteReader{conn: conn, src: src, partition: partition}, nil
}

// conn gives one of the peer's connections, in turn.
func (c *Client) conn(address string) (*grpc.ClientConn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.closed {
		return nil, errors.New("the shuffle client is closed")
	}
	p := c.mu.peers[address]
	if p == nil {
		p = &peer{}
		c.mu.peers[address] = p
	}
	i := p.turn
	p.turn = (i + 1) % connections
	if p.conns[i] == nil {
		conn, err := grpc.NewClient(address, append([]grpc.DialOption{
			grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window),
			grpc.WithWriteBufferSize(writeBuffer), grpc.WithReadBufferSize(readBuffer),
			grpc.WithDefaultCallOptions(grpc.ForceCodecV2(newCodec()),
				grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
			experimental.WithBufferPool(&slabPool{}),
		}, c.dial...)...)
		if err != nil {
			return nil, err
		}
		p.conns[i] = conn
	}
	return p.conns[i], nil
}

// Close ends all connections; readers under way fail.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.closed = true
	var errs []error
	for _, p := range c.mu.peers {
		for _, conn := range p.conns {
			if conn != nil {
				errs = append(errs, conn.Close())
			}
		}
	}
	c.mu.peers = nil
	return errors.Join(errs...)
}

// remoteReader reads one partition through a stream. It verifies every frame,
// and the number of rows and the checksum of all at the end.
type remoteReader struct {
	conn      *grpc.ClientConn
	src       shuffle.Source
	partition int

	stream    grpc.ClientStream
	cancel    context.CancelFunc
	schema    []types.Type
	frames    []byte // the rest of the current chunk's
	last      bool
	want, got totals
}

// totals are what a partition holds.
type totals struct{ rows, checksum uint64 }

func (r *remoteReader) Next(ctx context.Context) (*batch.Batch, error) {
	for len(r.frames) == 0 {
		if r.last {
			if r.got != r.want {
				return nil, r.fail(ctx, fmt.Errorf("%w: %d rows came of %d", wire.ErrDamaged, r.got.rows, r.want.rows))
			}
			return nil, io.EOF
		}
		if err := r.receive(ctx); err != nil {
			return nil, r.fail(ctx, err)
		}
	}
	h, err := wire.ParseHeader(r.frames)
	if err != nil {
		return nil, r.fail(ctx, err)
	}
	b, n, err := wire.Decode(r.frames, r.schema)
	if err != nil {
		return nil, r.fail(ctx, err)
	}
	r.frames = r.frames[n:]
	r.got.rows += uint64(b.N)
	r.got.checksum += h.Checksum
	return b, nil
}

// receive reads the next chunk. The stream is bound to the context of the first
// call; later ones are expected to pass the same or one that ends with it.
func (r *remoteReader) receive(ctx context.Context) error {
	if r.stream == nil {
		ctx, cancel := context.WithCancel(ctx)
		r.cancel = cancel
		stream, err := r.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, fetchMethod)
		if err != nil {
			return err
		}
		r.stream = stream
		if err := stream.SendMsg(&fetchRequest{r.src.ID, r.partition}); err != nil && err != io.EOF {
			return err
		}
		if err := stream.CloseSend(); err != nil {
			return err
		}
	}
	var m chunk
	if err := r.stream.RecvMsg(&m); err != nil {
		if err == io.EOF {
			err = fmt.Errorf("%w: the stream ended early", wire.ErrDamaged)
		}
		return err
	}
	if m.schema != nil {
		if err := json.Unmarshal(m.schema, &r.schema); err != nil {
			return err
		}
	}
	if len(m.frames) > 0 {
		r.frames = m.frames[0]
	}
	if m.last {
		r.last, r.want = true, totals{m.rows, m.checksum}
	}
	return nil
}

// fail is err as readers report it: the context's own end as such, everything
// else as a FetchError that names the source.
func (r *remoteReader) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s, ok := status.FromError(err); ok {
		err = errors.New(s.Message())
	}
	return shuffle.NewFetchError(r.src, err)
}

func (r *remoteReader) Close() error {
	if r.cancel != nil {
		r.cancel()
	}
	return nil
}
