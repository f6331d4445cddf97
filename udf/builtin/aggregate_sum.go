package builtin

import (
	"math"
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

func sumAggregates() []*udf.Function {
	return []*udf.Function{
		{Name: "sum", Family: "aggregate",
			Doc:       udf.Doc{Summary: "The sum: BIGINT over integers, DECIMAL over DECIMALs, otherwise DOUBLE, rounded once from the exact sum.", Example: "sum(2)", Result: "2"},
			Resolve:   resolveSum("sum", types.SumType),
			Aggregate: &udf.Aggregate{State: sumState(false), New: newSum(false)}},
		{Name: "avg", Family: "aggregate",
			Doc:       udf.Doc{Summary: "The mean: DECIMAL with four more decimals over DECIMALs, otherwise DOUBLE.", Example: "avg(2)", Result: "2.0"},
			Resolve:   resolveSum("avg", types.AvgType),
			Aggregate: &udf.Aggregate{State: sumState(true), New: newSum(true)}},
	}
}

func resolveSum(name string, result func(types.Type) types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil {
			return udf.Signature{}, err
		}
		switch {
		case t.IsText() || t.Kind == types.Null:
			t = types.DoubleType
		case !t.IsNumeric():
			return udf.Signature{}, badArgs(name, name+"(number)", args)
		}
		return udf.Signature{Args: []types.Type{t}, Returns: result(t)}, nil
	}
}

// sumState gives the partial states of sums: BINARY for floating point; else the
// low 128 bits as DECIMAL(38,s) and, where those may not suffice, the rest as
// BIGINT. A mean adds the number of rows.
func sumState(mean bool) func(udf.Signature) []types.Type {
	return func(sig udf.Signature) []types.Type {
		var out []types.Type
		switch t := sig.Args[0]; {
		case t.IsFloating():
			out = append(out, types.BinaryType)
		case isWide(t):
			out = append(out, types.DecimalOf(types.MaxPrecision, t.Scale), types.BigIntType)
		default:
			out = append(out, types.DecimalOf(types.MaxPrecision, t.Scale))
		}
		if mean {
			out = append(out, types.BigIntType)
		}
		return out
	}
}

// isWide reports DECIMALs whose sums may leave 128 bits on the way.
func isWide(t types.Type) bool {
	return t.Kind == types.Decimal && t.Precision > types.SmallPrecision
}

func newSum(mean bool) func(*udf.Call) udf.Accumulator {
	return func(call *udf.Call) udf.Accumulator {
		t := call.Args[0]
		if t.IsFloating() {
			return &floatSum{mean: mean}
		}
		a := &exactSum{arg: t, returns: call.Returns, mean: mean}
		if isWide(t) {
			a.wraps = map[int32]int64{}
		}
		return a
	}
}

// total is a 128-bit sum and the number of its terms.
type total struct {
	lo uint64
	hi int64
	n  int64
}

// add adds a sum of n terms.
func (t *total) add(v, n int64) {
	lo, carry := bits.Add64(t.lo, uint64(v), 0)
	t.lo = lo
	t.hi += v>>63 + int64(carry)
	t.n += n
}

// exactSum adds integers or DECIMALs. Sums are kept modulo 2^128; for wide
// DECIMALs wraps counts, by group, how often they went around, so that the
// outcome does not depend on the order of the terms.
type exactSum struct {
	arg, returns types.Type
	mean         bool
	totals       []total
	wraps        map[int32]int64 // nil if the sum cannot wrap
	// large is set when a 128-bit term was added. Until then no sum can wrap: it
	// would take 2^64 terms of 64 bits.
	large  bool
	narrow []int64
	wide   []decimal.Int128
	counts []int64
}

func (a *exactSum) Resize(groups int) { a.totals = resize(a.totals, groups) }

// Empty is of Reused.
func (a *exactSum) Empty() {
	clear(a.totals)
	a.totals, a.large = a.totals[:0], false
	clear(a.wraps)
}

