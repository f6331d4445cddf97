package parquet

import (
	"errors"
	"io"
	"sort"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// pageReader walks the pages of one column chunk. The current page is decoded
// to typed values or dictionary codes; it is released when the next is loaded.
type pageReader struct {
	leaf    leafType
	repeats bool
	maxDef  byte
	target  types.Type
	chunk   *pq.FileColumnChunk
	pages   *pq.FilePages
	index   pq.OffsetIndex // nil: not asked for yet, or none
	inTurn  bool           // pages can only be read in turn

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

// close gives the pages back.
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
	pq.Release(p.page)
	p.page, p.codes, p.def, p.rep = nil, nil, nil, nil
}

// start begins the chunk.
func (p *pageReader) start(chunk *pq.FileColumnChunk) {
	p.close()
	p.chunk, p.index, p.inTurn = chunk, nil, false
}

// next loads the next page that holds anything.
func (p *pageReader) next() error {
	if p.pages == nil {
		p.pages = p.chunk.PagesFrom(p.chunk.File())
	}
	p.first += int64(p.n)
	p.n = 0
	p.release()
	for empty := 0; ; {
		page, err := p.readPage()
		switch err {
		case errEmptyPage:
			if empty++; empty > maxEmptyPages {
				return err
			}
			continue
		case io.EOF:
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

// maxEmptyPages is the most pages without levels that are passed over in a row.
const maxEmptyPages = 100

var errEmptyPage = errors.New("a page without levels")

// readPage is the decoder's ReadPage. Some writers begin a repeated column with
// a page of no values at all, on which the decoder panics after it has read the
// page; the pages after it are sound, but their numbers are not. Were it another
// panic, rows would be missing at the end of the chunk.
func (p *pageReader) readPage() (page pq.Page, err error) {
	if p.repeats {
		defer func() {
			if r := recover(); r != nil {
				p.inTurn, err = true, errEmptyPage
			}
		}()
	}
	return p.pages.ReadPage()
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
	return nil
}

// seek loads the page that holds row, which is not before the current page.
func (p *pageReader) seek(row int64) error {
	for row >= p.first+int64(p.n) {
		if _, err := p.jump(row, p.first+int64(p.n)); err != nil {
			return err
		}
		if err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

// jump passes over the pages between at, the first row not yet loaded, and the
// page that holds row, if the index tells where that is. It gives the row the
// next page begins with. Pages are always entered at their first row: pages cut
// by the decoder lose the place of their first bit.
func (p *pageReader) jump(row, at int64) (int64, error) {
	if row == at || p.inTurn {
		return at, nil
	}
	if p.index == nil {
		var err error
		if p.index, err = p.chunk.OffsetIndex(); err != nil {
			p.inTurn = true // a broken index is as none
			return at, nil
		}
	}
	n := p.index.NumPages()
	k := sort.Search(n, func(i int) bool { return p.index.FirstRowIndex(i) > row }) - 1
	if k < 0 || p.index.FirstRowIndex(k) <= at {
		return at, nil
	}
	if p.pages == nil {
		p.pages = p.chunk.PagesFrom(p.chunk.File())
	}
	at = p.index.FirstRowIndex(k)
	p.first, p.n = at, 0
	return at, p.pages.SeekToRow(at)
}

// values is values [from, to) of the page, as codes where it has codes.
func (p *pageReader) values(from, to int, mem *scratch) (*batch.Column, error) {
	if p.codes == nil {
		return dense(p.leaf, p.target, &p.vals, from, to, mem)
	}
	if to > len(p.codes) {
		return nil, errShort
	}
	codes := p.codes[from:to:to]
	return batch.FromCodes(p.dict, codes, nil), checkCodes(codes, p.dict.N)
}

// readDictionary is the dictionary as a column, which may outlive the file: the
// decoder allocates the values of each dictionary and never reuses them.
func readDictionary(lt leafType, target types.Type, d pq.Dictionary) (*batch.Column, error) {
	vals := d.Page().Data()
	return dense(lt, target, &vals, 0, d.Len(), &scratch{})
}

var errLevels = errors.New("the levels of a nested column do not fit together")

var errCode = errors.New("a dictionary code lies outside its dictionary")

// checkCodes makes sure that all codes are below n. Nearly always their bits
// together are, which two codes at a time tell.
func checkCodes(codes []int32, n int) error {
	var a, b uint64
	pairs := viewInt64(codes[:len(codes)&^3])
	for i := 0; i+1 < len(pairs); i += 2 {
		a |= uint64(pairs[i])
		b |= uint64(pairs[i+1])
	}
	for _, c := range codes[len(codes)&^3:] {
		a |= uint64(uint32(c))
	}
	a |= b
	if int(uint32(a)|uint32(a>>32)) < n {
		return nil
	}
	// Four maxima, so that comparisons need not wait for each other.
	var m0, m1, m2, m3 uint32
	i := 0
	for ; i+4 <= len(codes); i += 4 {
		q := codes[i : i+4 : i+4]
		m0, m1 = max(m0, uint32(q[0])), max(m1, uint32(q[1]))
		m2, m3 = max(m2, uint32(q[2])), max(m3, uint32(q[3]))
	}
	for ; i < len(codes); i++ {
		m0 = max(m0, uint32(codes[i]))
	}
	if most := max(m0, m1, m2, m3); len(codes) > 0 && int(most) >= n {
		return errCode
	}
	return nil
}
