package operator

import (
	"math"
	"slices"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Keys of every kind match as = has it, however they are represented. Every
// left key is joined with all right keys; want lists the numbers of the matches.
func TestJoinKeyTypes(t *testing.T) {
	datums := func(typ types.Type, vals ...types.Datum) *batch.Column {
		b := batch.NewBuilder(typ)
		for _, v := range vals {
			b.AppendDatum(v)
		}
		return b.Finish()
	}
	wide := types.DecimalOf(38, 2)
	narrow := batch.FromValues(wide, batch.PhysI64, []int64{7, -8, 9}, nil)
	char := types.CharOf(5)
	list := types.ArrayOf(types.StringType)
	pair := types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.DoubleType})
	for _, test := range []struct {
		name        string
		left, right []*batch.Column
		want        []string
	}{
		{"decimal", []*batch.Column{narrow},
			[]*batch.Column{datums(wide, decimal.Int128{Lo: 5, Hi: 1}, decimal.FromInt64(-8), decimal.FromInt64(7))}, []string{"0-2", "1-1"}},
		{"double", []*batch.Column{datums(types.DoubleType, math.Copysign(0, -1), math.NaN(), 1.5)},
			[]*batch.Column{datums(types.DoubleType, -math.NaN(), 0.0, 2.5)}, []string{"0-1", "1-0"}},
		{"char", []*batch.Column{datums(char, "ab", "a", "")}, []*batch.Column{datums(char, "a  ", "   ", "abc")}, []string{"1-0", "2-1"}},
		{"list", []*batch.Column{datums(list, []types.Datum{"x", nil}, []types.Datum{}, []types.Datum{"x"})},
			[]*batch.Column{datums(list, []types.Datum{"x"}, []types.Datum{"x", nil}, nil)}, []string{"0-1", "2-0"}},
		{"struct", []*batch.Column{datums(pair, []types.Datum{int64(1), nil}, []types.Datum{int64(1), 2.0}, nil)},
			[]*batch.Column{datums(pair, []types.Datum{int64(1), 2.0}, []types.Datum{int64(1), nil}, nil)}, []string{"0-1", "1-0"}},
		{"widths", []*batch.Column{datums(types.TinyIntType, int64(-1), int64(5), nil)},
			[]*batch.Column{datums(types.BigIntType, int64(5), int64(-1), int64(255))}, []string{"0-1", "1-0"}},
		{"packed", []*batch.Column{datums(types.DateType, int64(-3), int64(4), int64(4)), datums(types.IntType, int64(1), int64(-1), int64(1))},
			[]*batch.Column{datums(types.DateType, int64(4), int64(-3), int64(4)), datums(types.IntType, int64(-1), int64(1), int64(2))}, []string{"0-1", "1-0"}},
		{"boolean", []*batch.Column{datums(types.BooleanType, true, nil, false)},
			[]*batch.Column{datums(types.BooleanType, false, false, true)}, []string{"0-2", "2-0", "2-1"}},
		{"mixed", []*batch.Column{datums(types.SmallIntType, int64(1), int64(2), int64(1)), datums(types.BinaryType, "p", "p", "q")},
			[]*batch.Column{datums(types.BigIntType, int64(1), int64(1), int64(2)), datums(types.BinaryType, "q", "z", "p")}, []string{"1-2", "2-0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			node := &physical.HashJoin{Kind: physical.Inner}
			side := func(keys []*batch.Column) (types.Schema, *batch.Batch, []scalar.Expr) {
				var schema types.Schema
				var exprs []scalar.Expr
				for i, c := range keys {
					schema = append(schema, types.Field{Name: "k", Type: c.Type})
					exprs = append(exprs, &scalar.Column{ID: i, Name: "k", Typ: c.Type})
				}
				schema = append(schema, types.Field{Name: "id", Type: types.BigIntType})
				ids := batch.FromValues(types.BigIntType, batch.PhysI64, []int64{0, 1, 2}, nil)
				return schema, batch.New(3, append(slices.Clone(keys), ids)...), exprs
			}
			ls, lb, le := side(test.left)
			rs, rb, re := side(test.right)
			node.Left, node.Right = &physical.Values{Fields: ls}, &physical.Values{Fields: rs}
			node.LeftKeys, node.RightKeys = le, re
			node.Output = []int{len(ls) - 1, len(ls) + len(rs) - 1}
			op, err := newHashJoin(node, []Operator{&feed{batches: []*batch.Batch{lb}}, &feed{batches: []*batch.Batch{rb}}}, testEnv(64))
			if err != nil {
				t.Fatal(err)
			}
			got, err := drainOp(t, op)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, w := range test.want {
				want = append(want, w[:1]+"|"+w[2:]+"|")
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
