package parquet

import (
	"errors"
	"io"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// pageReader walks the pages of one column chunk. The current page is decoded
// to typed values or dictionary codes; it is released when the next is loaded.
type pageReader struct {
	leaf   leafType
	target types.Type
	chunk  *pq.FileColumnChunk
	pages  *pq.FilePages
	seeks  bool // the chunk has an offset index

	page  pq.Page
	vals  encoding.Values
	codes []int32 // of a dictionary page, else nil
	def   []byte  // definition levels, or nil
	rep   []byte
	n     int   // levels in the page; rows, for a column that does not repeat
	first int64 // row of the page's first level; columns that do not repeat only

	dict   *batch.Column
	dictOf pq.Dictionary
}

// close gives the pages back. Pages of texts are left to the garbage collector
// because columns may still refer to them as dictionaries.
func (p *pageReader) close() {
	p.release()
	if p.pages != nil {
		p.pages.Close()
	}
	p.pages, p.dict, p.dictOf, p.n, p.first = nil, nil, nil, 0, 0
}

func (p *pageReader) release() {
	if p.page == nil {
		return
	}
	if p.codes != nil || p.leaf.kind != pq.ByteArray && p.leaf.kind != pq.FixedLenByteArray {
		pq.Release(p.page)
	}
	p.page, p.codes, p.def, p.rep = nil, nil, nil, nil
}

// start begins the chunk.
func (p *pageReader) start(chunk *pq.FileColumnChunk, seeks bool) {
	p.close()
	p.chunk, p.seeks = chunk, seeks
}

// next loads the next page that holds anything.
func (p *pageReader) next() error {
	if p.pages == nil {
		p.pages = p.chunk.PagesFrom(p.chunk.File())
	}
	p.first += int64(p.n)
	p.n = 0
	p.release()
	for {
		page, err := p.pages.ReadPage()
		if err == io.EOF {
			return io.ErrUnexpectedEOF // callers know how many rows there are
		}
		if err != nil {
			return err
		}
		if page.NumValues() == 0 {
			pq.Release(page)
			continue
		}
		return p.load(page)
	}
}

func (p *pageReader) load(page pq.Page) error {
	p.page = page
	p.def, p.rep = page.DefinitionLevels(), page.RepetitionLevels()
	p.n = int(page.NumValues())
	p.vals = page.Data()
	d := page.Dictionary()
	if d == nil {
		return nil
	}
	if d != p.dictOf {
		var err error
		if p.dict, err = readDictionary(p.leaf, p.target, d); err != nil {
			return err
		}
		p.dictOf = d
	}
	p.codes = p.vals.Int32()
	if p.codes == nil {
		p.codes = []int32{}
	}
	return checkCodes(p.codes, p.dict.N)
}

// seek makes row the next to be read, counted from the start of the chunk, if
// it is not in the current page and there is an index; it gives the row the
// current page begins with.
func (p *pageReader) seek(row int64) error {
	for row >= p.first+int64(p.n) {
		if p.seeks && row > p.first+int64(p.n) {
			if p.pages == nil {
				p.pages = p.chunk.PagesFrom(p.chunk.File())
			}
			if err := p.pages.SeekToRow(row); err != nil {
				return err
			}
			p.first, p.n = row, 0
		}
		if err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

// readDictionary copies the dictionary to a column of its own, which may
// outlive the file.
func readDictionary(lt leafType, target types.Type, d pq.Dictionary) (*batch.Column, error) {
	vals := d.Page().Data()
	c, err := dense(lt, target, &vals, 0, d.Len(), &scratch{})
	if err != nil {
		return nil, err
	}
	if c.Phys == batch.PhysBytes {
		return c, nil // the decoder made it for this dictionary
	}
	return batch.Clone(c), nil
}

var errCode = errors.New("a dictionary code lies outside its dictionary")

func checkCodes(codes []int32, n int) error {
	var most uint32
	for _, c := range codes {
		most = max(most, uint32(c))
	}
	if len(codes) > 0 && int(most) >= n {
		return errCode
	}
	return nil
}
