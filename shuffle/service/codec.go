package service

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec of all other services
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle"
)

// fetchRequest and chunk are the messages of shuffle.proto.
type fetchRequest struct {
	output    shuffle.OutputID
	partition int
}

type chunk struct {
	schema []byte
	// frames are pieces that make up whole frames; what is received is one piece.
	frames   [][]byte
	last     bool
	rows     uint64
	checksum uint64
}

// codec writes the shuffle's messages by reference and leaves all others to
// protobuf's, so that one server can hold both.
type codec struct{ other encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// Name is protobuf's: that is what the messages are.
func (codec) Name() string { return "proto" }

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	switch v := v.(type) {
	case *fetchRequest:
		p := protowire.AppendTag(nil, 1, protowire.BytesType)
		p = protowire.AppendString(p, string(v.output))
		p = protowire.AppendTag(p, 2, protowire.VarintType)
		p = protowire.AppendVarint(p, uint64(v.partition))
		return mem.BufferSlice{mem.SliceBuffer(p)}, nil
	case *chunk:
		return v.marshal(), nil
	}
	return c.other.Marshal(v)
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	switch v := v.(type) {
	case *fetchRequest:
		return v.unmarshal(data.Materialize())
	case *chunk:
		return v.unmarshal(contiguous(data))
	}
	return c.other.Unmarshal(data, v)
}

// A message travels behind 5 bytes of gRPC. Frames begin at byte 64 after the
// start of these, and the whole is a multiple of 64 bytes, so that a receiver
// that puts messages one after the other finds all frames aligned. A last DATA
// frame of 1 KiB or less would bypass the receiver's pool; padding avoids it.
const (
	grpcPrefix = 5
	alignment  = 64
	dataFrame  = 16 << 10
	smallFrame = 1 << 10
)

func (m *chunk) marshal() mem.BufferSlice {
	var head []byte
	if m.schema != nil {
		head = protowire.AppendTag(head, 1, protowire.BytesType)
		head = protowire.AppendBytes(head, m.schema)
	}
	if m.last {
		head = protowire.AppendTag(head, 3, protowire.VarintType)
		head = protowire.AppendVarint(head, 1)
		head = protowire.AppendTag(head, 4, protowire.VarintType)
		head = protowire.AppendVarint(head, m.rows)
		head = protowire.AppendTag(head, 5, protowire.Fixed64Type)
		head = protowire.AppendFixed64(head, m.checksum)
	}
	size := 0
	for _, f := range m.frames {
		size += len(f)
	}
	// The frames' own tag and length take 6 bytes.
	head = appendPadding(head, padTo(grpcPrefix+len(head)+6))
	head = protowire.AppendTag(head, 2, protowire.BytesType)
	head = appendLength(head, size)
	out := make(mem.BufferSlice, 0, len(m.frames)+2)
	out = append(out, mem.SliceBuffer(head))
	for _, f := range m.frames {
		out = append(out, mem.SliceBuffer(f))
	}
	total := grpcPrefix + len(head) + size
	tail := padTo(total)
	if rest := (total + tail) % dataFrame; rest > 0 && rest <= smallFrame {
		tail += smallFrame + alignment - rest&^(alignment-1)
	}
	if tail > 0 {
		out = append(out, mem.SliceBuffer(appendPadding(nil, tail)))
	}
	return out
}

// padTo is how many bytes bring n to a multiple of the alignment, 0 or enough
// for a padding field.
func padTo(n int) int {
	k := (alignment - n%alignment) % alignment
	if k > 0 && k < 6 {
		k += alignment
	}
	return k
}

// appendPadding writes a padding field of n bytes in all; n is 0 or at least 6.
func appendPadding(p []byte, n int) []byte {
	if n == 0 {
		return p
	}
	p = protowire.AppendTag(p, 15, protowire.BytesType)
	p = appendLength(p, n-6)
	return append(p, make([]byte, n-6)...)
}

// appendLength writes a length as a varint of always 5 bytes.
func appendLength(p []byte, n int) []byte {
	for range 4 {
		p = append(p, byte(n)|0x80)
		n >>= 7
	}
	return append(p, byte(n))
}

var errMessage = errors.New("shuffle: malformed message")

func (r *fetchRequest) unmarshal(p []byte) error {
	return fields(p, func(num protowire.Number, v uint64, b []byte) {
		switch num {
		case 1:
			r.output = shuffle.OutputID(b)
		case 2:
			r.partition = int(v)
		}
	})
}

func (m *chunk) unmarshal(p []byte) error {
	*m = chunk{}
	return fields(p, func(num protowire.Number, v uint64, b []byte) {
		switch num {
		case 1:
			m.schema = b
		case 2:
			m.frames = [][]byte{b}
		case 3:
			m.last = v != 0
		case 4:
			m.rows = v
		case 5:
			m.checksum = v
		}
	})
}

// fields calls f for the fields of a message.
func fields(p []byte, f func(num protowire.Number, v uint64, b []byte)) error {
	for len(p) > 0 {
		num, typ, n := protowire.ConsumeTag(p)
		if n < 0 {
			return errMessage
		}
		p = p[n:]
		var v uint64
		var b []byte
		switch typ {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(p)
		case protowire.Fixed64Type:
			v, n = protowire.ConsumeFixed64(p)
		case protowire.BytesType:
			b, n = protowire.ConsumeBytes(p)
		default:
			n = protowire.ConsumeFieldValue(num, typ, p)
		}
		if n < 0 {
			return fmt.Errorf("%w: field %d", errMessage, num)
		}
		f(num, v, b)
		p = p[n:]
	}
	return nil
}

// contiguous is data as one slice: the memory itself if its pieces lie one
// after the other, as a slabPool puts them, or else a copy that is aligned like
// a message in a slab.
func contiguous(data mem.BufferSlice) []byte {
	if len(data) == 0 {
		return nil
	}
	first := unsafe.SliceData(data[0].ReadOnlyData())
	n := 0
	for _, b := range data {
		p := b.ReadOnlyData()
		if len(p) > 0 && unsafe.Pointer(unsafe.SliceData(p)) != unsafe.Add(unsafe.Pointer(first), n) {
			return materialize(data)
		}
		n += len(p)
	}
	if _, slab := data[0].(mem.SliceBuffer); slab || uintptr(unsafe.Pointer(first))%8 != grpcPrefix {
		return materialize(data)
	}
	return unsafe.Slice(first, n)
}

func materialize(data mem.BufferSlice) []byte {
	out := batch.Alloc(grpcPrefix + data.Len())[grpcPrefix:]
	data.CopyTo(out)
	return out
}

// slabSize is the memory that received messages are carved from. A batch that
// is kept keeps its slab from being collected.
const slabSize = 4 << 20

// slabPool gives consecutive pieces of slabs, so that the DATA frames of a
// message received on a connection with one active stream lie one after the
// other. The garbage collector frees slabs when no batch refers to them, which
// is why Put does nothing and no reference is counted. One a connection.
type slabPool struct {
	mu struct {
		sync.Mutex
		free []byte
	}
}

// Get is mem.BufferPool.Get.
func (p *slabPool) Get(n int) *[]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mu.free) < n {
		// The bytes left over at the end keep a slab from adjoining the next one:
		// pieces that touch are always of one allocation.
		size := max(slabSize, n)
		p.mu.free = batch.Alloc(size + alignment)[:size]
	}
	piece := p.mu.free[:n:n]
	p.mu.free = p.mu.free[n:]
	return &piece
}

// Put is mem.BufferPool.Put.
func (p *slabPool) Put(*[]byte) {}
