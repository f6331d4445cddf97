package operator

import (
	"context"
	"io"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/table/text"
)

// rowReader reads the rows of a file for a scan.
type rowReader interface {
	Next(ctx context.Context) (*batch.Batch, error)
	Close() error
}

// textRows reads columns of a text file by name; those that it has not are NULL.
type textRows struct {
	file   store.Reader
	rows   *text.Reader
	cols   []parquet.Column
	at     []int // position in the file, -1: none
	filter func(*batch.Batch) ([]int32, error)
}

// openText opens a text file. The filter, if any, sees the columns of cols.
func (s *scan) openText(ctx context.Context, sp physical.Split) (*textRows, error) {
	file, err := s.env.Files.Open(ctx, sp.Path)
	if err != nil {
		return nil, err
	}
	var want types.Schema
	for _, c := range s.cols {
		want = append(want, types.Field{Name: c.Name, Type: c.Type})
	}
	rows, err := text.New(io.NewSectionReader(file, 0, file.Size()), tableFormat(s.node.Text), text.Options{Name: sp.Path, Zone: s.env.Session.Zone, Want: want})
	if err != nil {
		file.Close()
		return nil, err
	}
	r := &textRows{file: file, rows: rows, cols: s.cols, at: make([]int, len(s.cols))}
	for i, c := range s.cols {
		r.at[i] = rows.Schema().Index(strings.ToLower(c.Name))
	}
	if s.cond != nil || len(s.keys) > 0 {
		r.filter = s.filter
	}
	return r, nil
}

func (r *textRows) Next(ctx context.Context) (*batch.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := r.rows.Next()
	if err != nil {
		return nil, err
	}
	b := &batch.Batch{N: in.N}
	for i, c := range r.cols {
		if r.at[i] < 0 {
			b.Columns = append(b.Columns, batch.NullColumn(c.Type, in.N))
			continue
		}
		col := *in.Columns[r.at[i]]
		col.Type = c.Type
		b.Columns = append(b.Columns, &col)
	}
	if r.filter == nil {
		return b, nil
	}
	sel, err := r.filter(b)
	if err != nil || sel == nil {
		return b, err
	}
	return b.Take(sel), nil
}

func (r *textRows) Close() error { return r.file.Close() }
