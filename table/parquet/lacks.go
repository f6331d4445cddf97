package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// groupStats is RowGroupStats with what Bloom filters and dictionaries tell.
func (f *File) groupStats(g int, cols []Column) Stats {
	st := f.RowGroupStats(g, cols)
	held := map[int]lacker{} // by column, as far as they were asked for
	st.Lacks = func(i int, v types.Datum) bool {
		l, asked := held[i]
		if !asked {
			l = f.lacker(g, cols[i])
			held[i] = l
		}
		return l != nil && l.lacks(v)
	}
	return st
}

// lacker knows of values that they are not in a column of a row group.
type lacker interface {
	lacks(v types.Datum) bool
}

// lacker finds the Bloom filter of a column's chunk or its dictionary, nil if there is
// none that tells.
func (f *File) lacker(g int, col Column) lacker {
	n := f.find(col)
	if n == nil || n.leaf < 0 || n.err != nil || canRead(n.leafType, col.Type) != nil {
		return nil
	}
	c := f.chunk(g, n.leaf)
	if b := c.bloomFilter(n.leafType, col.Type); b != nil {
		return b
	}
	if d := c.smallDictionary(n.leafType, col.Type); d != nil {
		return (*entries)(d)
	}
	return nil
}

// mostSearched is how many bytes of the file a dictionary has at most that is searched
// for values before its pages are read.
const mostSearched = 64 << 10

// smallDictionary is the dictionary of a chunk all pages of which have codes, nil if it
// is not small, or would be read again because nothing is kept of the file.
func (c chunk) smallDictionary(lt leafType, target types.Type) *batch.Column {
	m := c.meta
	if m.codedPages == 0 || m.plainPages > 0 || m.dataPage-m.dictionaryPage > mostSearched || c.f.cache == nil || c.f.version == "" {
		return nil
	}
	p := pageReader{leaf: lt, target: target}
	p.start(c)
	defer p.close()
	d, lent, err := c.dictionary(target.String(), p.readDictionary)
	if p.lent = lent; err != nil || lent != nil {
		return nil
	}
	return d
}

// entries are a dictionary's.
type entries batch.Column

func (e *entries) lacks(v types.Datum) bool {
	d := (*batch.Column)(e)
	switch v := v.(type) {
	case int64:
		if d.Type.Kind == types.Decimal || d.Phys < batch.PhysI8 || d.Phys > batch.PhysI64 {
			return false
		}
		for i := range d.N {
			if d.Int(i) == v {
				return false
			}
		}
		return true
	case string:
		if d.Phys != batch.PhysBytes {
			return false
		}
		for i := range d.N {
			if string(d.Bytes(i)) == v {
				return false
			}
		}
		return true
	}
	return false
}
