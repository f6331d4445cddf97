package builtin

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// aggregateOf runs one aggregate over all vals as one group.
func aggregateOf(t *testing.T, name string, typ types.Type, vals ...types.Datum) (types.Datum, error) {
	t.Helper()
	c := aggregateCase{name: name, args: []types.Type{typ}}
	f, call := c.bind(t)
	// One accumulator a value, so that every value passes through a state.
	final := f.Aggregate.New(call)
	final.Resize(1)
	for _, v := range vals {
		a := f.Aggregate.New(call)
		a.Resize(1)
		if err := a.Update([]int32{0}, []*batch.Column{batch.DatumColumn(typ, v, 1)}); err != nil {
			return nil, err
		}
		state, err := a.State(0, 1)
		if err != nil {
			return nil, err
		}
		if err := final.Merge([]int32{0}, state); err != nil {
			return nil, err
		}
	}
	out, err := final.Final(0, 1)
	if err != nil {
		return nil, err
	}
	return out.Datum(0), nil
}

func TestSumOverflow(t *testing.T) {
	big := types.BigIntType
	maximum := int64(math.MaxInt64)
	if v, err := aggregateOf(t, "sum", big, maximum, maximum, -maximum); err != nil || v != maximum {
		t.Errorf("sum that comes back: %v, %v", v, err)
	}
	if _, err := aggregateOf(t, "sum", big, maximum, int64(1)); diag.Of(err).Code != diag.CodeOverflow {
		t.Errorf("no overflow: %v", err)
	}
	wide := types.DecimalOf(38, 0)
	top := decimal.Pow10(38).Sub(decimal.FromInt64(1)) // two of them exceed 2^127
	if v, err := aggregateOf(t, "sum", wide, top, top, top, top.Neg(), top.Neg(), top.Neg(), top); err != nil || v != top {
		t.Errorf("wide sum that comes back: %v, %v", v, err)
	}
	for _, vals := range []datums{{top, top}, {top, decimal.FromInt64(1)}, {top.Neg(), top.Neg()}, {top, top, top, top}} {
		if v, err := aggregateOf(t, "sum", wide, vals...); diag.Of(err).Code != diag.CodeOverflow {
			t.Errorf("no overflow of %v: %v, %v", vals, v, err)
		}
	}
	wide = types.DecimalOf(38, 10) // its mean has no room for more decimals
	if v, err := aggregateOf(t, "avg", wide, top, top, top); err != nil || v != top {
		t.Errorf("mean of wide values: %v, %v", v, err)
	}
}

func TestFloatOrder(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		vals datums
		want float64
	}{
		{"max", datums{1.0, nan, inf}, nan}, {"max", datums{1.0, inf}, inf}, {"min", datums{nan, 3.0, inf}, 3},
		{"min", datums{-inf, 3.0}, -inf}, {"min", datums{nan}, nan}, {"sum", datums{inf, 1.0}, inf}, {"sum", datums{inf, -inf}, nan},
		{"avg", datums{1e308, 1e308}, inf}, {"stddev", datums{inf, 1.0}, nan}, {"var_pop", datums{1e9, 1e9 + 1}, 0.25},
	} {
		if got, err := aggregateOf(t, c.name, types.DoubleType, c.vals...); err != nil || !same(got, c.want) {
			t.Errorf("%s of %v is %v, want %v (%v)", c.name, c.vals, got, c.want, err)
		}
	}
}

func TestApproxDistinct(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{128, 129, 1000, 30_000, 300_000} {
		f, call := (&aggregateCase{name: "approx_distinct", args: []types.Type{types.BigIntType}}).bind(t)
		var accs [2]udf.Accumulator
		for k := range accs {
			accs[k] = f.Aggregate.New(call)
			accs[k].Resize(1)
		}
		vals, rows := make([]int64, n), make([]int32, n)
		for i := range vals {
			vals[i] = int64(i) * 7919
		}
		for k := range accs {
			r.Shuffle(n, func(i, j int) { vals[i], vals[j] = vals[j], vals[i] })
			half := append([]int64(nil), vals[:n/2+n/4]...)
			for range 2 {
				c := batch.FromValues(types.BigIntType, batch.PhysI64, half, nil)
				if err := accs[k].Update(rows[:len(half)], []*batch.Column{c}); err != nil {
					t.Fatal(err)
				}
				half = append([]int64(nil), vals[n/4:]...)
			}
		}
		a, _ := accs[0].Final(0, 1)
		b, _ := accs[1].Final(0, 1)
		if a.Int(0) != b.Int(0) {
			t.Errorf("%d values: %d in one order, %d in another", n, a.Int(0), b.Int(0))
		}
		if off := math.Abs(float64(a.Int(0)-int64(n))) / float64(n); off > 0.06 || n <= sparseHashes && off > 0 {
			t.Errorf("%d values estimated as %d", n, a.Int(0))
		}
	}
}

