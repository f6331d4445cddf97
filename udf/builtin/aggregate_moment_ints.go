package builtin

import (
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// maxWhole bounds the whole numbers whose products and sums intMoments adds.
const maxWhole = 1 << 31

// smallWhole bounds those of which 2^31 products add up within a word.
const smallWhole = 1 << 15

// intMoments adds rows whose arguments are all whole numbers up to maxWhole, which
// is what counts, codes and small measures are. A group has a word for the sum of
// each argument and two for that of each product, in the order of moments.sums.
//
// While the numbers are below smallWhole a sum of products is one word as well.
type intMoments struct {
	args  int
	words []uint64
	one   [][2]int64 // of small numbers, for one argument
	two   [][5]int64 // likewise for two
	small bool       // what was taken last
	rows  int64      // since all groups were emptied
	in    [2][]int64
	dict  []int64
}

// stride is the words of a group.
func (a *intMoments) stride() int { return a.args + 2*(sumsOf(a.args)-a.args) }

// take converts the arguments of a batch if that is exact; NULL rows become 0. The
// values of a small dictionary are converted instead of those of its rows.
func (a *intMoments) take(args []*batch.Column, valid batch.Bitmap, bufs *[2][]float64) bool {
	a.small = true
	for k, c := range args[:a.args] {
		dst := grow(&a.in[k], c.N)
		a.in[k] = dst
		if c.Enc != batch.Dict || c.Dict.N > c.N || c.Dict.Valid != nil {
			large, ok := whole(dst, floats(c, &bufs[k]), valid)
			if !ok {
				return false
			}
			a.small = a.small && large < smallWhole
			continue
		}
		a.dict = grow(&a.dict, c.Dict.N)
		large, ok := whole(a.dict, floats(c.Dict, &bufs[k]), nil)
		if !ok {
			return false
		}
		a.small = a.small && large < smallWhole
		src := a.dict
		for i, j := range c.Codes[:c.N] {
			dst[i] = src[j]
		}
		clearNulls(dst, valid)
	}
	return true
}

// whole converts numbers; ok is false if one is not whole or too large. None is
// beyond large in magnitude.
func whole(dst []int64, src []float64, valid batch.Bitmap) (large int64, ok bool) {
	dst = dst[:len(src)]
	for i, x := range src {
		v := int64(x)
		if float64(v) != x || v > maxWhole || v < -maxWhole {
			if valid == nil || valid.Get(i) {
				return 0, false
			}
			v = 0
		}
		dst[i] = v
		large |= v ^ v>>63
	}
	clearNulls(dst, valid)
	return large, true
}

// clearNulls makes the values of NULL rows 0.
func clearNulls(vals []int64, valid batch.Bitmap) {
	if valid == nil {
		return
	}
	for i := range vals {
		vals[i] &= -int64(valid[uint(i)/64] >> (uint(i) % 64) & 1)
	}
}

// add adds what was taken.
func (a *intMoments) add(groups []int32, room int) {
	a.rows += int64(len(groups))
	if a.small {
		a.addSmall(groups, room)
		return
	}
	a.words = resize(a.words, room*a.stride())
	x, y := a.in[0][:len(groups)], a.in[1]
	if a.args == 1 {
		for i, g := range groups {
			t := a.words[3*int(g):][:3]
			v := x[i]
			t[0] += uint64(v)
			addProduct(&t[1], &t[2], v*v)
		}
		return
	}
	y = y[:len(groups)]
	for i, g := range groups {
		t := a.words[8*int(g):][:8]
		v, w := x[i], y[i]
		t[0] += uint64(v)
		t[1] += uint64(w)
		addProduct(&t[2], &t[3], v*v)
		addProduct(&t[4], &t[5], v*w)
		addProduct(&t[6], &t[7], w*w)
	}
}

func (a *intMoments) addSmall(groups []int32, room int) {
	x, y := a.in[0][:len(groups)], a.in[1]
	if a.args == 1 {
		a.one = resize(a.one, room)
		for i, g := range groups {
			t, v := &a.one[g], x[i]
			t[0] += v
			t[1] += v * v
		}
		return
	}
	a.two = resize(a.two, room)
	y, two := y[:len(groups)], a.two
	for i, g := range groups {
		t, v, w := &two[g], x[i], y[i]
		t[0] += v
		t[1] += w
		t[2] += v * v
		t[3] += v * w
		t[4] += w * w
	}
}

func addProduct(lo, hi *uint64, v int64) {
	var c uint64
	*lo, c = bits.Add64(*lo, uint64(v), 0)
	*hi += uint64(v>>63) + c
}

// empty moves what groups [from, to) hold into sums.
func (a *intMoments) empty(sums []exactsum.Sums, from, to int) {
	n := a.stride()
	for g := from; g < min(to, len(a.words)/n); g++ {
		t := a.words[n*g:][:n]
		for k := range sums {
			var lo, hi uint64
			if k < a.args {
				lo, hi = t[k], uint64(int64(t[k])>>63)
			} else {
				at := a.args + 2*(k-a.args)
				lo, hi = t[at], t[at+1]
			}
			addSigned(&sums[k], g, lo, hi)
		}
		clear(t)
	}
	for g := from; g < min(to, len(a.one)); g++ {
		emptySmall(sums, g, a.one[g][:])
	}
	for g := from; g < min(to, len(a.two)); g++ {
		emptySmall(sums, g, a.two[g][:])
	}
}

func emptySmall(sums []exactsum.Sums, g int, t []int64) {
	for k, v := range t {
		addSigned(&sums[k], g, uint64(v), uint64(v>>63))
	}
	clear(t)
}

// addSigned adds a number of two words to group g.
func addSigned(s *exactsum.Sums, g int, lo, hi uint64) {
	if lo|hi == 0 {
		return
	}
	neg := int64(hi) < 0
	if neg {
		var b uint64
		lo, b = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, b)
	}
	s.AddInt128(g, neg, [2]uint64{lo, hi})
}

func (a *intMoments) size() int64 {
	return 8 * int64(2*cap(a.one)+5*cap(a.two)+cap(a.words)+cap(a.in[0])+cap(a.in[1])+cap(a.dict))
}
