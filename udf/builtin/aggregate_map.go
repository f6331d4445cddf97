package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// mapAggregates lists the aggregates of maps and of weighted values. They keep
// entries and compute from these in ascending order.
func mapAggregates() []*udf.Function {
	return []*udf.Function{
		{Name: "map_union", Family: "aggregate", Resolve: resolveMapUnion(false), Aggregate: unioned(true, firstOfKey),
			Doc: udf.Doc{Summary: "A map of the entries of all maps; of a key's values the least is kept.", Example: "map_union(map('a', 1))", Result: `{"a":1}`}},
		{Name: "map_union_sum", Family: "aggregate", Resolve: resolveMapUnion(true), Aggregate: unioned(false, sumOfKey),
			Doc: udf.Doc{Summary: "A map of each key of all maps to the sum of its values, of which NULL counts 0.", Example: "map_union_sum(map('a', 1))", Result: `{"a":1}`}},
		{Name: "numeric_histogram", Family: "aggregate", Resolve: resolveNumericHistogram, Aggregate: collected(false, 1, appendWeighted, numericHistogram),
			Doc: udf.Doc{Summary: "numeric_histogram(n, x[, weight]): at most n bins as a map of their centres to their weights; of neighbouring bins the closest are put together.", Example: "numeric_histogram(2, 5)", Result: `{"5.0":1.0}`}},
	}
}

func resolveMapUnion(sum bool) func([]udf.Arg) (udf.Signature, error) {
	name := "map_union"
	if sum {
		name = "map_union_sum"
	}
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil || t.Kind != types.Map || sum && !t.Elem.IsNumeric() {
			return udf.Signature{}, badArgs(name, name+"(map)", args)
		}
		return udf.Signature{Args: typeList(t), Returns: t}, nil
	}
}

// unioned is an aggregate that keeps the entries of maps as appendPair writes them.
func unioned(distinct bool, result func(*udf.Call, [][]byte, *batch.Builder) error) *udf.Aggregate {
	agg := collected(distinct, 0, nil, nil)
	agg.New = func(call *udf.Call) udf.Accumulator {
		pair := &udf.Call{Signature: udf.Signature{Args: typeList(*call.Args[0].Key, *call.Args[0].Elem), Returns: call.Returns}}
		return &unionCollector{collector{call: call, log: entryLog{distinct: distinct}, result: func(_ *udf.Call, es [][]byte, b *batch.Builder) error {
			if len(es[0]) == 0 { // of rows whose map is empty
				es = trimEmpty(es)
			}
			if len(es) == 0 {
				b.AppendDatum([]types.Datum{})
				return nil
			}
			return result(pair, es, b)
		}}}
	}
	return agg
}

func trimEmpty(es [][]byte) [][]byte {
	for len(es) > 0 && len(es[0]) == 0 {
		es = es[1:]
	}
	return es
}

// unionCollector is a collector with an entry for each entry of a map.
type unionCollector struct{ collector }

func (a *unionCollector) Update(groups []int32, args []*batch.Column) error {
	for i, g := range groups {
		if args[0].IsNull(i) {
			continue
		}
		c, j := args[0].Index(i)
		entries := c.Children[0]
		if c.Offsets[j] == c.Offsets[j+1] {
			a.log.open(g)
			a.log.close()
		}
		for k := c.Offsets[j]; k < c.Offsets[j+1]; k++ {
			e, at := entries.Index(int(k))
			a.log.open(g)
			a.log.data = appendPair(a.log.data, e.Children, 0, at)
			a.log.close()
		}
	}
	a.log.dedupe(a.groups)
	return nil
}

