package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

func momentAggregates() []*udf.Function {
	one, two := []types.Type{types.DoubleType}, []types.Type{types.DoubleType, types.DoubleType}
	entry := func(name string, args []types.Type, result func(*exact) (float64, bool), summary, example, value string, aliases ...string) *udf.Function {
		return &udf.Function{Name: name, Aliases: aliases, Family: "aggregate", Args: args, Returns: types.DoubleType,
			Doc:       udf.Doc{Summary: summary, Example: example, Result: value},
			Aggregate: moment(len(args), result)}
	}
	return []*udf.Function{
		entry("var_pop", one, func(e *exact) (float64, bool) { return e.covariance(0, 0, 0), true },
			"The population variance.", "var_pop(3)", "0.0", "variance"),
		entry("var_samp", one, func(e *exact) (float64, bool) { return e.covariance(0, 0, 1), e.n > 1 },
			"The sample variance; NULL for fewer than two rows.", "var_samp(3)", ""),
		entry("stddev_pop", one, func(e *exact) (float64, bool) { return math.Sqrt(e.covariance(0, 0, 0)), true },
			"The population standard deviation.", "stddev_pop(3)", "0.0", "stddev"),
		entry("stddev_samp", one, func(e *exact) (float64, bool) { return math.Sqrt(e.covariance(0, 0, 1)), e.n > 1 },
			"The sample standard deviation; NULL for fewer than two rows.", "stddev_samp(3)", ""),
		entry("covar_pop", two, func(e *exact) (float64, bool) { return e.covariance(0, 1, 0), true },
			"The population covariance of the rows in which neither argument is NULL.", "covar_pop(3, 4)", "0.0"),
		entry("covar_samp", two, func(e *exact) (float64, bool) { return e.covariance(0, 1, 1), e.n > 1 },
			"The sample covariance; NULL for fewer than two rows.", "covar_samp(3, 4)", ""),
		entry("corr", two, (*exact).correlation,
			"The correlation coefficient; NULL if an argument does not vary.", "corr(3, 4)", ""),
	}
}

func moment(args int, result func(*exact) (float64, bool)) *udf.Aggregate {
	return &udf.Aggregate{
		State: func(udf.Signature) []types.Type {
			out := []types.Type{types.BigIntType}
			for range sumsOf(args) {
				out = append(out, types.BinaryType)
			}
			return out
		},
		New: func(*udf.Call) udf.Accumulator {
			return &moments{args: args, whole: intMoments{args: args}, sums: make([]exactsum.Sums, sumsOf(args)), result: result}
		},
	}
}

// sumsOf is the number of sums: x, x² or x, y, x², xy, y².
func sumsOf(args int) int { return args + args*(args+1)/2 }

// moments sums values and their products exactly. A product is the sum of two
// doubles (its rounded value and the error of rounding), unless it leaves the
// range of DOUBLE.
type moments struct {
	args   int
	sums   []exactsum.Sums
	whole  intMoments // what the sums lack
	counts []int64
	result func(*exact) (float64, bool)

	in      [2][]float64
	product []float64
	rest    []float64
	ints    []int64
	merger  exactsum.Merger
}

func (a *moments) Resize(groups int) {
	for i := range a.sums {
		a.sums[i].Resize(groups)
	}
	a.counts = resize(a.counts, groups)
}

func (a *moments) Update(groups []int32, args []*batch.Column) error {
	var valid batch.Bitmap
	for _, c := range args {
		v, none := validRows(c)
		if none {
			return nil
		}
		valid = batch.And(valid, v, len(groups))
	}
	countValid(a.counts, groups, valid)
	if a.whole.take(args, valid, &a.in) {
		// A word holds the sum of 2^31 numbers up to maxWhole.
		if a.whole.add(groups, len(a.counts)); a.whole.rows >= 1<<31-batch.TargetRows {
			a.empty(0, len(a.counts))
			a.whole.rows = 0
		}
		return nil
	}
	var in [2][]float64
	for k, c := range args {
		in[k] = floats(c, &a.in[k])
	}
	at := a.args
	for i := range a.args {
		exactsum.Add(&a.sums[i], groups, in[i], valid)
		for j := i; j < a.args; j++ {
			a.addProducts(&a.sums[at], groups, in[i], in[j], valid)
			at++
		}
	}
	return nil
}

// empty moves the whole numbers of groups [from, to) into the sums.
func (a *moments) empty(from, to int) { a.whole.empty(a.sums, from, to) }

func (a *moments) addProducts(s *exactsum.Sums, groups []int32, x, y []float64, valid batch.Bitmap) {
	n := len(groups)
	p, rest := grow(&a.product, n), grow(&a.rest, n)
	for i := range n {
		v := x[i] * y[i]
		p[i], rest[i] = v, math.FMA(x[i], y[i], -v)
	}
	exactsum.Add(s, groups, p, valid)
	exactsum.Add(s, groups, rest, valid)
}

func (a *moments) Merge(groups []int32, state []*batch.Column) error {
	vals := fixed(state[0], &a.ints)
	for i, g := range groups {
		a.counts[g] += vals[i]
	}
	for i := range a.sums {
		if err := mergeSums(&a.merger, &a.sums[i], groups, state[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (a *moments) State(from, to int) ([]*batch.Column, error) {
	a.empty(from, to)
	counts := append([]int64(nil), a.counts[from:to]...)
	out := []*batch.Column{batch.FromValues(types.BigIntType, batch.PhysI64, counts, nil)}
	for i := range a.sums {
		out = append(out, sumsColumn(&a.sums[i], from, to))
	}
	return out, nil
}

func (a *moments) Final(from, to int) (*batch.Column, error) {
	a.empty(from, to)
	out, valid := make([]float64, to-from), batch.NewBitmap(to-from)
	for i := range out {
		e := exact{sums: a.sums, args: a.args, g: from + i, n: a.counts[from+i]}
		if e.n == 0 {
			continue
		}
		v, ok := a.result(&e)
		out[i] = v
		valid.SetTo(i, ok)
	}
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, valid), nil
}

func (a *moments) Size() int64 {
	n := 8*int64(cap(a.counts)+cap(a.in[0])+cap(a.in[1])+cap(a.product)+cap(a.rest)+cap(a.ints)) + a.whole.size() + a.merger.Size()
	for i := range a.sums {
		n += a.sums[i].Size()
	}
	return n
}
