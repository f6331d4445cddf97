package text

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

const bufferBytes = 256 << 10

// csvSource cuts CSV into records.
type csvSource struct {
	in    *bufio.Reader
	name  string
	comma byte
	null  string
	line  int // of the next byte
	names []string
	given bool // the names are not a line of the file

	// The record at hand: its text, and where fields end in it.
	data   []byte
	ends   []int
	quoted []bool
	fields []field
}

func newCSVSource(in io.Reader, opts Options) (*csvSource, error) {
	s := &csvSource{in: bufio.NewReaderSize(in, bufferBytes), name: opts.Name, comma: opts.Comma, null: opts.Null, line: 1}
	if s.comma == 0 {
		s.comma = ','
	}
	if mark, err := s.in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = s.in.Discard(3)
	}
	if opts.Columns != nil {
		s.names, s.given = opts.Columns, true
		return s, nil
	}
	header, err := s.scan()
	if err == io.EOF {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range header.fields {
		s.names = append(s.names, string(bytes.TrimSpace(f.text)))
	}
	return s, nil
}

func (s *csvSource) columns() []string { return s.names }

func (s *csvSource) freeze() {}

func (s *csvSource) next() (record, error) {
	for {
		rec, err := s.scan()
		if err != nil {
			return rec, err
		}
		// A blank line is a row of one NULL, or nothing where rows are wider.
		if len(rec.fields) == 1 && rec.fields[0].null && len(s.names) > 1 {
			continue
		}
		if len(rec.fields) != len(s.names) {
			if s.given {
				return rec, problem(s.name, rec.line, "the row has %d fields, the table %d columns", len(rec.fields), len(s.names))
			}
			return rec, problem(s.name, rec.line, "the row has %d fields, the header %d", len(rec.fields), len(s.names))
		}
		return rec, nil
	}
}

// scan reads a record of any number of fields.
func (s *csvSource) scan() (record, error) {
	s.data, s.ends, s.quoted = s.data[:0], s.ends[:0], s.quoted[:0]
	rec := record{line: s.line}
	for last := false; !last; {
		var quoted bool
		var err error
		last, quoted, err = s.field()
		if err == io.EOF && len(s.ends) == 0 && len(s.data) == 0 && !quoted {
			return rec, io.EOF
		}
		if err != nil && err != io.EOF {
			return rec, err
		}
		s.ends, s.quoted = append(s.ends, len(s.data)), append(s.quoted, quoted)
	}
	s.fields = s.fields[:0]
	from := 0
	for i, end := range s.ends {
		text := s.data[from:end:end]
		s.fields = append(s.fields, field{text: text, null: !s.quoted[i] && (len(text) == 0 || s.null != "" && string(text) == s.null)})
		from = end
	}
	rec.fields = s.fields
	return rec, nil
}

// field appends a field's text to data and says whether it ends its record. At
// the end of the input it is the last, and the error io.EOF.
func (s *csvSource) field() (last, quoted bool, err error) {
	c, err := s.in.ReadByte()
	if err != nil {
		return true, false, s.failed(err)
	}
	if c == '"' {
		last, err = s.inQuotes()
		return last, true, err
	}
	from := len(s.data)
	for {
		switch {
		case c == s.comma:
			return false, false, nil
		case c == '\n':
			s.line++
			if n := len(s.data); n > from && s.data[n-1] == '\r' {
				s.data = s.data[:n-1]
			}
			return true, false, nil
		}
		s.data = append(s.data, c)
		if c, err = s.in.ReadByte(); err != nil {
			return true, false, s.failed(err)
		}
	}
}

// inQuotes reads the rest of a field that began with a quote.
func (s *csvSource) inQuotes() (last bool, err error) {
	began := s.line
	for {
		c, err := s.in.ReadByte()
		if err == io.EOF {
			return true, problem(s.name, began, "a quote is not closed")
		}
		if err != nil {
			return true, s.failed(err)
		}
		if c == '\n' {
			s.line++
		}
		if c != '"' {
			s.data = append(s.data, c)
			continue
		}
		c, err = s.in.ReadByte()
		if c == '\r' && err == nil {
			c, err = s.in.ReadByte()
		}
		switch {
		case err != nil:
			return true, s.failed(err)
		case c == '"':
			s.data = append(s.data, '"')
		case c == s.comma:
			return false, nil
		case c == '\n':
			s.line++
			return true, nil
		default:
			return true, problem(s.name, s.line, "%q follows the quote that ends a field; a quote inside one is doubled", string(rune(c)))
		}
	}
}

// failed passes io.EOF on and says where other errors happened.
func (s *csvSource) failed(err error) error {
	if err == io.EOF {
		return err
	}
	return fmt.Errorf("%sreading: %w", where(s.name, s.line), err)
}

func where(file string, line int) string { return fmt.Sprintf("%s:%d: ", file, line) }
