package operator

import (
	"encoding/binary"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// The marks of a normalised nested value. A shorter list comes before a longer
// one that begins with it, and NULL before all values.
const (
	endMark   = 0
	nullMark  = 1
	valueMark = 2
)

// appendOrdered appends the normalised key of row i of c, which may be nested:
// keys compare as values do, and none is the beginning of another.
func appendOrdered(dst []byte, c *batch.Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, nullMark)
	}
	dst = append(dst, valueMark)
	d, j := c.Index(i)
	switch d.Phys {
	case batch.PhysBytes:
		return appendEscaped(dst, keyBytes(d, j))
	case batch.PhysList:
		for k := int(d.Offsets[j]); k < int(d.Offsets[j+1]); k++ {
			dst = appendOrdered(dst, d.Children[0], k)
		}
		return append(dst, endMark)
	case batch.PhysStruct:
		for _, f := range d.Children {
			dst = appendOrdered(dst, f, j)
		}
		return dst
	case batch.PhysF32:
		return binary.BigEndian.AppendUint64(dst, orderedReal(float64(batch.Values[float32](d)[j])))
	case batch.PhysF64:
		return binary.BigEndian.AppendUint64(dst, orderedReal(batch.Values[float64](d)[j]))
	}
	if d.Type.Kind == types.Decimal {
		v := wide(d, j)
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, uint64(v.Hi)^signBit), v.Lo)
	}
	return binary.BigEndian.AppendUint64(dst, uint64(d.Int(j))^signBit)
}

// orderedReal is the word of one value of realWords.
func orderedReal(f float64) uint64 {
	if f = oneZero(f); f != f {
		return math.MaxUint64
	}
	w := math.Float64bits(f)
	return w ^ (uint64(int64(w)>>63) | signBit)
}

func (s *sortKeys) measureNested(c *batch.Column) {
	for i := range s.pos {
		s.value = appendOrdered(s.value[:0], c, i)
		s.pos[i] += int64(len(s.value) - 1)
	}
}

func (s *sortKeys) putNested(arena []byte, c *batch.Column, k scalar.SortKey) {
	null, value := marks(k)
	for i, p := range s.pos {
		s.value = appendOrdered(s.value[:0], c, i)
		arena[p] = value
		if c.IsNull(i) {
			arena[p] = null
		}
		text := s.value[1:]
		if k.Desc {
			for j := range text {
				text[j] = ^text[j]
			}
		}
		s.pos[i] = p + 1 + int64(copy(arena[p+1:], text))
	}
}

// sameIfEqual reports whether equal values of type t are the same: -0 equals 0, and
// blanks at the end of a CHAR do not count.
func sameIfEqual(t types.Type) bool {
	for _, f := range t.Fields {
		if !sameIfEqual(f.Type) {
			return false
		}
	}
	return !t.IsFloating() && t.Kind != types.Char && (t.Elem == nil || sameIfEqual(*t.Elem))
}
