package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

// File is an open Parquet file. It is safe for concurrent use; Close it when no
// Reader over it is needed any more.
type File struct {
	path    string
	src     *source
	version string
	cache   *Cache
	*footer
}

// Open reads the footer of the file at path. A file that is not Parquet, or
// not all of it, is a CodeCorruptFile error that names it.
func Open(ctx context.Context, s store.Store, path string) (*File, error) {
	return (*Cache)(nil).Open(ctx, s, path)
}

func (f *File) open() (err error) {
	defer f.recoverCorrupt(&err)
	v, err := f.cached(keyFooter, 0, 0, func() (any, int64, error) {
		foot, err := readFooter(f.src)
		if err != nil {
			return nil, 0, err
		}
		return foot, foot.bytes(), nil
	})
	if err != nil {
		return f.wrap(err)
	}
	f.footer = v.(*footer)
	return nil
}

// Close closes the file. Batches read from it stay as valid as they were.
func (f *File) Close() error { return f.src.Close() }

// Path is the path the file was opened by.
func (f *File) Path() string { return f.path }

// Rows is the number of rows.
func (f *File) Rows() int64 { return f.meta.NumRows }

// Size is the file's bytes.
func (f *File) Size() int64 { return f.src.Size() }

// RowGroups is the number of row groups.
func (f *File) RowGroups() int { return len(f.groups) }

// RowGroupRows is the number of rows of row group g.
func (f *File) RowGroupRows(g int) int64 { return f.groups[g].rows }

// RowGroupBytes is the compressed size of row group g's columns.
func (f *File) RowGroupBytes(g int) int64 {
	var n int64
	chunks := f.groups[g].chunks
	for i := range chunks {
		n += chunks[i].packed
	}
	return n
}

// Schema is the file's columns in our types. A column of a type we have no
// counterpart for has the type NULL; reading it is a CodeUnsupported error.
func (f *File) Schema() types.Schema {
	s := make(types.Schema, len(f.nodes))
	for i, n := range f.nodes {
		s[i] = types.Field{Name: n.name, Type: n.typ, Required: !n.optional && n.rep == 0}
	}
	return s
}

// Columns is Schema as columns to read, with the file's field ids.
func (f *File) Columns() []Column {
	cols := make([]Column, len(f.nodes))
	for i, n := range f.nodes {
		cols[i] = Column{Name: n.name, FieldID: n.id, Type: n.typ, Required: !n.optional && n.rep == 0}
	}
	return cols
}

// Read is how many bytes have been read of the file since it was opened, and the
// time that took.
func (f *File) Read() (bytes int64, wait time.Duration) {
	return f.src.bytes.Load(), time.Duration(f.src.wait.Load())
}

// find is the node of c, or nil if the file has none. An ID that the file knows
// decides; names decide only in files, or for columns, without IDs.
func (f *File) find(c Column) *node {
	if c.FieldID != 0 {
		ids := false
		for _, n := range f.nodes {
			if n.id == c.FieldID {
				return n
			}
			ids = ids || n.id != 0
		}
		if ids {
			return nil
		}
	}
	var folded *node
	for _, n := range f.nodes {
		if n.name == c.Name {
			return n
		}
		if folded == nil && strings.EqualFold(n.name, c.Name) {
			folded = n
		}
	}
	return folded
}

// source is the store's file. It marks errors of the device, so that they are
// not taken for errors of the content.
type source struct {
	store.Reader
	path        string
	bytes, wait atomic.Int64 // read so far, and the nanoseconds that took
}

type deviceError struct{ err error }

func (e *deviceError) Error() string { return e.err.Error() }
func (e *deviceError) Unwrap() error { return e.err }

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("a negative offset")
	}
	start := time.Now()
	n, err := s.Reader.ReadAt(p, off)
	s.wait.Add(int64(time.Since(start)))
	s.bytes.Add(int64(n))
	if n == len(p) || err == nil {
		return n, nil
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		err = &deviceError{err}
	}
	return n, err
}

// wrap classifies err: the device's, ours already, or the content's.
func (f *File) wrap(err error) error {
	var device *deviceError
	var known *diag.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, fs.ErrClosed):
		return err
	case errors.As(err, &device):
		return diag.Errorf(diag.CodeStorage, diag.Pos{}, "reading %s", f.path).WithCause(err)
	}
	return diag.Errorf(diag.CodeCorruptFile, diag.Pos{}, "%s is not a whole Parquet file", f.path).WithCause(err)
}

// recoverCorrupt turns a panic of the decoders, which trust lengths they read
// from the file, into the error that the file is corrupt.
func (f *File) recoverCorrupt(err *error) {
	if p := recover(); p != nil {
		*err = f.wrap(fmt.Errorf("%v", p))
	}
}
