package operator

import (
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
