package builtin

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"sort"
	"strings"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// The references are written the slow and obvious way, over math/big.

type datums = []types.Datum

// present drops the rows in which any of the first n arguments is NULL.
func notNull(rows []datums, n int) []datums {
	var out []datums
	for _, row := range rows {
		if !slices.Contains(row[:n], nil) {
			out = append(out, row)
		}
	}
	return out
}

// over lifts f from the non-NULL values of the first argument; none give NULL.
func over(f func(vals datums) types.Datum) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		var vals datums
		for _, row := range notNull(rows, 1) {
			vals = append(vals, row[0])
		}
		if len(vals) == 0 {
			return nil
		}
		return f(vals)
	}
}

func bigOf(v types.Datum) *big.Float {
	f := new(big.Float).SetPrec(3000)
	switch v := v.(type) {
	case int64:
		return f.SetInt64(v)
	case float64:
		return f.SetFloat64(v)
	case decimal.Int128:
		return f.SetInt(v.Big())
	}
	panic(fmt.Sprintf("no number: %v", v))
}

func bigSum(vals datums) *big.Float {
	sum := new(big.Float).SetPrec(3000)
	for _, v := range vals {
		sum.Add(sum, bigOf(v))
	}
	return sum
}

func toFloat(f *big.Float) float64 {
	v, _ := f.Float64()
	return v + 0
}

func toDecimal(i *big.Int) decimal.Int128 {
	lo := new(big.Int).And(i, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	return decimal.Int128{Lo: lo, Hi: new(big.Int).Rsh(i, 64).Int64()}
}

func sumFloat(vals datums) types.Datum { return toFloat(bigSum(vals)) }
func avgFloat(vals datums) types.Datum { return toFloat(bigSum(vals)) / float64(len(vals)) }
func sumInt(vals datums) types.Datum {
	i, _ := bigSum(vals).Int64()
	return i
}

func sumDecimal(vals datums) types.Datum {
	i, _ := bigSum(vals).Int(nil)
	return toDecimal(i)
}

// avgDecimal divides with extra decimals more than the argument has.
func avgDecimal(extra int64) func(datums) types.Datum {
	return func(vals datums) types.Datum {
		num, _ := bigSum(vals).Int(nil)
		num.Mul(num, new(big.Int).Exp(big.NewInt(10), big.NewInt(extra), nil))
		neg := num.Sign() < 0
		num.Abs(num)
		n := big.NewInt(int64(len(vals)))
		num.Mul(num, big.NewInt(2)).Add(num, n).Quo(num, n.Mul(n, big.NewInt(2)))
		if neg {
			num.Neg(num)
		}
		return toDecimal(num)
	}
}

func less(a, b types.Datum) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case bool:
		return map[bool]int{false: 0, true: 1}[a] - map[bool]int{false: 0, true: 1}[b.(bool)]
	case string:
		return bytes.Compare([]byte(a), []byte(b.(string)))
	case datums:
		if b == nil {
			return 1
		}
		for i, v := range a {
			if i >= len(b.(datums)) {
				return 1
			}
			if b.(datums)[i] == nil && v != nil {
				return 1
			}
			if c := less(v, b.(datums)[i]); c != 0 {
				return c
			}
		}
		return len(a) - len(b.(datums))
	}
	return bigOf(a).Cmp(bigOf(b))
}

func minOf(vals datums) types.Datum { return slices.MinFunc(vals, less) }
func maxOf(vals datums) types.Datum { return slices.MaxFunc(vals, less) }

func sorted(vals datums) datums {
	vals = slices.Clone(vals)
	slices.SortFunc(vals, less)
	return vals
}

func distinct(vals datums) datums {
	return slices.CompactFunc(sorted(vals), func(a, b types.Datum) bool { return less(a, b) == 0 })
}

// covariance of columns i and j over n-less rows.
func covariance(rows []datums, i, j int, less int) *big.Float {
	n := bigOf(int64(len(rows)))
	col := func(k int) (vals datums) {
		for _, r := range rows {
			vals = append(vals, r[k])
		}
		return vals
	}
	mx, my := new(big.Float).Quo(bigSum(col(i)), n), new(big.Float).Quo(bigSum(col(j)), n)
	sum := new(big.Float).SetPrec(3000)
	for _, r := range rows {
		dx, dy := new(big.Float).Sub(bigOf(r[i]), mx), new(big.Float).Sub(bigOf(r[j]), my)
		sum.Add(sum, dx.Mul(dx, dy))
	}
	return sum.Quo(sum, bigOf(int64(len(rows)-less)))
}

func covar(args, less int, root bool) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		rows = notNull(rows, args)
		if len(rows) <= less {
			return nil
		}
		v := round12(toFloat(covariance(rows, 0, args-1, less)))
		if root {
			v = math.Sqrt(v)
		}
		return v
	}
}

