package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// leafReader is a flatReader as a columnReader.
type leafReader struct {
	leaf   int
	flat   flatReader
	values scratch // gathered
	valid  scratch
}

func (r *leafReader) start(g *rowGroup) error {
	r.flat.pages.start(g.chunk(r.leaf))
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
