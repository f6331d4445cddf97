package operator

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// windowSchema is partition key, order key and arguments.
var windowSchema = fieldsOf(types.BooleanType, types.IntType, types.IntType, types.DoubleType, types.StringType)

// windowCall makes a call of a function over columns of windowSchema.
func windowCall(name string, t types.Type, frame scalar.Frame, args ...scalar.Expr) scalar.Window {
	return scalar.Window{Aggregate: scalar.Aggregate{Name: name, Args: args, Typ: t}, Frame: frame}
}

func windowColumn(i int) scalar.Expr { return colOf(windowSchema, i) }

// windowOrder is one order of the rows in their partitions.
type windowOrder struct {
	partition []int
	keys      []scalar.SortKey
}

func (o windowOrder) sort() []scalar.SortKey {
	var keys []scalar.SortKey
	for _, p := range o.partition {
		keys = append(keys, scalar.SortKey{Expr: windowColumn(p), NullsFirst: true})
	}
	return append(keys, o.keys...)
}

// windowCase compares functions with their definition, row by row.
func windowCase(name string, o windowOrder, funcs ...scalar.Window) opCase {
	return opCase{
		name: name, in: []types.Schema{windowSchema}, rows: 70, ordered: true, stable: true,
		plan: func(in []physical.Node) physical.Node {
			sort := &physical.Sort{Keys: o.sort()}
			sort.Input = in[0]
			w := &physical.Window{Order: o.keys, Funcs: funcs, TopFunc: -1}
			w.Input = sort
			for _, p := range o.partition {
				w.Partition = append(w.Partition, windowColumn(p))
			}
			for _, f := range funcs {
				w.Names = append(w.Names, f.Name)
				w.States = append(w.States, nil)
			}
			return w
		},
		want: func(in [][]row) []row { return o.answer(in[0], funcs) },
	}
}

func (o windowOrder) answer(in []row, funcs []scalar.Window) []row {
	rows := sortedRows(in, windowSchema, o.sort())
	same := func(a, b row, cols []int) bool {
		return !slices.ContainsFunc(cols, func(c int) bool { return orderOf(a[c], b[c], windowSchema[c].Type, false) != 0 })
	}
	var orderCols []int
	for _, k := range o.keys {
		orderCols = append(orderCols, k.Expr.(*scalar.Column).ID)
	}
	var out []row
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && same(rows[from], rows[to], o.partition) {
			to++
		}
		p := &naivePartition{rows: rows[from:to], desc: len(o.keys) > 0 && o.keys[0].Desc}
		for i := range p.rows {
			if i == 0 || !same(p.rows[i-1], p.rows[i], orderCols) {
				p.groups++
			}
			p.group = append(p.group, p.groups-1)
		}
		for i, x := range p.rows {
			x = slices.Clone(x)
			for _, f := range funcs {
				x = append(x, p.value(i, f))
			}
			out = append(out, x)
		}
		from = to
	}
	return out
}

// naivePartition are the rows of a partition and the number of each one's group of
// peers.
type naivePartition struct {
	rows   []row
	group  []int
	groups int
	desc   bool
}

// holds reports whether the frame of row i holds row j.
func (p *naivePartition) holds(f scalar.Frame, i, j int) bool {
	switch f.Exclude {
	case scalar.ExcludeCurrent:
		if i == j {
			return false
		}
	case scalar.ExcludeGroup:
		if p.group[i] == p.group[j] {
			return false
		}
	case scalar.ExcludeTies:
		if i != j && p.group[i] == p.group[j] {
			return false
		}
	}
	return p.reaches(f.Unit, f.From, i, j, 1) && p.reaches(f.Unit, f.To, i, j, -1)
}

// reaches reports whether row j is not before (sign 1) or not behind (-1) an end.
func (p *naivePartition) reaches(unit scalar.FrameUnit, b scalar.Bound, i, j, sign int) bool {
	by := int(b.Offset)
	switch b.Kind {
	case scalar.UnboundedPreceding, scalar.UnboundedFollowing:
		return true
	case scalar.CurrentRow:
		by = 0
	case scalar.Preceding:
		by = -by
	}
	switch {
	case unit == scalar.Rows:
		return sign*(j-i-by) >= 0
	case unit == scalar.Groups || b.Kind == scalar.CurrentRow:
		return sign*(p.group[j]-p.group[i]-by) >= 0
	}
	a, c := p.rows[i][1], p.rows[j][1]
	if a == nil {
		return sign*(p.group[j]-p.group[i]) >= 0
	}
	if c == nil { // NULL is before or behind all values
		return sign*(j-i) >= 0
	}
	distance := int(c.(int64) - a.(int64))
	if p.desc {
		distance = -distance
	}
	return sign*(distance-by) >= 0
}