func sumOfKey(call *udf.Call, es [][]byte, b *batch.Builder) error {
	var vals []types.Datum
	var bad error
	t := call.Args[1]
	err := pairs(call, es, func(newKey bool, k, v types.Datum) {
		if newKey {
			vals = append(vals, k, zeroOf(t))
		}
		at := len(vals) - 1
		sum, ok := plus(vals[at], v, t)
		if !ok && bad == nil {
			bad = overflow("a sum of map_union_sum does not fit %s", t)
		}
		vals[at] = sum
	})
	if err == nil {
		err = bad
	}
	b.AppendDatum(vals)
	return err
}

func zeroOf(t types.Type) types.Datum {
	switch {
	case t.IsFloating():
		return 0.0
	case t.Kind == types.Decimal:
		return decimal.Int128{}
	}
	return int64(0)
}

// plus adds values of type t, NULL being 0; false if the sum does not fit.
func plus(a, b types.Datum, t types.Type) (types.Datum, bool) {
	if b == nil {
		return a, true
	}
	switch x := a.(type) {
	case float64:
		return x + b.(float64), true
	case decimal.Int128:
		sum := x.Add(b.(decimal.Int128))
		return sum, sum.Fits(t.Precision)
	}
	x, y := a.(int64), b.(int64)
	sum, bits := x+y, 8*batch.PhysOf(t).Width()
	return sum, (x^sum)&(y^sum) >= 0 && sum<<(64-bits)>>(64-bits) == sum
}

func resolveNumericHistogram(args []udf.Arg) (udf.Signature, error) {
	l, d := types.BigIntType, types.DoubleType
	sig := udf.Signature{Args: typeList(l, d, d)[:min(3, len(args))], Returns: types.MapOf(d, d)}
	ok := len(args) == 2 || len(args) == 3
	for i := range sig.Args {
		ok = ok && types.CanCoerce(args[i].Type, sig.Args[i])
	}
	bins, isInt := int64(0), false
	if ok {
		bins, isInt = args[0].Value.(int64)
	}
	if !ok || !args[0].Const || !isInt || bins < 2 {
		return sig, badArgs("numeric_histogram", "numeric_histogram(bins, x[, weight]) with a constant number of bins, at least 2", args)
	}
	return sig, nil
}

// appendWeighted writes x and its weight.
func appendWeighted(dst []byte, args []*batch.Column, by, i int) []byte {
	dst = appendInnerOf(dst, args[by], i)
	if len(args) > 2 {
		if args[2].IsNull(i) {
			return appendKey(dst, floatKey(0))
		}
		return appendInnerOf(dst, args[2], i)
	}
	return appendKey(dst, floatKey(1))
}

func appendInnerOf(dst []byte, c *batch.Column, i int) []byte {
	d, j := c.Index(i)
	return appendInner(dst, d, j)
}

// numericHistogram adds the values in ascending order, each as a bin of its own,
// and puts the two closest bins together whenever there are too many.
func numericHistogram(call *udf.Call, es [][]byte, b *batch.Builder) error {
	type bin struct{ center, weight float64 }
	most, _ := call.Consts[0].(int64)
	var bins []bin
	for _, e := range es {
		if len(e) != 16 {
			return errSortable
		}
		x, w := floatSortable(e), floatSortable(e[8:])
		if n := len(bins); n > 0 && bins[n-1].center == x {
			bins[n-1].weight += w
			continue
		}
		bins = append(bins, bin{x, w})
		if int64(len(bins)) <= most {
			continue
		}
		at, gap := 0, math.Inf(1)
		for k := range len(bins) - 1 {
			if d := bins[k+1].center - bins[k].center; d < gap {
				at, gap = k, d
			}
		}
		p, q := bins[at], bins[at+1]
		sum := p.weight + q.weight
		center := (p.center + q.center) / 2
		if sum != 0 {
			center = (p.center*p.weight + q.center*q.weight) / sum
		}
		bins[at] = bin{center, sum}
		bins = append(bins[:at+1], bins[at+2:]...)
	}
	vals := []types.Datum{}
	for _, v := range bins {
		vals = append(vals, v.center, v.weight)
	}
	b.AppendDatum(vals)
	return nil
}
