package operator

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// filterOf builds a join over right whose key is column key and gives the
// filter it publishes.
func filterOf(t *testing.T, right *batch.Batch, schema types.Schema, keys ...int) []*KeyFilter {
	t.Helper()
	node := &physical.HashJoin{ID: 3, Kind: physical.LeftSemi}
	node.Left, node.Right = &physical.Values{Fields: schema}, &physical.Values{Fields: schema}
	for _, k := range keys {
		c := &scalar.Column{ID: k, Name: "k", Typ: schema[k].Type}
		node.LeftKeys, node.RightKeys = append(node.LeftKeys, c), append(node.RightKeys, c)
	}
	env := testEnv(0)
	op, err := newHashJoin(node, []Operator{&feed{}, &feed{batches: []*batch.Batch{right}}}, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := op.Close(); err != nil {
		t.Fatal(err)
	}
	out := make([]*KeyFilter, len(keys))
	for i := range keys {
		out[i] = env.Filters.Find(3, i)
	}
	return out
}

// A filter keeps every value of the build side and few others, whatever the
// type, the spread of the values and the encoding.
func TestKeyFilter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, typ := range []types.Type{types.BigIntType, types.IntType, types.TinyIntType, types.DateType, types.DecimalOf(12, 2), types.StringType, types.CharOf(20)} {
		for _, spread := range []int64{1, 1_000_003} {
			value := func(i int) types.Datum {
				switch {
				case batch.PhysOf(typ) == batch.PhysBytes:
					return fmt.Sprint("value ", i)
				case typ.Kind == types.TinyInt:
					return int64(i % 128)
				case typ.Kind == types.Int, typ.Kind == types.Date:
					return int64(i) * (spread % 1000)
				}
				return int64(i)*spread - 500
			}
			column := func(from, n int, nulls bool) *batch.Column {
				b := batch.NewBuilder(typ)
				for i := range n {
					if nulls && i%5 == 0 {
						b.AppendNull(1)
						continue
					}
					if v, ok := value(from + i).(int64); ok && typ.Kind == types.Decimal {
						b.Append(batch.FromValues(typ, batch.PhysI64, []int64{v}, nil), nil)
					} else {
						b.AppendDatum(value(from + i))
					}
				}
				return b.Finish()
			}
			build := column(0, 60, true)
			f := filterOf(t, batch.New(60, build), types.Schema{{Name: "k", Type: typ}}, 0)[0]
			if f == nil {
				t.Fatalf("%s: no filter", typ)
			}
			probe := column(0, 120, false)
			idx := make([]int32, 500)
			for i := range idx {
				idx[i] = int32(r.IntN(120))
			}
			for name, c := range map[string]*batch.Column{"flat": probe, "dict": batch.Take(probe, idx), "nullable": column(0, 120, true)} {
				sel := f.Select(c, nil)
				passed := map[int32]bool{}
				for _, i := range sel {
					passed[i] = true
					if c.IsNull(int(i)) {
						t.Errorf("%s %s: a NULL passed", typ, name)
					}
				}
				wrong, absent := 0, 0
				for i := range c.N {
					if c.IsNull(i) {
						continue
					}
					member := false
					for k := range build.N {
						member = member || !build.IsNull(k) && build.Datum(k) == c.Datum(i)
					}
					if member && !passed[int32(i)] {
						t.Fatalf("%s %s: %v is on the build side and did not pass", typ, name, c.Datum(i))
					}
					if !member {
						absent++
						if passed[int32(i)] {
							wrong++
						}
					}
				}
				if wrong > absent/5 {
					t.Errorf("%s %s spread %d: %d of %d others passed", typ, name, spread, wrong, absent)
				}
			}
			few := f.Select(probe, []int32{1, 119})
			if len(few) == 0 || few[0] != 1 {
				t.Errorf("%s: of a selection %v passed", typ, few)
			}
		}
	}
}

func TestKeyFilterRange(t *testing.T) {
	ints := batch.FromValues(types.BigIntType, batch.PhysI64, []int64{10, 20}, nil)
	texts := batch.FromStrings(types.StringType, []string{"b", "d"})
	schema := types.Schema{{Name: "i", Type: types.BigIntType}, {Name: "s", Type: types.StringType}}
	fs := filterOf(t, batch.New(2, ints, texts), schema, 0, 1)
	for _, test := range []struct {
		f      *KeyFilter
		lo, hi types.Datum
		want   bool
	}{
		{fs[0], int64(0), int64(9), false}, {fs[0], int64(0), int64(10), true}, {fs[0], int64(21), nil, false}, {fs[0], nil, nil, true},
		{fs[1], "a", "az", false}, {fs[1], "a", "b", true}, {fs[1], "da", "z", false}, {fs[1], nil, "c", true},
	} {
		if got := test.f.MayContainRange(test.lo, test.hi); got != test.want {
			t.Errorf("[%v, %v]: %v", test.lo, test.hi, got)
		}
	}
	none := filterOf(t, batch.New(0, ints, texts).Slice(0, 0), schema, 0)[0]
	if none.MayContainRange(nil, nil) || len(none.Select(ints, nil)) != 0 {
		t.Error("an empty build side lets values pass")
	}
}

// Two packed keys have a filter each.
func TestKeyFilterOfPackedKeys(t *testing.T) {
	a := batch.FromValues(types.IntType, batch.PhysI32, []int32{-5, 7}, nil)
	b := batch.FromValues(types.IntType, batch.PhysI32, []int32{1000, -1000}, nil)
	schema := types.Schema{{Name: "a", Type: types.IntType}, {Name: "b", Type: types.IntType}}
	fs := filterOf(t, batch.New(2, a, b), schema, 0, 1)
	if fs[0].lo != -5 || fs[0].hi != 7 || fs[1].lo != -1000 || fs[1].hi != 1000 {
		t.Errorf("ranges %d..%d and %d..%d", fs[0].lo, fs[0].hi, fs[1].lo, fs[1].hi)
	}
}

// Joins that keep left rows without a match publish nothing.
func TestNoFilterForOuterJoins(t *testing.T) {
	for kind := physical.Inner; kind <= physical.RightAnti; kind++ {
		want := kind == physical.Inner || kind == physical.LeftSemi || kind == physical.RightOuter || kind == physical.RightSemi || kind == physical.RightAnti
		if dropsUnmatched(kind) != want {
			t.Errorf("%s: %v", kind, !want)
		}
	}
}
