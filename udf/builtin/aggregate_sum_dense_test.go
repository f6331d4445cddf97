package builtin

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// TestAddDense compares the sums of few groups with additions one by one, at and
// beyond the values which lanes and words take.
func TestAddDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int64{5, laneLargest, laneLargest + 1, wordLargest, wordLargest + 1, math.MaxInt64} {
		for _, groups := range []int{2, laneGroups, laneGroups + 1, wordGroups, wordGroups + 1} {
			for _, rows := range []int{1, 7, denseRows, denseRows + 1} {
				t.Run(fmt.Sprintf("%d/%d/%d", limit, groups, rows), func(t *testing.T) {
					checkDense(t, r, limit, groups, rows)
				})
			}
		}
	}
}

func checkDense(t *testing.T, r *rand.Rand, limit int64, groups, rows int) {
	vals := []int64{limit - 1, -limit, limit - 1, 0}
	for len(vals) < rows {
		vals = append(vals, r.Int64N(limit)-r.Int64N(limit))
	}
	ids, codes := make([]int32, rows), make([]int32, rows)
	for i := range ids {
		if i%3 > 0 { // the others all fall into one group
			ids[i] = r.Int32N(int32(groups))
		}
		codes[i] = r.Int32N(int32(len(vals)))
	}
	same := func(at func(i int) int64, c *batch.Column, add func([]total, []int32, *batch.Column)) {
		want, got := make([]total, groups), make([]total, groups)
		for i, g := range ids {
			w := &want[g]
			lo, carry := bits.Add64(w.lo, uint64(at(i)), 0)
			*w = total{lo: lo, hi: w.hi + at(i)>>63 + int64(carry), n: w.n + 1}
		}
		add(got, ids, c)
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	flat := batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)
	dict := func(d *batch.Column) *batch.Column {
		return &batch.Column{Type: d.Type, Phys: d.Phys, Enc: batch.Dict, N: rows, Codes: codes, Dict: d}
	}
	same(func(i int) int64 { return vals[i] }, flat, addDense[int64])
	same(func(i int) int64 { return vals[codes[i]] }, dict(flat), addDense[int64])
	if limit > math.MaxInt32 {
		return
	}
	few := narrow(vals, func(v int64) int32 { return int32(v) })
	flat = batch.FromValues(types.IntType, batch.PhysI32, few, nil)
	same(func(i int) int64 { return vals[i] }, flat, addDense[int32])
	same(func(i int) int64 { return vals[codes[i]] }, dict(flat), addDense[int32])
}
