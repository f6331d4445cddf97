package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	magic      = "PAR1"
	footerTail = 8 // length of the footer, magic
)

// footer is what a file says of itself. It is immutable: Files over the same
// content share it.
type footer struct {
	meta   format.FileMetaData // without row groups
	groups []groupMeta
	data   []byte // as it is in the file, for the bounds of chunks
	nodes  []*node
}

// readFooter reads the footer of src, whose frame is checked before anything it
// says is believed.
func readFooter(src *source) (*footer, error) {
	data, err := footerBytes(src)
	if err != nil {
		return nil, err
	}
	f := &footer{data: data}
	if f.groups, err = parseFooter(data, &f.meta); err != nil {
		return nil, err
	}
	if len(f.meta.Schema) == 0 {
		return nil, errors.New("there is no schema")
	}
	at, leaves := 0, 0
	root := elements(f.meta.Schema, &at, &leaves)
	for _, e := range root.kids {
		n := buildNode(e, 0, 0)
		if f.meta.CreatedBy != createdBy {
			n.distrustFloats()
		}
		f.nodes = append(f.nodes, n)
	}
	return f, f.check(src.Size(), leaves)
}

func footerBytes(src *source) ([]byte, error) {
	size := src.Size()
	if size < int64(len(magic))+footerTail {
		return nil, fmt.Errorf("%d bytes are too few", size)
	}
	var head [len(magic)]byte
	var tail [footerTail]byte
	if _, err := src.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	if _, err := src.ReadAt(tail[:], size-footerTail); err != nil && err != io.EOF {
		return nil, err
	}
	if string(head[:]) != magic || string(tail[4:]) != magic {
		return nil, errors.New("the magic bytes are missing")
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if n > size-footerTail-int64(len(magic)) {
		return nil, fmt.Errorf("a footer of %d bytes does not fit", n)
	}
	data := make([]byte, n)
	if k, err := src.ReadAt(data, size-footerTail-n); k < len(data) {
		return nil, err
	}
	return data, nil
}

// check makes sure that row groups have a chunk a leaf, and those lie in the file.
func (f *footer) check(size int64, leaves int) error {
	for i := range f.groups {
		g := &f.groups[i]
		if len(g.chunks) != leaves {
			return fmt.Errorf("row group %d has %d columns, the schema %d", i, len(g.chunks), leaves)
		}
		for k := range g.chunks {
			m := &g.chunks[k]
			if m.dataPage < 0 || m.dictionaryPage < 0 || m.packed < 0 || m.packed > size || g.rows < 0 {
				return fmt.Errorf("row group %d lies outside the file", i)
			}
		}
	}
	return nil
}

// chunk is the place of a leaf's values in a row group.
type chunk struct {
	f           *File
	group, leaf int
	meta        *chunkMeta
}

func (f *File) chunk(group, leaf int) chunk {
	return chunk{f, group, leaf, &f.groups[group].chunks[leaf]}
}

// pageIndex is the index of a chunk's pages: where they lie and what
// values they hold.
type pageIndex struct {
	offsets []format.PageLocation
	columns format.ColumnIndex
}

// pageIndex reads the index. It is empty if the file has none.
func (c chunk) pageIndex() (*pageIndex, error) {
	v, err := c.f.cached(keyIndex, c.group, c.leaf, func() (any, int64, error) {
		x := &pageIndex{}
		var offsets format.OffsetIndex
		if err := c.unmarshal(c.meta.offsetIndex, &offsets); err != nil {
			return nil, 0, err
		}
		x.offsets = offsets.PageLocations
		if err := c.unmarshal(c.meta.columnIndex, &x.columns); err != nil {
			return nil, 0, err
		}
		return x, int64(c.meta.offsetIndex.n+c.meta.columnIndex.n) * 8, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*pageIndex), nil
}

func (c chunk) unmarshal(p region, v any) error {
	if p.at <= 0 || p.n <= 0 {
		return nil
	}
	if p.at+int64(p.n) > c.f.Size() {
		return io.ErrUnexpectedEOF
	}
	data := make([]byte, p.n)
	if k, err := c.f.src.ReadAt(data, p.at); k < len(data) {
		return err
	}
	return thrift.Unmarshal(new(thrift.CompactProtocol), data, v)
}

// physicalType is how values of lt are decoded.
func (lt leafType) physicalType() pq.Type {
	switch lt.kind {
	case pq.Boolean:
		return pq.BooleanType
	case pq.Int32:
		return pq.Int32Type
	case pq.Int64:
		return pq.Int64Type
	case pq.Int96:
		return pq.Int96Type
	case pq.Float:
		return pq.FloatType
	case pq.Double:
		return pq.DoubleType
	case pq.FixedLenByteArray:
		return pq.FixedLenByteArrayType(lt.length)
	}
	return pq.ByteArrayType
}
