package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// shredder turns a column, nested or not, into the levels and values of its
// leaves: the format's record shredding, one level of nesting at a time.
type shredder struct {
	typ      types.Type
	def, rep int // definition level of a value here, repetition level of the parent
	leaf     *leafWriter
	kids     []*shredder
}

// slots are the entries one level of nesting has, in order: each with the
// levels it would be written with if it ended here, and the place of its value
// in the level's column, or -1 if it ended above.
type slots struct {
	rep, def []byte
	pos      []int32
}

func (s *slots) add(rep, def byte, pos int32) {
	s.rep, s.def, s.pos = append(s.rep, rep), append(s.def, def), append(s.pos, pos)
}

// add appends all rows of c.
func (s *shredder) add(c *batch.Column) {
	if s.leaf != nil {
		s.leaf.addFlat(c)
		return
	}
	in := &slots{}
	for i := range c.N {
		in.add(0, 0, int32(i))
	}
	s.shred(c, in, c.N)
}

// shred appends the entries in of c, which belong to n rows.
func (s *shredder) shred(c *batch.Column, in *slots, n int) {
	c = batch.Flatten(c)
	here := &slots{rep: in.rep, def: append([]byte(nil), in.def...), pos: append([]int32(nil), in.pos...)}
	for i, p := range here.pos {
		switch {
		case p < 0:
		case c.IsNull(int(p)):
			here.pos[i] = -1
		default:
			here.def[i] = byte(s.def)
		}
	}
	switch {
	case s.leaf != nil:
		s.leaf.addSlots(c, here, n)
	case s.typ.Kind == types.Struct:
		for i, k := range s.kids {
			k.shred(c.Children[i], here, n)
		}
	default:
		elems := s.elements(c, here)
		if s.typ.Kind == types.Map {
			entries := batch.Flatten(c.Children[0])
			s.kids[0].shred(entries.Children[0], elems, n)
			s.kids[1].shred(entries.Children[1], elems, n)
			return
		}
		s.kids[0].shred(c.Children[0], elems, n)
	}
}

// elements are the entries one level down in the lists of c.
func (s *shredder) elements(c *batch.Column, in *slots) *slots {
	out := &slots{}
	for i, p := range in.pos {
		if p < 0 || c.Offsets[p] == c.Offsets[p+1] {
			out.add(in.rep[i], in.def[i], -1)
			continue
		}
		rep := in.rep[i]
		for e := c.Offsets[p]; e < c.Offsets[p+1]; e++ {
			out.add(rep, byte(s.def+1), e)
			rep = byte(s.rep + 1)
		}
	}
	return out
}

// bytes is the uncompressed size of all leaves.
func (s *shredder) bytes() int64 {
	if s.leaf != nil {
		return s.leaf.fileBytes
	}
	var n int64
	for _, k := range s.kids {
		n += k.bytes()
	}
	return n
}

// addSlots appends entries of the flat column c that belong to n rows.
func (w *leafWriter) addSlots(c *batch.Column, in *slots, n int) {
	w.rows += n
	w.keepDef()
	w.def = append(w.def, in.def...)
	if w.maxRep > 0 {
		w.rep = append(w.rep, in.rep...)
	}
	w.levels += len(in.def)
	w.idx = w.idx[:0]
	for _, p := range in.pos {
		if p >= 0 {
			w.idx = append(w.idx, p)
		}
	}
	if len(w.idx) > 0 {
		w.vals.add(c, w.idx)
	}
}
