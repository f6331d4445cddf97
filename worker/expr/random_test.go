package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
)

var (
	registry = udf.NewRegistry(builtin.All()...)
	session  = &udf.Session{Strict: true}
)

// gen makes random expressions and values.
type gen struct {
	*rand.Rand
	cols []types.Type
}

var columnTypes = []types.Type{
	types.BooleanType, types.BooleanType, types.IntType, types.BigIntType, types.BigIntType, types.DoubleType, types.DoubleType,
	types.DecimalOf(15, 2), types.DecimalOf(15, 2), types.DecimalOf(30, 4), types.StringType, types.StringType, types.DateType, types.SmallIntType, types.FloatType, types.TinyIntType,
}

// datum is a random value with many equal ones and some extremes.
func (g *gen) datum(t types.Type) types.Datum {
	small := g.IntN(4) > 0
	switch t.Kind {
	case types.Boolean:
		return g.IntN(2) == 0
	case types.Float:
		return []float64{0, 1, -1.5, math.NaN(), 16777216, float64(float32(0.1)), -3}[g.IntN(7)]
	case types.Double:
		return []float64{0, 1, -1.5, 2.25, math.NaN(), math.Inf(1), 1e18, -3, 0.1}[g.IntN(9)]
	case types.Decimal:
		if small {
			return decimal.FromInt64(int64(g.IntN(2000) - 1000))
		}
		v, _ := decimal.FromInt64(g.Int64N(999999999)).Mul(decimal.Pow10(t.Precision - 10))
		return v
	case types.String:
		return []string{"", "a", "ab", "1", "2.5", " 7 ", "éa", "x%y", "abcab", "-3e1"}[g.IntN(10)]
	}
	if small {
		return int64(g.IntN(20) - 5)
	}
	bits := map[types.Kind]int{types.TinyInt: 7, types.SmallInt: 15, types.Int: 31, types.Date: 15, types.BigInt: 63}[t.Kind]
	return []int64{1<<bits - 1, -1 << bits, 1 << (bits - 1), g.Int64() >> (63 - bits)}[g.IntN(4)]
}

// call types a call the way the binder does.
func (g *gen) call(name string, args ...scalar.Expr) scalar.Expr {
	in := make([]udf.Arg, len(args))
	for i, a := range args {
		in[i].Type = a.Type()
		if l, ok := a.(*scalar.Literal); ok {
			in[i].Const, in[i].Value = true, l.Value
		}
	}
	sig, err := registry.Lookup(name).Bind(in)
	if err != nil {
		panic(err)
	}
	for i := range args {
		if !args[i].Type().Equal(sig.Args[i]) {
			args[i] = &scalar.Cast{Arg: args[i], Typ: sig.Args[i], Line: 1, Col: 1}
		}
	}
	return &scalar.Call{Name: name, Args: args, Typ: sig.Returns, Line: 1, Col: 1}
}

// leaf is a column or literal of a type for which want holds.
func (g *gen) leaf(want func(types.Type) bool) scalar.Expr {
	for {
		i := g.IntN(len(g.cols))
		if !want(g.cols[i]) {
			continue
		}
		if g.IntN(4) == 0 {
			v := g.datum(g.cols[i])
			if g.IntN(8) == 0 {
				v = nil
			}
			return &scalar.Literal{Value: v, Typ: g.cols[i]}
		}
		return &scalar.Column{ID: i, Name: "c", Typ: g.cols[i]}
	}
}

func of(t types.Type) func(types.Type) bool { return func(u types.Type) bool { return t.Equal(u) } }

func (g *gen) number(depth int) scalar.Expr {
	if depth == 0 {
		return g.leaf(types.Type.IsNumeric)
	}
	switch g.IntN(9) {
	case 0, 1, 2, 3:
		op := []string{"+", "-", "*", "/", "%", "div"}[g.IntN(6)]
		a, b := g.number(depth-1), g.number(depth-1)
		if op == "div" && (a.Type().IsFloating() || b.Type().IsFloating()) {
			op = "*"
		}
		return g.call(op, a, b)
	case 4:
		return g.call("neg", g.number(depth-1))
	case 5:
		return g.choice(g.number, depth)
	case 6:
		return g.call([]string{"coalesce", "greatest", "least"}[g.IntN(3)], g.number(depth-1), g.number(depth-1))
	case 7:
		return &scalar.Cast{Arg: g.text(0), Typ: []types.Type{types.BigIntType, types.DecimalOf(10, 1), types.DoubleType}[g.IntN(3)], Line: 1, Col: 1}
	}
	return g.leaf(types.Type.IsNumeric)
}

