package operator

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func opCases() []opCase {
	return slices.Concat(simpleCases(), aggregateCases(), sortCases(), generateCases(), windowCases(), topGroupsCases())
}

func simpleCases() []opCase {
	s := fieldsOf(types.BigIntType, types.StringType, types.DoubleType)
	positive := func(x row) bool { return x[0] != nil && x[0].(int64) > 0 }
	keep := func(rows []row, f func(row) bool) (out []row) {
		for _, x := range rows {
			if f(x) {
				out = append(out, x)
			}
		}
		return out
	}
	filter := func(in physical.Node) physical.Node {
		n := &physical.Filter{Cond: callOf(">", types.BooleanType, colOf(s, 0), bigint(0))}
		n.Input = in
		return n
	}
	limited := func(in physical.Node, count, offset int64) physical.Node {
		n := &physical.Limit{Count: count, Offset: offset}
		n.Input = in
		return n
	}
	cut := func(rows []row, count, offset int) []row {
		from := min(offset, len(rows))
		return rows[from:min(len(rows), from+count)]
	}
	return []opCase{
		{name: "filter", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node { return filter(in[0]) },
			want: func(in [][]row) []row { return keep(in[0], positive) }},
		{name: "filter of a filter", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node { return filter(filter(in[0])) },
			want: func(in [][]row) []row { return keep(in[0], positive) }},
		{name: "project", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node {
				n := &physical.Project{Names: []string{"s", "k", "one", "big"}, Exprs: []scalar.Expr{
					colOf(s, 1), colOf(s, 0), bigint(1), callOf(">", types.BooleanType, colOf(s, 0), bigint(0))}}
				n.Input = filter(in[0])
				return n
			},
			want: func(in [][]row) (out []row) {
				for _, x := range keep(in[0], positive) {
					out = append(out, row{x[1], x[0], int64(1), true})
				}
				return out
			}},
		{name: "limit", in: []types.Schema{s}, rows: 50, ordered: true,
			plan: func(in []physical.Node) physical.Node { return limited(in[0], 13, 9) },
			want: func(in [][]row) []row { return cut(in[0], 13, 9) }},
		{name: "limit of a filter", in: []types.Schema{s}, rows: 50, ordered: true,
			plan: func(in []physical.Node) physical.Node { return limited(filter(in[0]), 7, 2) },
			want: func(in [][]row) []row { return cut(keep(in[0], positive), 7, 2) }},
		{name: "limit 0", in: []types.Schema{s}, rows: 5, ordered: true,
			plan: func(in []physical.Node) physical.Node { return limited(in[0], 0, 0) },
			want: func([][]row) []row { return nil }},
		{name: "offset alone", in: []types.Schema{s}, rows: 50, ordered: true,
			plan: func(in []physical.Node) physical.Node { return limited(in[0], -1, 9) },
			want: func(in [][]row) []row { return in[0][9:] }},
		{name: "offset beyond the end", in: []types.Schema{s}, rows: 5, ordered: true,
			plan: func(in []physical.Node) physical.Node { return limited(in[0], 3, 50) },
			want: func([][]row) []row { return nil }},
		{name: "expand", in: []types.Schema{s}, rows: 100, ordered: false,
			plan: func(in []physical.Node) physical.Node {
				n := &physical.Expand{Names: []string{"k", "set"}, Lists: [][]scalar.Expr{
					{colOf(s, 0), bigint(0)}, {&scalar.Literal{Typ: types.BigIntType}, bigint(1)}}}
				n.Input = filter(in[0])
				return n
			},
			want: func(in [][]row) (out []row) {
				for _, x := range keep(in[0], positive) {
					out = append(out, row{x[0], int64(0)}, row{nil, int64(1)})
				}
				return out
			}},
		{name: "repeat", in: []types.Schema{s}, rows: 100, ordered: true,
			plan: func(in []physical.Node) physical.Node {
				n := &physical.Repeat{Count: &scalar.Case{
					Whens: []scalar.Expr{callOf(">", types.BooleanType, colOf(s, 0), bigint(0))}, Thens: []scalar.Expr{bigint(5)}, Else: colOf(s, 0), Typ: types.BigIntType}}
				n.Input = in[0]
				return n
			},
			want: func(in [][]row) (out []row) {
				for _, x := range keep(in[0], positive) {
					out = append(out, x, x, x, x, x)
				}
				return out
			}},
		{name: "union", in: []types.Schema{s, s, s}, rows: 20, ordered: true,
			plan: func(in []physical.Node) physical.Node {
				return &physical.Union{Nary: physical.Nary{All: []physical.Node{in[0], filter(in[1]), in[2]}}}
			},
			want: func(in [][]row) []row { return slices.Concat(in[0], keep(in[1], positive), in[2]) }},
		{name: "single row", in: []types.Schema{s}, rows: 1, ordered: true,
			plan: single,
			want: func(in [][]row) []row { return in[0] }},
		{name: "single row of none", in: []types.Schema{s}, rows: 0, ordered: true,
			plan: single,
			want: func([][]row) []row { return []row{make(row, 3)} }},
		{name: "single row of two", in: []types.Schema{s}, rows: 2, plan: single, fails: "more rows than one"},
		{name: "values", ordered: true,
			plan: func([]physical.Node) physical.Node {
				return &physical.Values{Fields: s, Rows: []row{{int64(1), "a", 1.5}, {nil, nil, nil}, {int64(2), "", 0.0}}}
			},
			want: func([][]row) []row { return []row{{int64(1), "a", 1.5}, {nil, nil, nil}, {int64(2), "", 0.0}} }},
	}
}

