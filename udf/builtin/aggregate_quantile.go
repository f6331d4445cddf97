package builtin

import (
	"math/bits"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// quantiles keeps the values of each group as int64 that order as they do and
// selects those at the fractions at of their order.
type quantiles struct {
	call  *udf.Call
	at    []float64
	final func(a *quantiles, from, to int) (*batch.Column, error)
	log   numberLog

	ints   []int64
	floats []float64
	vals   []int64 // of one group
}

func (a *quantiles) Resize(groups int) { a.log.resize(groups) }

func (a *quantiles) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	valid, none := validRows(c)
	if none {
		return nil
	}
	if a.log.full(len(groups) * lastChunk) {
		return errTooMany
	}
	if !a.call.Args[0].IsFloating() {
		a.log.add(groups, ints(c, &a.ints), valid)
		return nil
	}
	vals := grow(&a.ints, c.N)
	for i, x := range floats(c, &a.floats) {
		vals[i] = floatKey(x + 0) // no negative zero
	}
	a.log.add(groups, vals, valid)
	return nil
}

func (a *quantiles) Merge(groups []int32, state []*batch.Column) error {
	return a.log.merge(groups, state[0])
}

func (a *quantiles) State(from, to int) ([]*batch.Column, error) {
	c, err := a.log.column(from, to)
	return []*batch.Column{c}, err
}

func (a *quantiles) Final(from, to int) (*batch.Column, error) { return a.final(a, from, to) }

// group is the values of group g, in no order; valid until the next call.
func (a *quantiles) group(g int) []int64 {
	a.vals = a.log.group(g, a.vals[:0])
	return a.vals
}

func (a *quantiles) has(g int) bool { return a.log.tails[g].end > 0 }

// interpolated gives DOUBLEs, or arrays of them if the call's fractions are one.
func interpolated(a *quantiles, from, to int) (*batch.Column, error) {
	if a.call.Returns.Kind == types.Array {
		return interpolatedArrays(a, from, to)
	}
	out := make([]float64, to-from)
	for i := range out {
		if vals := a.group(from + i); len(vals) > 0 {
			out[i] = interpolate(vals, a.at[0])
		}
	}
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, present(from, to, a.has)), nil
}

func interpolatedArrays(a *quantiles, from, to int) (*batch.Column, error) {
	b := batch.NewBuilder(a.call.Returns)
	row := make([]types.Datum, len(a.at))
	for g := from; g < to; g++ {
		vals := a.group(g)
		if len(vals) == 0 {
			b.AppendNull(1)
			continue
		}
		for i, p := range a.at {
			row[i] = interpolate(vals, p)
		}
		b.AppendDatum(row)
	}
	return b.Finish(), nil
}

// interpolate is the double at fraction p of the order of vals, which it permutes.
func interpolate(vals []int64, p float64) float64 {
	i, part := placeOf(len(vals), p)
	lo := keyFloat(nth(vals, i))
	if part == 0 {
		return lo
	}
	return between(lo, keyFloat(slices.Min(vals[i+1:])), part)
}

// ranked gives the values at discrete ranks.
func ranked(a *quantiles, from, to int) (*batch.Column, error) {
	out := make([]int64, to-from)
	for i := range out {
		if vals := a.group(from + i); len(vals) > 0 {
			out[i] = nth(vals, discreteRank(len(vals), a.at[0]))
		}
	}
	return orderedColumn(a.call.Returns, out, present(from, to, a.has)), nil
}

func (a *quantiles) Size() int64 {
	return a.log.size() + 8*int64(cap(a.ints)+cap(a.floats)+cap(a.vals))
}

// sortedBelow is how few values are sorted rather than divided once more.
const sortedBelow = 24

// nth is the value at place k of the order of vals. It permutes vals, so that
// those before place k are no greater, those behind no less.
func nth(vals []int64, k int) int64 {
	rest, at := vals, k
	for round := 2 * bits.Len(uint(len(vals))); len(rest) > sortedBelow && round > 0; round-- {
		pivot := pivotOf(rest)
		split := divide(rest, pivot)
		switch {
		case at < split:
			rest = rest[:split]
		case split > len(rest)/8:
			rest, at = rest[split:], at-split
		default: // the pivot is among the least: perhaps many are equal to it
			rest, at = rest[split:], at-split
			same := len(rest)
			if pivot < 1<<63-1 {
				same = divide(rest, pivot+1)
			}
			if at < same {
				return vals[k]
			}
			rest, at = rest[same:], at-same
		}
	}
	slices.Sort(rest)
	return vals[k]
}

// divide moves the values less than pivot to the front and gives their number.
func divide(vals []int64, pivot int64) int {
	n := 0
	for i, v := range vals {
		vals[i] = vals[n]
		vals[n] = v
		less := 0
		if v < pivot {
			less = 1
		}
		n += less
	}
	return n
}

// pivotOf is the median of medians of values from all over vals.
func pivotOf(vals []int64) int64 {
	step := len(vals) / 9
	var m [3]int64
	for i := range m {
		m[i] = middle(vals[3*i*step], vals[(3*i+1)*step], vals[(3*i+2)*step])
	}
	return middle(m[0], m[1], m[2])
}

func middle(a, b, c int64) int64 { return max(min(a, b), min(max(a, b), c)) }
