package transfer

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/table/text"
)

// convert writes a text file as Parquet. Columns in want are read in their types;
// the file's other columns join want, so that the next file is read alike.
func (x *importing) convert(ctx context.Context, in input, i int, want types.Schema) (string, types.Schema, error) {
	path, err := x.temporary(i)
	if err != nil {
		return "", nil, err
	}
	f, err := os.Open(in.path)
	if err != nil {
		return "", nil, invalid("%v", err)
	}
	defer f.Close()
	r, err := x.reader(f, in, want)
	if err != nil {
		return "", nil, err
	}
	var columns []parquet.Column
	for _, f := range r.Schema() {
		columns = append(columns, parquet.Column{Name: f.Name, Type: f.Type})
		if want.Index(f.Name) < 0 {
			want = append(want, f)
		}
	}
	// Speed matters more than size: the file is read once.
	w, err := parquet.NewWriter(ctx, store.NewScratch(""), path, columns, parquet.WriterOptions{Compression: parquet.Snappy})
	if err != nil {
		return "", nil, err
	}
	if err := copyRows(ctx, w, r); err != nil {
		return "", nil, errors.Join(err, w.Abort())
	}
	_, err = w.Close()
	return path, want, err
}

func (x *importing) reader(f *os.File, in input, want types.Schema) (*text.Reader, error) {
	zone, err := console.Zone(x.State)
	if err != nil {
		return nil, err
	}
	opts := text.Options{Name: in.path, Comma: x.Comma, Zone: zone, Want: want}
	if in.format == JSON {
		return text.NewJSON(f, opts)
	}
	return text.NewCSV(f, opts)
}

func copyRows(ctx context.Context, w *parquet.Writer, r *text.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.Write(b); err != nil {
			return err
		}
	}
}
