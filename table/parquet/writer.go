package parquet

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
)

// WriterOptions shape a file.
type WriterOptions struct {
	Compression Compression
	// RowGroupRows ends a row group; 0 is 131,072.
	RowGroupRows int
	// RowGroupBytes ends a row group early when so many (compressed) bytes are
	// held; 0 is 64 MiB.
	RowGroupBytes int64
	// PageRows and PageBytes end a page; 0 is 16,384 rows and 1 MiB (not compressed).
	PageRows  int
	PageBytes int
}

func (o WriterOptions) withDefaults() WriterOptions {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.RowGroupRows, 128<<10)
	set(&o.PageRows, 16<<10)
	set(&o.PageBytes, 1<<20)
	if o.RowGroupBytes <= 0 {
		o.RowGroupBytes = 64 << 20
	}
	return o
}

// Writer writes a data file. It is used by one goroutine. After an error only
// Abort is of use.
type Writer struct {
	path string
	cols []Column
	opts WriterOptions
	cd   *codec
	file store.Writer
	out  *bufio.Writer
	at   int64 // bytes written

	root   []*shredder
	leaves []*leafWriter
	elems  []format.SchemaElement

	pageRows  int // in the open page
	groupRows int // in the open row group
	rows      int64
	groups    []format.RowGroup
	indexes   []chunkIndex
	err       error
}

// chunkIndex is a chunk's page index, written at the end of the file.
type chunkIndex struct {
	column *format.ColumnIndex
	offset *format.OffsetIndex
}

// createdBy is the footer's name of the writer. Files that carry it have no
// bounds where there is a NaN.
const createdBy = "bixi"

var errClosed = errors.New("the writer is closed")

// NewWriter begins the file at path. It comes to exist when Close succeeds.
func NewWriter(ctx context.Context, s store.Store, path string, cols []Column, opts WriterOptions) (*Writer, error) {
	w := &Writer{path: path, cols: cols, opts: opts.withDefaults()}
	sw := &schemaWriter{}
	sw.elems = append(sw.elems, format.SchemaElement{Name: "schema", NumChildren: thrift.New(int32(len(cols)))})
	for _, c := range cols {
		root, err := sw.field(c.Name, c.FieldID, c.Type, c.Required, 0, 0)
		if err != nil {
			return nil, err
		}
		w.root = append(w.root, root)
	}
	w.elems, w.leaves = sw.elems, sw.leaves
	var err error
	if w.cd, err = newCodec(w.opts.Compression); err != nil {
		return nil, err
	}
	if w.file, err = s.Create(ctx, path); err != nil {
		return nil, err
	}
	w.out = bufio.NewWriterSize(w.file, 64<<10)
	w.write([]byte(magic))
	return w, nil
}

// Rows is the number of rows written.
func (w *Writer) Rows() int64 { return w.rows }

// Size is the bytes the file would have if it were closed now, nearly.
func (w *Writer) Size() int64 { return w.at + w.Buffered() }

// Buffered is the bytes held in memory for the open row group.
func (w *Writer) Buffered() int64 {
	var n int64
	for _, l := range w.leaves {
		n += l.size()
	}
	return n
}

// write appends to the file; the first error stays.
func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.out.Write(b)
	w.at += int64(n)
	w.err = err
}

// Write appends the rows of b, whose columns are those of the writer, in order.
func (w *Writer) Write(b *batch.Batch) error {
	if w.err != nil {
		return w.err
	}
	b = b.Dense()
	for i, c := range w.cols {
		if c.Required && hasNull(b.Columns[i]) {
			w.err = diag.Errorf(diag.CodeSemantic, diag.Pos{}, "column %s is NOT NULL but a row has no value for it", c.Name)
			return w.err
		}
	}
	for from := 0; from < b.N; {
		room := min(w.opts.PageRows-w.pageRows, w.opts.RowGroupRows-w.groupRows)
		n := w.fit(b, from, min(room, b.N-from))
		for i, r := range w.root {
			r.add(batch.Slice(b.Columns[i], from, from+n))
		}
		from += n
		w.pageRows += n
		w.groupRows += n
		w.rows += int64(n)
		if err := w.turn(); err != nil {
			return err
		}
	}
	return nil
}

// hasNull reports whether a row of c is NULL.
func hasNull(c *batch.Column) bool {
	switch {
	case c.Valid == nil || c.N == 0:
		return false
	case c.Enc == batch.Const:
		return c.IsNull(0)
	}
	return c.Valid.Count(c.N) < c.N
}

// fit is how many of the n rows from row from on to add at once, so that one
// page does not take many times PageBytes of long texts. It is at least one.
func (w *Writer) fit(b *batch.Batch, from, n int) int {
	for _, c := range b.Columns {
		if c.Phys != batch.PhysBytes || c.Enc != batch.Flat {
			continue
		}
		for n > 1 && int(c.Offsets[from+n]-c.Offsets[from]) > w.opts.PageBytes {
			n /= 2
		}
	}
	return n
}

// turn ends the page and the row group if they are full. Pages of all columns
// end together unless a column's is large, so that batches seldom cross one.
func (w *Writer) turn() error {
	if w.pageRows >= w.opts.PageRows {
		for _, l := range w.leaves {
			l.finishPage(w.cd)
		}
		w.pageRows = 0
	} else {
		for _, l := range w.leaves {
			if l.vals.size() >= w.opts.PageBytes {
				l.finishPage(w.cd)
			}
		}
	}
	if w.groupRows >= w.opts.RowGroupRows || w.Buffered() >= w.opts.RowGroupBytes {
		w.finishGroup()
	}
	return w.err
}

// Flush ends the open row group early, to free the memory it takes.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.finishGroup()
	}
	return w.err
}

// finishGroup writes the open row group.
func (w *Writer) finishGroup() {
	if w.groupRows == 0 {
		return
	}
	g := format.RowGroup{NumRows: int64(w.groupRows), FileOffset: w.at, Ordinal: int16(len(w.groups))}
	for _, l := range w.leaves {
		l.finishPage(w.cd)
		chunk, index := w.finishChunk(l)
		g.Columns = append(g.Columns, chunk)
		g.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		g.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
		w.indexes = append(w.indexes, index)
	}
	w.groups = append(w.groups, g)
	w.groupRows, w.pageRows = 0, 0
}

// Abort gives the file up. After Close it does nothing.
func (w *Writer) Abort() error {
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file, w.err = nil, errClosed
	return err
}

// Close writes what is left and commits the file. The file does not exist if an
// error is returned.
func (w *Writer) Close() (table.DataFile, error) {
	if w.file == nil {
		return table.DataFile{}, w.err
	}
	defer w.Abort()
	if w.err == nil {
		w.finishGroup()
		w.writeFooter()
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err == nil {
		w.err = w.file.Commit()
	}
	if w.err != nil {
		return table.DataFile{}, w.err
	}
	return w.describeFile(), nil
}

func (w *Writer) writeFooter() {
	w.writeIndexes()
	meta := format.FileMetaData{
		Version: 2, Schema: w.elems, NumRows: w.rows, RowGroups: w.groups, CreatedBy: createdBy,
	}
	if meta.RowGroups == nil {
		meta.RowGroups = []format.RowGroup{}
	}
	for range w.leaves {
		meta.ColumnOrders = append(meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	footer := marshal(&meta)
	w.write(footer)
	w.write(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	w.write([]byte(magic))
}
