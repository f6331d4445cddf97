package operator

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// TestGroupCodesMove shows rows of several row groups, each with dictionaries of its
// own, and compares their groups with those of a map.
func TestGroupCodesMove(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ts := []types.Type{types.StringType, types.IntType, types.BooleanType}
	set := newGroupSet(ts, nil)
	want := map[string]int32{}
	dictionary := func(t types.Type, n, from int) *batch.Column {
		b := batch.NewBuilder(t)
		for _, k := range r.Perm(n) {
			if t.Kind == types.String {
				b.AppendDatum(fmt.Sprintf("value %d", from+k))
			} else {
				b.AppendDatum(int64(from + k))
			}
		}
		return b.Finish()
	}
	coded := func(dict *batch.Column, n int) *batch.Column {
		codes, valid := make([]int32, n), batch.NewBitmapSet(n)
		for i := range codes {
			codes[i] = int32(r.IntN(dict.N))
			if r.IntN(50) == 0 {
				valid.Clear(i)
			}
		}
		return batch.FromCodes(dict, codes, valid)
	}
	const rows = 4096
	moves := 0
	for rowGroup := range 5 {
		texts, ints := dictionary(ts[0], 60, 10*rowGroup), dictionary(ts[1], 50+rowGroup, 5*rowGroup)
		for part := range 6 {
			bools := batch.NewBuilder(ts[2])
			for range rows {
				bools.AppendDatum(r.IntN(2) == 0)
			}
			keys := []*batch.Column{coded(texts, rows), coded(ints, rows), bools.Finish()}
			ids := set.ensure(keys, rows)
			if rowGroup > 0 && part == 0 && len(set.codes.groups) > 0 {
				moves++
			}
			for i, g := range ids {
				key := serialised(keys, i)
				if _, ok := want[key]; !ok {
					want[key] = g
				}
				if want[key] != g {
					t.Fatalf("row group %d: key %q has group %d, then %d", rowGroup, key, want[key], g)
				}
			}
		}
	}
	if len(want) != set.len() {
		t.Errorf("%d groups of %d keys", set.len(), len(want))
	}
	if moves != 4 {
		t.Errorf("the groups moved on to %d of 4 new pairs of dictionaries", moves)
	}
}