// round12 clears what the division in the reference leaves of a zero.
func round12(v float64) float64 {
	if math.Abs(v) < 1e-300 {
		return 0
	}
	return v
}

func corr(rows []datums) types.Datum {
	rows = notNull(rows, 2)
	if len(rows) == 0 {
		return nil
	}
	xx, yy := covariance(rows, 0, 0, 0), covariance(rows, 1, 1, 0)
	if round12(toFloat(xx)) == 0 || round12(toFloat(yy)) == 0 {
		return nil
	}
	d := new(big.Float).Mul(xx, yy)
	return toFloat(new(big.Float).Quo(covariance(rows, 0, 1, 0), d.Sqrt(d)))
}

func quantileOf(p float64) func(datums) types.Datum {
	return func(vals datums) types.Datum {
		vals = sorted(vals)
		at := p * float64(len(vals)-1)
		lo, hi := vals[int(math.Floor(at))].(float64), vals[int(math.Ceil(at))].(float64)
		return lo + (at-math.Floor(at))*(hi-lo)
	}
}

// by picks column value of the row with the extreme of column key.
func by(value, key int, greatest bool) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		var best datums
		for _, r := range rows {
			if r[key] == nil {
				continue
			}
			if best == nil {
				best = r
				continue
			}
			c := less(r[key], best[key])
			if greatest {
				c = -c
			}
			if c < 0 || c == 0 && (r[value] == nil || best[value] != nil && less(r[value], best[value]) < 0) {
				best = r
			}
		}
		if best == nil {
			return nil
		}
		return best[value]
	}
}

func bitsOf(op func(a, b int64) int64) func(datums) types.Datum {
	return func(vals datums) types.Datum {
		out := vals[0].(int64)
		for _, v := range vals[1:] {
			out = op(out, v.(int64))
		}
		return out
	}
}

func mapOf(multi bool) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		byKey := map[types.Datum]datums{}
		var keys datums
		for _, r := range notNull(rows, 1) {
			if byKey[r[0]] == nil {
				keys = append(keys, r[0])
			}
			byKey[r[0]] = append(byKey[r[0]], r[1])
		}
		if keys == nil {
			return nil
		}
		var out datums
		for _, k := range sorted(keys) {
			vals := byKey[k]
			sort.SliceStable(vals, func(i, j int) bool {
				return vals[i] == nil && vals[j] != nil || vals[j] != nil && less(vals[i], vals[j]) < 0
			})
			if multi {
				out = append(out, k, vals)
			} else {
				out = append(out, k, vals[0])
			}
		}
		return out
	}
}

// concatOf joins the texts at position at.
func concatOf(at int) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		var vals []string
		for _, r := range notNull(rows, 2) {
			vals = append(vals, r[at].(string))
		}
		if vals == nil {
			return nil
		}
		slices.Sort(vals)
		return strings.Join(vals, "; ")
	}
}

