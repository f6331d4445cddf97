package operator

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// sortKeys turns the key expressions of rows into byte strings that compare as
// the rows are to be ordered ("normalised keys": Graefe, ACM Computing Surveys
// 2006). Each key is a byte for NULL or value, then the value's bytes, inverted
// for DESC. No key is the beginning of another.
type sortKeys struct {
	exprs *exprList
	keys  []scalar.SortKey

	pos   []int64 // where the next byte of each row goes
	value []byte  // of a nested value
	words []uint64
}

func newSortKeys(keys []scalar.SortKey, env *Env) (*sortKeys, error) {
	es := make([]scalar.Expr, len(keys))
	for i, k := range keys {
		if t := k.Expr.Type(); !t.IsComparable() {
			return nil, fmt.Errorf("operator: %s has no order", t)
		}
		es[i] = k.Expr
	}
	list, err := compileList(es, env)
	if err != nil {
		return nil, err
	}
	return &sortKeys{exprs: list, keys: keys}, nil
}

// ties lists the columns of rows of these types that may differ where all keys
// are equal: not those that are keys themselves, if equal keys are equal values.
func (s *sortKeys) ties(ts []types.Type) []int {
	settled := make([]bool, len(ts))
	for _, k := range s.keys {
		if c, ok := k.Expr.(*scalar.Column); ok && sameIfEqual(c.Typ) {
			settled[c.ID] = true
		}
	}
	var cols []int
	for i := range ts {
		if !settled[i] {
			cols = append(cols, i)
		}
	}
	return cols
}

// append encodes the keys of all rows of b: row i of b is
// arena[offsets[k+i]:offsets[k+i+1]] where k is the rows encoded before.
// offsets must begin with 0.
func (s *sortKeys) append(arena []byte, offsets []int64, b *batch.Batch) ([]byte, []int64, error) {
	cols, err := s.exprs.eval(b)
	if err != nil {
		return nil, nil, err
	}
	n := b.Rows()
	s.measure(cols, n)
	end := int64(len(arena))
	offsets = growQuarter(offsets, n)
	for i, l := range s.pos {
		s.pos[i] = end
		end += l
		offsets = append(offsets, end)
	}
	arena = growQuarter(arena, int(end)-len(arena))[:end]
	for k, c := range cols {
		switch {
		case c.Type.IsNested():
			s.putNested(arena, c, s.keys[k])
		case orderedWidth(c.Type) > 0:
			s.putFixed(arena, c, n, s.keys[k])
		default:
			s.putTexts(arena, c, n, s.keys[k])
		}
	}
	return arena, offsets, nil
}

// growQuarter makes room for n more values in a slice that grows by a quarter.
func growQuarter[T any](s []T, n int) []T {
	if len(s)+n <= cap(s) {
		return s
	}
	return slices.Grow(s, max(n, len(s)/4))
}

// orderedWidth is the bytes of an encoded value of a fixed-width type, 0 for
// texts. NULL takes as many.
func orderedWidth(t types.Type) int {
	switch p := batch.PhysOf(t); p {
	case batch.PhysBool:
		return 1
	case batch.PhysF32:
		return 8
	default:
		return p.Width()
	}
}

// measure sets pos to the length of each row's key.
func (s *sortKeys) measure(cols []*batch.Column, n int) {
	s.pos = slices.Grow(s.pos[:0], n)[:n]
	fixed := int64(0)
	for _, c := range cols {
		fixed += int64(orderedWidth(c.Type)) + 1
	}
	for i := range s.pos {
		s.pos[i] = fixed
	}
	for _, c := range cols {
		if orderedWidth(c.Type) > 0 {
			continue
		}
		if c.Type.IsNested() {
			s.measureNested(c)
			continue
		}
		s.measureTexts(c)
	}
}

// marks are the first bytes of NULL and of a value.
func marks(k scalar.SortKey) (null, value byte) {
	if k.NullsFirst {
		return 0, 1
	}
	return 1, 0
}

