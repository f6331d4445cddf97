package operator

import (
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// TestSpareGroups runs the aggregations of a stage in tasks of which one never begins the
// first: what this left must not come to the second, nor must rows of a task to another.
func TestSpareGroups(t *testing.T) {
	const groups = 5000
	kept := map[string]any{}
	share := func(key string, build func() (any, error)) (any, error) {
		if kept[key] == nil {
			v, err := build()
			if err != nil {
				return nil, err
			}
			kept[key] = v
		}
		return kept[key], nil
	}
	schema := types.Schema{{Name: "k", Type: types.BigIntType}, {Name: "v", Type: types.BigIntType}}
	total := func(op Operator) (sum int64) {
		t.Helper()
		defer op.Close()
		rows, err := collect(t.Context(), op)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != groups {
			t.Errorf("%d groups instead of %d", len(rows), groups)
		}
		for _, r := range rows {
			sum += r[1].(int64)
		}
		return sum
	}
	for task, first := range []bool{true, false, true} {
		env := testEnv(0)
		env.Shared = share
		var ops []Operator
		for _, name := range []string{"count", "sum"} {
			node := &physical.HashAggregate{Keys: []scalar.Expr{colOf(schema, 0)}, Aggs: []scalar.Aggregate{{Name: name, Args: []scalar.Expr{colOf(schema, 1)}, Typ: types.BigIntType}},
				Names: []string{"k", "n"}, States: [][]types.Type{{types.BigIntType}}}
			node.Input = &physical.Values{Fields: schema}
			in := numbers(3*groups, 2, func(_ *rand.Rand, row int) int64 { return int64(row % groups) })
			op, err := builders[nodeName(node)](node, []Operator{in}, env)
			if err != nil {
				t.Fatal(err)
			}
			ops = append(ops, op)
		}
		if first {
			if n := total(ops[0]); n != 3*groups {
				t.Errorf("task %d: %d rows instead of %d", task, n, 3*groups)
			}
		}
		if want, got := int64(3*groups*(groups-1)/2), total(ops[1]); got != want {
			t.Errorf("task %d: a sum of %d instead of %d", task, got, want)
		}
	}
	reused := 0
	for _, v := range kept {
		for _, g := range v.(*spareGroups).free {
			if g.accs != nil {
				reused++
			}
		}
	}
	if reused != 2 {
		t.Errorf("%d sets are kept instead of one for each aggregation", reused)
	}
}
