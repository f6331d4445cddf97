package expr

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// The columns of the lambda tests.
var lambdaColumns = []types.Type{
	types.ArrayOf(types.BigIntType), types.ArrayOf(types.StringType), types.BigIntType, types.StringType, types.MapOf(types.StringType, types.BigIntType),
}

func apply(name string, t types.Type, args ...scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: name, Args: args, Typ: t}
}

func lambdaOf(body scalar.Expr, params ...*scalar.Param) scalar.Expr {
	return &scalar.Lambda{Params: params, Body: body}
}

// lambdaExprs are calls of functions of higher order whose lambdas read columns,
// nest, branch, and stand in branches.
func lambdaExprs() []scalar.Expr {
	long, text, yes := types.BigIntType, types.StringType, types.BooleanType
	col := func(i int) scalar.Expr { return &scalar.Column{ID: i, Name: "c", Typ: lambdaColumns[i]} }
	a, b, k, s, m := col(0), col(1), col(2), col(3), col(4)
	x, y := &scalar.Param{ID: 0, Name: "x", Typ: long}, &scalar.Param{ID: 0, Name: "y", Typ: text}
	x1, y1 := &scalar.Param{ID: 1, Name: "x", Typ: long}, &scalar.Param{ID: 1, Name: "y", Typ: text}
	zero := lit(long, int64(0))
	orZero := func(e scalar.Expr) scalar.Expr { return apply("coalesce", long, e, zero) }
	match := func(op string) scalar.Expr {
		return apply("any_match", yes, a, lambdaOf(apply(op, yes, x, k), x))
	}
	return []scalar.Expr{
		apply("transform", types.ArrayOf(long), a, lambdaOf(apply("+", long, x, k), x)),
		apply("transform", types.ArrayOf(types.ArrayOf(text)), a, lambdaOf(
			apply("transform", types.ArrayOf(text), b, lambdaOf(apply("concat", text, y1, cast(x, text), s), y1)), x)),
		apply("filter", types.ArrayOf(text), b, lambdaOf(apply(">", yes, y, s), y)),
		apply("filter", types.ArrayOf(long), a, lambdaOf(apply("any_match", yes, a, lambdaOf(apply("<", yes, x1, x), x1)), x)),
		match("="), apply("all_match", yes, b, lambdaOf(apply("is_not_null", yes, y), y)),
		apply("array_reduce", long, a, k, lambdaOf(apply("+", long, x, orZero(x1)), x, x1), lambdaOf(apply("*", long, x, k), x)),
		apply("zip_with", types.ArrayOf(text), a, b, lambdaOf(apply("concat", text, cast(x, text), y1), x, y1)),
		apply("array_sort", types.ArrayOf(long), a, lambdaOf(apply("-", long, orZero(x1), orZero(x)), x, x1)),
		apply("map_filter", lambdaColumns[4], m, lambdaOf(apply(">", yes, x1, k), y, x1)),
		apply("transform_values", types.MapOf(text, text), m, lambdaOf(apply("concat", text, y, s), y, x1)),
		apply("map_zip_with", lambdaColumns[4], m, m, lambdaOf(apply("+", long, x1, k), y, x1, &scalar.Param{ID: 2, Name: "z", Typ: long})),
		&scalar.Case{Whens: []scalar.Expr{apply(">", yes, k, zero)}, Thens: []scalar.Expr{match(">")}, Else: match("<"), Typ: yes},
		apply("transform", types.ArrayOf(text), a, lambdaOf(&scalar.Case{Whens: []scalar.Expr{apply("=", yes, x, zero)}, Thens: []scalar.Expr{s},
			Else: apply("substr", text, s, apply("%", long, k, x)), Typ: text}, x)),
	}
}

func lambdaDatum(r *rand.Rand, t types.Type) types.Datum {
	if r.IntN(6) == 0 {
		return nil
	}
	switch t.Kind {
	case types.BigInt:
		return int64(r.IntN(9) - 4)
	case types.String:
		return []string{"", "a", "bc", "é"}[r.IntN(4)]
	case types.Map:
		return []types.Datum{"p", lambdaDatum(r, *t.Elem), "q", lambdaDatum(r, *t.Elem)}[:2*r.IntN(3)]
	}
	out := []types.Datum{}
	for range r.IntN(4) {
		out = append(out, lambdaDatum(r, *t.Elem))
	}
	return out
}

// lambdaColumn is n random rows in a random encoding.
func lambdaColumn(r *rand.Rand, t types.Type, n int) *batch.Column {
	b, size := batch.NewBuilder(t), n
	if r.IntN(3) == 0 {
		size = 3 // of a dictionary
	}
	for range size {
		b.AppendDatum(lambdaDatum(r, t))
	}
	c := b.Finish()
	if size == n {
		if r.IntN(4) == 0 {
			return batch.ConstOf(c, 0, n)
		}
		return c
	}
	codes, valid := make([]int32, n), batch.NewBitmap(n)
	for i := range codes {
		codes[i] = int32(r.IntN(size))
		valid.SetTo(i, !c.IsNull(int(codes[i])))
	}
	return batch.FromCodes(c, codes, valid)
}

// TestLambdas compares what lambdas give for whole batches, in all encodings and
// with selections, with what they give for a row alone.
func TestLambdas(t *testing.T) {
	session := &udf.Session{Strict: true}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 11))
		whole, err := CompileAll(lambdaExprs(), registry, session)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // programs are used again
			n := 1 + r.IntN(40)
			cols := make([]*batch.Column, len(lambdaColumns))
			for i, typ := range lambdaColumns {
				cols[i] = lambdaColumn(r, typ, n)
			}
			b := batch.New(n, cols...)
			if r.IntN(2) == 0 {
				b.Sel = []int32{}
				for i := range n {
					if r.IntN(3) > 0 {
						b.Sel = append(b.Sel, int32(i))
					}
				}
			}
			compareLambdas(t, seed, whole, b, session)
		}
	}
}

func compareLambdas(t *testing.T, seed uint64, whole *Program, b *batch.Batch, session *udf.Session) {
	t.Helper()
	got, err := whole.Eval(b)
	if err != nil {
		t.Fatal(err)
	}
	exprs := lambdaExprs()
	for i := range b.Rows() {
		row := i
		if b.Sel != nil {
			row = int(b.Sel[i])
		}
		one := make([]*batch.Column, len(b.Columns))
		for k, c := range b.Columns {
			one[k] = batch.DatumColumn(c.Type, c.Datum(row), 1)
			one[k] = batch.Clone(batch.Flatten(one[k]))
		}
		alone, err := CompileAll(exprs, registry, session)
		if err != nil {
			t.Fatal(err)
		}
		want, err := alone.Eval(batch.New(1, one...))
		if err != nil {
			t.Fatal(err)
		}
		for k := range exprs {
			if x, y := got[k].Datum(i), want[k].Datum(0); !reflect.DeepEqual(x, y) {
				t.Fatalf("seed %d, row %d: %s is %v, alone %v", seed, row, exprs[k], x, y)
			}
		}
	}
}
