package expr

import (
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

const benchRows = batch.TargetRows

// benchBatch looks like lineitem: price, discount, tax, date, mode, comment, key.
func benchBatch() *batch.Batch {
	r := rand.New(rand.NewPCG(1, 1))
	money := types.DecimalOf(15, 2)
	price, disc, tax := make([]int64, benchRows), make([]int64, benchRows), make([]int64, benchRows)
	date, codes, key, dbl := make([]int32, benchRows), make([]int32, benchRows), make([]int64, benchRows), make([]float64, benchRows)
	comments := make([]string, benchRows)
	words := []string{"furiously", "special", "ironic", "requests", "sleep", "quickly", "deposits"}
	for i := range price {
		price[i], disc[i], tax[i] = r.Int64N(10000000), r.Int64N(11), r.Int64N(9)
		date[i], codes[i], key[i], dbl[i] = 8000+r.Int32N(2500), r.Int32N(7), r.Int64N(1<<40), r.Float64()
		comments[i] = words[r.IntN(7)] + " " + words[r.IntN(7)] + " " + words[r.IntN(7)] + " " + words[r.IntN(7)]
	}
	modes := batch.FromStrings(types.StringType, []string{"AIR", "MAIL", "SHIP", "RAIL", "TRUCK", "FOB", "REG AIR"})
	return batch.New(benchRows,
		batch.FromValues(money, batch.PhysI64, price, nil), batch.FromValues(money, batch.PhysI64, disc, nil), batch.FromValues(money, batch.PhysI64, tax, nil),
		batch.FromValues(types.DateType, batch.PhysI32, date, nil), batch.FromCodes(modes, codes, nil),
		batch.FromStrings(types.StringType, comments), batch.FromValues(types.BigIntType, batch.PhysI64, key, nil), batch.FromValues(types.DoubleType, batch.PhysF64, dbl, nil))
}

func benchExprs() (map[string]scalar.Expr, map[string]scalar.Expr) {
	g := &gen{}
	b := benchBatch()
	col := func(i int) scalar.Expr { return &scalar.Column{ID: i, Name: "c", Typ: b.Columns[i].Type} }
	lit := func(t types.Type, v types.Datum) scalar.Expr { return &scalar.Literal{Value: v, Typ: t} }
	money := types.DecimalOf(15, 2)
	one, text := lit(types.IntType, int64(1)), types.StringType
	discounted := g.call("*", col(0), g.call("-", one, col(1)))
	charge := g.call("*", discounted, g.call("+", one, col(2)))
	values := map[string]scalar.Expr{
		"BigintAdd": g.call("+", col(6), lit(types.BigIntType, int64(5))), "DoubleMul": g.call("*", col(7), col(7)),
		"DecimalDiscount": discounted, "DecimalCharge": charge, "DecimalDivide": g.call("/", col(0), lit(types.DecimalOf(3, 1), decimal.FromInt64(70))),
		"BigintCompare": g.call("<", col(6), lit(types.BigIntType, int64(1<<39))),
		"DictCase":      &scalar.Case{Whens: []scalar.Expr{g.call("=", col(4), lit(text, "MAIL"))}, Thens: []scalar.Expr{col(0)}, Else: lit(money, decimal.FromInt64(0)), Typ: money},
		"DecimalToText": &scalar.Cast{Arg: col(0), Typ: text}, "DecimalToDouble": &scalar.Cast{Arg: col(0), Typ: types.DoubleType},
	}
	between := func(c scalar.Expr, lo, hi types.Datum) scalar.Expr {
		return scalar.And([]scalar.Expr{g.call(">=", c, lit(c.Type(), lo)), g.call("<=", c, lit(c.Type(), hi))})
	}
	filters := map[string]scalar.Expr{
		"BigintLess": values["BigintCompare"], "DateRange": between(col(3), int64(8500), int64(8864)),
		"Q6":     scalar.And([]scalar.Expr{between(col(3), int64(8500), int64(8864)), between(col(1), decimal.FromInt64(5), decimal.FromInt64(7)), g.call("<", col(0), lit(money, decimal.FromInt64(2400000)))}),
		"DictIn": &scalar.In{Arg: col(4), List: []types.Datum{"MAIL", "SHIP"}}, "BigintIn": &scalar.In{Arg: col(6), List: []types.Datum{int64(5), int64(1 << 39), int64(77)}},
		"Like": g.call("like", col(5), lit(text, "%special%requests%")), "TextEqual": g.call("=", col(5), lit(text, "special requests")),
		"TwoColumns": g.call("<", col(0), col(1)),
	}
	return values, filters
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkEval(b *testing.B) {
	in := benchBatch()
	values, _ := benchExprs()
	for name, e := range values {
		b.Run(name, func(b *testing.B) {
			x, err := Compile(e, registry, session)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := x.Eval(in); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b)
		})
	}
}

func BenchmarkSelect(b *testing.B) {
	in := benchBatch()
	_, filters := benchExprs()
	for name, e := range filters {
		b.Run(name, func(b *testing.B) {
			f, err := CompileFilter(e, registry, session)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := f.Select(in); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b)
		})
	}
}
