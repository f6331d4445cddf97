package parquet

import (
	"context"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
)

// ReaderOptions say what to read of a file.
type ReaderOptions struct {
	// From and To bound the row groups: [From, To). To 0 is all of them.
	From, To int
	// BatchRows is the most rows of a batch; 0 is batch.TargetRows.
	BatchRows int
	// Filter, if set, is given each batch of the first FilterColumns columns and
	// answers which of its rows survive, ascending; nil means all. The batch is
	// valid during the call.
	Filter        func(b *batch.Batch) (sel []int32, err error)
	FilterColumns int
	// SkipRowGroup, if set, may refuse a row group by what the footer, Bloom filters
	// and dictionaries say of the columns; SkipRange a range of rows in one by its
	// page index.
	SkipRowGroup func(Stats) bool
	SkipRange    func(Stats) bool
}

// Counts is what a Reader did.
type Counts struct {
	RowGroups, SkippedRowGroups int
	Rows, SkippedRows           int64 // decoded or filtered; refused by statistics
	// LateRows are those of Rows of which only the filter's columns were decoded.
	LateRows int64
}

// Reader gives the rows of a file in order as dense batches. It is used by one
// goroutine.
type Reader struct {
	f      *File
	cols   []Column
	opts   ReaderOptions
	in     []columnReader
	counts Counts

	group  int       // next row group
	ranges []rowSpan // left of the current row group
	open   bool
}

// rowSpan is rows [from, to) of a row group.
type rowSpan struct{ from, to int64 }

// columnReader reads one column, whatever its shape.
type columnReader interface {
	// start begins a row group.
	start(g *rowGroup) error
	// read gives rows [row, row+n); rows never go backwards.
	read(row int64, n int) (*batch.Column, error)
	// gather is rows sel of a column read gave.
	gather(c *batch.Column, sel []int32) *batch.Column
	close()
}

// rowGroup is a row group of a file.
type rowGroup struct {
	f     *File
	group int
	rows  int64
}

// chunk is the leaf's chunk.
func (g *rowGroup) chunk(leaf int) chunk { return g.f.chunk(g.group, leaf) }

// NewReader makes a reader of cols. A column the file has not got reads as
// NULL; one whose type cannot be read as asked is an error.
func NewReader(f *File, cols []Column, opts ReaderOptions) (*Reader, error) {
	if opts.BatchRows <= 0 {
		opts.BatchRows = batch.TargetRows
	}
	if opts.To == 0 || opts.To > f.RowGroups() {
		opts.To = f.RowGroups()
	}
	r := &Reader{f: f, cols: cols, opts: opts, group: opts.From}
	for _, c := range cols {
		in, err := f.columnReader(c)
		if err != nil {
			return nil, err
		}
		r.in = append(r.in, in)
	}
	return r, nil
}

// columnReader makes the reader of c.
func (f *File) columnReader(c Column) (columnReader, error) {
	n := f.find(c)
	if n == nil {
		return nullReader{c.Type}, nil
	}
	if n.err != nil {
		return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "column %s of %s: %v", c.Name, f.path, n.err)
	}
	in, err := newColumnReader(n, c.Type)
	if err != nil {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "column %s of %s: %v", c.Name, f.path, err)
	}
	return in, nil
}

// Counts is what has been read and skipped so far.
func (r *Reader) Counts() Counts { return r.counts }

// Close gives back the pages held. The File stays open.
func (r *Reader) Close() error {
	for _, in := range r.in {
		in.close()
	}
	r.ranges, r.group, r.open = nil, r.opts.To, false
	return nil
}

// Next gives the next batch that has rows, or io.EOF. The batch is valid until
// the next call.
func (r *Reader) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(r.ranges) == 0 {
			if err := r.nextGroup(); err != nil {
				return nil, r.f.wrapEOF(err)
			}
			continue
		}
		span := &r.ranges[0]
		n := int(min(int64(r.opts.BatchRows), span.to-span.from))
		row := span.from
		if span.from += int64(n); span.from == span.to {
			r.ranges = r.ranges[1:]
		}
		r.counts.Rows += int64(n)
		b, err := r.batch(row, n)
		if b != nil || err != nil {
			return b, err
		}
	}
}

// wrapEOF is wrap for errors among which a bare io.EOF is the end.
func (f *File) wrapEOF(err error) error {
	if err == io.EOF {
		return err
	}
	return f.wrap(err)
}

// batch reads rows [row, row+n), nil if none survives.
func (r *Reader) batch(row int64, n int) (*batch.Batch, error) {
	b := &batch.Batch{N: n, Columns: make([]*batch.Column, len(r.in))}
	first := 0
	var sel []int32
	if r.opts.Filter != nil {
		first = r.opts.FilterColumns
		if err := r.fill(b, 0, first, row); err != nil {
			return nil, err
		}
		var err error
		sel, err = r.opts.Filter(&batch.Batch{N: n, Columns: b.Columns[:first:first]})
		if err != nil {
			return nil, err
		}
		if sel != nil && len(sel) == 0 {
			if first < len(r.in) {
				r.counts.LateRows += int64(n)
			}
			return nil, nil
		}
	}
	if err := r.fill(b, first, len(r.in), row); err != nil {
		return nil, err
	}
	if sel != nil && len(sel) < n {
		if err := r.gather(b, sel); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// gather keeps rows sel of b.
func (r *Reader) gather(b *batch.Batch, sel []int32) (err error) {
	defer r.f.recoverCorrupt(&err)
	for i, in := range r.in {
		b.Columns[i] = in.gather(b.Columns[i], sel)
	}
	b.N = len(sel)
	return nil
}

// fill reads columns [from, to) of b.
func (r *Reader) fill(b *batch.Batch, from, to int, row int64) (err error) {
	defer r.f.recoverCorrupt(&err)
	for i := from; i < to; i++ {
		c, err := r.in[i].read(row, b.N)
		if err != nil {
			return r.f.wrap(fmt.Errorf("column %s, row group %d: %w", r.cols[i].Name, r.group-1, err))
		}
		b.Columns[i] = c
	}
	return nil
}

// nextGroup opens the next row group that is not refused; io.EOF is the end.
func (r *Reader) nextGroup() (err error) {
	defer r.f.recoverCorrupt(&err)
	for ; r.group < r.opts.To; r.group++ {
		rows := r.f.RowGroupRows(r.group)
		if rows == 0 {
			continue
		}
		if r.opts.SkipRowGroup != nil && r.opts.SkipRowGroup(r.f.groupStats(r.group, r.cols)) {
			r.counts.SkippedRowGroups++
			r.counts.SkippedRows += rows
			continue
		}
		r.ranges = []rowSpan{{0, rows}}
		if r.opts.SkipRange != nil {
			r.ranges = r.f.pruneRanges(r.group, r.cols, r.opts.SkipRange)
		}
		left := int64(0)
		for _, s := range r.ranges {
			left += s.to - s.from
		}
		r.counts.SkippedRows += rows - left
		if left == 0 {
			r.counts.SkippedRowGroups++
			continue
		}
		g := &rowGroup{r.f, r.group, rows}
		for _, in := range r.in {
			if err := in.start(g); err != nil {
				return err
			}
		}
		r.counts.RowGroups++
		r.group++
		return nil
	}
	return io.EOF
}
