package parquet

import (
	"fmt"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// Compression is how a Writer compresses pages.
type Compression uint8

// The compressions. Zstd is the default; its fastest level is used.
const (
	Zstd Compression = iota
	Snappy
	Uncompressed
)

// CompressionNamed is the compression of a name that table.Compressions lists; any other
// is the default.
func CompressionNamed(name string) Compression {
	switch name {
	case "snappy":
		return Snappy
	case "uncompressed":
		return Uncompressed
	}
	return Zstd
}

// codec compresses pages for one Writer.
type codec struct {
	id   format.CompressionCodec
	zstd *zstd.Encoder
}

func newCodec(c Compression) (*codec, error) {
	switch c {
	case Snappy:
		return &codec{id: format.Snappy}, nil
	case Uncompressed:
		return &codec{id: format.Uncompressed}, nil
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("starting zstd: %w", err)
	}
	return &codec{id: format.Zstd, zstd: z}, nil
}

// always is src as the codec compresses it, whether it shrinks or not.
func (c *codec) always(dst, src []byte) []byte {
	switch c.id {
	case format.Zstd:
		return c.zstd.EncodeAll(src, dst)
	case format.Snappy:
		if n := snappy.MaxEncodedLen(len(src)); cap(dst) < n {
			dst = make([]byte, 0, n)
		}
		return snappy.Encode(dst[:cap(dst)], src)
	}
	return src
}

// compress is always, but src itself and false if that saves less than a fifth,
// or, of dictionary codes, which are packed already, half: reading such a
// page costs more when it is compressed than its bytes do.
func (c *codec) compress(dst, src []byte, coded bool) ([]byte, bool) {
	if c.id == format.Uncompressed || len(src) < 32 {
		return src, false
	}
	out := c.always(dst, src)
	limit := len(src) - len(src)/5
	if coded {
		limit = len(src) / 2
	}
	if len(out) > limit {
		return src, false
	}
	return out, true
}
