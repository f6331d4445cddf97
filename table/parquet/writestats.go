package parquet

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/format"

	pq "github.com/parquet-go/parquet-go"

	"github.com/bixidata/bixi/table"
)

// maxBound is the most bytes of a text bound in page indexes and table
// statistics; maxChunkBound in the footer, where bounds are exact or absent.
const (
	maxBound      = 64
	maxChunkBound = 1024
)

// finishChunk writes the leaf's part of the row group and describes it.
func (w *Writer) finishChunk(l *leafWriter) (format.ColumnChunk, chunkIndex) {
	dict := l.dictionaryPage(w.cd)
	m := format.ColumnMetaData{
		Type: l.kind, PathInSchema: l.path, Codec: w.cd.id, NumValues: l.numValues,
		TotalUncompressedSize: l.uncompressed, TotalCompressedSize: int64(len(dict) + len(l.body)),
		DataPageOffset: w.at + int64(len(dict)),
		Encoding:       []format.Encoding{format.RLE},
	}
	if dict != nil {
		m.DictionaryPageOffset = w.at
		m.Encoding = append(m.Encoding, format.RLEDictionary)
		m.EncodingStats = append(m.EncodingStats,
			format.PageEncodingStats{PageType: format.DictionaryPage, Encoding: format.Plain, Count: 1},
			format.PageEncodingStats{PageType: format.DataPageV2, Encoding: format.RLEDictionary, Count: l.codedPages})
	}
	if l.plainPages > 0 || dict != nil {
		m.Encoding = append(m.Encoding, format.Plain)
	}
	if l.plainPages > 0 {
		m.EncodingStats = append(m.EncodingStats,
			format.PageEncodingStats{PageType: format.DataPageV2, Encoding: format.Plain, Count: l.plainPages})
	}
	lo, hi, ok := l.chunkBounds()
	m.Statistics.NullCount = l.nulls
	if ok && len(lo) <= maxChunkBound && len(hi) <= maxChunkBound {
		m.Statistics.MinValue, m.Statistics.MaxValue = lo, hi
	}
	index := l.pageIndex(m.DataPageOffset)
	w.write(dict)
	w.write(l.body)
	l.endGroup(lo, hi, ok)
	return format.ColumnChunk{MetaData: m}, index
}

// chunkBounds are the bounds of the row group's values; ok is false if there
// are none, for want of values or because of one without order.
func (l *leafWriter) chunkBounds() (lo, hi []byte, ok bool) {
	for i := range l.pages {
		p := &l.pages[i]
		if p.values == 0 {
			continue
		}
		if !p.bounded {
			return nil, nil, false
		}
		if !ok || l.less(p.lo, lo) {
			lo = p.lo
		}
		if !ok || l.less(hi, p.hi) {
			hi = p.hi
		}
		ok = true
	}
	return lo, hi, ok
}

// less compares two encoded values.
func (l *leafWriter) less(a, b []byte) bool {
	switch l.kind {
	case format.Int32:
		return int32(binary.LittleEndian.Uint32(a)) < int32(binary.LittleEndian.Uint32(b))
	case format.Int64:
		return int64(binary.LittleEndian.Uint64(a)) < int64(binary.LittleEndian.Uint64(b))
	case format.Float:
		return math.Float32frombits(binary.LittleEndian.Uint32(a)) < math.Float32frombits(binary.LittleEndian.Uint32(b))
	case format.Double:
		return math.Float64frombits(binary.LittleEndian.Uint64(a)) < math.Float64frombits(binary.LittleEndian.Uint64(b))
	case format.FixedLenByteArray: // DECIMAL: signed
		if s, t := a[0]>>7, b[0]>>7; s != t {
			return s > t
		}
	}
	return bytes.Compare(a, b) < 0
}

// endGroup keeps what the file's statistics need and empties the row group.
func (l *leafWriter) endGroup(lo, hi []byte, ok bool) {
	l.fileNulls += l.nulls
	l.fileBytes += l.uncompressed
	if ok {
		if !l.bounded || l.less(lo, l.lo) {
			l.lo = lo
		}
		if !l.bounded || l.less(l.hi, hi) {
			l.hi = hi
		}
		l.bounded = true
	}
	l.unbounded = l.unbounded || !ok && l.numValues > l.nulls
	l.body, l.pages = l.body[:0], l.pages[:0]
	l.uncompressed, l.nulls, l.numValues, l.groupRows, l.codedPages, l.plainPages = 0, 0, 0, 0, 0, 0
	l.vals.reset()
}

