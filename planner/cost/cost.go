// Package cost estimates how many rows a logical tree gives and what its columns
// look like, from the statistics that tables keep. Estimates steer choices only;
// a wrong one never changes an answer.
package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Column is what is known of a column's values.
type Column struct {
	NDV      float64
	Min, Max float64 // NaN when unknown
	// Low and High bound the values of a text column; "" when unknown.
	Low, High string
	NullFrac  float64
	Width     float64 // bytes
	Apart     bool    // rows with the same value are near each other in the table
	// Of tells columns of one relation, not 0, which has Base rows and of which Among
	// are left at most: their values have no more combinations.
	Of          int
	Among, Base float64
	Spread
}

// Estimate describes the output of a node.
type Estimate struct {
	Rows    float64
	Columns map[int]Column
}

// Width is the bytes of a row of the columns cols.
func (e *Estimate) Width(cols []logical.Column) float64 {
	w := 0.0
	for _, c := range cols {
		if s, ok := e.Columns[c.ID]; ok {
			w += s.Width
		} else {
			w += width(c.Type)
		}
	}
	return w
}

// Model estimates nodes and remembers the estimates.
type Model struct {
	// Stats gives the statistics of a table, or false.
	Stats func(*table.Table) (table.Statistics, bool)
	known map[logical.Node]*Estimate
}

// NewModel makes a model.
func NewModel(stats func(*table.Table) (table.Statistics, bool)) *Model {
	return &Model{Stats: stats, known: map[logical.Node]*Estimate{}}
}

// Selectivities of conditions about which nothing is known.
const (
	unknownRows  = 1e6
	eqDefault    = 0.05
	rangeDefault = 0.3
	likeDefault  = 0.1
	otherDefault = 0.5
)

// Of estimates n.
func (m *Model) Of(n logical.Node) *Estimate {
	if e := m.known[n]; e != nil {
		return e
	}
	e := m.estimate(n)
	e.Rows = math.Max(e.Rows, 1)
	for id, c := range e.Columns {
		c.NDV, c.Among = math.Min(c.NDV, e.Rows), math.Min(c.Among, e.Rows)
		e.Columns[id] = c
	}
	m.known[n] = e
	return e
}

func (m *Model) estimate(n logical.Node) *Estimate {
	switch n := n.(type) {
	case *logical.Scan:
		return m.filter(m.scan(n), n.Conds)
	case *logical.Values:
		return fresh(float64(len(n.Rows)), n.Cols)
	case *logical.Filter:
		return m.filter(m.Of(n.Input), n.Conds)
	case *logical.Project:
		return m.project(n)
	case *logical.Aggregate:
		return m.aggregate(n)
	case *logical.Join:
		return m.Join(n.Kind, m.Of(n.L), m.Of(n.R), n.On, n.Columns())
	case *logical.Expand:
		return m.expand(n)
	case *logical.Repeat, *logical.Distribute:
		in := m.Of(n.Inputs()[0])
		return &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
	case *logical.Limit:
		in := m.Of(n.Input)
		out := &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
		if n.Count >= 0 {
			out.Rows = math.Min(out.Rows, float64(n.Count))
		}
		return out
	case *logical.Union:
		return m.union(n)
	case *logical.Shared:
		return m.shared(n)
	case *logical.Generate:
		return m.generate(n)
	case *logical.Script:
		return fresh(m.Of(n.Input).Rows, n.Cols)
	case *logical.SingleRow:
		in := m.Of(n.Input)
		return &Estimate{Rows: 1, Columns: copyOf(in.Columns)}
	case *logical.LimitBy:
		return m.limitBy(n)
	case *logical.Sort:
		in := m.Of(n.Input)
		return &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
	case *logical.Window:
		return m.window(n)
	}
	return fresh(unknownRows, n.Columns())
}

func fresh(rows float64, cols []logical.Column) *Estimate {
	e := &Estimate{Rows: rows, Columns: map[int]Column{}}
	for _, c := range cols {
		e.Columns[c.ID] = Column{NDV: rows, Min: math.NaN(), Max: math.NaN(), Width: width(c.Type)}
	}
	return e
}

