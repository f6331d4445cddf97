package builtin

import (
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// maxWhole bounds the whole numbers whose products and sums intMoments adds.
const maxWhole = 1 << 31

// intMoments adds rows whose arguments are all whole numbers up to maxWhole, which
// is what counts, codes and small measures are. A group has a word for the sum of
// each argument and two for that of each product, in the order of moments.sums.
type intMoments struct {
	args  int
	words []uint64
	rows  int64 // since all groups were emptied
	in    [2][]int64
}

// stride is the words of a group.
func (a *intMoments) stride() int { return a.args + 2*(sumsOf(a.args)-a.args) }

// take converts the arguments of a batch if that is exact; NULL rows become 0.
func (a *intMoments) take(in [2][]float64, valid batch.Bitmap) bool {
	for k := range a.args {
		dst := grow(&a.in[k], len(in[k]))
		a.in[k] = dst
		if !whole(dst, in[k], valid) {
			return false
		}
	}
	return true
}

func whole(dst []int64, src []float64, valid batch.Bitmap) bool {
	dst = dst[:len(src)]
	for i, x := range src {
		v := int64(x)
		if float64(v) != x || v > maxWhole || v < -maxWhole {
			if valid == nil || valid.Get(i) {
				return false
			}
			v = 0
		}
		dst[i] = v
	}
	if valid != nil {
		for i := range dst {
			dst[i] &= -int64(valid[uint(i)/64] >> (uint(i) % 64) & 1)
		}
	}
	return true
}

// add adds what was taken.
func (a *intMoments) add(groups []int32, room int) {
	a.words = resize(a.words, room*a.stride())
	a.rows += int64(len(groups))
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
			if lo|hi == 0 {
				continue
			}
			neg := int64(hi) < 0
			if neg {
				var b uint64
				lo, b = bits.Sub64(0, lo, 0)
				hi, _ = bits.Sub64(0, hi, b)
			}
			sums[k].AddInt128(g, neg, [2]uint64{lo, hi})
		}
		clear(t)
	}
}

func (a *intMoments) size() int64 {
	return 8 * int64(cap(a.words)+cap(a.in[0])+cap(a.in[1]))
}