func single(in []physical.Node) physical.Node {
	n := &physical.SingleRow{}
	n.Input = in[0]
	return n
}

// aggregation is a plan of aggregates over the columns of s after the keys: a
// BIGINT, a STRING, a DECIMAL(30,2) and a DOUBLE.
type aggregation struct {
	keys    []types.Type
	phases  []physical.Phase
	ordered bool
}

var measures = []types.Type{types.BigIntType, types.StringType, types.DecimalOf(30, 2), types.DoubleType}

func (a aggregation) schema() types.Schema {
	return fieldsOf(append(slices.Clone(a.keys), measures...)...)
}

func (a aggregation) plan(in []physical.Node) physical.Node {
	s := a.schema()
	k := len(a.keys)
	count := scalar.Aggregate{Name: "count"}
	aggs := []scalar.Aggregate{
		count,
		{Name: "count", Args: []scalar.Expr{colOf(s, k)}},
		{Name: "sum", Args: []scalar.Expr{colOf(s, k+2)}},
		{Name: "min", Args: []scalar.Expr{colOf(s, k+1)}},
		{Name: "max", Args: []scalar.Expr{colOf(s, k)}},
		{Name: "sum", Args: []scalar.Expr{colOf(s, k+3)}},
		{Name: "count", Args: []scalar.Expr{colOf(s, k+1)}, Filter: callOf(">", types.BooleanType, colOf(s, k), bigint(0))},
	}
	fns := harnessFunctions()
	var names []string
	var keys []scalar.Expr
	for i := range a.keys {
		keys, names = append(keys, colOf(s, i)), append(names, s[i].Name)
	}
	var states [][]types.Type
	for i := range aggs {
		var args []udf.Arg
		for _, e := range aggs[i].Args {
			args = append(args, udf.Arg{Type: e.Type()})
		}
		fn := fns.Lookup(aggs[i].Name)
		sig, err := fn.Bind(args)
		if err != nil {
			panic(err)
		}
		aggs[i].Typ = sig.Returns
		states, names = append(states, fn.Aggregate.State(sig)), append(names, fmt.Sprintf("a%d", i))
	}
	top := in[0]
	for _, p := range a.phases {
		n := &physical.HashAggregate{Phase: p, Keys: keys, Names: names, Aggs: aggs, States: states, Ordered: a.ordered}
		n.Input = top
		top = n
	}
	return top
}

// want groups by the texts of the keys.
func (a aggregation) want(in [][]row) []row {
	type group struct {
		key         row
		n, k        int64
		sum         *big.Int
		least       types.Datum
		most        types.Datum
		total       *big.Float
		restricted  int64
		plus, minus bool
		nan         bool
	}
	groups := map[string]*group{}
	var order []string
	if len(a.keys) == 0 {
		groups[""] = &group{}
		order = []string{""}
	}
	for _, x := range in[0] {
		key := make(row, len(a.keys))
		text := ""
		for i := range a.keys {
			key[i] = canonical(x[i], a.keys[i])
			text += fmt.Sprintf("%T%v|", key[i], key[i])
		}
		g := groups[text]
		if g == nil {
			g = &group{key: key}
			groups[text] = g
			order = append(order, text)
		}
		v := x[len(a.keys):]
		g.n++
		if v[0] != nil {
			g.k++
			if g.most == nil || v[0].(int64) > g.most.(int64) {
				g.most = v[0]
			}
			if v[0].(int64) > 0 && v[1] != nil {
				g.restricted++
			}
		}
		if v[1] != nil && (g.least == nil || v[1].(string) < g.least.(string)) {
			g.least = v[1]
		}
		if v[2] != nil {
			if g.sum == nil {
				g.sum = new(big.Int)
			}
			g.sum.Add(g.sum, bigOf(v[2].(decimal.Int128)))
		}
		if v[3] != nil {
			f := v[3].(float64)
			if g.total == nil {
				g.total = new(big.Float).SetPrec(2200) // holds any sum of doubles
			}
			switch {
			case math.IsNaN(f):
				g.nan = true
			case math.IsInf(f, 1):
				g.plus = true
			case math.IsInf(f, -1):
				g.minus = true
			default:
				g.total.Add(g.total, big.NewFloat(f))
			}
		}
	}
	var out []row
	for _, text := range order {
		g := groups[text]
		x := append(slices.Clone(g.key), g.n, g.k, nil, g.least, g.most, nil, g.restricted)
		if g.sum != nil {
			x[len(g.key)+2] = int128Of(g.sum)
		}
		if g.total != nil {
			f, _ := g.total.Float64()
			switch {
			case g.nan || g.plus && g.minus:
				f = math.NaN()
			case g.plus:
				f = math.Inf(1)
			case g.minus:
				f = math.Inf(-1)
			}
			x[len(g.key)+5] = f
		}
		out = append(out, x)
	}
	return out
}

