package master

import (
	"io"
	"sync"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/mapreduce/taskpb"
)

// link is a session inside the process. It is both ends of it: the worker's as
// a taskpb.Link and the master's as a dispatcher.
type link struct {
	m      *Master
	worker stage.WorkerID
	epoch  uint64
	broken chan struct{} // closed when either side hangs up
	ready  chan struct{} // has room for one token: the queue may have messages

	mu struct {
		sync.Mutex
		queue  []*taskpb.Down
		closed bool
	}
}

func newLink(m *Master, worker stage.WorkerID, epoch uint64) *link {
	return &link{m: m, worker: worker, epoch: epoch, broken: make(chan struct{}), ready: make(chan struct{}, 1)}
}

// dispatch queues a message. The queue is not bounded, but what the scheduler
// has to say to one worker is: a start for each slot, and an end for each start.
func (l *link) dispatch(d *taskpb.Down) {
	l.mu.Lock()
	if !l.mu.closed {
		l.mu.queue = append(l.mu.queue, d)
	}
	l.mu.Unlock()
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// close breaks the link. Unlike Close it may be called while m.mu is held.
func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.mu.closed {
		l.mu.closed, l.mu.queue = true, nil
		close(l.broken)
	}
}

func (l *link) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mu.closed
}

// Send hands a message to the master's loop and waits while that is busy.
func (l *link) Send(msg *taskpb.Up) error {
	select {
	case <-l.broken:
		return io.ErrClosedPipe
	default:
	}
	select {
	case l.m.ups <- up{l.worker, l.epoch, msg}:
		return nil
	case <-l.broken:
		return io.ErrClosedPipe
	}
}

// Recv waits for the next message.
func (l *link) Recv() (*taskpb.Down, error) {
	for {
		l.mu.Lock()
		if len(l.mu.queue) > 0 {
			d := l.mu.queue[0]
			l.mu.queue = l.mu.queue[1:]
			l.mu.Unlock()
			return d, nil
		}
		l.mu.Unlock()
		select {
		case <-l.ready:
		case <-l.broken:
			return nil, io.EOF
		}
	}
}

// Close is the worker hanging up.
func (l *link) Close() error {
	l.close()
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.m.mu.core.disconnected(l.worker, l.epoch)
	return nil
}