// Sets and slots must not grow with what they no longer hold.
func TestBoundedMemory(t *testing.T) {
	for _, name := range []string{"collect_set", "max", "max_by"} {
		args := []types.Type{types.StringType}
		if name == "max_by" {
			args = append(args, types.StringType)
		}
		f, call := (&aggregateCase{name: name, args: args}).bind(t)
		a := f.Aggregate.New(call)
		a.Resize(1)
		for i := range 100 {
			vals := make([]string, 4096)
			for k := range vals {
				vals[k] = string(rune('a'+k%20)) + string(make([]byte, 1+(i*4096+k)%40))
			}
			c := batch.FromStrings(types.StringType, vals)
			if err := a.Update(make([]int32, len(vals)), []*batch.Column{c, c}[:len(args)]); err != nil {
				t.Fatal(err)
			}
		}
		if a.Size() > 4<<20 {
			t.Errorf("%s holds %d bytes", name, a.Size())
		}
	}
}

func TestAggregateArguments(t *testing.T) {
	reg := udf.NewRegistry(aggregates()...)
	s, d := types.StringType, types.DoubleType
	for _, c := range []struct {
		name string
		args []udf.Arg
	}{
		{"sum", nil}, {"sum", []udf.Arg{{Type: types.DateType}}}, {"avg", []udf.Arg{{Type: types.BooleanType}}},
		{"max", []udf.Arg{{Type: types.BooleanType}}}, {"max", []udf.Arg{{Type: types.JSONType}}},
		{"wm_concat", []udf.Arg{{Type: s}, {Type: s}}}, {"percentile", []udf.Arg{{Type: d}, {Type: d}}},
		{"percentile", []udf.Arg{{Type: d}, {Type: d, Const: true, Value: 1.5}}},
		{"map_agg", []udf.Arg{{Type: types.JSONType}, {Type: d}}}, {"max_by", []udf.Arg{{Type: d}}},
	} {
		_, err := reg.Lookup(c.name).Bind(c.args)
		if diag.ClassOf(err) != diag.User || err == nil {
			t.Errorf("%s(%v): %v", c.name, c.args, err)
		}
	}
}

// Damaged states are errors, not panics.
func TestDamagedStates(t *testing.T) {
	for _, c := range aggregateCases() {
		f, call := c.bind(t)
		states := f.Aggregate.State(call.Signature)
		for _, junk := range []string{"\x01", "\xff\xff", "\x05abc", "\x00\x01\x02\x03\x04\x05\x06\x07\x08"} {
			cols := make([]*batch.Column, len(states))
			binary := false
			for k, typ := range states {
				var v types.Datum = junk
				if typ.Kind != types.Binary {
					v = randomDatum(rand.New(rand.NewPCG(1, 1)), typ)
				} else {
					binary = true
				}
				cols[k] = batch.DatumColumn(typ, v, 1)
			}
			if !binary {
				continue
			}
			a := f.Aggregate.New(call)
			a.Resize(1)
			if a.Merge([]int32{0}, cols) == nil {
				_, _ = a.Final(0, 1)
			}
		}
	}
}

func BenchmarkAggregates(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	n := batch.TargetRows
	four, many := make([]int32, n), make([]int32, n)
	long, double := make([]int64, n), make([]float64, n)
	text := make([]string, n)
	for i := range n {
		four[i], many[i] = int32(r.IntN(4)), int32(r.IntN(100_000))
		long[i], double[i], text[i] = r.Int64N(1e7), r.Float64()*1e5, randomDatum(r, types.StringType).(string)
	}
	flat := map[string]*batch.Column{
		"bigint":  batch.FromValues(types.BigIntType, batch.PhysI64, long, nil),
		"decimal": batch.FromValues(types.DecimalOf(12, 2), batch.PhysI64, long, nil),
		"double":  batch.FromValues(types.DoubleType, batch.PhysF64, double, nil),
		"string":  batch.FromStrings(types.StringType, text),
	}
	for _, c := range []struct{ name, arg string }{
		{"count", "bigint"}, {"sum", "bigint"}, {"sum", "decimal"}, {"sum", "double"}, {"avg", "decimal"}, {"min", "bigint"},
		{"min", "string"}, {"stddev", "double"}, {"approx_distinct", "bigint"}, {"collect_list", "bigint"},
	} {
		for groups, ids := range map[int][]int32{1: make([]int32, n), 4: four, 100_000: many} {
			b.Run(c.name+"/"+c.arg+"/"+map[int]string{1: "1", 4: "4", 100_000: "100k"}[groups], func(b *testing.B) {
				fn := udf.NewRegistry(aggregates()...).Lookup(c.name)
				sig, err := fn.Bind([]udf.Arg{{Type: flat[c.arg].Type}})
				if err != nil {
					b.Fatal(err)
				}
				a := fn.Aggregate.New(&udf.Call{Signature: sig})
				a.Resize(groups)
				args := []*batch.Column{flat[c.arg]}
				for b.Loop() {
					if err := a.Update(ids, args); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
			})
		}
	}
}