func (s *sortKeys) putFixed(arena []byte, c *batch.Column, n int, k scalar.SortKey) {
	null, value := marks(k)
	for i, p := range s.pos {
		arena[p] = value
		s.pos[i] = p + 1
	}
	flip := uint64(0)
	if k.Desc {
		flip = ^flip
	}
	width := orderedWidth(c.Type)
	s.words = slices.Grow(s.words[:0], n)[:n]
	if width == 16 {
		highWords(c, s.words)
		s.put(arena, 0, 8, flip)
		lowWords(c, s.words)
		s.put(arena, 8, 8, flip)
	} else {
		orderedWords(c, s.words)
		s.put(arena, 0, width, flip)
	}
	for i, p := range s.pos {
		if c.Valid != nil && c.IsNull(i) {
			arena[p-1] = null
			clear(arena[p : p+int64(width)])
		}
		s.pos[i] = p + int64(width)
	}
}

// put writes the upper width bytes of each word at pos+at.
func (s *sortKeys) put(arena []byte, at int64, width int, flip uint64) {
	pos := s.pos[:len(s.words)]
	switch width {
	case 1:
		for i, w := range s.words {
			arena[pos[i]+at] = byte((w ^ flip) >> 56)
		}
	case 2:
		for i, w := range s.words {
			binary.BigEndian.PutUint16(arena[pos[i]+at:], uint16((w^flip)>>48))
		}
	case 4:
		for i, w := range s.words {
			binary.BigEndian.PutUint32(arena[pos[i]+at:], uint32((w^flip)>>32))
		}
	default:
		for i, w := range s.words {
			binary.BigEndian.PutUint64(arena[pos[i]+at:], w^flip)
		}
	}
}

// signBit makes two's complement numbers compare as unsigned ones.
const signBit = 1 << 63

// orderedWords gives values of at most 8 bytes as numbers that compare as the
// values do, with the value in the upper orderedWidth bytes. A NULL's is any.
func orderedWords(c *batch.Column, out []uint64) {
	switch c.Phys {
	case batch.PhysBool:
		d, _ := c.Index(0)
		for i := range out {
			_, j := c.Index(i)
			out[i] = uint64(b2i(d.Bits().Get(j))) << 56
		}
	case batch.PhysI8:
		signedWords[int8](c, out, 56)
	case batch.PhysI16:
		signedWords[int16](c, out, 48)
	case batch.PhysI32:
		signedWords[int32](c, out, 32)
	case batch.PhysI64:
		signedWords[int64](c, out, 0)
	case batch.PhysF32:
		realWords[float32](c, out)
	case batch.PhysF64:
		realWords[float64](c, out)
	case batch.PhysI128: // DECIMAL of at most 18 digits in the wide form
		d, _ := c.Index(0)
		for i := range out {
			_, j := c.Index(i)
			out[i] = batch.Values[decimal.Int128](d)[j].Lo ^ signBit
		}
	}
}

func signedWords[T int8 | int16 | int32 | int64](c *batch.Column, out []uint64, shift uint) {
	d, _ := c.Index(0)
	vals := batch.Values[T](d)
	switch c.Enc {
	case batch.Const:
		for i := range out {
			out[i] = uint64(vals[0])<<shift ^ signBit
		}
	case batch.Dict:
		for i, k := range c.Codes[:len(out)] {
			out[i] = uint64(vals[k])<<shift ^ signBit
		}
	default:
		for i, v := range vals[:len(out)] {
			out[i] = uint64(v)<<shift ^ signBit
		}
	}
}

// realWords orders -0 with 0 and NaN after everything.
func realWords[T float32 | float64](c *batch.Column, out []uint64) {
	d, _ := c.Index(0)
	vals := batch.Values[T](d)
	for i := range out {
		_, j := c.Index(i)
		f := oneZero(float64(vals[j]))
		if f != f {
			out[i] = math.MaxUint64
			continue
		}
		w := math.Float64bits(f)
		// A negative number is inverted whole, another only in its sign.
		out[i] = w ^ (uint64(int64(w)>>63) | signBit)
	}
}

// highWords and lowWords are the halves of DECIMALs of more than 18 digits.
func highWords(c *batch.Column, out []uint64) {
	d, _ := c.Index(0)
	for i := range out {
		_, j := c.Index(i)
		out[i] = uint64(wide(d, j).Hi) ^ signBit
	}
}

func lowWords(c *batch.Column, out []uint64) {
	d, _ := c.Index(0)
	for i := range out {
		_, j := c.Index(i)
		out[i] = wide(d, j).Lo
	}
}
