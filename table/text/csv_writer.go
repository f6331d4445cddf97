package text

import (
	"bytes"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// csvWriter writes a header and rows, quoted as RFC 4180 says, with a line feed
// at the end of each line. NULL is an empty field without quotes, unless another
// form is asked for; the empty string has quotes, so the two stay apart.
type csvWriter struct {
	output
	comma  byte
	header bool
	null   string
	zone   *time.Location
}

func (w *csvWriter) Begin(schema types.Schema, zone *time.Location) error {
	w.zone = zone
	if !w.header {
		return nil
	}
	for i, f := range schema {
		if i > 0 {
			w.buf = append(w.buf, w.comma)
		}
		w.buf = w.appendField(w.buf, []byte(f.Name))
	}
	w.buf = append(w.buf, '\n')
	return w.full()
}

func (w *csvWriter) Write(b *batch.Batch) error {
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
			w.buf = w.appendField(w.buf, w.value)
		}
		w.buf = append(w.buf, '\n')
		if err := w.full(); err != nil {
			return err
		}
	}
	return nil
}

func (w *csvWriter) End() error { return w.flush() }

// appendField quotes a field where a reader would otherwise not get it back.
func (w *csvWriter) appendField(dst, v []byte) []byte {
	if len(v) > 0 && !bytes.ContainsAny(v, "\"\n\r") && bytes.IndexByte(v, w.comma) < 0 && string(v) != w.null {
		return append(dst, v...)
	}
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(v, '"')
		if i < 0 {
			break
		}
		dst = append(append(dst, v[:i+1]...), '"')
		v = v[i+1:]
	}
	return append(append(dst, v...), '"')
}