func (p *naivePartition) value(i int, f scalar.Window) types.Datum {
	var frame []int
	for j := range p.rows {
		if p.holds(f.Frame, i, j) {
			frame = append(frame, j)
		}
	}
	arg := func(j int) types.Datum {
		if j < 0 || j >= len(p.rows) {
			return nil
		}
		return p.rows[j][f.Args[0].(*scalar.Column).ID]
	}
	constant := func(k int) int { return int(f.Args[k].(*scalar.Literal).Value.(int64)) }
	if f.IgnoreNulls {
		frame = slices.DeleteFunc(frame, func(j int) bool { return arg(j) == nil })
	}
	pick := func(k int) types.Datum {
		if k < 0 || k >= len(frame) {
			return nil
		}
		return arg(frame[k])
	}
	first := slices.Index(p.group, p.group[i])
	last := len(p.rows) - 1
	for p.group[last] != p.group[i] {
		last--
	}
	n := len(p.rows)
	switch f.Name {
	case "row_number":
		return int64(i + 1)
	case "rank":
		return int64(first + 1)
	case "dense_rank":
		return int64(p.group[i] + 1)
	case "percent_rank":
		return float64(first) / math.Max(float64(n-1), 1)
	case "cume_dist":
		return float64(last+1) / float64(n)
	case "ntile":
		k := constant(0)
		at := 0
		for b := range k {
			size := n / k
			if b < n%k {
				size++
			}
			if at += size; i < at {
				return int64(b + 1)
			}
		}
	case "lag":
		return arg(i - constant(1))
	case "lead":
		return arg(i + constant(1))
	case "first_value":
		return pick(0)
	case "last_value":
		return pick(len(frame) - 1)
	case "nth_value":
		return pick(constant(1) - 1)
	}
	return p.aggregate(f, frame)
}

// aggregate feeds the rows of the frame to an accumulator.
func (p *naivePartition) aggregate(f scalar.Window, frame []int) types.Datum {
	call := &udf.Call{Session: &udf.Session{}}
	call.Returns = f.Typ
	seen := map[string]bool{}
	var args []*batch.Builder
	for _, e := range f.Args {
		call.Args = append(call.Args, e.Type())
		call.IsConst, call.Consts = append(call.IsConst, false), append(call.Consts, nil)
		args = append(args, batch.NewBuilder(e.Type()))
	}
	n := 0
	for _, j := range frame {
		if f.Distinct {
			v := fmt.Sprint(canonical(p.rows[j][f.Args[0].(*scalar.Column).ID], f.Args[0].Type()))
			if seen[v] {
				continue
			}
			seen[v] = true
		}
		for k, e := range f.Args {
			args[k].AppendDatum(p.rows[j][e.(*scalar.Column).ID])
		}
		n++
	}
	acc := harnessFunctions().Lookup(f.Name).Aggregate.New(call)
	acc.Resize(1)
	cols := make([]*batch.Column, len(args))
	for k := range args {
		cols[k] = args[k].Finish()
	}
	if n > 0 {
		if err := acc.Update(make([]int32, n), cols); err != nil {
			panic(err)
		}
	}
	out, err := acc.Final(0, 1)
	if err != nil {
		panic(err)
	}
	return out.Datum(0)
}

func rowsFrame(from, to scalar.Bound) scalar.Frame { return scalar.Frame{From: from, To: to} }

var (
	fromStart = scalar.Bound{Kind: scalar.UnboundedPreceding}
	toEnd     = scalar.Bound{Kind: scalar.UnboundedFollowing}
	current   = scalar.Bound{Kind: scalar.CurrentRow}
)

func preceding(n int64) scalar.Bound { return scalar.Bound{Kind: scalar.Preceding, Offset: n} }
func following(n int64) scalar.Bound { return scalar.Bound{Kind: scalar.Following, Offset: n} }

// windowOrders are partitions of all rows or of a few, with and without order.
func windowOrders() map[string]windowOrder {
	ascending := scalar.SortKey{Expr: windowColumn(1), NullsFirst: true}
	descending := scalar.SortKey{Expr: windowColumn(1), Desc: true}
	return map[string]windowOrder{
		"ascending": {[]int{0}, []scalar.SortKey{ascending}}, "descending": {nil, []scalar.SortKey{descending}},
		"no order": {[]int{0}, nil}, "small": {[]int{2, 0}, []scalar.SortKey{ascending}},
	}
}

