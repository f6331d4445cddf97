// Package format writes results as text: CSV and JSON for programs, a frame for
// people. A result is written as it comes, never held.
package format

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/text"
)

// Writer writes results, one after another: Begin, any number of Write, End.
type Writer interface {
	// Begin starts a result of these columns. Instants are shown in zone.
	Begin(schema types.Schema, zone *time.Location) error
	// Write adds the rows of b.
	Write(b *batch.Batch) error
	// End completes the result; all of it has been handed to the io.Writer.
	End() error
}

// Kind names a form of output.
type Kind string

// The forms.
const (
	Table Kind = "table"
	CSV   Kind = "csv"
	JSON  Kind = "json"
)

// Kinds lists the forms.
func Kinds() []Kind { return []Kind{Table, CSV, JSON} }

// ParseKind reads the name of a form.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if strings.EqualFold(name, string(k)) {
			return k, nil
		}
	}
	return "", fmt.Errorf("there is no format %q: it may be table, csv or json", name)
}

// New makes a writer of the form k on out.
func New(k Kind, out io.Writer) Writer {
	switch k {
	case CSV:
		return text.NewWriter(out, table.TextFormat{Kind: table.CSV, Header: true})
	case JSON:
		return text.NewWriter(out, table.TextFormat{Kind: table.JSONLines})
	}
	return &tableWriter{lines: lines{out: out}}
}

// flushBytes is how much is gathered before it is handed on.
const flushBytes = 64 << 10

// lines gathers output.
type lines struct {
	out io.Writer
	buf []byte
	// One byte slice for values that have to be looked at before they are written.
	value []byte
}

// full hands on what has been gathered once it is worth it.
func (l *lines) full() error {
	if len(l.buf) < flushBytes {
		return nil
	}
	return l.flush()
}

func (l *lines) flush() error {
	_, err := l.out.Write(l.buf)
	l.buf = l.buf[:0]
	return err
}
