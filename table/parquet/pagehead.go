package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/parquet-go/parquet-go/format"
)

// pageHeader is what a reader needs of a page's header.
type pageHeader struct {
	kind   format.PageType
	size   int // bytes of the page when it is not compressed
	packed int // bytes of the page in the file
	values int // levels, NULLs and all; entries of a dictionary
	encodings
	nulls          int // DATA_PAGE_V2
	defLen, repLen int // DATA_PAGE_V2: bytes of the levels, which are not compressed
	plainBody      bool
}

// encodings are the encodings of a page.
type encodings struct {
	encoding, defs, reps format.Encoding
}

var (
	errHeader    = errors.New("a page header is damaged")
	errHeaderCut = errors.New("a page header is cut off")
)

// maxPage is the largest page that is believed.
const maxPage = 1 << 30

// parsePageHeader reads the header at the beginning of src and gives its length.
// errHeaderCut asks for more bytes.
//
// A header is a struct of Thrift's compact protocol; parquet.thrift names its
// fields.
func parsePageHeader(src []byte, h *pageHeader) (int, error) {
	*h = pageHeader{kind: -1}
	t := compactReader{src: src}
	t.fields(0, func(id int16, wire byte) {
		switch id {
		case 1:
			h.kind = format.PageType(t.int(wire))
		case 2:
			h.size = t.int(wire)
		case 3:
			h.packed = t.int(wire)
		case 5:
			t.dataHeader(wire, h)
		case 7:
			t.dictionaryHeader(wire, h)
		case 8:
			t.dataHeaderV2(wire, h)
		default:
			t.skip(wire, 0)
		}
	})
	if t.err != nil {
		return 0, t.err
	}
	if h.kind < 0 || h.size < 0 || h.packed < 0 || h.values < 0 || h.nulls < 0 || h.nulls > h.values ||
		h.size > maxPage || h.packed > maxPage || h.defLen < 0 || h.repLen < 0 || h.defLen+h.repLen > h.packed {
		return 0, errHeader
	}
	return t.at, nil
}

func (t *compactReader) dataHeader(wire byte, h *pageHeader) {
	t.nested(wire, func(id int16, wire byte) {
		switch id {
		case 1:
			h.values = t.int(wire)
		case 2:
			h.encoding = format.Encoding(t.int(wire))
		case 3:
			h.defs = format.Encoding(t.int(wire))
		case 4:
			h.reps = format.Encoding(t.int(wire))
		default:
			t.skip(wire, 1)
		}
	})
}

func (t *compactReader) dictionaryHeader(wire byte, h *pageHeader) {
	t.nested(wire, func(id int16, wire byte) {
		switch id {
		case 1:
			h.values = t.int(wire)
		case 2:
			h.encoding = format.Encoding(t.int(wire))
		default:
			t.skip(wire, 1)
		}
	})
}

func (t *compactReader) dataHeaderV2(wire byte, h *pageHeader) {
	h.defs, h.reps = format.RLE, format.RLE
	t.nested(wire, func(id int16, wire byte) {
		switch id {
		case 1:
			h.values = t.int(wire)
		case 2:
			h.nulls = t.int(wire)
		case 4:
			h.encoding = format.Encoding(t.int(wire))
		case 5:
			h.defLen = t.int(wire)
		case 6:
			h.repLen = t.int(wire)
		case 7:
			h.plainBody = wire == wireFalse
		default:
			t.skip(wire, 1)
		}
	})
}

// The types of the compact protocol.
const (
	wireTrue   = 1
	wireFalse  = 2
	wireByte   = 3
	wireI16    = 4
	wireI32    = 5
	wireI64    = 6
	wireDouble = 7
	wireBinary = 8
	wireList   = 9
	wireSet    = 10
	wireStruct = 12
)

// maxNesting bounds structs in structs.
const maxNesting = 16

// compactReader reads the compact protocol. After an error everything reads as zero.
type compactReader struct {
	src []byte
	at  int
	err error
}

// fields gives the fields of a struct to f, which must consume their values.
func (t *compactReader) fields(depth int, f func(id int16, wire byte)) {
	id := int16(0)
	if depth > maxNesting {
		t.fail(errHeader)
	}
	for t.err == nil {
		b := t.byte()
		if b == 0 {
			return
		}
		if delta := b >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.zigzag())
		}
		f(id, b&15)
	}
}

// nested is fields of a value that must be a struct.
func (t *compactReader) nested(wire byte, f func(id int16, wire byte)) {
	if wire != wireStruct {
		t.fail(errHeader)
		return
	}
	t.fields(1, f)
}

func (t *compactReader) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *compactReader) byte() byte {
	if t.err != nil || t.at >= len(t.src) {
		t.fail(errHeaderCut)
		return 0
	}
	t.at++
	return t.src[t.at-1]
}

func (t *compactReader) uvarint() uint64 {
	v, n := binary.Uvarint(t.src[t.at:])
	switch {
	case n == 0:
		t.fail(errHeaderCut)
	case n < 0:
		t.fail(errHeader)
	default:
		t.at += n
	}
	return v
}

func (t *compactReader) zigzag() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// int is an i32.
func (t *compactReader) int(wire byte) int {
	if wire != wireI32 {
		t.fail(errHeader)
		return 0
	}
	return int(int32(t.zigzag()))
}

// long is an i64.
func (t *compactReader) long(wire byte) int64 {
	if wire != wireI64 {
		t.fail(errHeader)
		return 0
	}
	return t.zigzag()
}

// binary is a view of the bytes of a string, not nil.
func (t *compactReader) binary(wire byte) []byte {
	if wire != wireBinary {
		t.fail(errHeader)
	}
	n := t.uvarint()
	from := t.at
	t.advance(n)
	if t.err != nil {
		return nil
	}
	return t.src[from:t.at:t.at]
}

// span is where a binary lies.
func (t *compactReader) span(wire byte) span {
	b := t.binary(wire)
	return span{uint32(t.at - len(b)), uint32(t.at)}
}

// list is the length of a list of structs, which follow.
func (t *compactReader) list(wire byte) int {
	n, element := t.listHead()
	if wire != wireList || element != wireStruct || n > uint64(len(t.src)-t.at) { // each has a byte at least
		t.fail(errHeader)
		return 0
	}
	return int(n)
}

func (t *compactReader) listHead() (n uint64, wire byte) {
	b := t.byte()
	if n = uint64(b >> 4); n == 15 {
		n = t.uvarint()
	}
	return n, b & 15
}

func (t *compactReader) advance(n uint64) {
	if n > uint64(len(t.src)-t.at) {
		t.fail(errHeaderCut)
		return
	}
	t.at += int(n)
}

// skip passes over a value.
func (t *compactReader) skip(wire byte, depth int) {
	if depth > maxNesting {
		t.fail(errHeader)
		return
	}
	switch wire {
	case wireTrue, wireFalse:
	case wireByte:
		t.advance(1)
	case wireI16, wireI32, wireI64:
		t.uvarint()
	case wireDouble:
		t.advance(8)
	case wireBinary:
		t.advance(t.uvarint())
	case wireList, wireSet:
		t.skipList(depth)
	case wireStruct:
		t.fields(depth+1, func(_ int16, wire byte) { t.skip(wire, depth+1) })
	default: // no header holds a map
		t.fail(errHeader)
	}
}

func (t *compactReader) skipList(depth int) {
	n, wire := t.listHead()
	if wire == wireTrue || wire == wireFalse { // a byte each in a list
		wire = wireByte
	}
	for ; n > 0 && t.err == nil; n-- {
		t.skip(wire, depth+1)
	}
}