func (a *exactSum) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	valid, none := validRows(c)
	switch {
	case none:
	case c.Phys == batch.PhysI128:
		a.large = true
		a.addWide(groups, fixed(c, &a.wide), valid)
	case a.wraps != nil && a.large:
		a.addWide(groups, a.widened(c), valid)
	case len(a.totals) == 1:
		a.addAll(ints(c, &a.narrow), valid)
	case valid == nil && c.Enc != batch.Const && c.Phys == batch.PhysI64:
		addDense[int64](a.totals, groups, c)
	case valid == nil && c.Enc != batch.Const && c.Phys == batch.PhysI32:
		addDense[int32](a.totals, groups, c)
	default:
		a.addNarrow(groups, ints(c, &a.narrow), valid)
	}
	return nil
}

// widened is the rows of a narrow column in 128 bits.
func (a *exactSum) widened(c *batch.Column) []decimal.Int128 {
	out := grow(&a.wide, c.N)
	for i, v := range ints(c, &a.narrow) {
		out[i] = decimal.FromInt64(v)
	}
	return out
}

func (a *exactSum) addNarrow(groups []int32, vals []int64, valid batch.Bitmap) {
	totals := a.totals
	for i, v := range vals[:len(groups)] {
		if valid == nil || valid.Get(i) {
			totals[groups[i]].add(v, 1)
		}
	}
}

// addAll is addNarrow for a single group. The halves of the values are added
// apart, so that no carry is needed: a batch has fewer than 2^31 rows.
func (a *exactSum) addAll(vals []int64, valid batch.Bitmap) {
	var lo uint64
	var hi, n int64
	if valid == nil {
		for _, v := range vals {
			lo += uint64(uint32(v))
			hi += v >> 32
		}
		n = int64(len(vals))
	} else {
		for i, v := range vals {
			keep := -int64(valid[uint(i)/64] >> (uint(i) % 64) & 1)
			v &= keep
			lo += uint64(uint32(v))
			hi += v >> 32
			n -= keep
		}
	}
	t := &a.totals[0]
	sum := decimal.MulInt64(hi, 1<<32).Add(decimal.Int128{Lo: lo}).Add(decimal.Int128{Lo: t.lo, Hi: t.hi})
	t.lo, t.hi = sum.Lo, sum.Hi
	t.n += n
}

func (a *exactSum) addWide(groups []int32, vals []decimal.Int128, valid batch.Bitmap) {
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		a.addOne(g, vals[i])
		a.totals[g].n++
	}
}

func (a *exactSum) addOne(g int32, v decimal.Int128) {
	t := &a.totals[g]
	lo, carry := bits.Add64(t.lo, v.Lo, 0)
	hi := t.hi + v.Hi + int64(carry)
	if a.wraps != nil && (t.hi^hi)&(v.Hi^hi) < 0 {
		a.wraps[g] += 1 - 2*int64(uint64(v.Hi)>>63)
	}
	t.lo, t.hi = lo, hi
}

func (a *exactSum) Merge(groups []int32, state []*batch.Column) error {
	c := state[0]
	valid, none := validRows(c)
	if none {
		return nil
	}
	a.large = true
	var vals []decimal.Int128
	if c.Phys == batch.PhysI128 {
		vals = fixed(c, &a.wide)
	} else {
		vals = a.widened(c)
	}
	var counts []int64
	if a.mean {
		counts = fixed(state[len(state)-1], &a.counts)
	}
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		a.addOne(g, vals[i])
		if a.wraps != nil {
			if w := state[1].Int(i); w != 0 {
				a.wraps[g] += w
			}
		}
		if a.mean {
			a.totals[g].n += counts[i]
		} else {
			a.totals[g].n++
		}
	}
	return nil
}

func (a *exactSum) has(g int) bool { return a.totals[g].n > 0 }

func (a *exactSum) State(from, to int) ([]*batch.Column, error) {
	vals, counts := make([]decimal.Int128, to-from), make([]int64, to-from)
	for i, t := range a.totals[from:to] {
		vals[i], counts[i] = decimal.Int128{Lo: t.lo, Hi: t.hi}, t.n
	}
	sums := kernel.Decimals(types.DecimalOf(types.MaxPrecision, a.arg.Scale), vals, present(from, to, a.has))
	out := []*batch.Column{sums}
	if a.wraps != nil {
		out = append(out, a.wrapColumn(from, to))
	}
	if a.mean {
		out = append(out, batch.FromValues(types.BigIntType, batch.PhysI64, counts, nil))
	}
	return out, nil
}

