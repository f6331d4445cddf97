package expr

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func lit(t types.Type, v types.Datum) scalar.Expr { return &scalar.Literal{Value: v, Typ: t} }

func text(s string) scalar.Expr { return lit(types.StringType, s) }

func integer(v int64) scalar.Expr { return lit(types.IntType, v) }

func money(v int64) scalar.Expr { return lit(types.DecimalOf(10, 2), decimal.FromInt64(v)) }

func cast(e scalar.Expr, t types.Type) scalar.Expr {
	return &scalar.Cast{Arg: e, Typ: t, Line: 3, Col: 7}
}

// evaluate gives the value as text, or the error, over a column that is not
// constant, so that nothing is folded.
func evaluate(t *testing.T, e scalar.Expr) string {
	t.Helper()
	var cols []*batch.Column
	wide := scalar.Transform(e, func(e scalar.Expr) scalar.Expr {
		l, ok := e.(*scalar.Literal)
		if !ok || l.Typ.Kind == types.Null {
			return e
		}
		b := batch.NewBuilder(l.Typ)
		b.AppendDatum(l.Value)
		b.AppendDatum(l.Value)
		cols = append(cols, b.Finish())
		return &scalar.Column{ID: len(cols) - 1, Name: "c", Typ: l.Typ}
	})
	zone := time.FixedZone("CST", 8*3600)
	s := &udf.Session{Strict: true, Zone: zone}
	var out []string
	for _, e := range []scalar.Expr{e, wide} {
		x, err := Compile(e, registry, s)
		var c *batch.Column
		if err == nil {
			c, err = x.Eval(batch.New(2, cols...))
		}
		switch {
		case err != nil:
			out = append(out, err.Error())
		case c.IsNull(1):
			out = append(out, "NULL")
		default:
			out = append(out, string(batch.AppendText(nil, c, 1, zone)))
		}
	}
	if out[0] != out[1] {
		t.Errorf("%s: constant %q, column %q", e, out[0], out[1])
	}
	return out[1]
}

func TestOperators(t *testing.T) {
	g := &gen{}
	date := lit(types.DateType, int64(19782)) // 2024-02-29
	noon := lit(types.DatetimeType, int64(1709179200_000000))
	months := func(n int64) scalar.Expr { return lit(types.MonthsType, n) }
	days := func(n float64) scalar.Expr { return lit(types.DaysType, int64(n*batch.MicrosPerDay)) }
	null := lit(types.NullType, nil)
	dbl := func(f float64) scalar.Expr { return lit(types.DoubleType, f) }
	for _, tc := range []struct {
		e    scalar.Expr
		want string
	}{
		{g.call("/", integer(1), integer(2)), "0.5"}, {g.call("/", integer(1), integer(0)), "NULL"}, {g.call("%", integer(1), integer(0)), "NULL"},
		{g.call("div", integer(-7), integer(2)), "-3"}, {g.call("%", integer(-7), integer(2)), "-1"}, {g.call("%", dbl(7.5), integer(2)), "1.5"},
		{g.call("div", dbl(7.5), dbl(2)), "3"}, {g.call("div", money(750), money(200)), "3"}, {g.call("/", money(100), money(300)), "0.3333333333333"},
		{g.call("*", money(150), money(-150)), "-2.2500"}, {g.call("+", money(150), integer(1)), "2.50"}, {g.call("+", text("1.5"), integer(1)), "2.5"},
		{g.call("+", null, integer(1)), "NULL"}, {g.call("neg", money(150)), "-1.50"}, {g.call("~", integer(5)), "-6"}, {g.call("&", integer(12), integer(10)), "8"},
		{g.call("+", date, months(12)), "2025-02-28"}, {g.call("-", date, months(1)), "2024-01-29"}, {g.call("-", date, days(90)), "2023-12-01"}, {g.call("+", days(1), date), "2024-03-01"},
		{g.call("+", noon, months(1)), "2024-03-29 12:00:00"}, {g.call("-", noon, days(0.5)), "2024-02-29 00:00:00"},
		{g.call("+", months(3), months(10)), "1-1"}, {g.call("neg", days(1.5)), "-1 12:00:00"},
		{g.call("like", text("a%b"), text(`a\%b`)), "true"}, {g.call("like", text("axb"), text(`a\%b`)), "false"}, {g.call("like", text("a%b"), text("a!%b"), text("!")), "true"},
		{g.call("like", text(`a\b`), text(`a\b`), text("")), "true"}, {g.call("like", text("日本"), text("__")), "true"}, {g.call("like", text("aXbXc"), text("%X_")), "true"},
		{g.call("like", text("aaab"), text("%aab")), "true"}, {g.call("like", text("ab"), text("ab%ab")), "false"}, {g.call("like", text("special packages requests"), text("%special%requests%")), "true"},
		{g.call("rlike", text("bixi"), text("x.$")), "true"}, {g.call("rlike", text("bixi"), null), "NULL"},
		{g.call("||", text("a"), g.call("||", text(""), text("b"))), "ab"}, {g.call("concat", text("a"), null), "NULL"},
		{g.call("greatest", integer(1), null, integer(3)), "3"}, {g.call("least", integer(1), null), "NULL"}, {g.call("greatest", text("10"), integer(9)), "10.0"},
		{g.call("nullif", integer(1), integer(1)), "NULL"}, {g.call("nvl", null, text("x")), "x"}, {g.call("<=>", null, null), "true"}, {g.call("=", text("1.0"), integer(1)), "true"},
		{g.call("<", lit(types.CharOf(5), "ab "), lit(types.CharOf(5), "ab")), "false"}, {g.call("=", dbl(math.NaN()), dbl(math.NaN())), "true"}, {g.call(">", dbl(math.NaN()), dbl(math.Inf(1))), "true"},
		{cast(text("abc"), types.BigIntType), "ODPS-0123091:[3,7] Illegal cast - cannot cast 'abc' to BIGINT"},
		{g.call("+", lit(types.BigIntType, int64(math.MaxInt64)), lit(types.BigIntType, int64(1))), "ODPS-0121145:[1,1] Arithmetic overflow - 9223372036854775807 + 1 does not fit BIGINT"},
		{g.call("neg", lit(types.TinyIntType, int64(-128))), "ODPS-0121145:[1,1] Arithmetic overflow - 0 - -128 does not fit TINYINT"},
		{g.call("*", lit(types.DecimalOf(38, 0), decimal.Pow10(37)), lit(types.DecimalOf(38, 0), decimal.Pow10(37))), "ODPS-0121145:[1,1] Arithmetic overflow - 10000000000000000000000000000000000000 * 10000000000000000000000000000000000000 does not fit DECIMAL(38,0)"},
		{&scalar.In{Arg: integer(1), List: []types.Datum{int64(2), nil}}, "NULL"}, {&scalar.In{Arg: integer(2), List: []types.Datum{int64(2), nil}, Negate: true}, "false"},
	} {
		if got := evaluate(t, tc.e); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.e, got, tc.want)
		}
	}
}

