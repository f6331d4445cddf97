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
	for _, nulls := range []int{0, 2} { // percent
		t.Run(fmt.Sprint(nulls, "% NULL"), func(t *testing.T) { groupCodesMove(t, nulls) })
	}
}

func groupCodesMove(t *testing.T, nulls int) {
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
		codes := make([]int32, n)
		for i := range codes {
			codes[i] = int32(r.IntN(dict.N))
		}
		if nulls == 0 {
			return batch.FromCodes(dict, codes, nil)
		}
		valid := batch.NewBitmapSet(n)
		for i := range codes {
			if r.IntN(100) < nulls {
				valid.Clear(i)
			}
		}
		return batch.FromCodes(dict, codes, valid)
	}
	const rows = 4096
	moves := 0
	for rowGroup := range 6 {
		texts, ints := dictionary(ts[0], 60, 10*rowGroup), dictionary(ts[1], 50+rowGroup, 5*rowGroup)
		for part := range 6 {
			bools := batch.NewBuilder(ts[2])
			for range rows {
				bools.AppendDatum(r.IntN(2) == 0)
			}
			keys := []*batch.Column{coded(texts, rows), coded(ints, rows), bools.Finish()}
			if rowGroup == 2 && part == 5 { // what is known is forgotten, and begins anew
				keys[1] = batch.DatumColumn(ts[1], int64(1), rows)
			}
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

// TestGroupCodesTwins shows a column whose codes are those of another, then the same
// values in other pairs.
func TestGroupCodesTwins(t *testing.T) {
	const n, rows = 60, 4096
	set := newGroupSet([]types.Type{types.BigIntType, types.BigIntType, types.BigIntType}, nil)
	want := map[[3]int64]int32{}
	for shift := range 3 {
		column := func(codes []int32, value func(k int64) int64) *batch.Column {
			v := make([]int64, n)
			for k := range v {
				v[k] = value(int64(k))
			}
			return batch.FromCodes(batch.FromValues(types.BigIntType, batch.PhysI64, v, nil), codes, nil)
		}
		for part := range 4 {
			codes, others := make([]int32, rows), make([]int32, rows)
			for i := range codes {
				codes[i], others[i] = int32((i+part)%n), int32(i/n%n)
			}
			same := func(k int64) int64 { return k }
			keys := []*batch.Column{
				column(codes, same),
				column(codes, func(k int64) int64 { return (k + int64(shift)) % n }),
				column(others, same),
			}
			for i, g := range set.ensure(keys, rows) {
				key := [3]int64{keys[0].Int(i), keys[1].Int(i), keys[2].Int(i)}
				if old, ok := want[key]; ok && old != g {
					t.Fatalf("shift %d: key %d has group %d, then %d", shift, key, old, g)
				}
				want[key] = g
			}
		}
	}
	if len(want) != set.len() {
		t.Errorf("%d groups of %d keys", set.len(), len(want))
	}
}
