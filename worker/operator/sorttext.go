package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// plainKeys reports whether all texts of c are parts of keys as they are: none is
// NULL, has a zero byte, or blanks that do not count.
func plainKeys(c *batch.Column) bool {
	return c.Enc == batch.Flat && c.Valid == nil && c.Phys == batch.PhysBytes && c.Type.Kind != types.Char &&
		bytes.IndexByte(c.Data[c.Offsets[0]:c.Offsets[c.N]], 0) < 0
}

// measureTexts adds the lengths that putTexts takes to pos.
func (s *sortKeys) measureTexts(c *batch.Column) {
	if plainKeys(c) {
		for i := range s.pos {
			s.pos[i] += int64(c.Offsets[i+1]-c.Offsets[i]) + 2
		}
		return
	}
	for i := range s.pos {
		if !c.IsNull(i) {
			v := keyBytes(c, i)
			s.pos[i] += int64(len(v) + bytes.Count(v, zeroByte) + 2)
		}
	}
}

var zeroByte = []byte{0}

// putTexts ends a text with 00 00, a zero byte inside becoming 00 FF. Trailing
// blanks of CHAR do not count.
func (s *sortKeys) putTexts(arena []byte, c *batch.Column, n int, k scalar.SortKey) {
	null, value := marks(k)
	if plainKeys(c) {
		s.putPlain(arena, c, value, k.Desc)
		return
	}
	for i, p := range s.pos {
		if c.IsNull(i) {
			arena[p] = null
			s.pos[i] = p + 1
			continue
		}
		arena[p] = value
		text := appendEscaped(arena[p+1:p+1], keyBytes(c, i))
		if k.Desc {
			invert(text)
		}
		s.pos[i] = p + 1 + int64(len(text))
	}
}

func appendEscaped(dst, v []byte) []byte {
	for {
		i := bytes.IndexByte(v, 0)
		if i < 0 {
			break
		}
		dst = append(append(dst, v[:i]...), 0, 0xff)
		v = v[i+1:]
	}
	return append(append(dst, v...), 0, 0)
}

// putPlain is putTexts of a column of which plainKeys holds.
func (s *sortKeys) putPlain(arena []byte, c *batch.Column, value byte, desc bool) {
	from := c.Offsets[0]
	for i, p := range s.pos {
		to := c.Offsets[i+1]
		end := p + 1 + int64(to-from) + 2
		key := arena[p:end]
		key[0] = value
		copy(key[1:], c.Data[from:to])
		key[len(key)-2], key[len(key)-1] = 0, 0
		if desc {
			invert(key[1:])
		}
		s.pos[i], from = end, to
	}
}

func invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}
