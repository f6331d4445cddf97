package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// shredder turns a column, nested or not, into the levels and values of its leaves.
type shredder struct {
	typ      types.Type
	def, rep int // definition level of a value, repetition level of the parent
	leaf     *leafWriter
	kids     []*shredder
}

// add appends all rows of c.
func (s *shredder) add(c *batch.Column) {
	s.leaf.addFlat(c)
}

// bytes is the uncompressed size of all leaves.
func (s *shredder) bytes() int64 {
	if s.leaf != nil {
		return s.leaf.fileBytes
	}
	var n int64
	for _, k := range s.kids {
		n += k.bytes()
	}
	return n
}