// canonical is the value that stands for all that are equal to v as keys.
func canonical(v types.Datum, t types.Type) types.Datum {
	switch v := v.(type) {
	case string:
		if t.Kind == types.Char {
			return strings.TrimRight(v, " ")
		}
	case float64:
		if v == 0 {
			return 0.0
		}
	case []types.Datum:
		out := make([]types.Datum, len(v))
		for i := range v {
			if t.Kind == types.Struct {
				out[i] = canonical(v[i], t.Fields[i].Type)
			} else {
				out[i] = canonical(v[i], *t.Elem)
			}
		}
		return out
	}
	return v
}

func bigOf(v decimal.Int128) *big.Int {
	b := new(big.Int).Lsh(big.NewInt(v.Hi), 64)
	return b.Add(b, new(big.Int).SetUint64(v.Lo))
}

func int128Of(b *big.Int) decimal.Int128 {
	lo := new(big.Int).And(b, new(big.Int).SetUint64(math.MaxUint64))
	return decimal.Int128{Hi: new(big.Int).Rsh(b, 64).Int64(), Lo: lo.Uint64()}
}

func aggregateCases() []opCase {
	big := types.DecimalOf(38, 4)
	layouts := [][]types.Type{
		nil,
		{types.BigIntType},
		{types.BooleanType},
		{types.DoubleType},
		{types.FloatType},
		{types.DecimalOf(12, 2)},
		{big},
		{types.StringType},
		{types.CharOf(4)},
		{types.BinaryType},
		{types.IntType, types.SmallIntType},        // 8 bytes with their marks
		{types.IntType, types.DateType},            // a word and marks in another
		{types.BigIntType, types.BigIntType},       // 16 bytes and marks
		{types.BooleanType, types.TinyIntType},     //
		{types.BigIntType, big, types.BooleanType}, // four words
		{big, big, types.BigIntType},               // five words
		{types.StringType, types.StringType},       //
		{types.StringType, types.BigIntType, big},  //
		{types.CharOf(4), types.BooleanType, types.FloatType},
		{types.ArrayOf(types.BigIntType)},
		{types.StructOf(types.Field{Name: "a", Type: types.StringType}, types.Field{Name: "b", Type: types.DoubleType})},
	}
	var out []opCase
	for _, keys := range layouts {
		for _, phases := range [][]physical.Phase{{physical.Single}, {physical.Partial, physical.Final}, {physical.Partial, physical.Merge, physical.Final}} {
			for _, ordered := range []bool{false, true} {
				if !ordered && len(keys) == 1 && len(phases) > 1 {
					continue
				}
				a := aggregation{keys: keys, phases: phases, ordered: ordered}
				out = append(out, opCase{
					name: fmt.Sprintf("group by %v %v ordered=%v", keys, phases, ordered),
					in:   []types.Schema{a.schema()}, rows: 60, plan: a.plan, want: a.want, stable: ordered,
				})
			}
		}
	}
	empty := aggregation{phases: []physical.Phase{physical.Partial, physical.Final}}
	none := aggregation{keys: []types.Type{types.BigIntType}, phases: []physical.Phase{physical.Partial, physical.Final}}
	return append(out,
		opCase{name: "aggregate of nothing", in: []types.Schema{empty.schema()}, plan: empty.plan, want: empty.want},
		opCase{name: "groups of nothing", in: []types.Schema{none.schema()}, plan: none.plan, want: none.want})
}

// sortTypes are the types with an order.
var sortTypes = []types.Type{
	types.BooleanType, types.TinyIntType, types.SmallIntType, types.IntType, types.BigIntType, types.FloatType, types.DoubleType,
	types.DecimalOf(10, 2), types.DecimalOf(38, 4), types.StringType, types.CharOf(4), types.BinaryType, types.DateType, types.TimestampType,
	types.ArrayOf(types.BigIntType), types.ArrayOf(types.StringType), types.ArrayOf(types.DecimalOf(38, 4)),
	types.StructOf(types.Field{Name: "a", Type: types.StringType}, types.Field{Name: "b", Type: types.DoubleType}),
}

