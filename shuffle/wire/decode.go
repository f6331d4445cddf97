package wire

import (
	"encoding/binary"
	"unsafe"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// decoding reads a payload. The payload passed its checksum, so a contradiction
// in it means another writer, and is reported by panicking with an error that
// decodePayload gives to its caller.
type decoding struct {
	rest  []byte
	forms []byte
	// The message being read.
	nodes, buffers []int64
	body           []byte
}

func decodePayload(payload []byte, schema []types.Type) (b *batch.Batch, err error) {
	defer func() {
		if r := recover(); r != nil {
			b, err = nil, damaged("%v", r)
		}
	}()
	d := &decoding{rest: payload}
	n := 0
	for _, t := range schema {
		n += columnsOf(t)
	}
	d.forms = d.take(pad8(n))[:n]

	dicts := make([]*batch.Column, len(schema))
	out := &batch.Batch{Columns: make([]*batch.Column, len(schema))}
	for {
		kind, id, rows := d.message()
		if kind == headerRecordBatch {
			out.N = int(rows)
			break
		}
		d.forms, dicts[id] = d.dictionary(schema, int(id))
	}
	for i, t := range schema {
		if d.forms[0]&formDict == 0 {
			out.Columns[i] = d.flat(t)
		} else {
			d.forms = d.forms[columnsOf(t):]
			out.Columns[i] = d.codes(dicts[i])
		}
		if out.Columns[i].N != out.N {
			return nil, damaged("column %d has %d rows of %d", i, out.Columns[i].N, out.N)
		}
	}
	return out, nil
}

// columnsOf is the number of columns a column of type t consists of.
func columnsOf(t types.Type) int {
	n := 1
	switch t.Kind {
	case types.Array:
		n += columnsOf(*t.Elem)
	case types.Map:
		n += 1 + columnsOf(*t.Key) + columnsOf(*t.Elem)
	case types.Struct:
		for _, f := range t.Fields {
			n += columnsOf(f.Type)
		}
	}
	return n
}

func (d *decoding) take(n int) []byte {
	p := d.rest[:n:n]
	d.rest = d.rest[n:]
	return p
}

// message reads the metadata of the next message and sets nodes, buffers, body.
func (d *decoding) message() (kind byte, id, rows int64) {
	prefix := d.take(8)
	if binary.LittleEndian.Uint32(prefix) != continuation {
		panic("no message")
	}
	meta := d.take(int(binary.LittleEndian.Uint32(prefix[4:])))
	m := flatbuffers.Table{Bytes: meta, Pos: flatbuffers.GetUOffsetT(meta)}
	kind = m.GetByteSlot(6, 0)
	d.body = d.take(int(m.GetInt64Slot(10, 0)))
	r := child(m, 8)
	if kind == headerDictionaryBatch {
		id = r.GetInt64Slot(4, 0)
		r = child(r, 6)
	} else if kind != headerRecordBatch {
		panic("a message of another kind")
	}
	d.nodes, d.buffers = vector(r, 6), vector(r, 8)
	return kind, id, r.GetInt64Slot(4, 0)
}

func child(t flatbuffers.Table, slot flatbuffers.VOffsetT) flatbuffers.Table {
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Pos + flatbuffers.UOffsetT(t.Offset(slot)))}
}

// vector reads a vector of 16-byte structs as pairs.
func vector(t flatbuffers.Table, slot flatbuffers.VOffsetT) []int64 {
	o := flatbuffers.UOffsetT(t.Offset(slot))
	at, n := int(t.Vector(o)), 2*t.VectorLen(o)
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(binary.LittleEndian.Uint64(t.Bytes[at+8*i:]))
	}
	return out
}

// dictionary reads the values of column id's dictionary; the forms stay.
func (d *decoding) dictionary(schema []types.Type, id int) ([]byte, *batch.Column) {
	all := d.forms
	skip := 0
	for _, t := range schema[:id] {
		skip += columnsOf(t)
	}
	d.forms = all[skip:]
	return all, d.flat(schema[id])
}

func (d *decoding) buffer() []byte {
	off, n := d.buffers[0], d.buffers[1]
	d.buffers = d.buffers[2:]
	return d.body[off : off+n : off+n]
}

// column begins a column: its rows and validity.
func (d *decoding) column(t types.Type) *batch.Column {
	c := &batch.Column{Type: t, Phys: batch.PhysOf(t), N: int(d.nodes[0])}
	nulls := d.nodes[1]
	d.nodes = d.nodes[2:]
	valid := view[uint64](d.buffer())
	if nulls > 0 {
		c.Valid = valid[:(c.N+63)/64]
	}
	return c
}

func (d *decoding) codes(dict *batch.Column) *batch.Column {
	c := d.column(dict.Type)
	c.Enc, c.Dict, c.Phys = batch.Dict, dict, dict.Phys
	c.Codes = view[int32](d.buffer())[:c.N]
	return c
}

func (d *decoding) flat(t types.Type) *batch.Column {
	c := d.column(t)
	form := d.forms[0]
	d.forms = d.forms[1:]
	if t.Kind == types.Decimal {
		c.Phys = decimalPhys(form)
	}
	switch c.Phys {
	case batch.PhysBool:
		c.Data = d.buffer()[:8*((c.N+63)/64)]
	case batch.PhysBytes:
		c.Offsets = view[int32](d.buffer())[:c.N+1]
		c.Data = d.buffer()
	case batch.PhysList:
		c.Offsets = view[int32](d.buffer())[:c.N+1]
		c.Children = []*batch.Column{d.flat(elemType(t))}
	case batch.PhysStruct:
		for _, f := range t.Fields {
			c.Children = append(c.Children, d.flat(f.Type))
		}
	default:
		c.Data = d.buffer()[:c.N*c.Phys.Width()]
	}
	return c
}

// elemType is the type of a list's child: the element, or a map's entry struct.
func elemType(t types.Type) types.Type {
	if t.Kind == types.Map {
		return types.StructOf(types.Field{Name: "key", Type: *t.Key}, types.Field{Name: "value", Type: *t.Elem})
	}
	return *t.Elem
}

// view reads aligned bytes as values.
func view[T int32 | uint64](p []byte) []T {
	if len(p) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p))), len(p)/int(unsafe.Sizeof(zero)))
}
