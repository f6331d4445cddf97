package exactsum

import (
	"math"
	"math/bits"
)

// fewGroups is the number of groups for which addFew keeps lanes.
const fewGroups = 16

// lane is what has been added to the upper words of a window.
type lane struct{ mid, hi uint64 }

// addFew is Add for few groups. Rows that follow each other often fall into the
// same group; four lanes keep their additions from waiting for each other. As in
// addAll, the range is checked after every fastRun additions.
func addFew[T float32 | float64](s *Sums, groups []int32, vals []T, valid []uint64) {
	for from := 0; from < len(vals); from += fastRun {
		to := min(from+fastRun, len(vals))
		var lanes [4 * fewGroups]lane
		var bases [fewGroups]int
		for g := range s.win {
			bases[g] = int(s.win[g].base) + 64
		}
		for at := from; at < to; at++ {
			if valid != nil && valid[uint(at)/64]>>(uint(at)%64)&1 == 0 {
				continue
			}
			g := uint(groups[at]) % fewGroups
			b := math.Float64bits(float64(vals[at]))
			shift := uint(int(b>>52&0x7ff) - bases[g])
			if shift >= 64 {
				s.fold(&lanes, int(g))
				s.AddOne(int(g), float64(vals[at]))
				bases[g] = int(s.win[g].base) + 64
				continue
			}
			m, h, c := upper(b, shift)
			l := &lanes[uint(at)%4*fewGroups+g]
			l.mid, c = bits.Add64(l.mid, m, c)
			l.hi += h + c
		}
		for g := range s.win {
			s.fold(&lanes, g)
		}
	}
}

// fold moves the lanes of group g into its window.
func (s *Sums) fold(lanes *[4 * fewGroups]lane, g int) {
	w := &s.win[g]
	for k := g; k < len(lanes); k += fewGroups {
		l := &lanes[k]
		var c uint64
		w.mid, c = bits.Add64(w.mid, l.mid, 0)
		w.hi += l.hi + c
		*l = lane{}
	}
	if w.base != isWide && w.hi+topRoom >= 2*topRoom {
		s.widen(w)
	}
}
