package operator

import (
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// generateCases explode the numbers from 0 to the first column modulo 3, and stack
// the text over a constant.
func generateCases() []opCase {
	s := fieldsOf(types.BigIntType, types.StringType, types.DoubleType)
	explode := func(in physical.Node, outer bool) physical.Node {
		mod := callOf("%", types.BigIntType, colOf(s, 0), bigint(3))
		list := types.ArrayOf(types.BigIntType)
		n := &physical.Generate{Outer: outer, Keep: []int{2, 0}, Give: []int{1, 0}, Names: []string{"val", "pos"}, Call: scalar.TableCall{
			Name: "posexplode", Args: []scalar.Expr{callOf("sequence", list, bigint(0), mod)}, Columns: fieldsOf(types.BigIntType, types.BigIntType),
		}}
		n.Input = in
		return n
	}
	exploded := func(outer bool) func([][]row) []row {
		return func(in [][]row) (out []row) {
			for _, x := range in[0] {
				if x[0] == nil {
					if outer {
						out = append(out, row{x[2], x[0], nil, nil})
					}
					continue
				}
				last, step := x[0].(int64)%3, int64(1)
				if last < 0 {
					step = -1
				}
				for k := int64(0); k <= last*step; k++ {
					out = append(out, row{x[2], x[0], k * step, k})
				}
			}
			return out
		}
	}
	stack := func(in []physical.Node) physical.Node {
		text := &scalar.Literal{Value: "x", Typ: types.StringType}
		n := &physical.Generate{Give: []int{0}, Names: []string{"v"}, Keep: []int{1}, Call: scalar.TableCall{
			Name: "stack", Args: []scalar.Expr{bigint(2), colOf(s, 1), text}, Columns: fieldsOf(types.StringType),
		}}
		n.Input = in[0]
		return n
	}
	return []opCase{
		{name: "generate", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node { return explode(in[0], false) }, want: exploded(false)},
		{name: "generate outer", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node { return explode(in[0], true) }, want: exploded(true)},
		{name: "generate by stack", in: []types.Schema{s}, rows: 60, ordered: true, plan: stack,
			want: func(in [][]row) (out []row) {
				for _, x := range in[0] {
					out = append(out, row{x[1], x[1]}, row{x[1], "x"})
				}
				return out
			}},
	}
}
