package builtin

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// aggregateCase is an aggregate over argument types. Constant arguments have a
// value in consts. reference computes the result of the rows of one group.
type aggregateCase struct {
	name      string
	args      []types.Type
	consts    []types.Datum
	reference func(rows [][]types.Datum) types.Datum
}

func (c *aggregateCase) String() string { return fmt.Sprint(c.name, c.args) }

// bind resolves the case's call as the binder would.
func (c *aggregateCase) bind(t testing.TB) (*udf.Function, *udf.Call) {
	t.Helper()
	f := udf.NewRegistry(aggregates()...).Lookup(c.name)
	if f == nil {
		t.Fatalf("no aggregate %s", c.name)
	}
	call := &udf.Call{Consts: make([]types.Datum, len(c.args)), IsConst: make([]bool, len(c.args))}
	var args []udf.Arg
	for i, typ := range c.args {
		a := udf.Arg{Type: typ}
		if i < len(c.consts) && c.consts[i] != nil {
			a.Const, a.Value = true, c.consts[i]
			call.IsConst[i], call.Consts[i] = true, c.consts[i]
		}
		args = append(args, a)
	}
	sig, err := f.Bind(args)
	if err != nil {
		t.Fatal(err)
	}
	call.Signature = sig
	return f, call
}

// TestAggregates runs every case over random rows, split in random ways over
// accumulators that are merged in random order.
func TestAggregates(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range aggregateCases() {
		covered[c.name] = true
		t.Run(c.String(), func(t *testing.T) {
			for seed := range uint64(30) {
				runAggregate(t, &c, rand.New(rand.NewPCG(seed, 7)))
			}
		})
	}
	for _, f := range aggregates() {
		if !covered[f.Name] {
			t.Errorf("%s has no case", f.Name)
		}
	}
}

func runAggregate(t *testing.T, c *aggregateCase, r *rand.Rand) {
	t.Helper()
	f, call := c.bind(t)
	groups := 1 + r.IntN(5)*r.IntN(2)
	n := []int{0, 1, 7, 130, 400}[r.IntN(5)]
	nulls := []float64{0, 0.2, 1}[r.IntN(3)]
	rows, at := make([][]types.Datum, n), make([]int32, n)
	for i := range rows {
		rows[i] = make([]types.Datum, len(c.args))
		at[i] = int32(r.IntN(groups))
		for k, typ := range call.Args {
			switch {
			case call.IsConst[k]:
				rows[i][k] = call.Consts[k]
			case r.Float64() >= nulls:
				rows[i][k] = randomDatum(r, typ)
			}
		}
	}
	// Every part takes a slice of the rows, in batches of random encodings.
	parts := 1 + r.IntN(3)
	// One that can be emptied begins with what it was used for before.
	begin := func() udf.Accumulator {
		a := f.Aggregate.New(call)
		if e, ok := a.(udf.Reused); ok && n > 0 && r.IntN(2) == 0 {
			a.Resize(groups + 2)
			if err := a.Update(at, columns(r, call.Args, rows)); err != nil {
				t.Fatal(err)
			}
			e.Empty()
		}
		return a
	}
	final := begin()
	final.Resize(groups)
	order := r.Perm(parts)
	for _, p := range order {
		part := begin()
		part.Resize(1)
		part.Resize(groups)
		lo, hi := n*p/parts, n*(p+1)/parts
		for from := lo; from < hi; {
			to := min(hi, from+1+r.IntN(200))
			if err := part.Update(at[from:to], columns(r, call.Args, rows[from:to])); err != nil {
				t.Fatal(err)
			}
			from = to
		}
		mergePart(t, f, call, final, part, groups, r)
		if part.Size() < 0 {
			t.Error("negative size")
		}
	}
	result := finish(t, final, groups, r, call.Returns)
	for g := range groups {
		var in [][]types.Datum
		for i, row := range rows {
			if int(at[i]) == g {
				in = append(in, row)
			}
		}
		want, got := c.reference(in), result.Datum(g)
		if !same(got, want) {
			t.Fatalf("group %d of %d, %d rows %v: got %v, want %v", g, groups, len(in), in, got, want)
		}
	}
}

// mergePart sends the state of part through its columns into final, with the
// groups shuffled.
func mergePart(t *testing.T, f *udf.Function, call *udf.Call, final, part udf.Accumulator, groups int, r *rand.Rand) {
	t.Helper()
	cut := r.IntN(groups + 1)
	for _, span := range [][2]int{{cut, groups}, {0, cut}} {
		state, err := part.State(span[0], span[1])
		if err != nil {
			t.Fatal(err)
		}
		want := f.Aggregate.State(call.Signature)
		if len(state) != len(want) {
			t.Fatalf("%d state columns, declared %d", len(state), len(want))
		}
		ids := r.Perm(span[1] - span[0])
		idx, to := make([]int32, len(ids)), make([]int32, len(ids))
		for i, k := range ids {
			idx[i], to[i] = int32(k), int32(span[0]+k)
		}
		for k, col := range state {
			if !col.Type.Equal(want[k]) || col.N != len(ids) {
				t.Fatalf("state column %d is %d rows of %s, want %d of %s", k, col.N, col.Type, len(ids), want[k])
			}
			state[k] = batch.Take(col, idx)
		}
		if err := final.Merge(to, state); err != nil {
			t.Fatal(err)
		}
	}
}

