package operator

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// Ranges follow the key's order: ascending or descending, NULLs at their end, a
// bound beginning the partition after it.
func TestRangeRouter(t *testing.T) {
	valid := batch.NewBitmapSet(6)
	valid.Clear(5)
	col := batch.FromValues(types.BigIntType, batch.PhysI64, []int64{-5, 9, 10, 11, 20, 0}, valid)
	env := &Env{Functions: udf.NewRegistry(), Session: &udf.Session{}}
	key := func(desc, first bool) *scalar.SortKey {
		return &scalar.SortKey{Expr: &scalar.Column{Typ: types.BigIntType}, Desc: desc, NullsFirst: first}
	}
	for _, c := range []struct {
		key    *scalar.SortKey
		bounds []types.Datum
		want   []int32
	}{
		{key(false, true), []types.Datum{int64(10), int64(20)}, []int32{0, 0, 1, 1, 2, 0}},
		{key(false, false), []types.Datum{int64(10), int64(20)}, []int32{0, 0, 1, 1, 2, 2}},
		{key(true, false), []types.Datum{int64(20), int64(10)}, []int32{2, 2, 2, 1, 1, 2}},
		{key(true, true), []types.Datum{int64(20), int64(10)}, []int32{2, 2, 2, 1, 1, 0}},
	} {
		r, err := newRangeRouter(&physical.ShuffleWrite{Kind: physical.Range, Order: c.key, Bounds: c.bounds, Partitions: 3}, env)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int32, col.N)
		if err := r.route(batch.New(col.N, col), got); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("desc=%v nullsFirst=%v: %v, want %v", c.key.Desc, c.key.NullsFirst, got, c.want)
				break
			}
		}
	}
}

// Texts are found among bounds that have bytes in common, and among those whose
// first eight bytes are equal, as if each bound was compared.
func TestRangeRouterTexts(t *testing.T) {
	env := &Env{Functions: udf.NewRegistry(), Session: &udf.Session{}}
	r := rand.New(rand.NewPCG(1, 2))
	text := func(prefix string) string {
		b := []byte(prefix)
		for range r.IntN(4) {
			b = append(b, "\x00ab\xff"[r.IntN(4)])
		}
		return string(b)
	}
	for _, prefix := range []string{"", "a", "abcdefg", "abcdefghijkl"} {
		for _, desc := range []bool{false, true} {
			var bounds []string
			for range 1 + r.IntN(20) {
				bounds = append(bounds, text(prefix))
			}
			slices.Sort(bounds)
			bounds = slices.Compact(bounds)
			if desc {
				slices.Reverse(bounds)
			}
			n := &physical.ShuffleWrite{Kind: physical.Range, Order: &scalar.SortKey{Expr: &scalar.Column{Typ: types.StringType}, Desc: desc}, Partitions: len(bounds) + 1}
			for _, b := range bounds {
				n.Bounds = append(n.Bounds, b)
			}
			router, err := newRangeRouter(n, env)
			if err != nil {
				t.Fatal(err)
			}
			rows := []string{"", "\x00", "\xff\xff", "abc"}
			for range 200 {
				rows = append(rows, text(prefix))
			}
			got := make([]int32, len(rows))
			if err := router.route(batch.New(len(rows), batch.FromStrings(types.StringType, rows)), got); err != nil {
				t.Fatal(err)
			}
			for i, row := range rows {
				want := int32(0)
				for _, b := range bounds {
					if c := strings.Compare(b, row); c == 0 || c < 0 != desc {
						want++
					}
				}
				if got[i] != want {
					t.Fatalf("%q, desc=%v: %q goes to %d, not %d", bounds, desc, row, got[i], want)
				}
			}
		}
	}
}