func TestOperandErrors(t *testing.T) {
	at := func(ts ...types.Type) (args []udf.Arg) {
		for _, t := range ts {
			args = append(args, udf.Arg{Type: t})
		}
		return args
	}
	for _, tc := range []struct {
		name string
		args []udf.Arg
		want string
	}{
		{"-", at(types.DateType, types.DateType), "DATEDIFF"}, {"+", at(types.DateType, types.IntType), "INTERVAL"}, {"+", at(types.BooleanType, types.IntType), "BOOLEAN"},
		{"and", at(types.IntType, types.BooleanType), "needs BOOLEAN"}, {"=", at(types.BooleanType, types.IntType), "cast one side"}, {"coalesce", at(types.DateType, types.IntType), "common type"},
		{"=", at(types.IntType), "1 arguments"}, {"like", at(types.StringType), "LIKE"},
	} {
		_, err := registry.Lookup(tc.name).Bind(tc.args)
		if err == nil || !strings.Contains(err.Error()+diag.Of(err).Hint, tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestUntakenBranches: an operand that fails must not be evaluated for rows
// that do not reach it.
func TestUntakenBranches(t *testing.T) {
	g := &gen{}
	s := &scalar.Column{ID: 0, Name: "s", Typ: types.StringType}
	ok := &scalar.Column{ID: 1, Name: "ok", Typ: types.BooleanType}
	number := cast(s, types.BigIntType)
	positive := g.call(">", number, lit(types.BigIntType, int64(0)))
	in := batch.New(4, batch.FromStrings(types.StringType, []string{"1", "x", "2", "y"}), batch.FromBits(batch.Bitmap{0b0101}, 4, nil))
	dict := batch.New(4, batch.FromCodes(in.Columns[0], []int32{0, 1, 2, 3}, nil), in.Columns[1])
	for _, e := range []scalar.Expr{
		g.call("if", ok, number, lit(types.BigIntType, int64(0))),
		&scalar.Case{Whens: []scalar.Expr{g.call("not", ok), positive}, Thens: []scalar.Expr{lit(types.BigIntType, int64(0)), number}, Else: lit(types.BigIntType, nil), Typ: types.BigIntType},
		g.call("coalesce", g.call("if", ok, lit(types.BigIntType, nil), lit(types.BigIntType, int64(0))), number),
		cast(g.call("and", ok, positive), types.BigIntType), cast(g.call("or", g.call("not", ok), positive), types.BigIntType),
	} {
		for _, b := range []*batch.Batch{in, dict} {
			x, err := Compile(e, registry, session)
			if err != nil {
				t.Fatal(err)
			}
			c, err := x.Eval(b)
			if err != nil {
				t.Errorf("%s: %v", e, err)
				continue
			}
			if c.Datum(0) != int64(1) {
				t.Errorf("%s: %v", e, c.Datum(0))
			}
		}
	}
	f, err := CompileFilter(g.call("and", positive, ok), registry, session)
	if err != nil {
		t.Fatal(err)
	}
	if sel, err := f.Select(in); err != nil || fmt.Sprint(sel) != "[0 2]" {
		t.Errorf("filter: %v %v", sel, err)
	}
	if _, err := mustCompile(t, number).Eval(in); err == nil {
		t.Error("a bad text was cast")
	}
}

func mustCompile(t *testing.T, e scalar.Expr) *Expr {
	t.Helper()
	x, err := Compile(e, registry, session)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestDictionariesArePeeled(t *testing.T) {
	calls, rows := 0, 0
	count := &udf.Function{Name: "count_calls", Args: []types.Type{types.StringType}, Returns: types.BigIntType,
		Eval: func(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			calls, rows = calls+1, rows+n
			return batch.NewFixed(types.BigIntType, n), nil
		}}
	reg := udf.NewRegistry(count)
	x, err := Compile(&scalar.Call{Name: "count_calls", Args: []scalar.Expr{&scalar.Column{Typ: types.StringType}}, Typ: types.BigIntType}, reg, session)
	if err != nil {
		t.Fatal(err)
	}
	dict := batch.FromStrings(types.StringType, []string{"a", "b", "c"})
	var first *batch.Column
	for range 3 {
		c, err := x.Eval(batch.New(4, batch.FromCodes(dict, []int32{0, 1, 1, 2}, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = c
		}
		if c.Enc != batch.Dict || c.Dict != first.Dict {
			t.Error("the encoding was lost")
		}
	}
	if calls != 1 || rows != 3 {
		t.Errorf("%d calls, %d rows", calls, rows)
	}
	// A borrowed dictionary is a batch's column: its address tells nothing.
	for range 2 {
		if _, err := x.Eval(batch.New(4, batch.Take(dict, []int32{0, 1, 1, 2}))); err != nil {
			t.Fatal(err)
		}
	}
	if calls != 3 || rows != 11 {
		t.Errorf("%d calls, %d rows", calls, rows)
	}
}

func TestCommonSubexpressions(t *testing.T) {
	g := &gen{}
	sum := func() scalar.Expr {
		return g.call("+", &scalar.Column{Name: "a", Typ: types.BigIntType}, lit(types.BigIntType, int64(1)))
	}
	p, err := CompileAll([]scalar.Expr{sum(), g.call("*", sum(), sum())}, registry, session)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.nodes) != 4 { // column, literal, sum, product
		t.Errorf("%d nodes", len(p.nodes))
	}
	cols, err := p.Eval(batch.New(2, batch.FromValues(types.BigIntType, batch.PhysI64, []int64{1, 2}, nil)))
	if err != nil || cols[0].Datum(1) != int64(3) || cols[1].Datum(1) != int64(9) {
		t.Errorf("%v %v", cols, err)
	}
}

func TestVolatileCalls(t *testing.T) {
	var rows []string
	f := &udf.Function{Name: "v", Returns: types.BigIntType, Volatile: true,
		Eval: func(call *udf.Call, _ []*batch.Column, n int) (*batch.Column, error) {
			rows = append(rows, fmt.Sprint(call.Row, n, call.Seed))
			return batch.NewFixed(types.BigIntType, n), nil
		}}
	v := &scalar.Call{Name: "v", Typ: types.BigIntType}
	p, err := CompileAll([]scalar.Expr{v, v}, udf.NewRegistry(f), session)
	if err != nil {
		t.Fatal(err)
	}
	p.Seed(1)
	for range 2 {
		if _, err := p.Eval(batch.New(3)); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(rows); got != "[0 3 65536 0 3 65537 3 3 65536 3 3 65537]" {
		t.Error(got)
	}
}

func TestFold(t *testing.T) {
	g := &gen{}
	if v, ok := Fold(g.call("+", integer(1), integer(2)), registry, session); !ok || v != int64(3) {
		t.Errorf("%v %v", v, ok)
	}
	if v, ok := Fold(cast(text("2024-02-29"), types.DateType), registry, session); !ok || v != int64(19782) {
		t.Errorf("%v %v", v, ok)
	}
	for _, e := range []scalar.Expr{&scalar.Column{Typ: types.IntType}, cast(text("x"), types.IntType), g.call("+", integer(1), &scalar.Column{Typ: types.IntType})} {
		if v, ok := Fold(e, registry, session); ok {
			t.Errorf("%s folds to %v", e, v)
		}
	}
}
