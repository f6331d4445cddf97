package wire

import (
	"encoding/binary"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Forms say how a column is laid out. Zero is the flat layout of its type.
const (
	formNarrow = 1 // DECIMAL as 64-bit values
	formWide   = 2 // DECIMAL as 128-bit values
	formDict   = 4 // codes into a dictionary batch that came before
)

// The numbers of Arrow's Message.fbs.
const (
	headerDictionaryBatch = 2
	headerRecordBatch     = 3
	metadataV5            = 4
	continuation          = 0xFFFFFFFF
)

var zeros [8]byte

// encoding is a frame being made: segments[0] begins with the header.
type encoding struct {
	segments [][]byte
	size     int // payload bytes so far
	forms    []byte
}

// message is an IPC message being made.
type message struct {
	nodes, buffers []int64 // pairs: length and null count; offset and length
	body           [][]byte
	size           int64
}

func newEncoding(b *batch.Batch) *encoding {
	e := &encoding{segments: make([][]byte, 1, 4+3*len(b.Columns))}
	rows := &message{}
	for i, c := range b.Columns {
		c = settle(c)
		if c.Enc == batch.Dict {
			e.dictionary(i, c.Dict)
			rows.codes(c)
		} else {
			e.describe(c, 0)
			rows.flat(c)
		}
	}
	e.message(rows, int64(b.N), -1)
	head := make([]byte, HeaderSize+pad8(len(e.forms)))
	copy(head[HeaderSize:], e.forms)
	e.segments[0] = head
	e.size += len(head) - HeaderSize
	return e
}

func (e *encoding) checksum() uint64 {
	h := xxh3.New()
	h.Write(e.segments[0][HeaderSize:])
	for _, s := range e.segments[1:] {
		h.Write(s)
	}
	return h.Sum64()
}

// settle decides the encoding c travels in: flat, or a dictionary that is
// smaller than the flat form.
func settle(c *batch.Column) *batch.Column {
	if c.Enc == batch.Const || c.Enc == batch.Dict && !worthKeeping(c) {
		c = batch.Flatten(c)
	}
	return plain(c)
}

// plain makes the children of a flat column flat and exactly as long as they
// are referred to.
func plain(c *batch.Column) *batch.Column {
	if len(c.Children) == 0 {
		return c
	}
	out := *c
	out.Children = make([]*batch.Column, len(c.Children))
	for i, k := range c.Children {
		if c.Phys == batch.PhysList {
			k = batch.Slice(k, int(c.Offsets[0]), int(c.Offsets[c.N]))
		}
		out.Children[i] = plain(batch.Flatten(k))
	}
	return &out
}

func worthKeeping(c *batch.Column) bool {
	if c.Phys != batch.PhysBytes || c.Dict.N > c.N {
		return false
	}
	d, flat := c.Dict, 0
	for _, k := range c.Codes[:c.N] {
		flat += int(d.Offsets[k+1] - d.Offsets[k])
	}
	return int(d.Offsets[d.N]-d.Offsets[0])+4*d.N < flat
}

// describe adds the forms of a flat column and its children.
func (e *encoding) describe(c *batch.Column, form byte) {
	if c.Type.Kind == types.Decimal {
		form |= formWide
		if c.Phys == batch.PhysI64 {
			form ^= formWide | formNarrow
		}
	}
	e.forms = append(e.forms, form)
	for _, k := range c.Children {
		e.describe(k, 0)
	}
}

func (e *encoding) dictionary(id int, dict *batch.Column) {
	e.describe(dict, formDict)
	m := &message{}
	m.flat(dict)
	e.message(m, int64(dict.N), int64(id))
}

func (m *message) node(c *batch.Column) {
	nulls := 0
	if c.Valid != nil {
		nulls = c.N - c.Valid.Count(c.N)
	}
	m.nodes = append(m.nodes, int64(c.N), int64(nulls))
	if nulls == 0 {
		m.add(nil)
		return
	}
	m.add(batch.BytesOf(c.Valid)[:pad8((c.N+7)/8)])
}

func (m *message) add(p []byte) {
	m.buffers = append(m.buffers, m.size, int64(len(p)))
	if len(p) == 0 {
		return
	}
	m.body = append(m.body, p)
	if k := len(p) % 8; k != 0 {
		m.body = append(m.body, zeros[k:])
	}
	m.size += int64(pad8(len(p)))
}

func (m *message) codes(c *batch.Column) {
	m.node(c)
	m.add(batch.BytesOf(c.Codes[:c.N]))
}

func (m *message) flat(c *batch.Column) {
	m.node(c)
	switch c.Phys {
	case batch.PhysBool:
		m.add(c.Data[:pad8((c.N+7)/8)])
	case batch.PhysBytes:
		lo, hi := m.offsets(c)
		m.add(c.Data[lo:hi])
	case batch.PhysList:
		m.offsets(c)
		m.flat(c.Children[0])
	case batch.PhysStruct:
		for _, k := range c.Children {
			m.flat(k)
		}
	default:
		m.add(c.Data[:c.N*c.Phys.Width()])
	}
}

// offsets adds c's offsets, which begin at zero on the wire.
func (m *message) offsets(c *batch.Column) (lo, hi int32) {
	off := c.Offsets[:c.N+1]
	lo, hi = off[0], off[c.N]
	if lo != 0 {
		moved := make([]int32, len(off))
		for i, o := range off {
			moved[i] = o - lo
		}
		off = moved
	}
	m.add(batch.BytesOf(off))
	return lo, hi
}

// message closes m as a record batch of n rows, or as dictionary id if that is
// not negative, and adds it to the frame.
func (e *encoding) message(m *message, n, id int64) {
	b := flatbuffers.NewBuilder(256 + 8*(len(m.nodes)+len(m.buffers)))
	buffers := pairs(b, m.buffers)
	nodes := pairs(b, m.nodes)
	b.StartObject(5)
	b.PrependInt64Slot(0, n, 0)
	b.PrependUOffsetTSlot(1, nodes, 0)
	b.PrependUOffsetTSlot(2, buffers, 0)
	header := b.EndObject()
	kind := byte(headerRecordBatch)
	if id >= 0 {
		kind = headerDictionaryBatch
		b.StartObject(3)
		b.PrependInt64Slot(0, id, 0)
		b.PrependUOffsetTSlot(1, header, 0)
		header = b.EndObject()
	}
	b.StartObject(5)
	b.PrependInt16Slot(0, metadataV5, 0)
	b.PrependByteSlot(1, kind, 0)
	b.PrependUOffsetTSlot(2, header, 0)
	b.PrependInt64Slot(3, m.size, 0)
	b.Finish(b.EndObject())
	meta := b.FinishedBytes()

	head := make([]byte, 8+pad8(len(meta)))
	binary.LittleEndian.PutUint32(head, continuation)
	binary.LittleEndian.PutUint32(head[4:], uint32(pad8(len(meta))))
	copy(head[8:], meta)
	e.segments = append(e.segments, head)
	e.segments = append(e.segments, m.body...)
	e.size += len(head) + int(m.size)
}

// pairs writes a vector of 16-byte structs of two 64-bit fields.
func pairs(b *flatbuffers.Builder, v []int64) flatbuffers.UOffsetT {
	b.StartVector(16, len(v)/2, 8)
	for i := len(v) - 1; i > 0; i -= 2 {
		b.Prep(8, 16)
		b.PrependInt64(v[i])
		b.PrependInt64(v[i-1])
	}
	return b.EndVector(len(v) / 2)
}

func pad8(n int) int { return (n + 7) &^ 7 }

// decimalPhys is the representation a DECIMAL of that form has.
func decimalPhys(form byte) batch.Phys {
	if form&formNarrow != 0 {
		return batch.PhysI64
	}
	return batch.PhysI128
}
