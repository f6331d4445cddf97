package parquet

import (
	"io"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"

	"github.com/bixidata/bixi/sql/types"
)

// bloomFilter is a split-block Bloom filter of a column chunk, as BloomFilter.md of
// the format describes it. Only the blocks that are asked for are read.
type bloomFilter struct {
	leaf   leafType
	target types.Type // that the values are read as
	blocks io.ReaderAt
	bytes  int64
}

// headRoom is more than the header of a filter takes.
const headRoom = 64

// bloomFilter finds the chunk's filter, nil if it has none that can be read.
func (c chunk) bloomFilter(lt leafType, target types.Type) *bloomFilter {
	at, size := c.meta.bloomFilter, c.f.Size()
	if at <= 0 || at >= size {
		return nil
	}
	head := make([]byte, min(headRoom, size-at))
	if n, err := c.f.src.ReadAt(head, at); n < len(head) && err != nil {
		return nil
	}
	bytes, known := 0, 0
	t := compactReader{src: head}
	t.fields(0, func(id int16, wire byte) {
		switch id {
		case 1:
			bytes = t.int(wire)
		case 2, 3, 4: // unions whose first member is the only one there is
			t.nested(wire, func(id int16, wire byte) {
				if id == 1 {
					known++
				}
				t.skip(wire, 2)
			})
		default:
			t.skip(wire, 0)
		}
	})
	from := at + int64(t.at)
	if t.err != nil || known != 3 || bytes < bloom.BlockSize || bytes%bloom.BlockSize != 0 || int64(bytes) > size-from {
		return nil
	}
	return &bloomFilter{lt, target, io.NewSectionReader(c.f.src, from, int64(bytes)), int64(bytes)}
}

// lacks reports whether the filter tells that v is not among the values.
func (b *bloomFilter) lacks(v types.Datum) bool {
	var hash uint64
	lt := b.leaf
	switch v := v.(type) {
	case int64:
		switch {
		case lt.unit != micros || lt.unsigned || b.target.Kind == types.Decimal:
			return false
		case lt.kind == pq.Int64:
			hash = xxhash.Sum64Uint64(uint64(v))
		case lt.kind == pq.Int32 && int64(int32(v)) == v:
			hash = xxhash.Sum64Uint32(uint32(v))
		default:
			return false
		}
	case string:
		if lt.kind != pq.ByteArray {
			return false
		}
		hash = xxhash.Sum64([]byte(v))
	default:
		return false
	}
	held, err := bloom.CheckSplitBlock(b.blocks, b.bytes, hash)
	return err == nil && !held
}
