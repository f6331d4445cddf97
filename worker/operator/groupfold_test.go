package operator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// side is the texts of n build rows: a name, which some share, a note that is often
// NULL, and a place of which there are few.
func side(n, from int) []*batch.Column {
	var cols []*batch.Column
	for _, value := range []func(i int) types.Datum{
		func(i int) types.Datum { return fmt.Sprintf("the name of number %d", from+i/2) },
		func(i int) types.Datum {
			if i%3 == 0 {
				return nil
			}
			return fmt.Sprint("note ", from+i)
		},
		func(i int) types.Datum { return fmt.Sprint("place ", i%7) },
	} {
		b := batch.NewBuilder(types.StringType)
		for i := range n {
			b.AppendDatum(value(i))
		}
		c := *b.Finish()
		c.Stays = true
		cols = append(cols, &c)
	}
	return cols
}

// TestGroupFold shows the texts of build sides, of one after the other and now and then
// of two, or none, at a time, and compares the groups with those of the group table.
func TestGroupFold(t *testing.T) {
	const rows = 2000
	r := rand.New(rand.NewPCG(1, 2))
	ts := []types.Type{types.StringType, types.StringType, types.IntType, types.StringType}
	set, plain := newGroupSet(ts, nil), newGroupSet(ts, nil)
	plain.fold.off = true
	folded := 0
	for part := range 30 {
		a := side(3000, 100*part)
		set.fold.asked = 0 // the trial is another test's
		for n := range 4 {
			at := make([]int32, rows)
			for i := range at {
				at[i] = int32(r.IntN(400)) - 1 // -1: a row without a partner
			}
			var keys []*batch.Column
			for _, c := range a {
				keys = append(keys, batch.Take(c, at))
			}
			numbers := make([]int32, rows)
			for i := range numbers {
				numbers[i] = int32(r.IntN(3))
			}
			if n == 2 { // a text with codes of its own
				slices.Reverse(at)
				keys[1] = batch.Take(a[1], at)
			}
			keys = slices.Insert(keys, 2, batch.FromValues(types.IntType, batch.PhysI32, numbers, nil))
			if part%10 == 5 && n == 3 {
				keys[0] = batch.Flatten(keys[0])
			}
			want := slices.Clone(plain.ensure(keys, rows))
			got := set.ensure(keys, rows)
			if set.fold.front != nil {
				folded++
			}
			if !slices.Equal(got, want) {
				t.Fatalf("part %d: groups are %v, not %v", part, got[:20], want[:20])
			}
		}
	}
	if folded == 0 || set.fold.size() == 0 {
		t.Error("no keys were folded")
	}
}

// TestGroupFoldGivesUp shows rows that are all groups of their own.
func TestGroupFoldGivesUp(t *testing.T) {
	a := side(3*foldTrial, 0)
	set := newGroupSet([]types.Type{types.StringType, types.StringType, types.StringType}, nil)
	for from := 0; from < a[0].N; from += 1024 {
		at := make([]int32, 1024)
		for i := range at {
			at[i] = int32(from + i)
		}
		set.ensure([]*batch.Column{batch.Take(a[0], at), batch.Take(a[1], at), batch.Take(a[2], at)}, len(at))
		if off := from+1024 >= foldTrial; set.fold.off != off {
			t.Fatalf("after %d rows folding is given up: %v", from+1024, !off)
		}
	}
	if set.fold.size() != 0 {
		t.Error("what was given up holds memory")
	}
}
