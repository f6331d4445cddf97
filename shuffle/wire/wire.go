// Package wire is the form of batches outside a process's memory: in spill
// files, between workers and in stored results. A frame holds one batch as
// Arrow IPC messages (dictionary batches, then a record batch; metadata V5,
// little-endian, buffers aligned to 8 bytes). The schema does not travel, both
// ends know the column types; what may differ from batch to batch, the encoding
// of each column, precedes the messages.
//
// A frame is
//
//	magic     uint32  "BXF1"
//	flags     uint32  bit 1: the payload is an S2 block; bits 8-15: padding after it
//	length    uint64  bytes of the payload, a multiple of 8
//	raw       uint64  bytes of the payload before compression
//	checksum  uint64  xxh3 of the payload as it stands here
//	payload:
//	    forms, one byte a column in preorder, padded to 8 bytes
//	    the encapsulated messages
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/klauspost/compress/s2"
	"github.com/zeebo/xxh3"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// HeaderSize is the bytes before a frame's payload.
const HeaderSize = 32

const (
	magic  = 0x31465842 // "BXF1"
	flagS2 = 2
)

// ErrDamaged is the cause of every failure to decode a frame.
var ErrDamaged = errors.New("damaged frame")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// Header describes a frame.
type Header struct {
	Length   int // bytes of the payload
	Checksum uint64
	raw      int
	packed   bool
	padding  int // after the S2 block
}

// ParseHeader reads the first HeaderSize bytes of a frame.
func ParseHeader(p []byte) (Header, error) {
	if len(p) < HeaderSize || binary.LittleEndian.Uint32(p) != magic {
		return Header{}, damaged("no frame begins here")
	}
	flags := binary.LittleEndian.Uint32(p[4:])
	h := Header{
		packed:   flags&flagS2 != 0,
		padding:  int(flags >> 8 & 0xff),
		Length:   int(binary.LittleEndian.Uint64(p[8:])),
		raw:      int(binary.LittleEndian.Uint64(p[16:])),
		Checksum: binary.LittleEndian.Uint64(p[24:]),
	}
	if flags&^(flagS2|0xff00) != 0 || !h.packed && (h.padding != 0 || h.raw != h.Length) {
		return Header{}, damaged("unknown flags %#x", flags)
	}
	if h.Length < 0 || h.raw < 0 || h.Length%8 != 0 || h.padding > min(h.Length, 7) {
		return Header{}, damaged("impossible length %d", h.Length)
	}
	return h, nil
}

func (h Header) put(p []byte) {
	var flags uint32
	if h.packed {
		flags = flagS2 | uint32(h.padding)<<8
	}
	binary.LittleEndian.PutUint32(p, magic)
	binary.LittleEndian.PutUint32(p[4:], flags)
	binary.LittleEndian.PutUint64(p[8:], uint64(h.Length))
	binary.LittleEndian.PutUint64(p[16:], uint64(h.raw))
	binary.LittleEndian.PutUint64(p[24:], h.Checksum)
}

// Append writes b as a frame after dst. A dictionary is kept only where it makes
// the frame smaller.
func Append(dst []byte, b *batch.Batch) []byte {
	for _, s := range Segments(b) {
		dst = append(dst, s...)
	}
	return dst
}

// Pack replaces the payload of a frame by its S2 block if that is smaller. The block
// is made behind the frame, where the result keeps the room for the next one.
func Pack(frame []byte) []byte {
	if binary.LittleEndian.Uint32(frame[4:])&flagS2 != 0 {
		return frame
	}
	raw := len(frame) - HeaderSize
	frame = slices.Grow(frame, s2.MaxEncodedLen(raw))
	block := s2.Encode(frame[len(frame):cap(frame)], frame[HeaderSize:])
	padding := -len(block) & 7
	if len(block)+padding >= raw {
		return frame
	}
	out := append(append(frame[:HeaderSize], block...), zeros[:padding]...)
	h := Header{Length: len(block) + padding, raw: raw, packed: true, padding: padding, Checksum: xxh3.Hash(out[HeaderSize:])}
	h.put(out)
	return out
}

// Segments is b's frame in pieces that refer to b's own buffers where these are
// as they must be. The caller keeps b unchanged while it uses them.
func Segments(b *batch.Batch) [][]byte {
	e := newEncoding(b.Dense())
	h := Header{Length: e.size, raw: e.size, Checksum: e.checksum()}
	h.put(e.segments[0])
	return e.segments
}

// Decode reads the frame at the beginning of p, whose columns have the types
// schema, and gives its length. The batch refers to p, which must not change
// any more, unless the frame is compressed or p is not aligned to 8 bytes.
func Decode(p []byte, schema []types.Type) (*batch.Batch, int, error) {
	h, err := ParseHeader(p)
	if err != nil {
		return nil, 0, err
	}
	if h.Length > len(p)-HeaderSize {
		return nil, 0, damaged("%d bytes of %d are missing", h.Length-(len(p)-HeaderSize), h.Length)
	}
	payload := p[HeaderSize : HeaderSize+h.Length]
	if xxh3.Hash(payload) != h.Checksum {
		return nil, 0, damaged("the checksum differs")
	}
	payload, err = h.unpack(payload)
	if err != nil {
		return nil, 0, err
	}
	b, err := decodePayload(payload, schema)
	return b, HeaderSize + h.Length, err
}

func (h Header) unpack(payload []byte) ([]byte, error) {
	if h.packed {
		block := payload[:len(payload)-h.padding]
		if n, err := s2.DecodedLen(block); err != nil || n != h.raw {
			return nil, damaged("the compressed block has another length")
		}
		raw, err := s2.Decode(batch.Alloc(h.raw), block)
		if err != nil {
			return nil, damaged("the compressed block cannot be read")
		}
		return raw, nil
	}
	if len(payload) > 0 && uintptr(unsafe.Pointer(unsafe.SliceData(payload)))%8 != 0 {
		aligned := batch.Alloc(len(payload))
		copy(aligned, payload)
		return aligned, nil
	}
	return payload, nil
}
