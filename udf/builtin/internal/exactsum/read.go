package exactsum

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/bits"
)

// number is ±m·2^exp, m in little-endian words.
type number struct {
	neg   bool
	exp   int
	words []uint64
}

// read gives the sum of group g and the non-finite terms it met. buf holds the
// words of a window.
func (s *Sums) read(g int, buf *[3]uint64) (number, special) {
	w := &s.win[g]
	switch w.base {
	case unset:
		return number{}, 0
	case isWide:
		neg, words := s.wide[w.wide].magnitude()
		return number{neg, superBase, words}, s.wide[w.wide].special
	}
	neg, words := w.magnitude()
	*buf = words
	return number{neg, int(w.base) - 1075, buf[:]}, 0
}

// bitLen is the position after the highest set bit.
func (n number) bitLen() int {
	for i := len(n.words) - 1; i >= 0; i-- {
		if n.words[i] != 0 {
			return 64*i + bits.Len64(n.words[i])
		}
	}
	return 0
}

// trailing is the number of zero bits at the low end of a nonzero number.
func (n number) trailing() int {
	i := 0
	for n.words[i] == 0 {
		i++
	}
	return 64*i + bits.TrailingZeros64(n.words[i])
}

// bitsAt is the 64 bits from bit position at on.
func (n number) bitsAt(at int) uint64 {
	i, shift := at/64, uint(at%64)
	var lo, hi uint64
	if i < len(n.words) {
		lo = n.words[i]
	}
	if i+1 < len(n.words) {
		hi = n.words[i+1]
	}
	return lo>>shift | hi<<1<<(63-shift)
}

// Float64 is the sum of group g, rounded to nearest even; 0 for an empty group.
func (s *Sums) Float64(g int) float64 {
	if w := &s.win[g]; w.base < unset {
		if x, _, ok := w.float64(); ok {
			return x
		}
	}
	var buf [3]uint64
	n, sp := s.read(g, &buf)
	if sp != 0 {
		return sp.float64()
	}
	return n.float64()
}

func (n number) float64() float64 {
	length := n.bitLen()
	if length == 0 {
		return 0
	}
	// low is the exponent of the result's last bit.
	low := max(n.exp+length-53, -1074)
	drop := low - n.exp
	if drop <= 0 {
		low, drop = n.exp, 0
	}
	m := n.bitsAt(drop)
	if drop > 0 && n.bitsAt(drop-1)&1 != 0 {
		if m&1 != 0 || n.trailing() < drop-1 {
			m++
		}
	}
	x := math.Ldexp(float64(m), low)
	if n.neg {
		x = -x
	}
	return x
}

// Exact is the sum of group g as m·2^exp; ok is false if a term was not finite.
func (s *Sums) Exact(g int) (m *big.Int, exp int, ok bool) {
	var buf [3]uint64
	n, sp := s.read(g, &buf)
	m = new(big.Int)
	length := n.bitLen()
	if sp != 0 || length == 0 {
		return m, 0, sp == 0
	}
	zeros := n.trailing()
	b := make([]byte, (length-zeros+7)/8)
	for i := range b {
		b[len(b)-1-i] = byte(n.bitsAt(zeros + 8*i))
	}
	m.SetBytes(b)
	if n.neg {
		m.Neg(m)
	}
	return m, n.exp + zeros, true
}

// A state is a finite sum that is a double as that, little-endian; of other sums it
// is a byte of flags (the specials and negative) and, if finite, the exponent (2
// bytes) and the odd integer it multiplies, little-endian and of such length that
// the state does not have eight bytes. Equal sums have equal states.
const (
	negative    = 1 << 3
	doubleBytes = 8
)

// stateBytes is the length of an integer of so many bits in a state.
func stateBytes(length int) int {
	n := (length + 7) / 8
	if 3+n == doubleBytes {
		n++
	}
	return n
}

// AppendState appends the partial sum of a group that has terms.
func (s *Sums) AppendState(dst []byte, g int) []byte {
	if w := &s.win[g]; w.base < unset {
		x, exact, ok := w.float64()
		if exact {
			return binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
		if ok {
			return w.appendState(dst)
		}
	}
	var buf [3]uint64
	n, sp := s.read(g, &buf)
	if sp != 0 {
		return append(dst, byte(sp))
	}
	return n.appendState(dst)
}

func (n number) appendState(dst []byte) []byte {
	length, zeros := n.bitLen(), 0
	if length > 0 {
		zeros = n.trailing()
	}
	if length-zeros <= 53 {
		if x := n.float64(); !math.IsInf(x, 0) {
			return binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
	}
	var flags byte
	if n.neg {
		flags = negative
	}
	dst = append(dst, flags)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(int16(n.exp+zeros)))
	for i := range stateBytes(length - zeros) {
		dst = append(dst, byte(n.bitsAt(zeros+8*i)))
	}
	return dst
}

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