func sortCases() []opCase {
	var out []opCase
	limits := [][2]int{{1, 0}, {10, 5}, {0, 0}, {5, 1000}, {1 << 62, 3}, {math.MaxInt64, math.MaxInt64}}
	add := func(name string, s types.Schema, rows int, keys ...scalar.SortKey) {
		reference := func(in [][]row) []row { return sortedRows(in[0], s, keys) }
		out = append(out, opCase{
			name: "sort " + name, in: []types.Schema{s}, rows: rows, ordered: true, stable: true, want: reference,
			plan: func(in []physical.Node) physical.Node {
				n := &physical.Sort{Keys: keys}
				n.Input = in[0]
				return n
			},
		})
		some := limits
		if len(keys) < 3 {
			some = limits[1:2]
		}
		for _, limit := range some {
			out = append(out, opCase{
				name: fmt.Sprintf("first %d after %d of %s", limit[0], limit[1], name), in: []types.Schema{s}, rows: rows, ordered: true, stable: true,
				plan: func(in []physical.Node) physical.Node {
					n := &physical.TopN{Keys: keys, Limit: int64(limit[0]), Offset: int64(limit[1])}
					n.Input = in[0]
					return n
				},
				want: func(in [][]row) []row {
					all := reference(in)
					from := min(limit[1], len(all))
					return all[from : from+min(limit[0], len(all)-from)]
				},
			})
		}
	}
	wide := fieldsOf(types.StringType, types.DecimalOf(38, 4), types.BinaryType, types.BooleanType, types.ArrayOf(types.BigIntType))
	add("three keys", wide, 120, scalar.SortKey{Expr: colOf(wide, 2), Desc: true}, scalar.SortKey{Expr: colOf(wide, 1), NullsFirst: true}, scalar.SortKey{Expr: colOf(wide, 3), Desc: true})
	add("no key", wide, 60)
	add("ties", wide, 120, scalar.SortKey{Expr: colOf(wide, 3)})
	for i, t := range sortTypes {
		s := fieldsOf(t, types.BigIntType, types.StringType)
		for _, dir := range []int{i % 4, (i + 3) % 4} {
			add(fmt.Sprintf("%s %d", t, dir), s, 60, scalar.SortKey{Expr: colOf(s, 0), Desc: dir&1 != 0, NullsFirst: dir&2 != 0})
		}
	}
	return out
}

// sortedRows is the order by definition: the keys, then all columns with NULL first.
func sortedRows(rows []row, s types.Schema, keys []scalar.SortKey) []row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, k := range keys {
			i := k.Expr.(*scalar.Column).ID
			if a[i] == nil || b[i] == nil {
				c := cmp.Compare(b2i(b[i] == nil), b2i(a[i] == nil))
				if !k.NullsFirst {
					c = -c
				}
				if c != 0 {
					return c
				}
				continue
			}
			c := orderOf(a[i], b[i], s[i].Type, false)
			if k.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		for i := range s {
			if c := orderOf(a[i], b[i], s[i].Type, true); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}

// orderOf compares two values; tie tells values apart that are equal to SQL.
func orderOf(a, b types.Datum, t types.Type, tie bool) int {
	if a == nil || b == nil {
		return cmp.Compare(b2i(b == nil), b2i(a == nil))
	}
	switch x := a.(type) {
	case bool:
		return cmp.Compare(b2i(x), b2i(b.(bool)))
	case int64:
		return cmp.Compare(x, b.(int64))
	case string:
		y := b.(string)
		if t.Kind == types.Char && !tie {
			x, y = strings.TrimRight(x, " "), strings.TrimRight(y, " ")
		}
		return cmp.Compare(x, y)
	case decimal.Int128:
		return bigOf(x).Cmp(bigOf(b.(decimal.Int128)))
	case float64:
		y := b.(float64)
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return cmp.Compare(b2i(math.IsNaN(x)), b2i(math.IsNaN(y)))
		case x == y && tie:
			return cmp.Compare(b2i(math.Signbit(y)), b2i(math.Signbit(x)))
		}
		return cmp.Compare(x, y)
	case []types.Datum:
		y := b.([]types.Datum)
		for i := range min(len(x), len(y)) {
			of := t.Elem
			if t.Kind == types.Struct {
				of = &t.Fields[i].Type
			}
			if c := orderOf(x[i], y[i], *of, tie); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(x), len(y))
	}
	panic(fmt.Sprintf("%T", a))
}
