package program

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// The protocol. A message is its kind (one byte), the length of its payload (four
// bytes, little-endian) and the payload. The engine begins with hello, which the
// program answers with welcome or failed. After a hello with a side, the program
// sends output as it has it and need whenever it can do nothing without more input;
// the engine answers each need with one input or the end. The program's last
// messages are counters and done, or failed.
type messageKind byte

const (
	hello    messageKind = 'H' // engine: JSON helloMessage
	welcome  messageKind = 'W' // program: JSON Spec
	need     messageKind = 'N' // program
	input    messageKind = 'I' // engine: a frame of shuffle/wire
	end      messageKind = 'Z' // engine
	output   messageKind = 'O' // program: a frame of shuffle/wire
	counters messageKind = 'C' // program: JSON map by CounterKey
	done     messageKind = 'D' // program
	failed   messageKind = 'E' // program: JSON failure
)

// helloMessage begins a conversation. Without Side it asks for the Spec alone.
type helloMessage struct {
	Version int   `json:"version"`
	Side    *Side `json:"side,omitempty"`
}

// failure is an error on its way to the engine.
type failure struct {
	Code diag.Code `json:"code"`
	Msg  string    `json:"msg"`
	Hint string    `json:"hint,omitempty"`
}

func failureOf(err error) failure {
	e := diag.Of(err)
	f := failure{Code: e.Code, Msg: e.Msg, Hint: e.Hint}
	if e.Err != nil {
		f.Msg += ": " + e.Err.Error()
	}
	return f
}

func (f failure) error() error {
	e := diag.Errorf(f.Code, diag.Pos{}, "%s", f.Msg)
	e.Hint = f.Hint
	return e
}

const (
	headerSize = 5
	pipeBuffer = 256 << 10
)

// conn reads and writes messages.
type conn struct {
	r     *bufio.Reader
	w     *bufio.Writer
	frame []byte   // the last batch written
	words []uint64 // the last payload read
}

func newConn(r io.Reader, w io.Writer) *conn {
	return &conn{r: bufio.NewReaderSize(r, pipeBuffer), w: bufio.NewWriterSize(w, pipeBuffer)}
}

func (c *conn) send(k messageKind, payload []byte) error {
	var head [headerSize]byte
	head[0] = byte(k)
	binary.LittleEndian.PutUint32(head[1:], uint32(len(payload)))
	if uint64(len(payload)) > 1<<32-1 {
		return fmt.Errorf("a message of %d bytes is too large", len(payload))
	}
	if _, err := c.w.Write(head[:]); err != nil {
		return err
	}
	_, err := c.w.Write(payload)
	return err
}

func (c *conn) sendJSON(k messageKind, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := c.send(k, data); err != nil {
		return err
	}
	return c.w.Flush()
}

func (c *conn) sendBatch(k messageKind, b *batch.Batch) error {
	c.frame = wire.Append(c.frame[:0], b)
	return c.send(k, c.frame)
}

// receive reads a message, whose payload is valid until the next one and aligned
// to 8 bytes. A conversation never just ends: io.EOF is io.ErrUnexpectedEOF here.
func (c *conn) receive() (messageKind, []byte, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(c.r, head[:]); err == io.EOF {
		return 0, nil, io.ErrUnexpectedEOF
	} else if err != nil {
		return 0, nil, err
	}
	n := int(binary.LittleEndian.Uint32(head[1:]))
	if words := (n + 7) / 8; words > len(c.words) {
		c.words = make([]uint64, max(words, 2*len(c.words)))
	}
	payload := batch.BytesOf(c.words)[:n:n]
	_, err := io.ReadFull(c.r, payload)
	return messageKind(head[0]), payload, err
}

func decodeBatch(payload []byte, ts []types.Type) (*batch.Batch, error) {
	b, n, err := wire.Decode(payload, ts)
	if err == nil && n != len(payload) {
		err = fmt.Errorf("a batch of %d bytes in a message of %d", n, len(payload))
	}
	return b, err
}

func unexpected(k messageKind) error { return fmt.Errorf("an unexpected message %q", byte(k)) }
