package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// slots holds one byte string a group in an arena.
type slots struct {
	spans []span
	arena []byte
	live  int // bytes of arena that spans own
}

// span owns room bytes of the arena from off on, of which n are used; n < 0 is
// an empty slot.
type span struct {
	off     int64
	n, room int32
}

func (s *slots) resize(n int) {
	old := len(s.spans)
	s.spans = resize(s.spans, n)
	for g := old; g < n; g++ {
		s.spans[g].n = -1
	}
}

func (s *slots) has(g int) bool { return s.spans[g].n >= 0 }

// at is the bytes of slot g; valid until the next set.
func (s *slots) at(g int) []byte {
	p := s.spans[g]
	return s.arena[p.off : p.off+int64(p.n)]
}

func (s *slots) set(g int, v []byte) {
	p := &s.spans[g]
	if p.n < 0 || int(p.room) < len(v) {
		s.live += len(v) - int(p.room)
		*p = span{off: int64(len(s.arena)), room: int32(len(v))}
		s.arena = append(s.arena, v...)
		p.n = p.room
		if len(s.arena) > 2*s.live+1<<16 {
			s.compact()
		}
		return
	}
	p.n = int32(copy(s.arena[p.off:], v))
}

// compact drops the room that no slot owns any more.
func (s *slots) compact() {
	arena := make([]byte, 0, s.live+s.live/4)
	for g := range s.spans {
		p := &s.spans[g]
		if p.n >= 0 {
			off := int64(len(arena))
			arena = append(arena, s.arena[p.off:p.off+int64(p.n)]...)
			*p = span{off, p.n, p.n}
		}
	}
	s.arena, s.live = arena, len(arena)
}

// column is slots [from, to) as a column of a variable-size type.
func (s *slots) column(t types.Type, from, to int) *batch.Column {
	out := newTexts(to - from)
	for g := from; g < to; g++ {
		if !s.has(g) {
			out.null()
			continue
		}
		out.data = append(out.data, s.at(g)...)
		out.end()
	}
	return out.column(t)
}

// decode is slots [from, to), which hold sortable encodings, as a column of t.
func (s *slots) decode(t types.Type, from, to int) (*batch.Column, error) {
	b := batch.NewBuilder(t)
	for g := from; g < to; g++ {
		if !s.has(g) {
			b.AppendNull(1)
			continue
		}
		v, err := fromSortable(s.at(g), t)
		if err != nil {
			return nil, err
		}
		b.AppendDatum(v)
	}
	return b.Finish(), nil
}

func (s *slots) size() int64 { return 16*int64(cap(s.spans)) + int64(cap(s.arena)) }

// unset empties slot g.
func (s *slots) unset(g int) {
	s.live -= int(s.spans[g].room)
	s.spans[g] = span{n: -1}
}