func (a *exactSum) wrapColumn(from, to int) *batch.Column {
	if len(a.wraps) == 0 {
		return batch.DatumColumn(types.BigIntType, int64(0), to-from)
	}
	vals := make([]int64, to-from)
	for i := range vals {
		vals[i] = a.wraps[int32(from+i)]
	}
	return batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)
}

func (a *exactSum) Final(from, to int) (*batch.Column, error) {
	valid := present(from, to, a.has)
	switch {
	case a.mean && a.returns.Kind == types.Double:
		out := make([]float64, to-from)
		for i, t := range a.totals[from:to] {
			out[i] = t.float64() / float64(t.n)
		}
		return batch.FromValues(a.returns, batch.PhysF64, out, valid), nil
	case a.returns.Kind == types.Decimal:
		return a.finalDecimal(from, to, valid)
	}
	out := make([]int64, to-from)
	for i, t := range a.totals[from:to] {
		if t.hi != int64(t.lo)>>63 {
			return nil, diag.Errorf(diag.CodeOverflow, diag.Pos{}, "sum exceeds BIGINT").
				WithHint("sum(cast(x as decimal(38,0))) has room")
		}
		out[i] = int64(t.lo)
	}
	return batch.FromValues(a.returns, batch.PhysI64, out, valid), nil
}

func (a *exactSum) finalDecimal(from, to int, valid batch.Bitmap) (*batch.Column, error) {
	out := make([]decimal.Int128, to-from)
	limit := decimal.Pow10(a.returns.Precision)
	for i, t := range a.totals[from:to] {
		v := decimal.Int128{Lo: t.lo, Hi: t.hi}
		ok := a.wraps[int32(from+i)] == 0
		if a.mean && t.n > 0 {
			v, ok = a.quotient(from+i, t)
		}
		if !ok || v.Cmp(limit) >= 0 || limit.Neg().Cmp(v) >= 0 {
			return nil, diag.Errorf(diag.CodeOverflow, diag.Pos{}, "sum exceeds %s", a.returns)
		}
		out[i] = v
	}
	return kernel.Decimals(a.returns, out, valid), nil
}

// quotient is sum·10^d/n rounded half away from zero, where d is the decimals
// that a mean has more than its argument (at most four).
func (a *exactSum) quotient(g int, t total) (decimal.Int128, bool) {
	// The sum as sign and 192-bit magnitude.
	w := [3]uint64{t.lo, uint64(t.hi), uint64(t.hi >> 63)}
	w[2] += uint64(a.wraps[int32(g)])
	neg := int64(w[2]) < 0
	if neg {
		var b uint64
		w[0], b = bits.Sub64(0, w[0], 0)
		w[1], b = bits.Sub64(0, w[1], b)
		w[2], _ = bits.Sub64(0, w[2], b)
	}
	scale := uint64(math.Pow10(a.returns.Scale - a.arg.Scale))
	var carry uint64
	for i := range w {
		hi, lo := bits.Mul64(w[i], scale)
		var c uint64
		w[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	n, rem := uint64(t.n), uint64(0)
	for i := 2; i >= 0; i-- {
		w[i], rem = bits.Div64(rem, w[i], n)
	}
	if rem >= n-rem {
		var c uint64
		w[0], c = bits.Add64(w[0], 1, 0)
		w[1] += c
	}
	v := decimal.Int128{Lo: w[0], Hi: int64(w[1])}
	ok := w[2] == 0 && v.Hi >= 0
	if neg {
		v = v.Neg()
	}
	return v, ok
}

// Size counts an entry of the map of wraps as 48 bytes.
func (a *exactSum) Size() int64 {
	return 24*int64(cap(a.totals)) + 48*int64(len(a.wraps)) + 8*int64(cap(a.narrow)+cap(a.counts)) + 16*int64(cap(a.wide))
}

func (t total) float64() float64 {
	if t.hi == int64(t.lo)>>63 {
		return float64(int64(t.lo))
	}
	return math.Ldexp(float64(t.hi), 64) + float64(t.lo)
}
