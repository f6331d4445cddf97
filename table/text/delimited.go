package text

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Delimited files are those of TEXTFILE tables: one line a row, fields divided by
// a byte, a backslash before bytes that would divide or end something.

// delimitedSource cuts such a file into records.
type delimitedSource struct {
	in    *bufio.Reader
	name  string
	comma byte
	null  string
	names []string
	line  int

	data   []byte
	ends   []int
	fields []field
}

func newDelimitedSource(in io.Reader, opts Options) *delimitedSource {
	s := &delimitedSource{in: bufio.NewReaderSize(in, bufferBytes), name: opts.Name, comma: opts.Comma, null: nullOr(opts.Null), names: opts.Columns}
	if s.comma == 0 {
		s.comma = 1
	}
	return s
}

func (s *delimitedSource) columns() []string { return s.names }

func (s *delimitedSource) freeze() {}

// next reads a line. Fields that are missing at its end are NULL.
func (s *delimitedSource) next() (record, error) {
	s.line++
	rec := record{line: s.line}
	if err := s.scan(); err != nil {
		return rec, err
	}
	if len(s.ends) > len(s.names) {
		return rec, problem(s.name, s.line, "the line has %d fields, the table %d columns", len(s.ends), len(s.names))
	}
	s.fields = s.fields[:0]
	from := 0
	for _, end := range s.ends {
		text := s.data[from:end:end]
		if string(text) == s.null {
			s.fields = append(s.fields, field{null: true})
		} else {
			s.fields = append(s.fields, field{text: unescaped(text)})
		}
		from = end
	}
	for len(s.fields) < len(s.names) {
		s.fields = append(s.fields, field{null: true})
	}
	rec.fields = s.fields
	return rec, nil
}

// scan reads the fields of a line as they stand.
func (s *delimitedSource) scan() error {
	s.data, s.ends = s.data[:0], s.ends[:0]
	for read := 0; ; read++ {
		c, err := s.in.ReadByte()
		switch {
		case err == io.EOF && read == 0:
			return io.EOF
		case err == io.EOF:
			s.ends = append(s.ends, len(s.data))
			return nil
		case err != nil:
			return fmt.Errorf("%sreading: %w", where(s.name, s.line), err)
		case c == '\n':
			if n := len(s.data); n > 0 && s.data[n-1] == '\r' {
				s.data = s.data[:n-1]
			}
			s.ends = append(s.ends, len(s.data))
			return nil
		case c == s.comma:
			s.ends = append(s.ends, len(s.data))
			continue
		}
		s.data = append(s.data, c)
		if c == '\\' {
			if c, err = s.in.ReadByte(); err == nil {
				s.data = append(s.data, c)
			}
		}
	}
}

// unescaped takes the backslashes away, in place.
func unescaped(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	out := text[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			i++
			c = unescape(text[i])
		}
		out = append(out, c)
	}
	return out
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// delimitedWriter writes such a file.
type delimitedWriter struct {
	output
	comma byte
	null  string
	zone  *time.Location
}

func (w *delimitedWriter) Begin(_ types.Schema, zone *time.Location) error {
	w.zone = zone
	return nil
}

func (w *delimitedWriter) Write(b *batch.Batch) error {
	b = b.Dense()
	for row := range b.N {
		for i, c := range b.Columns {
			if i > 0 {
				w.buf = append(w.buf, w.comma)
			}
			if c.IsNull(row) {
				w.buf = append(w.buf, w.null...)
				continue
			}
			w.value = batch.AppendText(w.value[:0], c, row, w.zone)
			w.escape(w.value)
		}
		w.buf = append(w.buf, '\n')
		if err := w.full(); err != nil {
			return err
		}
	}
	return nil
}

func (w *delimitedWriter) escape(v []byte) {
	for _, c := range v {
		switch c {
		case '\n':
			w.buf = append(w.buf, '\\', 'n')
			continue
		case '\r':
			w.buf = append(w.buf, '\\', 'r')
			continue
		case w.comma, '\\':
			w.buf = append(w.buf, '\\')
		}
		w.buf = append(w.buf, c)
	}
}

func (w *delimitedWriter) End() error { return w.flush() }
