package exactsum

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Merge adds a partial sum to group g.
func (s *Sums) Merge(g int, state []byte) error {
	if len(state) == doubleBytes {
		s.mergeOne(g, binary.LittleEndian.Uint64(state))
		return nil
	}
	if len(state) == 0 || len(state) == 2 {
		return fmt.Errorf("partial sum of %d bytes", len(state))
	}
	flags := state[0]
	if sp := special(flags &^ negative); sp != 0 {
		w := &s.win[g]
		s.widen(w)
		s.wide[w.wide].special |= sp
		return nil
	}
	if len(state) == 1 {
		s.addBits(g, 0, 0, false)
		return nil
	}
	exp := int(int16(binary.LittleEndian.Uint16(state[1:])))
	m := state[3:]
	if exp < superBase || exp+8*len(m) > superBase+32*superChunks {
		return fmt.Errorf("partial sum with exponent %d", exp)
	}
	if w := &s.win[g]; w.merge(m, exp, flags&negative != 0) {
		if w.hi+topRoom >= 2*topRoom {
			s.widen(w)
		}
		return nil
	}
	// The most significant part comes first, so that an empty group's window
	// is placed around it.
	for i := (len(m) - 1) / 6 * 6; i >= 0; i -= 6 {
		var part [8]byte
		copy(part[:6], m[i:])
		s.addBits(g, binary.LittleEndian.Uint64(part[:]), exp+8*i, flags&negative != 0)
	}
	return nil
}

// Merger is the buffers of MergeAll.
type Merger struct {
	vals  []float64
	valid []uint64
}

// Size is the bytes held.
func (m *Merger) Size() int64 { return 8 * int64(cap(m.vals)+cap(m.valid)) }

// MergeAll adds partial sum i, data[offsets[i]:offsets[i+1]], to group groups[i]
// where bit i of valid is set; a nil valid means all. The states that are doubles
// are added as those.
func (m *Merger) MergeAll(s *Sums, groups []int32, data []byte, offsets []int32, valid []uint64) error {
	n := len(groups)
	if len(m.vals) < n {
		m.vals, m.valid = make([]float64, n), make([]uint64, (n+63)/64)
	}
	offsets, vals, doubles := offsets[:n+1], m.vals[:n], 0
	clear(m.valid)
	for i := range vals {
		if valid != nil && valid[i/64]>>(i%64)&1 == 0 {
			continue
		}
		from, to := offsets[i], offsets[i+1]
		switch to - from {
		case doubleBytes:
			vals[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[from:to]))
			m.valid[i/64] |= 1 << (i % 64)
			doubles++
		default:
			if err := s.Merge(int(groups[i]), data[from:to]); err != nil {
				return err
			}
		}
	}
	switch doubles {
	case 0:
	case n:
		Add(s, groups, vals, nil)
	default:
		Add(s, groups, vals, m.valid)
	}
	return nil
}

// mergeOne adds the double of bits b to group g.
func (s *Sums) mergeOne(g int, b uint64) {
	w := &s.win[g]
	shift := uint(int(b>>52&0x7ff) - int(w.base) - 64)
	if shift >= 64 {
		s.AddOne(g, math.Float64frombits(b))
		return
	}
	mid, hi, c := upper(b, shift)
	mid, c = bits.Add64(w.mid, mid, c)
	w.mid, w.hi = mid, w.hi+hi+c
	if w.hi+topRoom >= 2*topRoom {
		s.widen(w)
	}
}
