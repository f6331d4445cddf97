package parquet

import (
	"fmt"
	"io"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
)

// chunkPages reads the pages of a column chunk as bytes.
type chunkPages struct {
	src   io.ReaderAt
	codec compress.Codec // nil: not compressed
	next  int64          // where the next page begins in the file
	end   int64          // where the chunk ends

	window []byte // bytes of the file from start on
	start  int64
	body   []byte // the page's body, when it was compressed
}

// readWindow is how much is read at once, unless a page is larger. Pages passed
// over by the page index are not read if they lie outside of it.
const readWindow = 128 << 10

// begin starts with the chunk that m describes.
func (c *chunkPages) begin(src io.ReaderAt, m *chunkMeta) {
	c.src, c.codec = src, nil
	if m.codec != format.Uncompressed {
		c.codec = pq.LookupCompressionCodec(m.codec)
	}
	c.next = m.dataPage
	if d := m.dictionaryPage; d > 0 && d < c.next {
		c.end = d + m.packed
	} else {
		c.end = c.next + m.packed
	}
	c.start, c.window = 0, c.window[:0]
}

// page reads the header of the next page and its bytes as they are in the file,
// which are valid until the next call. io.EOF is the end of the chunk.
func (c *chunkPages) page(h *pageHeader) ([]byte, error) {
	if c.next >= c.end {
		return nil, io.EOF
	}
	for want := 0; ; {
		src, err := c.read(want)
		if err != nil {
			return nil, err
		}
		n, err := parsePageHeader(src, h)
		if err == errHeaderCut && int64(len(src)) < c.end-c.next {
			want = 2 * len(src)
			continue
		}
		if err != nil {
			return nil, err
		}
		size := n + h.packed
		if int64(size) > c.end-c.next {
			return nil, io.ErrUnexpectedEOF
		}
		if size > len(src) {
			if src, err = c.read(size); err != nil {
				return nil, err
			}
		}
		c.next += int64(size)
		return src[n:size], nil
	}
}

// read gives the bytes of the chunk from next on: at least n, and at least a
// header's worth, unless the chunk ends before.
func (c *chunkPages) read(n int) ([]byte, error) {
	left := c.end - c.next
	n = int(min(int64(max(n, 64)), left))
	if c.next < c.start || c.next+int64(n) > c.start+int64(len(c.window)) {
		size := int(min(int64(max(n, readWindow)), left))
		if cap(c.window) < size {
			c.window = make([]byte, size)
		}
		c.window = c.window[:size]
		c.start = c.next
		if k, err := c.src.ReadAt(c.window, c.start); k < size {
			c.window = c.window[:0]
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return c.window[c.next-c.start:], nil
}

// unpack is the page's bytes decompressed, of which the first prefix ones are
// not compressed (and left out). The result is in dst if it is large enough; it
// is packed itself if nothing was compressed.
func (c *chunkPages) unpack(dst, packed []byte, h *pageHeader, prefix int) ([]byte, error) {
	packed = packed[prefix:]
	size := h.size - prefix
	if c.codec == nil || h.plainBody {
		return packed, nil
	}
	if size < 0 {
		return nil, errHeader
	}
	if size == 0 {
		return nil, nil
	}
	if cap(dst) < size {
		dst = make([]byte, size)
	}
	out, err := c.codec.Decode(dst[:size], packed)
	if err != nil {
		return nil, fmt.Errorf("decompressing a page: %w", err)
	}
	if len(out) != size {
		return nil, errShort
	}
	return out, nil
}