// windowCases are the functions that are computed by pieces too, in all modes.
func windowCases() []opCase {
	var out []opCase
	x, d, s := windowColumn(2), windowColumn(3), windowColumn(4)
	running := rowsFrame(fromStart, current)
	peers := scalar.Frame{Unit: scalar.Range, From: fromStart, To: current}
	for name, o := range windowOrders() {
		add := func(kind string, funcs ...scalar.Window) {
			if name == "no order" && kind != "totals" && kind != "ranks" || name == "small" && kind != "running" {
				return
			}
			out = append(out, windowCase("window "+kind+" "+name, o, funcs...))
		}
		whole := scalar.WholeFrame
		add("ranks", windowCall("row_number", types.BigIntType, whole), windowCall("rank", types.BigIntType, whole), windowCall("dense_rank", types.BigIntType, whole),
			windowCall("percent_rank", types.DoubleType, whole), windowCall("cume_dist", types.DoubleType, whole), windowCall("ntile", types.BigIntType, whole, bigint(7)))
		add("shifts", windowCall("lag", types.StringType, whole, s, bigint(2)), windowCall("lead", types.IntType, whole, x, bigint(5)))
		add("totals", windowCall("sum", types.BigIntType, whole, x), windowCall("sum", types.DoubleType, whole, d), windowCall("count", types.BigIntType, whole), windowCall("max", types.StringType, whole, s))
		add("running", windowCall("sum", types.BigIntType, running, x), windowCall("avg", types.DoubleType, running, d), windowCall("count", types.BigIntType, running),
			windowCall("min", types.StringType, running, s), windowCall("sum", types.BigIntType, peers, x), windowCall("median", types.DoubleType, peers, d),
			windowCall("sum", types.BigIntType, rowsFrame(fromStart, preceding(2)), x), windowCall("max", types.IntType, rowsFrame(fromStart, following(4)), x))
		near := rowsFrame(preceding(3), following(2))
		add("near", windowCall("sum", types.BigIntType, near, x), windowCall("min", types.StringType, near, s), windowCall("first_value", types.StringType, running, s),
			windowCall("last_value", types.StringType, rowsFrame(current, toEnd), s), windowCall("nth_value", types.IntType, rowsFrame(fromStart, following(1)), x, bigint(3)),
			windowCall("nth_value", types.StringType, whole, s, bigint(2)))
	}
	return out
}

// TestWindowFrames tries frames of all kinds.
func TestWindowFrames(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := rand.New(rand.NewPCG(1, 2))
	modes := slices.DeleteFunc(opModes(), func(m opMode) bool { return m.memory > 0 })
	orders := windowOrders()
	for k := range 60 {
		name := []string{"ascending", "descending", "small"}[r.IntN(3)]
		var funcs []scalar.Window
		for range 4 {
			funcs = append(funcs, drawWindow(r, name == "descending"))
		}
		c := windowCase(fmt.Sprintf("frames %d %s %s", k, name, funcs), orders[name], funcs...)
		c.check(t, modes[r.IntN(len(modes))], r)
		if t.Failed() {
			t.Log(c.name)
			return
		}
	}
}

func drawWindow(r *rand.Rand, desc bool) scalar.Window {
	f := scalar.Frame{Unit: scalar.FrameUnit(r.IntN(3)), Exclude: scalar.Exclude(r.IntN(4))}
	if r.IntN(2) == 0 {
		f.Exclude = scalar.ExcludeNone
	}
	for {
		f.From, f.To = drawBound(r, f.Unit, desc), drawBound(r, f.Unit, desc)
		if f.From.Kind <= f.To.Kind && f.From.Kind != scalar.UnboundedFollowing && f.To.Kind != scalar.UnboundedPreceding {
			break
		}
	}
	x, d, s := windowColumn(2), windowColumn(3), windowColumn(4)
	funcs := []scalar.Window{
		windowCall("sum", types.BigIntType, f, x), windowCall("avg", types.DoubleType, f, x), windowCall("count", types.BigIntType, f), windowCall("count", types.BigIntType, f, s),
		windowCall("sum", types.DoubleType, f, d), windowCall("min", types.IntType, f, x), windowCall("max", types.DoubleType, f, d), windowCall("max", types.StringType, f, s),
		windowCall("median", types.DoubleType, f, d), windowCall("collect_list", types.ArrayOf(types.IntType), f, x), windowCall("first_value", types.StringType, f, s),
		windowCall("last_value", types.IntType, f, x), windowCall("nth_value", types.IntType, f, x, bigint(int64(1+r.IntN(4)))),
	}
	w := funcs[r.IntN(len(funcs))]
	switch w.Name {
	case "first_value", "last_value", "nth_value":
		w.IgnoreNulls = r.IntN(2) == 0
	case "sum", "count", "collect_list":
		w.Distinct = len(w.Args) > 0 && r.IntN(3) == 0
	}
	return w
}

func drawBound(r *rand.Rand, unit scalar.FrameUnit, desc bool) scalar.Bound {
	b := scalar.Bound{Kind: scalar.BoundKind(r.IntN(5)), Offset: int64(r.IntN(6))}
	if b.Kind != scalar.Preceding && b.Kind != scalar.Following {
		return scalar.Bound{Kind: b.Kind}
	}
	if unit == scalar.Range {
		op := "+"
		if (b.Kind == scalar.Preceding) != desc {
			op = "-"
		}
		b.Key = &scalar.Cast{Arg: windowColumn(1), Typ: types.BigIntType}
		b.Value = callOf(op, types.BigIntType, b.Key, bigint(b.Offset))
	}
	return b
}