func finish(t *testing.T, a udf.Accumulator, groups int, r *rand.Rand, want types.Type) *batch.Column {
	t.Helper()
	b := batch.NewBuilder(want)
	cut := r.IntN(groups + 1)
	for _, span := range [][2]int{{0, cut}, {cut, groups}} {
		c, err := a.Final(span[0], span[1])
		if err != nil {
			t.Fatal(err)
		}
		if !c.Type.Equal(want) || c.N != span[1]-span[0] {
			t.Fatalf("result is %d rows of %s, want %d of %s", c.N, c.Type, span[1]-span[0], want)
		}
		b.Append(c, nil)
	}
	return b.Finish()
}

// columns puts rows into columns of random encodings.
func columns(r *rand.Rand, ts []types.Type, rows [][]types.Datum) []*batch.Column {
	out := make([]*batch.Column, len(ts))
	for k, typ := range ts {
		vals := make([]types.Datum, len(rows))
		for i := range rows {
			vals[i] = rows[i][k]
		}
		out[k] = encode(r, typ, vals)
	}
	return out
}

func encode(r *rand.Rand, typ types.Type, vals []types.Datum) *batch.Column {
	allSame := true
	for _, v := range vals {
		allSame = allSame && reflect.DeepEqual(v, vals[0])
	}
	if allSame && r.IntN(2) == 0 {
		return batch.DatumColumn(typ, vals[0], len(vals))
	}
	b := batch.NewBuilder(typ)
	b.AppendDatum(randomDatum(r, typ)) // makes the slice begin inside its buffers
	for _, v := range vals {
		b.AppendDatum(v)
	}
	flat := batch.Slice(b.Finish(), 1, len(vals)+1)
	if r.IntN(2) == 0 {
		return flat
	}
	// A dictionary of the rows backwards; the outer validity rules.
	back := make([]int32, len(vals))
	for i := range back {
		back[i] = int32(len(vals) - 1 - i)
	}
	dict := batch.Flatten(batch.Take(flat, back))
	dict.Valid = nil
	codes, valid := make([]int32, len(vals)), batch.NewBitmap(len(vals))
	for i := range codes {
		codes[i] = back[i]
		valid.SetTo(i, vals[i] != nil)
	}
	return batch.FromCodes(dict, codes, valid)
}

// randomDatum is a value from a domain small enough for duplicates.
func randomDatum(r *rand.Rand, typ types.Type) types.Datum {
	switch typ.Kind {
	case types.Boolean:
		return r.IntN(2) == 0
	case types.TinyInt:
		return int64(r.IntN(256) - 128)
	case types.SmallInt, types.Int, types.Date:
		return int64(r.IntN(40) - 20)
	case types.BigInt, types.Datetime, types.Timestamp:
		return []int64{r.Int64N(40) - 20, r.Int64() >> 10, -r.Int64() >> 10}[r.IntN(3)]
	case types.Float:
		return float64(float32(r.NormFloat64()))
	case types.Double:
		return []float64{float64(r.IntN(10)), r.NormFloat64(), math.Ldexp(r.NormFloat64(), r.IntN(80)-40)}[r.IntN(3)]
	case types.Decimal:
		v := decimal.FromInt64(r.Int64N(2_000_000) - 1_000_000)
		if typ.Precision > types.SmallPrecision && r.IntN(2) == 0 {
			v = decimal.MulInt64(v.Int64(), 1e18)
		}
		return v
	case types.Array:
		vals := []types.Datum{}
		for range r.IntN(3) {
			vals = append(vals, randomDatum(r, *typ.Elem))
		}
		return vals
	case types.Map:
		vals := []types.Datum{}
		for _, k := range []string{"", "k", "l"}[r.IntN(3):] {
			vals = append(vals, k, randomDatum(r, *typ.Elem))
		}
		return vals
	case types.Struct:
		return []types.Datum{randomDatum(r, typ.Fields[0].Type), nil}
	}
	return []string{"", "a", "ab", "b\x00c", "é", fmt.Sprint("long text number ", r.IntN(50))}[r.IntN(6)]
}

// same compares values; NaN equals NaN.
func same(a, b types.Datum) bool {
	x, ok := a.(float64)
	y, ok2 := b.(float64)
	if ok && ok2 {
		return x == y || x != x && y != y
	}
	return reflect.DeepEqual(a, b)
}
