package parquet

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bixidata/bixi/batch"
)

// leafWriter builds the column chunks of one leaf: finished pages of the open
// row group compressed in memory, and the open page.
type leafWriter struct {
	path           []string
	kind           format.Type
	maxDef, maxRep byte
	vals           valueWriter

	// The open page. def is kept only from the first level below maxDef on.
	rows, levels int
	def, rep     []byte

	// The open row group.
	body         []byte // finished pages
	pages        []pageInfo
	uncompressed int64 // headers and uncompressed bodies
	nulls        int64
	numValues    int64
	groupRows    int64
	codedPages   int32
	plainPages   int32

	// The whole file.
	fileNulls int64
	fileBytes int64
	lo, hi    []byte
	bounded   bool // lo and hi bound all values so far
	unbounded bool // a page had no bounds

	patience, wait int // pages not to try to compress: at the next failure, now

	raw, packed []byte
	idx         []int32
}

// pageInfo is what the page index says of a page.
type pageInfo struct {
	offset   int64 // in body
	size     int32
	firstRow int64
	lo, hi   []byte
	bounded  bool
	nulls    int64
	values   int64
}

// addFlat appends the rows of a column that is not nested.
func (w *leafWriter) addFlat(c *batch.Column) {
	w.rows += c.N
	if w.maxDef == 0 || c.Valid == nil {
		w.addLevels(c.N)
		w.vals.add(c, nil)
		return
	}
	if c.Enc == batch.Const {
		if c.IsNull(0) {
			w.addDef(w.maxDef-1, c.N)
			return
		}
		w.addLevels(c.N)
		w.vals.add(c, nil)
		return
	}
	w.idx = c.Valid.Selected(c.N, w.idx[:0])
	switch len(w.idx) {
	case 0:
		w.addDef(w.maxDef-1, c.N)
		return
	case c.N:
		w.addLevels(c.N)
		w.vals.add(c, nil)
		return
	}
	w.keepDef()
	at := len(w.def)
	w.def = append(w.def, make([]byte, c.N)...)
	def := w.def[at:]
	for i := range def {
		def[i] = w.maxDef - 1
	}
	for _, i := range w.idx {
		def[i] = w.maxDef
	}
	w.levels += c.N
	w.vals.add(c, w.idx)
}

// addLevels appends n levels of values that are there.
func (w *leafWriter) addLevels(n int) { w.addDef(w.maxDef, n) }

func (w *leafWriter) addDef(level byte, n int) {
	if w.def == nil && level == w.maxDef {
		w.levels += n
		return
	}
	w.keepDef()
	for range n {
		w.def = append(w.def, level)
	}
	w.levels += n
}

// keepDef begins to keep definition levels in this page.
func (w *leafWriter) keepDef() {
	if w.def == nil {
		w.def = bytes.Repeat([]byte{w.maxDef}, w.levels)
		if w.def == nil {
			w.def = []byte{}
		}
	}
}

// size is the bytes held for the open row group.
func (w *leafWriter) size() int64 {
	return int64(len(w.body) + w.vals.size() + len(w.def) + len(w.rep))
}

// finishPage compresses the open page into the body.
func (w *leafWriter) finishPage(cd *codec) {
	if w.levels == 0 {
		return
	}
	nulls := w.levels - w.vals.count()
	rep := encodeLevels(nil, w.rep, w.levels, w.maxRep, 0)
	def := encodeLevels(nil, w.def, w.levels, w.maxDef, w.maxDef)
	raw, coded, b := w.vals.finish(w.raw[:0])
	w.raw = raw
	packed, compressed := w.compress(cd, raw, coded)
	enc := format.Plain
	if coded {
		enc = format.RLEDictionary
		w.codedPages++
	} else {
		w.plainPages++
	}
	levels := len(rep) + len(def)
	h := format.PageHeader{
		Type:                 format.DataPageV2,
		UncompressedPageSize: int32(levels + len(raw)),
		CompressedPageSize:   int32(levels + len(packed)),
		DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
			NumValues: int32(w.levels), NumNulls: int32(nulls), NumRows: int32(w.rows), Encoding: enc,
			DefinitionLevelsByteLength: int32(len(def)), RepetitionLevelsByteLength: int32(len(rep)),
			IsCompressed: thrift.New(compressed),
			Statistics:   format.Statistics{NullCount: int64(nulls)},
		}),
	}
	head := marshal(&h)
	p := pageInfo{
		offset: int64(len(w.body)), size: int32(len(head) + levels + len(packed)), firstRow: w.groupRows,
		nulls: int64(nulls), values: int64(w.levels - nulls), bounded: b.ok,
	}
	if b.ok {
		p.lo, p.hi = bytes.Clone(b.lo), bytes.Clone(b.hi)
		if p.lo == nil {
			p.lo = []byte{}
		}
		if p.hi == nil {
			p.hi = []byte{}
		}
	}
	w.body = append(append(append(append(w.body, head...), rep...), def...), packed...)
	w.pages = append(w.pages, p)
	w.uncompressed += int64(len(head) + levels + len(raw))
	w.nulls += int64(nulls)
	w.numValues += int64(w.levels)
	w.groupRows += int64(w.rows)
	w.rows, w.levels, w.def, w.rep = 0, 0, nil, w.rep[:0]
}

// compress is the page as it is stored. After a page that did not shrink enough
// the next ones are not tried: one, then two, up to 16 of them.
func (w *leafWriter) compress(cd *codec, raw []byte, coded bool) ([]byte, bool) {
	if w.wait > 0 {
		w.wait--
		return raw, false
	}
	packed, ok := cd.compress(w.packed[:0], raw, coded)
	if !ok {
		w.patience = min(max(1, 2*w.patience), 16)
		w.wait = w.patience
		return raw, false
	}
	w.patience = 0
	w.packed = packed
	return packed, true
}

// encodeLevels is the RLE encoding of n levels; nil levels are all the given one.
func encodeLevels(dst, levels []byte, n int, most, all byte) []byte {
	if most == 0 {
		return nil
	}
	if levels == nil || most > 0 && len(levels) == 0 {
		return append(binary.AppendUvarint(dst, uint64(n)<<1), all)
	}
	out, err := (&rle.Encoding{BitWidth: bits.Len8(most)}).EncodeLevels(dst, levels)
	if err != nil {
		panic(err) // the width fits the levels
	}
	return out
}

// dictionaryPage is the dictionary page of the row group, or nil.
func (w *leafWriter) dictionaryPage(cd *codec) []byte {
	raw, n := w.vals.dictionary(w.raw[:0])
	w.raw = raw
	if n == 0 {
		return nil
	}
	packed := cd.always(w.packed[:0], raw)
	if cd.id != format.Uncompressed {
		w.packed = packed
	}
	head := marshal(&format.PageHeader{
		Type: format.DictionaryPage, UncompressedPageSize: int32(len(raw)), CompressedPageSize: int32(len(packed)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}),
	})
	w.uncompressed += int64(len(head) + len(raw))
	return append(head, packed...)
}

// marshal is the thrift encoding of a header or footer part.
func marshal(v any) []byte {
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		panic(err) // writing to memory
	}
	return b
}
