package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func percentileAggregates() []*udf.Function {
	return []*udf.Function{
		{Name: "median", Family: "aggregate", Args: []types.Type{types.DoubleType}, Returns: types.DoubleType,
			Doc:       udf.Doc{Summary: "The value in the middle, or the mean of the two in the middle.", Example: "median(4)", Result: "4.0"},
			Aggregate: percentile(func(*udf.Call) []float64 { return []float64{0.5} }, interpolated, percentiles)},
		{Name: "percentile", Aliases: []string{"percentile_approx", "percentile_cont"}, Family: "aggregate",
			Doc:       udf.Doc{Summary: "The value at fraction p of the order, interpolated linearly; an array of fractions gives an array. Always exact.", Example: "percentile(4, 0.5)", Result: "4.0"},
			Resolve:   resolvePercentile,
			Aggregate: withOrder(udf.ByValue, percentile(fractions, interpolated, percentiles))},
		{Name: "percentile_disc", Family: "aggregate",
			Doc:       udf.Doc{Summary: "The least value whose cumulative distribution reaches p.", Example: "percentile_disc(4, 0.5)", Result: "4"},
			Resolve:   resolveDiscrete,
			Aggregate: withOrder(udf.ByValue, percentile(fractions, ranked, discrete))},
	}
}

// resolvePercentile takes (x, p[, precision]); the precision of the approximate
// form is accepted and not needed.
func resolvePercentile(args []udf.Arg) (udf.Signature, error) {
	if len(args) < 2 || len(args) > 3 || !types.CanCoerce(args[0].Type, types.DoubleType) {
		return udf.Signature{}, badArgs("percentile", "percentile(x, p)", args)
	}
	sig := udf.Signature{Args: []types.Type{types.DoubleType, args[1].Type}, Returns: types.DoubleType}
	if args[1].Type.Kind == types.Array {
		sig.Returns = types.ArrayOf(types.DoubleType)
	}
	for _, a := range args[2:] {
		sig.Args = append(sig.Args, a.Type)
	}
	return sig, checkFraction(args[1])
}

func resolveDiscrete(args []udf.Arg) (udf.Signature, error) {
	if len(args) != 2 || !args[0].Type.IsComparable() {
		return udf.Signature{}, badArgs("percentile_disc", "percentile_disc(x, p)", args)
	}
	t := args[0].Type
	return udf.Signature{Args: []types.Type{t, args[1].Type}, Returns: t}, checkFraction(args[1])
}

func checkFraction(p udf.Arg) error {
	if !p.Const {
		return diag.Errorf(diag.CodeArgument, diag.Pos{}, "the fraction of a percentile must be a constant")
	}
	list, ok := p.Value.([]types.Datum)
	if !ok {
		list = []types.Datum{p.Value}
	}
	for _, v := range list {
		if f, ok := fraction(v, p.Type); !ok || f < 0 || f > 1 {
			return invalid("the fraction of a percentile must be between 0 and 1")
		}
	}
	return nil
}

// fraction is the number v of type t, or of its element type, as a double.
func fraction(v types.Datum, t types.Type) (float64, bool) {
	if t.Kind == types.Array {
		t = *t.Elem
	}
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case decimal.Int128:
		return float64(v.Int64()) / math.Pow10(t.Scale), v.FitsInt64()
	}
	return 0, false
}

// fractions is the constant second argument of call.
func fractions(call *udf.Call) []float64 {
	list, ok := call.Consts[1].([]types.Datum)
	if !ok {
		list = []types.Datum{call.Consts[1]}
	}
	out := make([]float64, len(list))
	for i, v := range list {
		out[i], _ = fraction(v, call.Args[1])
	}
	return out
}

// percentile is an aggregate of the values' order: numbers and times are kept as
// int64 that order as they do, of which final computes the results; of other
// values, and those that WITHIN GROUP orders, entries are, with result.
func percentile(at func(*udf.Call) []float64, final func(*quantiles, int, int) (*batch.Column, error),
	result func(*udf.Call, [][]byte, *batch.Builder) error) *udf.Aggregate {
	agg := collected(false, 0, appendArg, result)
	general := agg.New
	agg.New = func(call *udf.Call) udf.Accumulator {
		if len(call.Order) > 0 || batch.PhysOf(call.Args[0]) > batch.PhysF64 {
			return general(call)
		}
		return &quantiles{call: call, at: at(call), final: final}
	}
	return agg
}

// placeOf is the place of fraction p among n ordered values, and how far from there
// to the next one it is.
func placeOf(n int, p float64) (int, float64) {
	at := float64(n-1) * p
	i := int(at)
	return i, at - float64(i)
}

// quantile interpolates between the sorted doubles es at fraction p.
func quantile(es [][]byte, p float64) float64 {
	i, part := placeOf(len(es), p)
	lo := floatSortable(es[i])
	if part == 0 {
		return lo
	}
	return between(lo, floatSortable(es[i+1]), part)
}

func between(lo, hi, part float64) float64 { return lo + part*(hi-lo) }

func percentiles(call *udf.Call, es [][]byte, b *batch.Builder) error {
	at := fractions(call)
	if call.Returns.Kind != types.Array {
		b.AppendDatum(quantile(es, at[0]))
		return nil
	}
	out := make([]types.Datum, len(at))
	for i, p := range at {
		out[i] = quantile(es, p)
	}
	b.AppendDatum(out)
	return nil
}

// discreteRank is the place of the least of n values that fraction p of them do
// not exceed.
func discreteRank(n int, p float64) int {
	return min(max(int(math.Ceil(p*float64(n)))-1, 0), n-1)
}

func discrete(call *udf.Call, es [][]byte, b *batch.Builder) error {
	v, err := fromSortable(es[discreteRank(len(es), fractions(call)[0])], call.Args[0])
	if err == nil {
		b.AppendDatum(v)
	}
	return err
}
