package format

import (
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// minWidth is the narrowest column of a frame.
const minWidth = 10

// tableWriter writes the frame that users of the console know: a column is as
// wide as its name and at least ten characters; longer values push the rest of
// their line to the right. So a row can be written without knowing the next.
//
//	+------------+------------+
//	| a          | b          |
//	+------------+------------+
//	| 1          | NULL       |
//	+------------+------------+
type tableWriter struct {
	lines
	zone   *time.Location
	widths []int
}

func (w *tableWriter) Begin(schema types.Schema, zone *time.Location) error {
	w.zone = zone
	w.widths = w.widths[:0]
	for _, f := range schema {
		w.widths = append(w.widths, max(minWidth, width([]byte(f.Name))))
	}
	w.rule()
	for i, f := range schema {
		w.cell(i, []byte(f.Name))
	}
	w.buf = append(w.buf, '|', '\n')
	w.rule()
	return w.full()
}

func (w *tableWriter) Write(b *batch.Batch) error {
	b = b.Dense()
	for row := range b.N {
		for i, c := range b.Columns {
			if c.IsNull(row) {
				w.cell(i, []byte("NULL"))
				continue
			}
			w.value = batch.AppendText(w.value[:0], c, row, w.zone)
			w.cell(i, w.value)
		}
		w.buf = append(w.buf, '|', '\n')
		if err := w.full(); err != nil {
			return err
		}
	}
	return nil
}

func (w *tableWriter) End() error {
	w.rule()
	return w.flush()
}

func (w *tableWriter) rule() {
	for _, n := range w.widths {
		w.buf = append(w.buf, '+')
		for range n + 2 {
			w.buf = append(w.buf, '-')
		}
	}
	w.buf = append(w.buf, '+', '\n')
}

func (w *tableWriter) cell(i int, v []byte) {
	w.buf = append(w.buf, '|', ' ')
	w.buf = append(w.buf, v...)
	for pad := max(w.widths[i]-width(v), 0); pad >= 0; pad-- {
		w.buf = append(w.buf, ' ')
	}
}

// width is the number of terminal cells v takes: East Asian wide characters take
// two, marks that combine none.
func width(v []byte) int {
	for _, b := range v {
		if b >= utf8.RuneSelf {
			return uniseg.StringWidth(string(v))
		}
	}
	return len(v)
}