func aggregateCases() []aggregateCase {
	b, ti, si, i, l := types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType
	f, d, s, day, ts := types.FloatType, types.DoubleType, types.StringType, types.DateType, types.TimestampType
	d12, d18, d38, d30 := types.DecimalOf(12, 2), types.DecimalOf(18, 0), types.DecimalOf(38, 10), types.DecimalOf(30, 4)
	list, pair := types.ArrayOf(s), types.StructOf(types.Field{Name: "a", Type: l}, types.Field{Name: "b", Type: s})
	half := datums{nil, 0.5}
	var cases []aggregateCase
	add := func(name string, reference func([]datums) types.Datum, consts datums, args ...types.Type) {
		cases = append(cases, aggregateCase{name, args, consts, reference})
	}
	each := func(name string, reference func(datums) types.Datum, ts ...types.Type) {
		for _, t := range ts {
			add(name, over(reference), nil, t)
		}
	}
	add("count", func(rows []datums) types.Datum { return int64(len(rows)) }, nil)
	for _, t := range [][]types.Type{{l}, {s}, {l, s, list}} {
		add("count", func(rows []datums) types.Datum { return int64(len(notNull(rows, len(t)))) }, nil, t...)
	}
	add("count_if", func(rows []datums) types.Datum {
		n := int64(0)
		for _, r := range rows {
			if r[0] == true {
				n++
			}
		}
		return n
	}, nil, b)
	each("sum", sumInt, ti, si, i, l)
	each("sum", sumFloat, f, d)
	each("sum", sumDecimal, d12, d18, d30)
	each("avg", avgFloat, i, l, f, d)
	each("avg", avgDecimal(4), d12, d18, d30)
	each("avg", avgDecimal(0), d38)
	all := []types.Type{ti, si, i, l, f, d, s, day, ts, d12, d38, list, pair}
	each("min", minOf, all...)
	each("max", maxOf, all...)
	each("any_value", minOf, append(all, b)...)
	each("bool_and", minOf, b)
	each("bool_or", maxOf, b)
	each("bitwise_and_agg", bitsOf(func(a, b int64) int64 { return a & b }), l)
	each("bitwise_or_agg", bitsOf(func(a, b int64) int64 { return a | b }), i)
	each("bitwise_xor_agg", bitsOf(func(a, b int64) int64 { return a ^ b }), l)
	add("var_pop", covar(1, 0, false), nil, d)
	add("var_samp", covar(1, 1, false), nil, d)
	add("stddev_pop", covar(1, 0, true), nil, d)
	add("stddev_samp", covar(1, 1, true), nil, d)
	add("covar_pop", covar(2, 0, false), nil, d, d)
	add("covar_samp", covar(2, 1, false), nil, d, d)
	add("corr", corr, nil, d, d)
	each("collect_list", func(v datums) types.Datum { return sorted(v) }, l, d, s, d12, list, pair, b, day)
	each("collect_set", func(v datums) types.Datum { return distinct(v) }, l, d, s, d12, list, pair, b, day)
	add("wm_concat", concatOf(1), datums{"; "}, s, s)
	add("string_agg", concatOf(0), datums{nil, "; "}, s, s)
	each("histogram", func(v datums) types.Datum {
		var out datums
		for _, x := range distinct(v) {
			n := int64(0)
			for _, y := range v {
				if less(x, y) == 0 {
					n++
				}
			}
			out = append(out, x, n)
		}
		return out
	}, l, s)
	add("map_agg", mapOf(false), nil, s, l)
	add("multimap_agg", mapOf(true), nil, i, s)
	add("map_union", unionOf(func(vals datums) types.Datum { return sorted(vals)[0] }), nil, types.MapOf(s, l))
	add("map_union_sum", unionOf(sumInt), nil, types.MapOf(s, i))
	add("map_union_sum", unionOf(sumDecimal), nil, types.MapOf(s, types.DecimalOf(38, 2)))
	add("numeric_histogram", weightsOf, datums{int64(1 << 20)}, l, d)
	add("numeric_histogram", weightsOf, datums{int64(1 << 20)}, l, d, i)
	each("median", quantileOf(0.5), d)
	add("percentile", over(quantileOf(0.5)), half, d, d)
	quartiles := datums{0.0, 0.25, 1.0}
	add("percentile", over(func(v datums) types.Datum {
		return datums{quantileOf(0)(v), quantileOf(0.25)(v), quantileOf(1)(v)}
	}), datums{nil, quartiles}, d, types.ArrayOf(d))
	for _, t := range []types.Type{l, s} {
		add("percentile_disc", over(func(v datums) types.Datum {
			return sorted(v)[max(0, int(math.Ceil(0.5*float64(len(v))))-1)]
		}), half, t, d)
	}
	for _, t := range []types.Type{l, s, d38} {
		add("max_by", by(0, 1, true), nil, s, t)
		add("min_by", by(0, 1, false), nil, l, t)
		add("arg_max", by(1, 0, true), nil, t, list)
		add("arg_min", by(1, 0, false), nil, t, d)
	}
	add("approx_distinct", func(rows []datums) types.Datum {
		var vals datums
		for _, r := range notNull(rows, 1) {
			vals = append(vals, r[0])
		}
		return int64(len(distinct(vals)))
	}, nil, s)
	return cases
}

// unionOf merges the maps of rows, whose values under a key are brought to one.
func unionOf(merge func(vals datums) types.Datum) func([]datums) types.Datum {
	return func(rows []datums) types.Datum {
		byKey, out := map[string]datums{}, datums{}
		rows = notNull(rows, 1)
		if len(rows) == 0 {
			return nil
		}
		for _, r := range rows {
			for m := r[0].(datums); len(m) > 0; m = m[2:] {
				byKey[m[0].(string)] = append(byKey[m[0].(string)], m[1])
			}
		}
		for _, k := range slices.Sorted(maps.Keys(byKey)) {
			out = append(out, k, merge(byKey[k]))
		}
		return out
	}
}

// weightsOf is a histogram with a bin for each value.
func weightsOf(rows []datums) types.Datum {
	var pairs, out datums
	for _, r := range notNull(rows, 2) {
		w := types.Datum(1.0)
		if len(r) > 2 {
			if w = r[2]; w == nil {
				w = 0.0
			}
		}
		pairs = append(pairs, datums{r[1], w})
	}
	for _, p := range sorted(pairs) {
		x, w := p.(datums)[0], p.(datums)[1].(float64)
		if n := len(out); n > 0 && out[n-2] == x {
			out[n-1] = out[n-1].(float64) + w
			continue
		}
		out = append(out, x, w)
	}
	if out == nil {
		return nil
	}
	return out
}
