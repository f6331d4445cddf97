package parquet

import (
	"errors"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// groupMeta is what a reader needs of a row group's metadata.
type groupMeta struct {
	rows   int64
	chunks []chunkMeta
}

// chunkMeta is what a reader needs of a column chunk's metadata. A file may have
// many thousands of them, which stay in the cache: it is small, and without pointers
// for the garbage collector to follow.
type chunkMeta struct {
	codec                    format.CompressionCodec
	values                   int64
	size, packed             int64 // bytes when they are not compressed, and in the file
	dataPage, dictionaryPage int64 // where they begin; 0: there is no dictionary
	offsetIndex, columnIndex region
	bloomFilter              int64 // where it begins, 0 if there is none
	codedPages, plainPages   int   // data pages that have codes of the dictionary, and others
	nulls                    int64
	low, high                span // bounds, in the footer
	deprecated               bool // the bounds are compared in the order of signed numbers
}

// region is where something lies in the file; n is 0 if it is not there.
type region struct {
	at int64
	n  int32
}

// span is where something lies in the footer, {} if it is not there.
type span struct{ from, to uint32 }

// text gives the bytes at s, nil if there are none.
func (f *footer) text(s span) []byte {
	if s == (span{}) {
		return nil
	}
	return f.data[s.from:s.to]
}

// bytes is about how much memory f takes.
func (f *footer) bytes() int64 {
	const chunk = int64(unsafe.Sizeof(chunkMeta{}))
	n := int64(len(f.data)+1024*len(f.meta.Schema)) + 4096
	for i := range f.groups {
		n += int64(len(f.groups[i].chunks)) * chunk
	}
	return n
}

var errFooter = errors.New("the footer is damaged")

// parseFooter reads FileMetaData, a struct of Thrift's compact protocol whose fields
// parquet.thrift names. Row groups, nearly all of it, are read by hand; what is left
// of meta has none.
func parseFooter(data []byte, meta *format.FileMetaData) ([]groupMeta, error) {
	var groups []groupMeta
	from, to := len(data), len(data) // the list of row groups
	t := compactReader{src: data}
	t.fields(0, func(id int16, wire byte) {
		if id != 4 {
			t.skip(wire, 0)
			return
		}
		from = t.at
		n := t.list(wire)
		groups = make([]groupMeta, 0, n)
		for ; n > 0 && t.err == nil; n-- {
			groups = append(groups, groupMeta{})
			t.rowGroup(&groups[len(groups)-1])
		}
		to = t.at
	})
	if t.err != nil {
		return nil, errFooter
	}
	const emptyList = wireStruct // no elements
	rest := append(data[:from:from], emptyList)
	rest = append(rest, data[to:]...)
	return groups, thrift.Unmarshal(new(thrift.CompactProtocol), rest, meta)
}

func (t *compactReader) rowGroup(g *groupMeta) {
	t.fields(1, func(id int16, wire byte) {
		switch id {
		case 1:
			n := t.list(wire)
			g.chunks = make([]chunkMeta, 0, n)
			for ; n > 0 && t.err == nil; n-- {
				g.chunks = append(g.chunks, chunkMeta{})
				t.columnChunk(&g.chunks[len(g.chunks)-1])
			}
		case 3:
			g.rows = t.long(wire)
		default:
			t.skip(wire, 1)
		}
	})
}

func (t *compactReader) columnChunk(c *chunkMeta) {
	t.fields(2, func(id int16, wire byte) {
		switch id {
		case 3:
			t.columnMetaData(wire, c)
		case 4:
			c.offsetIndex.at = t.long(wire)
		case 5:
			c.offsetIndex.n = int32(t.int(wire))
		case 6:
			c.columnIndex.at = t.long(wire)
		case 7:
			c.columnIndex.n = int32(t.int(wire))
		default:
			t.skip(wire, 2)
		}
	})
}

func (t *compactReader) columnMetaData(wire byte, c *chunkMeta) {
	t.nested(wire, func(id int16, wire byte) {
		switch id {
		case 4:
			c.codec = format.CompressionCodec(t.int(wire))
		case 5:
			c.values = t.long(wire)
		case 6:
			c.size = t.long(wire)
		case 7:
			c.packed = t.long(wire)
		case 9:
			c.dataPage = t.long(wire)
		case 11:
			c.dictionaryPage = t.long(wire)
		case 12:
			t.statistics(wire, c)
		case 13:
			for n := t.list(wire); n > 0 && t.err == nil; n-- {
				t.encodingStats(c)
			}
		case 14:
			c.bloomFilter = t.long(wire)
		default:
			t.skip(wire, 3)
		}
	})
}

// statistics takes the bounds of the deprecated fields only if there are no others.
func (t *compactReader) statistics(wire byte, c *chunkMeta) {
	var low, high span
	t.nested(wire, func(id int16, wire byte) {
		switch id {
		case 1:
			high = t.span(wire)
		case 2:
			low = t.span(wire)
		case 3:
			c.nulls = t.long(wire)
		case 5:
			c.high = t.span(wire)
		case 6:
			c.low = t.span(wire)
		default:
			t.skip(wire, 4)
		}
	})
	if c.low == (span{}) && c.high == (span{}) {
		c.low, c.high, c.deprecated = low, high, true
	}
}

func (t *compactReader) encodingStats(c *chunkMeta) {
	var kind format.PageType
	var encoding format.Encoding
	pages := 0
	t.fields(4, func(id int16, wire byte) {
		switch id {
		case 1:
			kind = format.PageType(t.int(wire))
		case 2:
			encoding = format.Encoding(t.int(wire))
		case 3:
			pages = t.int(wire)
		default:
			t.skip(wire, 4)
		}
	})
	switch {
	case kind != format.DataPage && kind != format.DataPageV2:
	case encoding == format.RLEDictionary || encoding == format.PlainDictionary:
		c.codedPages += pages
	default:
		c.plainPages += pages
	}
}
