package builtin

import (
	"math"
	"math/big"

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
	var in [2][]float64
	for k, c := range args {
		v, none := validRows(c)
		if none {
			return nil
		}
		valid = batch.And(valid, v, len(groups))
		in[k] = floats(c, &a.in[k])
	}
	countValid(a.counts, groups, valid)
	if a.whole.take(in, valid) {
		// A word holds the sum of 2^31 numbers up to maxWhole.
		if a.whole.add(groups, len(a.counts)); a.whole.rows >= 1<<31-batch.TargetRows {
			a.empty(0, len(a.counts))
			a.whole.rows = 0
		}
		return nil
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

// exact computes with the exact sums of one group, so that the differences of
// large sums lose nothing.
type exact struct {
	sums []exactsum.Sums
	args int
	g    int
	n    int64
}

// products is the place of the sum of the products of arguments i and j.
func (e *exact) products(i, j int) int {
	if i == 1 {
		return 4
	}
	return e.args + j
}

func (e *exact) fastSpread(i, j int) (pair, bool) {
	return smallSpread(&e.sums[i], &e.sums[j], &e.sums[e.products(i, j)], e.g, e.n)
}

// spread is n·Σxy − Σx·Σy, exactly; nil if a term was not finite.
func (e *exact) spread(i, j int) *big.Float {
	at := e.products(i, j)
	x, xe, ok := e.sums[i].Exact(e.g)
	y, ye, ok2 := e.sums[j].Exact(e.g)
	p, pe, ok3 := e.sums[at].Exact(e.g)
	if !ok || !ok2 || !ok3 {
		return nil
	}
	p.Mul(p, big.NewInt(e.n))
	x.Mul(x, y)
	low := min(pe, xe+ye)
	p.Lsh(p, uint(pe-low)).Sub(p, x.Lsh(x, uint(xe+ye-low)))
	f := new(big.Float).SetInt(p)
	return f.SetMantExp(f, low)
}

// covariance of arguments i and j over n − less rows.
func (e *exact) covariance(i, j int, less int64) float64 {
	if e.n == less {
		return 0
	}
	if s, ok := e.fastSpread(i, j); ok {
		n := pairOf(false, multiply([2]uint64{uint64(e.n)}, [2]uint64{uint64(e.n - less)}), 0)
		if v, ok := s.over(n).float64(); ok {
			return v
		}
	}
	return e.slowCovariance(i, j, less)
}

// slowCovariance is covariance, whatever the sums are.
func (e *exact) slowCovariance(i, j int, less int64) float64 {
	s := e.spread(i, j)
	if s == nil {
		return math.NaN()
	}
	n := new(big.Float).SetInt(new(big.Int).Mul(big.NewInt(e.n), big.NewInt(e.n-less)))
	v, _ := new(big.Float).SetPrec(256).Quo(s, n).Float64()
	return v
}

func (e *exact) correlation() (float64, bool) {
	xy, ok := e.fastSpread(0, 1)
	xx, ok2 := e.fastSpread(0, 0)
	yy, ok3 := e.fastSpread(1, 1)
	if ok && ok2 && ok3 {
		if xx.neg || yy.neg || xx.hi == 0 || yy.hi == 0 {
			return 0, false
		}
		if v, ok := xy.over(geometric(xx, yy)).float64(); ok {
			return v, true
		}
	}
	return e.slowCorrelation()
}

// slowCorrelation is correlation, whatever the sums are.
func (e *exact) slowCorrelation() (float64, bool) {
	xy, xx, yy := e.spread(0, 1), e.spread(0, 0), e.spread(1, 1)
	if xy == nil || xx == nil || yy == nil {
		return math.NaN(), true
	}
	if xx.Sign() <= 0 || yy.Sign() <= 0 {
		return 0, false
	}
	d := new(big.Float).SetPrec(256).Mul(xx, yy)
	v, _ := new(big.Float).SetPrec(256).Quo(xy, d.Sqrt(d)).Float64()
	return v, true
}