func copyOf(m map[int]Column) map[int]Column {
	out := make(map[int]Column, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// width is the bytes a value of t takes when nothing is known of it.
func width(t types.Type) float64 {
	switch t.Kind {
	case types.Boolean:
		return 0.2
	case types.TinyInt:
		return 1
	case types.SmallInt:
		return 2
	case types.Int, types.Float, types.Date, types.IntervalMonth:
		return 4
	case types.Decimal:
		if t.Precision > types.SmallPrecision {
			return 16
		}
	case types.String, types.Varchar, types.Char, types.Binary, types.JSON:
		return 24
	case types.Array, types.Map, types.Struct:
		return 64
	}
	return 8
}

func (m *Model) scan(n *logical.Scan) *Estimate {
	st, ok := m.Stats(n.Table)
	if !ok {
		return fresh(unknownRows, n.Cols)
	}
	rows := float64(st.Rows)
	e := &Estimate{Rows: rows, Columns: map[int]Column{}}
	for i, c := range n.Cols {
		col := Column{NDV: math.Max(1, rows/10), Min: math.NaN(), Max: math.NaN(), Width: width(c.Type)}
		if cs, ok := st.Columns[columnID(n.Table, n.Ordinals[i])]; ok {
			describe(&col, cs, rows, c.Type)
		}
		col.Of, col.Among, col.Base = 1+n.Cols[0].ID, rows, rows
		e.Columns[c.ID] = col
	}
	return e
}

func columnID(t *table.Table, ordinal int) int {
	if ordinal < len(t.Columns) {
		return t.Columns[ordinal].ID
	}
	return t.Partition[ordinal-len(t.Columns)].ID
}

func describe(col *Column, cs table.ColumnStats, rows float64, t types.Type) {
	col.Min, col.Max, col.Apart = Number(cs.Min, t), Number(cs.Max, t), cs.Apart
	if t.IsText() {
		col.Low, _ = cs.Min.(string)
		col.High, _ = cs.Max.(string)
	}
	if rows > 0 {
		col.NullFrac = math.Max(0, math.Min(1, float64(cs.Nulls)/rows))
		if cs.Bytes > 0 && (t.IsText() || t.Kind == types.Binary) {
			col.Width = math.Max(1, float64(cs.Bytes)/rows)
		}
	}
	most, hasRange := rows, !math.IsNaN(col.Min) && (t.IsInteger() || t.Kind == types.Date)
	if hasRange {
		most = math.Min(rows, col.Max-col.Min+1) // a sample does not see that values come again later
	}
	if cs.NDV > 0 {
		col.NDV = cs.NDV
	} else if hasRange {
		col.NDV = most
	}
	col.NDV = math.Max(1, math.Min(col.NDV, most))
}

// Number places a datum on a line, NaN for what has no place.
func Number(v types.Datum, t types.Type) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case decimal.Int128:
		f, _ := v.Big().Float64()
		return f / math.Pow10(t.Scale)
	}
	return math.NaN()
}

func (m *Model) filter(in *Estimate, conds []scalar.Expr) *Estimate {
	out := &Estimate{Rows: in.Rows, Columns: copyOf(in.Columns)}
	for _, c := range conds {
		out.Rows *= m.selectivity(in, out, c)
	}
	for id, c := range out.Columns {
		// Of NDV values, each with rows/NDV rows, those that lose all rows go. What
		// conditions on the column itself took is gone already.
		if in.Rows > 0 && c.NDV > 1 {
			before := in.Columns[id].NDV
			kept := out.Rows / in.Rows * math.Max(1, before/c.NDV)
			c.NDV = math.Max(1, c.NDV*(1-math.Pow(1-math.Min(kept, 1), math.Max(1, in.Rows/before))))
			out.Columns[id] = c
		}
	}
	return out
}

