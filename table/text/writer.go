package text

import (
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Writer writes rows as text: Begin, any number of Write, End.
type Writer interface {
	// Begin starts rows of these columns. Instants are shown in zone.
	Begin(schema types.Schema, zone *time.Location) error
	// Write adds the rows of b.
	Write(b *batch.Batch) error
	// End completes the text; all of it has been handed to the io.Writer.
	End() error
}

// NewWriter makes a writer of the format f on out.
func NewWriter(out io.Writer, f table.TextFormat) Writer {
	o := output{out: out}
	switch f.Kind {
	case table.JSONLines:
		return &jsonWriter{output: o}
	case table.Delimited:
		return &delimitedWriter{output: o, comma: byteOr(f.Comma, 1), null: nullOr(f.Null)}
	}
	return &csvWriter{output: o, comma: byteOr(f.Comma, ','), header: f.Header, null: f.Null}
}

func byteOr(s string, d byte) byte {
	if s == "" {
		return d
	}
	return s[0]
}

// nullOr is how delimited files write NULL.
func nullOr(s string) string {
	if s == "" {
		return `\N`
	}
	return s
}

// flushBytes is how much is gathered before it is handed on.
const flushBytes = 64 << 10

// output gathers text.
type output struct {
	out io.Writer
	buf []byte
	// One byte slice for values that have to be looked at before they are written.
	value []byte
}

// full hands on what has been gathered once it is worth it.
func (o *output) full() error {
	if len(o.buf) < flushBytes {
		return nil
	}
	return o.flush()
}

func (o *output) flush() error {
	_, err := o.out.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}
