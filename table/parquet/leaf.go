package parquet

import (
	"errors"
	"io"
	"slices"
	"sort"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// pageReader walks the pages of one column chunk. The current page is decoded
// to typed values or dictionary codes; its memory is used again for the next.
type pageReader struct {
	leaf   leafType
	maxDef byte
	maxRep byte
	target types.Type
	chunk  chunk
	index  []format.PageLocation // nil: not asked for yet, or none
	inTurn bool                  // pages can only be read in turn

	header pageHeader
	vals   encoding.Values
	codes  []int32 // of a dictionary page, else nil
	def    []byte  // definition levels, or nil if all are maxDef
	rep    []byte
	n      int   // levels in the page; rows, for a column that does not repeat
	first  int64 // row of the page's first level; columns that do not repeat only

	dict *batch.Column // of the chunk, once a page has asked for it
	lent *savedDict    // if dict is lent

	*pageMemory // from start to close
}

// pageMemory is what reading a chunk takes: of the current page, and its bytes in the
// file. It is used again for the next chunk and for other files.
type pageMemory struct {
	pages          chunkPages
	dictPages      chunkPages
	body           []byte
	bytes          []byte
	offsets        []uint32
	codesMem       []int32
	defMem, repMem []byte
}

// close ends the reading. What was read is not valid any more.
func (p *pageReader) close() {
	c := p.chunk
	p.forget()
	if p.pageMemory != nil {
		c.f.cache.keepMemory(c.leaf, p.pageMemory)
		p.pageMemory = nil
	}
}

// forget ends the use of the chunk.
func (p *pageReader) forget() {
	if p.lent != nil {
		p.chunk.f.cache.disk.giveBack(p.lent)
		p.lent = nil
	}
	p.chunk, p.index, p.inTurn = chunk{}, nil, false
	p.dict, p.codes, p.def, p.rep, p.n, p.first = nil, nil, nil, nil, 0, 0
	p.vals = encoding.Values{}
}

// start begins the chunk.
func (p *pageReader) start(c chunk) {
	p.forget()
	if p.pageMemory == nil {
		p.pageMemory = c.f.cache.pageMemory(c.leaf)
	}
	p.chunk = c
	p.pages.begin(c.f.src, c.meta)
}

// next loads the next page that holds anything.
func (p *pageReader) next() error {
	p.first += int64(p.n)
	p.n, p.codes, p.def, p.rep = 0, nil, nil, nil
	for {
		packed, err := p.pages.page(&p.header)
		if err == io.EOF {
			return io.ErrUnexpectedEOF // callers know how many rows there are
		}
		if err != nil {
			return err
		}
		switch p.header.kind {
		case format.DataPage, format.DataPageV2:
			if p.header.values > 0 {
				return p.load(packed)
			}
		case format.DictionaryPage: // of a chunk whose footer does not tell where it is
			if p.dict, err = p.decodeDictionary(&p.pages, &p.header, packed); err != nil {
				return err
			}
		}
	}
}

// load decodes a data page.
func (p *pageReader) load(packed []byte) error {
	h := &p.header
	prefix := 0
	if h.kind == format.DataPageV2 {
		prefix = h.defLen + h.repLen
	}
	body, err := p.pages.unpack(p.body, packed, h, prefix)
	if err != nil {
		return err
	}
	if cap(body) > cap(p.body) && p.pages.codec != nil && !h.plainBody {
		p.body = body
	}
	if h.kind == format.DataPageV2 {
		err = p.levelsV2(packed)
	} else {
		body, err = p.levelsV1(body)
	}
	if err != nil {
		return err
	}
	p.n = h.values
	if h.encoding == format.RLEDictionary || h.encoding == format.PlainDictionary {
		return p.loadCodes(body)
	}
	return p.loadValues(body)
}

// maxRoom is the most codes for which a header's word that they come is taken.
const maxRoom = 1 << 20

func (p *pageReader) loadCodes(body []byte) (err error) {
	if p.dict == nil {
		if p.dict, p.lent, err = p.chunk.dictionary(p.target.String(), p.readDictionary); err != nil {
			return err
		}
	}
	if n := min(p.header.values, maxRoom); cap(p.codesMem) < n {
		// The decoder writes eight at a time, and the next page may be a little larger.
		p.codesMem = make([]int32, 0, n+n/8+64)
	}
	if p.codesMem, err = (&rle.DictionaryEncoding{}).DecodeInt32(p.codesMem, body); err != nil {
		return err
	}
	if p.codes = p.codesMem; p.codes == nil {
		p.codes = []int32{}
	}
	return nil
}

func (p *pageReader) loadValues(body []byte) (err error) {
	t, e := p.leaf.physicalType(), pq.LookupEncoding(p.header.encoding)
	if e.CanDecodeInPlace() && p.leaf.kind != pq.ByteArray {
		p.vals, err = t.Decode(t.NewValues(body, nil), body, e)
		return err
	}
	if need := t.EstimateDecodeSize(p.header.values, body, e); cap(p.bytes) < need {
		p.bytes = make([]byte, need)
	}
	if p.leaf.kind == pq.ByteArray && cap(p.offsets) <= p.header.values {
		p.offsets = make([]uint32, p.header.values+1)
	}
	if p.vals, err = t.Decode(t.NewValues(p.bytes[:0], p.offsets[:0]), body, e); err != nil {
		return err
	}
	data, offsets := p.vals.Data()
	p.bytes = data[:0]
	if offsets != nil {
		p.offsets = offsets[:0]
	}
	return nil
}

// readDictionary reads the dictionary page that the footer tells of.
func (p *pageReader) readDictionary() (*batch.Column, error) {
	from, to := p.chunk.meta.dictionaryPage, p.chunk.meta.dataPage
	if from <= 0 || from >= to {
		return nil, errors.New("codes come before their dictionary")
	}
	pages := &p.dictPages
	*pages = chunkPages{src: p.pages.src, codec: p.pages.codec, next: from, end: to, window: pages.window[:0]}
	if _, err := pages.read(int(to - from)); err != nil {
		return nil, err
	}
	var h pageHeader
	packed, err := pages.page(&h)
	if err != nil {
		return nil, err
	}
	if h.kind != format.DictionaryPage {
		return nil, errHeader
	}
	return p.decodeDictionary(pages, &h, packed)
}

// decodeDictionary is the dictionary as a column with memory of its own, which
// may outlive the file.
func (p *pageReader) decodeDictionary(pages *chunkPages, h *pageHeader, packed []byte) (*batch.Column, error) {
	body, err := pages.unpack(nil, packed, h, 0)
	if err != nil {
		return nil, err
	}
	if pages.codec == nil || h.plainBody { // body is packed
		body = slices.Clone(body)
	}
	if h.encoding == format.PlainDictionary {
		h.encoding = format.Plain
	}
	t := p.leaf.physicalType()
	var data []byte
	var offsets []uint32
	if p.leaf.kind == pq.ByteArray {
		data, offsets = make([]byte, 0, len(body)), make([]uint32, 0, h.values+1)
	} else {
		data = body
	}
	vals, err := t.Decode(t.NewValues(data, offsets), body, pq.LookupEncoding(h.encoding))
	if err != nil {
		return nil, err
	}
	return dense(p.leaf, p.target, &vals, 0, h.values, &scratch{})
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
// next page begins with.
func (p *pageReader) jump(row, at int64) (int64, error) {
	if row == at || p.inTurn {
		return at, nil
	}
	if p.index == nil {
		x, err := p.chunk.pageIndex()
		if err != nil || len(x.offsets) == 0 {
			p.inTurn = true // a broken index is as none
			return at, nil
		}
		p.index = x.offsets
	}
	k := sort.Search(len(p.index), func(i int) bool { return p.index[i].FirstRowIndex > row }) - 1
	if k < 0 || p.index[k].FirstRowIndex <= at {
		return at, nil
	}
	at = p.index[k].FirstRowIndex
	p.first, p.n = at, 0
	p.pages.next = p.index[k].Offset
	return at, nil
}

// values is values [from, to) of the page, as codes where it has codes: these are
// in the column coded.
func (p *pageReader) values(from, to int, mem *scratch, coded *batch.Column) (*batch.Column, error) {
	if p.codes == nil {
		return dense(p.leaf, p.target, &p.vals, from, to, mem)
	}
	if to > len(p.codes) {
		return nil, errShort
	}
	codes := p.codes[from:to:to]
	*coded = batch.Column{Type: p.dict.Type, Phys: p.dict.Phys, Enc: batch.Dict, N: len(codes), Codes: codes, Dict: p.dict}
	return coded, checkCodes(codes, p.dict.N)
}

var errLevels = errors.New("the levels of a nested column do not fit together")

var errCode = errors.New("a dictionary code lies outside its dictionary")

// checkCodes makes sure that all codes are below n. Two codes at a time are subtracted
// from the greatest code that there is, each below a bit that is left over: it is
// borrowed from if the code is greater. Codes of 32 bits are told by their highest bit.
func checkCodes(codes []int32, n int) error {
	const over = 1<<63 | 1<<31
	if n == 0 && len(codes) > 0 {
		return errCode
	}
	greatest := uint64(n-1)<<32 | uint64(uint32(n-1)) | over
	seen, kept := uint64(0), uint64(over)
	pairs := viewInt64(codes[:len(codes)&^1])
	for ; len(pairs) >= 4; pairs = pairs[4:] {
		a, b, c, d := uint64(pairs[0]), uint64(pairs[1]), uint64(pairs[2]), uint64(pairs[3])
		seen |= a | b | c | d
		kept &= (greatest - a) & (greatest - b) & (greatest - c) & (greatest - d)
	}
	for _, v := range pairs {
		seen |= uint64(v)
		kept &= greatest - uint64(v)
	}
	if len(codes)%2 == 1 {
		last := uint64(uint32(codes[len(codes)-1]))
		seen |= last
		kept &= greatest - last
	}
	if seen&over != 0 || kept != over {
		return errCode
	}
	return nil
}