func (g *gen) choice(of func(int) scalar.Expr, depth int) scalar.Expr {
	a, b := of(depth-1), of(depth-1)
	t, ok := types.Common(a.Type(), b.Type())
	if !ok {
		return a
	}
	for _, e := range []*scalar.Expr{&a, &b} {
		if !(*e).Type().Equal(t) {
			*e = &scalar.Cast{Arg: *e, Typ: t, Line: 1, Col: 1}
		}
	}
	if g.IntN(2) == 0 {
		return g.call("if", g.condition(depth-1), a, b)
	}
	return &scalar.Case{Whens: []scalar.Expr{g.condition(depth - 1), g.condition(depth - 1)}, Thens: []scalar.Expr{a, b}, Else: &scalar.Literal{Typ: t}, Typ: t}
}

func (g *gen) text(depth int) scalar.Expr {
	if depth == 0 || g.IntN(3) == 0 {
		return g.leaf(of(types.StringType))
	}
	switch g.IntN(3) {
	case 0:
		return g.call("||", g.text(depth-1), g.text(depth-1))
	case 1:
		return &scalar.Cast{Arg: g.leaf(func(t types.Type) bool { return t.IsInteger() || t.Kind == types.Decimal }), Typ: types.StringType}
	}
	return g.choice(g.text, depth)
}

func (g *gen) condition(depth int) scalar.Expr {
	if depth == 0 {
		return g.leaf(of(types.BooleanType))
	}
	ops := []string{"=", "<>", "<", "<=", ">", ">=", "<=>"}
	switch g.IntN(11) {
	case 0, 1:
		return g.call([]string{"and", "or"}[g.IntN(2)], g.condition(depth-1), g.condition(depth-1))
	case 2:
		return g.call([]string{"not", "is_true", "is_not_true", "is_false", "is_not_false"}[g.IntN(5)], g.condition(depth-1))
	case 3:
		return g.call([]string{"is_null", "is_not_null"}[g.IntN(2)], g.number(depth-1))
	case 4:
		return g.call("like", g.text(depth-1), &scalar.Literal{Value: []string{"a%", "%a", "%a%", "_", "ab", "%b_a%", "a%b", "%", "é_", ""}[g.IntN(10)], Typ: types.StringType})
	case 5:
		arg := g.leaf(func(types.Type) bool { return true })
		in := &scalar.In{Arg: arg, Negate: g.IntN(2) == 0}
		for range g.IntN(6) {
			in.List = append(in.List, g.datum(arg.Type()))
		}
		if g.IntN(4) == 0 {
			in.List = append(in.List, nil)
		}
		return in
	case 6:
		return g.call(ops[g.IntN(7)], g.text(depth-1), g.text(depth-1))
	case 7, 8: // what the filter has kernels for
		i := g.IntN(len(g.cols))
		c := &scalar.Column{ID: i, Name: "c", Typ: g.cols[i]}
		return g.call(ops[g.IntN(6)], c, &scalar.Literal{Value: g.datum(g.cols[i]), Typ: g.cols[i]})
	case 9:
		return g.call(ops[g.IntN(6)], g.leaf(of(types.DateType)), g.leaf(of(types.DateType)))
	}
	return g.call(ops[g.IntN(7)], g.number(depth-1), g.number(depth-1))
}

// column makes n rows of type t in a random encoding, with and without NULLs.
func (g *gen) column(t types.Type, n int) *batch.Column {
	nulls := g.IntN(2) == 0
	b := batch.NewBuilder(t)
	value := func() types.Datum {
		if nulls && g.IntN(4) == 0 {
			return nil
		}
		return g.datum(t)
	}
	switch g.IntN(5) {
	case 0:
		return batch.DatumColumn(t, value(), n)
	case 1:
		for range 1 + g.IntN(2*n) {
			b.AppendDatum(g.datum(t))
		}
		dict, codes, valid := b.Finish(), make([]int32, n), batch.Bitmap(nil)
		if nulls {
			valid = batch.NewBitmap(n)
		}
		for i := range codes {
			codes[i] = int32(g.IntN(dict.N))
			if nulls && g.IntN(3) > 0 {
				valid.Set(i)
			}
		}
		return batch.FromCodes(dict, codes, valid)
	case 2:
		for range n + 7 {
			b.AppendDatum(value())
		}
		return batch.Slice(b.Finish(), 5, 5+n)
	}
	for range n {
		b.AppendDatum(value())
	}
	return b.Finish()
}

