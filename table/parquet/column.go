package parquet

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// newColumnReader makes the reader of n as the target type.
func newColumnReader(n *node, target types.Type) (columnReader, error) {
	if n.leaf < 0 || n.maxRep > 0 {
		return nil, fmt.Errorf("nested columns cannot be read")
	}
	if err := canRead(n.leafType, target); err != nil {
		return nil, err
	}
	r := &leafReader{leaf: n.leaf}
	r.flat.pages.leaf, r.flat.pages.target = n.leafType, target
	r.flat.target, r.flat.maxDef = target, byte(n.def)
	return r, nil
}

// leafReader is a flatReader as a columnReader.
type leafReader struct {
	leaf   int
	flat   flatReader
	values scratch // gathered
	valid  scratch
}

func (r *leafReader) start(g *rowGroup) error {
	chunk, seeks := g.chunk(r.leaf)
	r.flat.pages.start(chunk, seeks)
	r.flat.pos, r.flat.vpos, r.flat.at = 0, 0, 0
	return nil
}

func (r *leafReader) read(row int64, n int) (*batch.Column, error) {
	if err := r.flat.seek(row); err != nil {
		return nil, err
	}
	return r.flat.read(n)
}

func (r *leafReader) gather(c *batch.Column, sel []int32) *batch.Column {
	return gather(c, sel, &r.values, &r.valid)
}

func (r *leafReader) close() { r.flat.pages.close() }

// nullReader is a column the file has not got.
type nullReader struct{ t types.Type }

func (r nullReader) start(*rowGroup) error { return nil }

func (r nullReader) read(_ int64, n int) (*batch.Column, error) {
	return batch.NullColumn(r.t, n), nil
}

func (r nullReader) gather(c *batch.Column, sel []int32) *batch.Column {
	return batch.NullColumn(r.t, len(sel))
}

func (r nullReader) close() {}
