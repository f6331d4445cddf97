// Package text reads rows that come as text, CSV or JSON lines, as batches. The
// types of columns are those asked for or, for the other columns, the narrowest
// that the first rows of the file allow. A value that does not fit its column's
// type is an error that names the file, line and column; no row is ever left out.
package text

import (
	"io"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Options say how a file is to be read.
type Options struct {
	Name  string // of the file, for messages
	Comma byte   // between the fields of CSV; 0 is ','
	Null  string // how NULL is written besides an empty field of CSV
	// Columns names the fields of a file that does not name them itself.
	Columns []string
	Zone    *time.Location // of DATETIME and TIMESTAMP texts; nil is UTC
	// Want gives types of columns, found by name without regard to case.
	Want types.Schema
}

// Reader reads a file. It is used by one goroutine.
type Reader struct {
	opts    Options
	source  source
	schema  types.Schema
	guessed []bool // whether a column's type was inferred
	sample  []record
	columns []column
}

// record is the fields of one row. It is valid until the next one.
type record struct {
	line   int // where it begins, from 1
	fields []field
}

// field is one value. An absent one is null.
type field struct {
	text   []byte
	null   bool
	quoted bool // it was written as a text, so it is not to be taken for a number
}

// source cuts a file into records.
type source interface {
	// columns names the columns known so far; more may come with next until
	// freeze is called.
	columns() []string
	freeze()
	// next gives the next record, or io.EOF.
	next() (record, error)
}

// The first rows decide the types of columns: at most so many, of so many bytes.
const (
	sampleRows  = 10_000
	sampleBytes = 8 << 20
)

// NewCSV reads CSV with a header, quoted as RFC 4180 says. An empty field is
// NULL; an empty field in quotes is an empty text, or NULL in a column of another
// type.
func NewCSV(in io.Reader, opts Options) (*Reader, error) {
	s, err := newCSVSource(in, opts)
	if err != nil {
		return nil, err
	}
	return newReader(s, opts)
}

// NewDelimited reads lines of fields without quotes; Options.Columns names them.
func NewDelimited(in io.Reader, opts Options) (*Reader, error) {
	return newReader(newDelimitedSource(in, opts), opts)
}

// New reads a file of the format f.
func New(in io.Reader, f table.TextFormat, opts Options) (*Reader, error) {
	if f.Comma != "" {
		opts.Comma = f.Comma[0]
	}
	opts.Null = f.Null
	if !f.Header {
		opts.Columns = f.Columns
	}
	switch f.Kind {
	case table.JSONLines:
		return NewJSON(in, opts)
	case table.Delimited:
		return NewDelimited(in, opts)
	}
	return NewCSV(in, opts)
}

// NewJSON reads JSON objects, one a line. Their keys are the columns, in the
// order in which they appear; a key that is missing is NULL. Arrays and objects
// are read as their text.
func NewJSON(in io.Reader, opts Options) (*Reader, error) {
	return newReader(newJSONSource(in, opts), opts)
}

func newReader(s source, opts Options) (*Reader, error) {
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	r := &Reader{opts: opts, source: s}
	if err := r.takeSample(); err != nil {
		return nil, err
	}
	s.freeze()
	names := s.columns()
	if len(names) == 0 {
		return nil, r.problem(1, "the file is empty")
	}
	guesses := infer(r.sample, len(names), opts.Zone)
	seen := map[string]bool{}
	for i, name := range names {
		key := strings.ToLower(name)
		if name == "" || seen[key] {
			return nil, r.problem(1, "column %d needs a name of its own, not %q", i+1, name)
		}
		seen[key] = true
		t, guessed := guesses[i], true
		if at := opts.Want.Index(name); at >= 0 {
			t, guessed = readAs(opts.Want[at].Type), false
		}
		r.schema = append(r.schema, types.Field{Name: key, Type: t})
		r.guessed = append(r.guessed, guessed)
		r.columns = append(r.columns, newColumn(t, opts.Zone))
	}
	return r, nil
}

// readAs is the type in which values for a column of type t are read; the rest
// of the way is a cast in SQL.
func readAs(t types.Type) types.Type {
	switch {
	case t.Kind == types.Boolean, t.IsNumeric(), t.IsTemporal():
		return t
	}
	return types.StringType
}

// takeSample reads and keeps the first records.
func (r *Reader) takeSample() error {
	for size := 0; len(r.sample) < sampleRows && size < sampleBytes; {
		rec, err := r.source.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		kept := record{line: rec.line, fields: make([]field, len(rec.fields))}
		for i, f := range rec.fields {
			f.text = append([]byte(nil), f.text...)
			kept.fields[i] = f
			size += len(f.text)
		}
		r.sample = append(r.sample, kept)
	}
	return nil
}

// Schema is the columns of the file. Names are in lower case.
func (r *Reader) Schema() types.Schema { return r.schema }

// Next gives the next batch, which the caller may keep, or io.EOF.
func (r *Reader) Next() (*batch.Batch, error) {
	n := 0
	for ; n < batch.TargetRows; n++ {
		rec, err := r.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := r.add(rec); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		return nil, io.EOF
	}
	b := &batch.Batch{N: n}
	for _, c := range r.columns {
		b.Columns = append(b.Columns, c.finish())
	}
	return b, nil
}

// record gives the next record, of the sample first.
func (r *Reader) record() (record, error) {
	if len(r.sample) > 0 {
		rec := r.sample[0]
		r.sample = r.sample[1:]
		return rec, nil
	}
	return r.source.next()
}

func (r *Reader) add(rec record) error {
	for i, c := range r.columns {
		if i >= len(rec.fields) || rec.fields[i].null {
			c.null()
			continue
		}
		if !c.add(rec.fields[i].text) {
			e := r.problem(rec.line, "column %s: %q is not a %s", r.schema[i].Name, shorten(rec.fields[i].text), r.schema[i].Type)
			if r.guessed[i] {
				e.WithHint("the values before it were; create the table with the type you want, then import into it")
			}
			return e
		}
	}
	return nil
}

func shorten(text []byte) string {
	if r := []rune(string(text)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(text)
}

func (r *Reader) problem(line int, format string, args ...any) *diag.Error {
	return problem(r.opts.Name, line, format, args...)
}

// problem is an error in the file at line.
func problem(file string, line int, format string, args ...any) *diag.Error {
	e := diag.Errorf(diag.CodeCorruptFile, diag.Pos{}, format, args...)
	e.Msg = where(file, line) + e.Msg
	return e
}