// either is the selectivity of a or b. A column that both narrow has the values
// of both.
func (m *Model) either(in, out *Estimate, a, b scalar.Expr) float64 {
	l, r := &Estimate{Columns: copyOf(out.Columns)}, &Estimate{Columns: copyOf(out.Columns)}
	x, y := m.selectivity(in, l, a), m.selectivity(in, r, b)
	for id, c := range out.Columns {
		c.NDV = math.Min(c.NDV, l.Columns[id].NDV+r.Columns[id].NDV)
		out.Columns[id] = c
	}
	return clamp(x + y - x*y)
}

// narrow notes that a column, if e is one, has at most ndv values.
func narrow(out *Estimate, e scalar.Expr, ndv float64) {
	if col, ok := e.(*scalar.Column); ok {
		if c, ok := out.Columns[col.ID]; ok {
			c.NDV = math.Max(1, math.Min(c.NDV, ndv))
			out.Columns[col.ID] = c
		}
	}
}

// selectivity is the fraction of in's rows that satisfy e; out's columns are
// narrowed where e says so.
func (m *Model) selectivity(in, out *Estimate, e scalar.Expr) float64 {
	switch e := e.(type) {
	case *scalar.Literal:
		if e.Value == true {
			return 1
		}
		return 0
	case *scalar.In:
		s := float64(len(e.List)) * equalTo(in, e.Arg)
		if e.Negate {
			s = 1 - s
		} else {
			narrow(out, e.Arg, float64(len(e.List)))
		}
		return clamp(s)
	case *scalar.Call:
		return m.callSelectivity(in, out, e)
	}
	return otherDefault
}

func (m *Model) callSelectivity(in, out *Estimate, e *scalar.Call) float64 {
	scratch := &Estimate{Columns: map[int]Column{}}
	switch e.Name {
	case "and":
		return m.selectivity(in, out, e.Args[0]) * m.selectivity(in, out, e.Args[1])
	case "or":
		return m.either(in, out, e.Args[0], e.Args[1])
	case "not":
		return clamp(1 - m.selectivity(in, scratch, e.Args[0]))
	case "=", "<=>":
		if _, ok := e.Args[1].(*scalar.Literal); ok {
			narrow(out, e.Args[0], 1)
			return equalTo(in, e.Args[0])
		}
		return math.Min(equalTo(in, e.Args[0]), equalTo(in, e.Args[1]))
	case "<>":
		return clamp(1 - equalTo(in, e.Args[0]))
	case "<", "<=", ">", ">=":
		return rangeSelectivity(in, out, e)
	case "sample_share":
		return shareSelectivity(e)
	case "like", "rlike":
		return likeDefault
	case "is_null":
		if c, ok := stats(in, e.Args[0]); ok {
			return clamp(c.NullFrac)
		}
		return eqDefault
	case "is_not_null":
		if c, ok := stats(in, e.Args[0]); ok {
			return clamp(1 - c.NullFrac)
		}
		return 1 - eqDefault
	}
	return otherDefault
}

func clamp(s float64) float64 { return math.Max(1e-9, math.Min(1, s)) }

// stats finds the column behind e, looking through casts.
func stats(in *Estimate, e scalar.Expr) (Column, bool) {
	for {
		switch x := e.(type) {
		case *scalar.Cast:
			e = x.Arg
			continue
		case *scalar.Column:
			c, ok := in.Columns[x.ID]
			return c, ok
		}
		return Column{}, false
	}
}

// equalTo is the selectivity of e = something.
func equalTo(in *Estimate, e scalar.Expr) float64 {
	if c, ok := stats(in, e); ok {
		return clamp((1 - c.NullFrac) / math.Max(1, c.NDV))
	}
	return eqDefault
}

var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