// pageIndex describes the pages; the column index is nil if one has no bounds.
func (l *leafWriter) pageIndex(base int64) chunkIndex {
	c := &format.ColumnIndex{BoundaryOrder: format.Unordered}
	o := &format.OffsetIndex{}
	usable := true
	for i := range l.pages {
		p := &l.pages[i]
		o.PageLocations = append(o.PageLocations, format.PageLocation{
			Offset: base + p.offset, CompressedPageSize: p.size, FirstRowIndex: p.firstRow,
		})
		lo, hi := p.lo, p.hi
		if l.kind == format.ByteArray && p.bounded {
			var whole bool
			lo = cut(lo, maxBound)
			hi, whole = cutUp(hi, maxBound)
			usable = usable && whole
		}
		usable = usable && (p.bounded || p.values == 0)
		c.NullPages = append(c.NullPages, p.values == 0)
		c.MinValues = append(c.MinValues, lo)
		c.MaxValues = append(c.MaxValues, hi)
		c.NullCounts = append(c.NullCounts, p.nulls)
	}
	if !usable {
		c = nil
	}
	return chunkIndex{c, o}
}

// writeIndexes writes all column indexes, then all offset indexes.
func (w *Writer) writeIndexes() {
	chunk := func(i int) *format.ColumnChunk {
		return &w.groups[i/len(w.leaves)].Columns[i%len(w.leaves)]
	}
	for i, x := range w.indexes {
		if x.column != nil {
			b := marshal(x.column)
			chunk(i).ColumnIndexOffset, chunk(i).ColumnIndexLength = w.at, int32(len(b))
			w.write(b)
		}
	}
	for i, x := range w.indexes {
		b := marshal(x.offset)
		chunk(i).OffsetIndexOffset, chunk(i).OffsetIndexLength = w.at, int32(len(b))
		w.write(b)
	}
}

// cut is at most n bytes of b, not splitting a character.
func cut(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

// cutUp is a value of at most n bytes, valid UTF-8 if b is, that is not less
// than b; false if there is none.
func cutUp(b []byte, n int) ([]byte, bool) {
	if len(b) <= n {
		return b, true
	}
	short := bytes.Clone(cut(b, n))
	if !utf8.Valid(short) {
		for i := n - 1; i >= 0; i-- {
			if b[i] < 0xff {
				short = bytes.Clone(b[:i+1])
				short[i]++
				return short, true
			}
		}
		return nil, false
	}
	for len(short) > 0 {
		r, size := utf8.DecodeLastRune(short)
		short = short[:len(short)-size]
		if r++; r == 0xd800 {
			r = 0xe000
		}
		if r <= utf8.MaxRune {
			return utf8.AppendRune(short, r), true
		}
	}
	return nil, false
}

// describeFile is what a table keeps of the file.
func (w *Writer) describeFile() table.DataFile {
	f := table.DataFile{Path: w.path, Rows: w.rows, Bytes: w.at, RowGroups: len(w.groups), Columns: map[int]table.ColumnStats{}}
	for i, c := range w.cols {
		if c.FieldID == 0 {
			continue
		}
		f.Columns[c.FieldID] = w.columnStats(w.root[i], c)
	}
	return f
}

func (w *Writer) columnStats(sh *shredder, c Column) table.ColumnStats {
	if sh.leaf == nil { // nested: only the bytes mean something
		return table.ColumnStats{Nulls: unknownNulls, Bytes: sh.bytes()}
	}
	l := sh.leaf
	st := table.ColumnStats{Nulls: l.fileNulls, Bytes: l.fileBytes, Sketch: l.vals.distinct().Marshal()}
	// An estimate never says more values than there are.
	st.NDV = min(math.Round(l.vals.distinct().Estimate()), float64(w.rows-l.fileNulls))
	if !l.bounded || l.unbounded {
		return st
	}
	lo, hi, whole := l.lo, l.hi, true
	if l.kind == format.ByteArray {
		lo = cut(lo, maxBound)
		hi, whole = cutUp(hi, maxBound)
	}
	if whole {
		st.Min, st.Max = bounds(leafType{kind: pq.Kind(l.kind), natural: c.Type}, c.Type, lo, hi)
	}
	return st
}
