package operator

import (
	"fmt"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// topGroupsCases rank the rows that TopGroups leaves: the first ones must be those
// of all rows.
func topGroupsCases() []opCase {
	var out []opCase
	for i, t := range sortTypes {
		w := orderedWidth(t)
		if t.IsNested() || w == 0 || w > 8 {
			continue
		}
		s := fieldsOf(types.BooleanType, t, types.BigIntType)
		for k, dir := range []int{i % 4, (i + 1) % 4, (i + 2) % 4, (i + 3) % 4} {
			order := scalar.SortKey{Expr: colOf(s, 1), Desc: dir&1 != 0, NullsFirst: dir&2 != 0}
			out = append(out, topGroupsCase(fmt.Sprintf("%s %d", t, dir), s, order, 1+3*k))
		}
	}
	return out
}

func topGroupsCase(name string, s types.Schema, order scalar.SortKey, limit int) opCase {
	group := colOf(s, 0)
	keys := []scalar.SortKey{{Expr: group, NullsFirst: true}, order}
	return opCase{
		name: "first of groups by " + name, in: []types.Schema{s}, rows: 150, ordered: true, stable: true,
		plan: func(in []physical.Node) physical.Node {
			few := &physical.TopGroups{Keys: []scalar.Expr{group}, Order: order, Limit: int64(limit)}
			few.Input = in[0]
			sorted := &physical.Sort{Keys: keys}
			sorted.Input = few
			ranked := &physical.Window{Partition: []scalar.Expr{group}, Order: keys[1:], TopLimit: int64(limit),
				Funcs: []scalar.Window{windowCall("row_number", types.BigIntType, scalar.Frame{})}, Names: []string{"n"}, States: [][]types.Type{nil}}
			ranked.Input = sorted
			return ranked
		},
		want: func(in [][]row) []row {
			var out []row
			seen := map[types.Datum]int{}
			for _, r := range sortedRows(in[0], s, keys) {
				if seen[r[0]]++; seen[r[0]] <= limit {
					out = append(out, append(append(row{}, r...), int64(seen[r[0]])))
				}
			}
			return out
		},
	}
}
