package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// maxScriptLine bounds a line that a script prints.
const maxScriptLine = 64 << 20

// lineReader cuts chunks into lines. The last line needs no line feed.
type lineReader struct {
	buf    []byte
	closed bool
}

func (r *lineReader) add(chunk []byte, closed bool) {
	r.buf = append(r.buf, chunk...)
	r.closed = r.closed || closed
}

// next is the next line, valid until add.
func (r *lineReader) next() (line []byte, ok bool) {
	i := bytes.IndexByte(r.buf, '\n')
	switch {
	case i >= 0:
		line, r.buf = r.buf[:i], r.buf[i+1:]
		return line, true
	case r.closed && len(r.buf) > 0:
		line, r.buf = r.buf, nil
		return line, true
	}
	return nil, false
}

func (r *lineReader) tooLong() bool { return len(r.buf) > maxScriptLine }

// textColumn collects the values of a column of texts.
type textColumn struct {
	data  []byte
	ends  []int32
	nulls []int32
}

func (t *textColumn) add(v []byte) {
	t.data = append(t.data, v...)
	t.ends = append(t.ends, int32(len(t.data)))
}

func (t *textColumn) addNull() {
	t.nulls = append(t.nulls, int32(len(t.ends)))
	t.ends = append(t.ends, int32(len(t.data)))
}

// finish gives the n values and begins anew.
func (t *textColumn) finish(n int) *batch.Column {
	offsets := append(make([]int32, 1, n+1), t.ends...)
	var valid batch.Bitmap
	if len(t.nulls) > 0 {
		valid = batch.NewBitmapSet(n)
		for _, i := range t.nulls {
			valid.Clear(int(i))
		}
	}
	c := batch.FromBytes(types.StringType, t.data, offsets, valid)
	*t = textColumn{ends: t.ends[:0], nulls: t.nulls[:0]}
	return c
}

// decode adds the fields of a line to the columns.
func (s *script) decode(line []byte) {
	f, rest := s.node.Program.Out, true
	for k := range s.texts {
		if !rest {
			s.texts[k].addNull()
			continue
		}
		var field []byte
		if k == len(s.texts)-1 && s.node.Program.Rest {
			field, rest = line, false
		} else {
			field, line, rest = bytes.Cut(line, []byte(f.Field))
		}
		if string(field) == f.Null {
			s.texts[k].addNull()
		} else {
			s.texts[k].add(field)
		}
	}
}