func rangeSelectivity(in, out *Estimate, e *scalar.Call) float64 {
	op, l, r := e.Name, e.Args[0], e.Args[1]
	if _, ok := l.(*scalar.Literal); ok {
		op, l, r = mirrored[op], r, l
	}
	lit, ok := r.(*scalar.Literal)
	c, known := stats(in, l)
	if ok && known && c.Dev > 0 && !math.IsNaN(Number(lit.Value, lit.Typ)) {
		f := c.above(Number(lit.Value, lit.Typ))
		if op == "<" || op == "<=" {
			f = 1 - f
		}
		return f
	}
	if !ok || !known || math.IsNaN(c.Min) || c.Max <= c.Min {
		return rangeDefault
	}
	v := Number(lit.Value, lit.Typ)
	if math.IsNaN(v) {
		return rangeDefault
	}
	// The range may have been narrowed by an earlier condition of the same filter.
	now := c
	if col, ok := l.(*scalar.Column); ok {
		if n, ok := out.Columns[col.ID]; ok {
			now = n
		}
		lo, hi := now.Min, now.Max
		if op == "<" || op == "<=" {
			now.Max = math.Min(hi, math.Max(lo, v))
		} else {
			now.Min = math.Max(lo, math.Min(hi, v))
		}
		kept := 1.0
		if hi > lo {
			kept = clamp((now.Max - now.Min) / (hi - lo))
		}
		now.NDV = math.Max(1, now.NDV*kept)
		out.Columns[col.ID] = now
		return kept
	}
	f := (v - c.Min) / (c.Max - c.Min)
	if op == ">" || op == ">=" {
		f = 1 - f
	}
	return clamp(f)
}

func (m *Model) project(n *logical.Project) *Estimate {
	in := m.Of(n.Input)
	out := &Estimate{Rows: in.Rows, Columns: map[int]Column{}}
	for i, c := range n.Cols {
		out.Columns[c.ID] = ofExpr(in, n.Items[i])
	}
	return out
}

// ofExpr describes the values of an expression.
func ofExpr(in *Estimate, e scalar.Expr) Column {
	if c, ok := e.(*scalar.Column); ok {
		if s, ok := in.Columns[c.ID]; ok {
			return s
		}
	}
	out := Column{NDV: 1, Min: math.NaN(), Max: math.NaN(), Width: width(e.Type())}
	used := map[int]bool{}
	scalar.Columns(e, used)
	for id := range used {
		c := in.Columns[id]
		out.NDV *= math.Max(1, c.NDV)
		if out.Of, out.Among, out.Base = c.Of, c.Among, c.Base; len(used) > 1 {
			out.Of = 0
		}
	}
	if c, ok := e.(*scalar.Call); ok && (c.Name == "year" || c.Name == "month") {
		out.NDV = math.Min(out.NDV, 12)
	}
	if e.Type().Kind == types.Boolean {
		out.NDV = math.Min(out.NDV, 2)
	}
	out.NDV = math.Min(out.NDV, math.Max(1, in.Rows))
	return out
}

func (m *Model) aggregate(n *logical.Aggregate) *Estimate {
	if x, ok := n.Input.(*logical.Expand); ok {
		return m.groupingSets(n, x)
	}
	in := m.Of(n.Input)
	out := &Estimate{Columns: map[int]Column{}}
	var keys []Column
	for i, k := range n.Keys {
		c := ofExpr(in, k)
		keys = append(keys, c)
		out.Columns[n.Cols[i].ID] = c
	}
	out.Rows = math.Min(combinations(keys), in.Rows)
	for i, a := range n.Aggs {
		spread := ofGroups(in, a, in.Rows/math.Max(1, out.Rows))
		out.Columns[n.Cols[len(n.Keys)+i].ID] = Column{NDV: out.Rows, Min: math.NaN(), Max: math.NaN(), Width: width(a.Typ), Spread: spread}
	}
	return out
}

func (m *Model) union(n *logical.Union) *Estimate {
	out := &Estimate{Columns: map[int]Column{}}
	for _, in := range n.All {
		e := m.Of(in)
		out.Rows += e.Rows
		for i, c := range in.Columns() {
			s, id := e.Columns[c.ID], n.Cols[i].ID
			if old, ok := out.Columns[id]; ok {
				s.NDV, s.Width = s.NDV+old.NDV, math.Max(s.Width, old.Width)
				s.Min, s.Max = math.Min(s.Min, old.Min), math.Max(s.Max, old.Max)
			}
			s.Of = 0
			out.Columns[id] = s
		}
	}
	return out
}

