package exactsum

import "math"

const (
	// fewGroups is the number of groups for which addFew keeps lanes.
	fewGroups = 16
	// fewRun is how many terms may be added to lanes before they are moved.
	fewRun = 2048
)

// lane is what has been added to a group, in two parts: high is a multiple of the
// group's grid, low what is finer. Both are exact.
type lane struct{ high, low float64 }

// grid splits terms of a group. With e the place of the window's first term, terms of
// exponents from e-14 to e+18 are split at 2^(e-23). The high parts of fewRun = 2^11
// such terms, multiples of 2^(e-23) that are below 2^(e+19), have a sum of at most 53
// bits, and so have the low parts, multiples of 2^(e-66) that are at most 2^(e-24).
type grid struct {
	round float64 // 3·2^51 times the unit of the high parts: adding it rounds to that unit
	least int     // biased exponent of the smallest terms that may be split
}

const (
	below, above = 14, 18
	unit         = 23
)

// gridOf is the grid of w; no term falls in that of a window that is unset or wide. A
// window that has a place keeps it until it is wide, so lanes are never of two grids.
func gridOf(w *window) grid {
	if w.base >= unset {
		return grid{least: unset}
	}
	e := int(w.base) + place // biased
	return grid{math.Float64frombits(uint64(e-unit+52)<<52 | 1<<51), e - below}
}

// has reports whether a number of these bits may be split.
func (g grid) has(b uint64) bool { return uint(int(b>>52&0x7ff)-g.least) <= below+above }

// addFew is Add for few groups. Rows that follow each other often fall into the
// same group; four lanes keep their additions from waiting for each other.
func addFew[T float32 | float64](s *Sums, groups []int32, vals []T, valid []uint64) {
	for from := 0; from < len(vals); from += fewRun {
		to := min(from+fewRun, len(vals))
		var lanes [4 * fewGroups]lane
		var grids [fewGroups]grid
		for g := range s.win {
			grids[g] = gridOf(&s.win[g])
		}
		for at := from; at < to; at++ {
			if valid != nil && valid[uint(at)/64]>>(uint(at)%64)&1 == 0 {
				continue
			}
			g := uint(groups[at]) % fewGroups
			x := float64(vals[at])
			b := math.Float64bits(x)
			if !grids[g].has(b) {
				if b<<1 == 0 && s.win[g].base != unset {
					continue // zero, of a group that has a term
				}
				s.AddOne(int(g), x)
				if grids[g].least == unset {
					grids[g] = gridOf(&s.win[g])
				}
				continue
			}
			high := x + grids[g].round - grids[g].round
			l := &lanes[uint(at)%4*fewGroups+g]
			l.high += high
			l.low += x - high
		}
		for g := range s.win {
			s.fold(&lanes, g)
		}
	}
}

// addAll is Add for a single group without NULLs, two terms at a time in registers.
func addAll[T float32 | float64](s *Sums, vals []T) {
	if len(vals) > 0 && s.win[0].base == unset {
		s.AddOne(0, float64(vals[0]))
		vals = vals[1:]
	}
	for from := 0; from < len(vals); from += fewRun {
		to := min(from+fewRun, len(vals))
		var lanes [4 * fewGroups]lane
		for at := from; at < to; at++ {
			at = addPairs(&lanes[0], &lanes[fewGroups], gridOf(&s.win[0]), vals, at, to)
			if at < to {
				s.AddOne(0, float64(vals[at]))
			}
		}
		s.fold(&lanes, 0)
	}
}

// addPairs adds vals[at:to] in pairs up to the first pair of which a term is neither
// in the grid nor zero, whose place it gives.
func addPairs[T float32 | float64](even, odd *lane, in grid, vals []T, at, to int) int {
	l, m := *even, *odd
	for ; at+1 < to; at += 2 {
		x, y := float64(vals[at]), float64(vals[at+1])
		if a, b := math.Float64bits(x), math.Float64bits(y); !in.has(a) && a<<1 != 0 || !in.has(b) && b<<1 != 0 {
			break
		}
		high := x + in.round - in.round
		l.high += high
		l.low += x - high
		high = y + in.round - in.round
		m.high += high
		m.low += y - high
	}
	*even, *odd = l, m
	return at
}

// fold adds the lanes of group g.
func (s *Sums) fold(lanes *[4 * fewGroups]lane, g int) {
	var l lane
	for k := g; k < len(lanes); k += fewGroups {
		l.high += lanes[k].high
		l.low += lanes[k].low
	}
	for _, x := range [...]float64{l.high, l.low} {
		if x != 0 {
			s.AddOne(g, x)
		}
	}
}
