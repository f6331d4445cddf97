package text

import (
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// jsonWriter writes one object a line. Numbers keep all their digits; what JSON
// has no number for (NaN, the infinities) becomes a string. JSON values stand as
// they are, dates and times are strings.
type jsonWriter struct {
	output
	zone *time.Location
	keys [][]byte // `{"a":`, `,"b":`, …
}

func (w *jsonWriter) Begin(schema types.Schema, zone *time.Location) error {
	w.zone, w.keys = zone, nil
	for i, f := range schema {
		open := byte(',')
		if i == 0 {
			open = '{'
		}
		key := batch.AppendJSONString([]byte{open}, []byte(f.Name))
		w.keys = append(w.keys, append(key, ':'))
	}
	return nil
}

func (w *jsonWriter) Write(b *batch.Batch) error {
	b = b.Dense()
	for row := range b.N {
		for i, c := range b.Columns {
			w.buf = append(w.buf, w.keys[i]...)
			w.buf = w.appendValue(w.buf, c, row)
		}
		w.buf = append(w.buf, '}', '\n')
		if err := w.full(); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWriter) End() error { return w.flush() }

func (w *jsonWriter) appendValue(dst []byte, c *batch.Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, "null"...)
	}
	t := c.Type
	switch {
	case t.IsNested():
		d, j := c.Index(i)
		return w.appendNested(dst, d, j)
	case t.IsFloating():
		at := len(dst)
		dst = batch.AppendText(dst, c, i, w.zone)
		if last := dst[len(dst)-1]; last < '0' || last > '9' { // NaN, Infinity
			return batch.AppendJSONString(dst[:at], append(w.value[:0], dst[at:]...))
		}
		return dst
	case t.IsNumeric() || t.Kind == types.Boolean || t.Kind == types.JSON:
		return batch.AppendText(dst, c, i, w.zone)
	case t.IsText():
		return batch.AppendJSONString(dst, c.Bytes(i))
	}
	w.value = batch.AppendText(w.value[:0], c, i, w.zone)
	return batch.AppendJSONString(dst, w.value)
}

// appendNested writes value j of the flat nested column d. The keys of maps are
// written as text.
func (w *jsonWriter) appendNested(dst []byte, d *batch.Column, j int) []byte {
	if d.Phys == batch.PhysStruct {
		dst = append(dst, '{')
		for k, f := range d.Children {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(batch.AppendJSONString(dst, []byte(d.Type.Fields[k].Name)), ':')
			dst = w.appendValue(dst, f, j)
		}
		return append(dst, '}')
	}
	child, from, to := d.Children[0], int(d.Offsets[j]), int(d.Offsets[j+1])
	isMap, open, shut := d.Type.Kind == types.Map, byte('['), byte(']')
	if isMap {
		open, shut = '{', '}'
	}
	dst = append(dst, open)
	for k := from; k < to; k++ {
		if k > from {
			dst = append(dst, ',')
		}
		if !isMap {
			dst = w.appendValue(dst, child, k)
			continue
		}
		entry, e := child.Index(k)
		w.value = batch.AppendText(w.value[:0], entry.Children[0], e, w.zone)
		dst = append(batch.AppendJSONString(dst, w.value), ':')
		dst = w.appendValue(dst, entry.Children[1], e)
	}
	return append(dst, shut)
}
