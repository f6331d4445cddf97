package transfer

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// Export is a table, or a partition of it, to write to a file.
type Export struct {
	Table     string
	Partition []Value
	Path      string
	Format    Format // "": from the name
}

// sink takes rows. What it writes appears when it is committed.
type sink interface {
	write(b *batch.Batch) error
	commit() error
	abort() error
}

// Export writes rows to a file, which appears when it is complete, and gives
// their number.
func (s *Session) Export(ctx context.Context, e Export) (int64, error) {
	if e.Format == "" {
		var known bool
		if e.Format, known = formatOf(e.Path); !known {
			return 0, invalid("the form of %s does not follow from its name", e.Path).WithHint("give --format")
		}
	}
	query := "SELECT * FROM " + quoteName(e.Table)
	for i, v := range e.Partition {
		query += []string{" WHERE ", " AND "}[min(i, 1)] + quoteIdent(v.Name) + " = " + quoteText(v.Text)
	}
	st, err := s.Statements.Submit(ctx, server.Request{Text: query, State: s.State, User: s.User})
	if err != nil {
		return 0, err
	}
	defer st.Close()
	schema, err := st.Schema(ctx)
	if err != nil {
		return 0, err
	}
	out, err := s.sink(ctx, e, schema)
	if err != nil {
		return 0, err
	}
	rows, err := drain(ctx, st, out)
	if err != nil {
		return 0, errors.Join(err, out.abort())
	}
	return rows, out.commit()
}

func drain(ctx context.Context, st server.Statement, out sink) (rows int64, err error) {
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if err := out.write(b.Dense()); err != nil {
			return rows, err
		}
		rows += int64(b.Rows())
	}
}

func (s *Session) sink(ctx context.Context, e Export, schema types.Schema) (sink, error) {
	path, err := filepath.Abs(e.Path)
	if err != nil {
		return nil, err
	}
	files := store.NewLocal("")
	if e.Format == Parquet {
		var columns []parquet.Column
		for _, f := range schema {
			columns = append(columns, parquet.Column{Name: f.Name, Type: f.Type})
		}
		w, err := parquet.NewWriter(ctx, files, path, columns, parquet.WriterOptions{})
		return &parquetSink{w}, err
	}
	zone, err := console.Zone(s.State)
	if err != nil {
		return nil, err
	}
	file, err := files.Create(ctx, path)
	if err != nil {
		return nil, err
	}
	t := &textSink{file: file, w: format.New(format.Kind(strings.ToLower(string(e.Format))), file)}
	if err := t.w.Begin(schema, zone); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return t, nil
}

type parquetSink struct{ w *parquet.Writer }

func (p *parquetSink) write(b *batch.Batch) error { return p.w.Write(b) }
func (p *parquetSink) abort() error               { return p.w.Abort() }
func (p *parquetSink) commit() error {
	_, err := p.w.Close()
	return err
}

type textSink struct {
	file store.Writer
	w    format.Writer
}

func (t *textSink) write(b *batch.Batch) error { return t.w.Write(b) }
func (t *textSink) abort() error               { return t.file.Close() }
func (t *textSink) commit() error {
	if err := t.w.End(); err != nil {
		return errors.Join(err, t.file.Close())
	}
	return errors.Join(t.file.Commit(), t.file.Close())
}