// Join estimates a join of two estimated sides; cols are its output columns.
func (m *Model) Join(kind logical.JoinKind, l, r *Estimate, on []scalar.Expr, cols []logical.Column) *Estimate {
	both := &Estimate{Rows: l.Rows * r.Rows, Columns: copyOf(l.Columns)}
	for id, c := range r.Columns {
		both.Columns[id] = c
	}
	// The most selective equality counts in full, each further one by its square
	// root, fourth root and so on: keys of one relationship are correlated.
	rest := 1.0 // the selectivity of what is no equality
	var eqs []float64
	var keysL, keysR []Column
	match := 1.0 // of a left row with any right row
	for _, e := range on {
		a, b, ok := Equality(e, l, r)
		if !ok {
			rest *= m.selectivity(both, &Estimate{Columns: map[int]Column{}}, e)
			continue
		}
		keysL, keysR = append(keysL, a), append(keysR, b)
		eqs = append(eqs, 1/math.Max(1, math.Max(a.NDV, b.NDV)))
		match = math.Min(match, b.NDV/math.Max(1, math.Max(a.NDV, b.NDV)))
	}
	sel := rest
	sortAscending(eqs)
	sel *= correlated(eqs)
	if len(eqs) > 1 {
		sel = math.Max(sel, rest/math.Min(domain(keysL), domain(keysR)))
	}
	inner := math.Max(1, both.Rows*sel)
	rows := inner
	switch kind {
	case logical.Left, logical.Single:
		rows = math.Max(inner, l.Rows)
	case logical.Right:
		rows = math.Max(inner, r.Rows)
	case logical.Full:
		rows = math.Max(inner, l.Rows+r.Rows)
	case logical.Semi:
		rows = math.Min(l.Rows, math.Max(1, l.Rows*match*rest))
	case logical.Anti, logical.AntiNull:
		rows = math.Max(1, l.Rows*(1-0.9*match))
	case logical.Mark:
		rows = l.Rows
	}
	out := &Estimate{Rows: rows, Columns: map[int]Column{}}
	for _, c := range cols {
		s, ok := both.Columns[c.ID]
		if !ok {
			s = Column{NDV: 2, Min: math.NaN(), Max: math.NaN(), Width: width(c.Type)}
		}
		s.NDV = math.Min(s.NDV, math.Max(1, rows))
		out.Columns[c.ID] = s
	}
	unique := keysOf(both)
	for _, e := range on {
		if a, b, ok := Equality(e, l, r); ok && (kind == logical.Inner || kind == logical.Semi) {
			ndv := math.Min(a.NDV, b.NDV)
			call := e.(*scalar.Call)
			for _, side := range call.Args {
				if c, ok := side.(*scalar.Column); ok {
					if s, ok := out.Columns[c.ID]; ok {
						s.NDV = math.Min(s.NDV, ndv)
						out.Columns[c.ID] = s
						if unique[c.ID] {
							limit(out, s.Of, ndv)
						}
					}
				}
			}
		}
	}
	return out
}

// correlated is the selectivity of equalities with ascending selectivities.
func correlated(eqs []float64) float64 {
	sel, power := 1.0, 1.0
	for _, s := range eqs {
		sel *= math.Pow(s, power)
		power /= 2
	}
	return sel
}

func sortAscending(v []float64) {
	for i := range v {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
}

// Equality reports whether e equates a column expression of l with one of r, and
// describes both.
func Equality(e scalar.Expr, l, r *Estimate) (a, b Column, ok bool) {
	c, is := e.(*scalar.Call)
	if !is || c.Name != "=" && c.Name != "<=>" {
		return a, b, false
	}
	x, y := c.Args[0], c.Args[1]
	if within(x, r) && within(y, l) {
		x, y = y, x
	}
	if !within(x, l) || !within(y, r) {
		return a, b, false
	}
	return ofExpr(l, x), ofExpr(r, y), true
}

func within(e scalar.Expr, in *Estimate) bool {
	used := map[int]bool{}
	scalar.Columns(e, used)
	for id := range used {
		if _, ok := in.Columns[id]; !ok {
			return false
		}
	}
	return len(used) > 0
}