func (g *gen) batch() *batch.Batch {
	n := []int{1, 3, 64, 70, 200}[g.IntN(5)]
	cols := make([]*batch.Column, len(g.cols))
	for i, t := range g.cols {
		cols[i] = g.column(t, n)
	}
	b := batch.New(n, cols...)
	switch g.IntN(4) {
	case 0:
		b.Sel = []int32{}
		for i := range n {
			if g.IntN(2) == 0 {
				b.Sel = append(b.Sel, int32(i))
			}
		}
	case 1:
		b.Sel = []int32{int32(g.IntN(n))}
	}
	return b
}

func rows(b *batch.Batch) [][]types.Datum {
	d := b.Dense()
	out := make([][]types.Datum, d.N)
	for i := range out {
		for _, c := range d.Columns {
			out[i] = append(out[i], c.Datum(i))
		}
	}
	return out
}

func equal(a, b types.Datum) bool {
	x, ok1 := a.(float64)
	y, ok2 := b.(float64)
	if ok1 && ok2 {
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-15*math.Abs(x)
	}
	return reflect.DeepEqual(a, b)
}

// TestRandomExpressions evaluates random expressions over several random batches
// and compares every row with the reference. If a row fails there, the batch
// must fail here, and the other way round.
func TestRandomExpressions(t *testing.T) {
	total, compared := 0, 0
	for seed := range uint64(1000) {
		g := &gen{rand.New(rand.NewPCG(seed, 7)), columnTypes}
		es := []scalar.Expr{g.number(3), g.condition(3), g.text(2)}
		p, err := CompileAll(es[seed%3:seed%3+1], registry, session)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		e := es[seed%3]
		var b *batch.Batch
		for range 3 {
			if b == nil || g.IntN(3) > 0 { // the same dictionaries come again at times
				b = g.batch()
			}
			if checkRows(t, seed, p, e, b) {
				compared++
			}
			total++
		}
	}
	if compared < total/2 {
		t.Errorf("only %d of %d batches had values to compare", compared, total)
	}
}

// checkRows reports whether the batch had values to compare.
func checkRows(t *testing.T, seed uint64, p *Program, e scalar.Expr, b *batch.Batch) bool {
	t.Helper()
	var failed error
	var want []types.Datum
	for _, row := range rows(b) {
		v, err := reference(e, row)
		if err != nil {
			failed = err
		}
		want = append(want, v)
	}
	cols, err := p.Eval(b)
	if err != nil || failed != nil {
		if (err == nil) != (failed == nil) {
			t.Fatalf("seed %d: %s\nerror %v, reference %v", seed, e, err, failed)
		}
		return false
	}
	c := cols[0]
	if c.N != len(want) || !c.Type.Equal(e.Type()) {
		t.Fatalf("seed %d: %s\n%d rows of %s, want %d of %s", seed, e, c.N, c.Type, len(want), e.Type())
	}
	for i := range want {
		if got := c.Datum(i); !equal(got, want[i]) {
			t.Fatalf("seed %d: %s\nrow %d %s: %v, want %v", seed, e, i, show(rows(b)[i]), got, want[i])
		}
	}
	return len(want) > 0
}

func show(row []types.Datum) string {
	s := ""
	for i, v := range row {
		s += " " + strconv.Itoa(i) + "=" + fmt.Sprint(v)
	}
	return s
}

// TestRandomFilters compares selections with the rows for which the reference
// finds every conjunct true.
func TestRandomFilters(t *testing.T) {
	for seed := range uint64(1000) {
		g := &gen{rand.New(rand.NewPCG(seed, 8)), columnTypes}
		var conds []scalar.Expr
		for range 1 + g.IntN(4) {
			conds = append(conds, g.condition(1+g.IntN(2)))
		}
		cond := scalar.And(conds)
		f, err := CompileFilter(cond, registry, session)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for range 3 {
			b := g.batch()
			var want []int32
			failed := false
			for i, row := range rows(b) {
				v, err := reference(cond, row)
				failed = failed || err != nil
				if v == true {
					at := int32(i)
					if b.Sel != nil {
						at = b.Sel[i]
					}
					want = append(want, at)
				}
			}
			got, err := f.Select(b)
			if err != nil && !failed {
				t.Fatalf("seed %d: %s: %v", seed, cond, err)
			}
			if err == nil && !failed && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d: %s\n%v, want %v", seed, cond, got, want)
			}
		}
	}
}
