package operator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/table/text"
)

// fileSink writes its input to a file of its own and then gives a row that
// describes it. Without rows there is no file.
type fileSink struct {
	input
	node  *physical.FileSink
	env   *Env
	path  string
	rows  int64
	sheet sheet // nil: nothing is open
	done  bool
	given bool
}

// sheet is a file being written.
type sheet interface {
	write(b *batch.Batch) error
	close() error
	abort() error
}

func newFileSink(n *physical.FileSink, in []Operator, env *Env) (*fileSink, error) {
	return &fileSink{input: input{in[0]}, node: n, env: env}, nil
}

func (s *fileSink) Next(ctx context.Context) (*batch.Batch, error) {
	for !s.done {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			s.done = true
			break
		}
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if s.sheet == nil {
			if err := s.open(ctx); err != nil {
				return nil, err
			}
		}
		s.rows += int64(b.Rows())
		if err := s.sheet.write(b.Dense()); err != nil {
			return nil, err
		}
	}
	if s.given || s.sheet == nil {
		return nil, io.EOF
	}
	err := s.sheet.close()
	s.sheet = nil
	if err != nil {
		return nil, err
	}
	s.given = true
	return s.report()
}

func (s *fileSink) report() (*batch.Batch, error) {
	described, err := json.Marshal(table.DataFile{Path: s.path, Rows: s.rows})
	if err != nil {
		return nil, err
	}
	one := func(t types.Type, v types.Datum) *batch.Column {
		b := batch.NewBuilder(t)
		b.AppendDatum(v)
		return b.Finish()
	}
	return batch.New(1, one(types.BinaryType, string(described)), one(types.BigIntType, int64(0)), one(types.BigIntType, s.rows)), nil
}

func (s *fileSink) open(ctx context.Context) error {
	schema := s.node.Input.Schema()
	name := "." + strings.TrimSuffix(s.env.FileName(), ".parquet")
	if s.node.Text == nil {
		s.path = path.Join(s.node.Location, name+".parquet")
		var cols []parquet.Column
		for _, f := range schema {
			cols = append(cols, parquet.Column{Name: f.Name, Type: f.Type})
		}
		w, err := parquet.NewWriter(ctx, s.env.Files, s.path, cols, parquet.WriterOptions{})
		if err == nil {
			s.sheet = parquetSheet{w}
		}
		return err
	}
	f := tableFormat(s.node.Text)
	s.path = path.Join(s.node.Location, name+extensions[f.Kind])
	file, err := s.env.Files.Create(ctx, s.path)
	if err != nil {
		return err
	}
	t := &textSheet{file: file, w: text.NewWriter(file, f)}
	s.sheet = t
	return t.w.Begin(schema, s.env.Session.Zone)
}

var extensions = map[table.TextKind]string{table.CSV: ".csv", table.JSONLines: ".json", table.Delimited: ".txt"}

// tableFormat is the format that a plan gives.
func tableFormat(f *physical.TextFormat) table.TextFormat {
	return table.TextFormat{Kind: table.TextKind(f.Kind), Comma: f.Comma, Header: f.Header, Null: f.Null, Columns: f.Columns}
}

// Close removes a file that was not named.
func (s *fileSink) Close() error {
	err := s.in.Close()
	if s.sheet != nil {
		err = errors.Join(err, s.sheet.abort())
	}
	s.sheet = nil
	return err
}

type parquetSheet struct{ w *parquet.Writer }

func (p parquetSheet) write(b *batch.Batch) error { return p.w.Write(b) }
func (p parquetSheet) abort() error               { return p.w.Abort() }
func (p parquetSheet) close() error {
	_, err := p.w.Close()
	return err
}

type textSheet struct {
	file store.Writer
	w    text.Writer
}

func (t *textSheet) write(b *batch.Batch) error { return t.w.Write(b) }
func (t *textSheet) abort() error               { return t.file.Close() }
func (t *textSheet) close() error {
	if err := t.w.End(); err != nil {
		return errors.Join(err, t.file.Close())
	}
	return errors.Join(t.file.Commit(), t.file.Close())
}
