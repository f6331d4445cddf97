package operator

import (
	"slices"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
)

// pruner decides from bounds, Bloom filters and dictionaries that no row of a range
// satisfies a filter.
type pruner []bound

// bound is one conjunct: the column read at position at compares so with one of
// the values.
type bound struct {
	at     int
	op     string
	values []types.Datum
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// newPruner finds the conjuncts that compare a column with constants; at gives
// the position in which a column is read.
func newPruner(cond scalar.Expr, at []int) pruner {
	if cond == nil {
		return nil
	}
	var p pruner
	for _, e := range scalar.Conjuncts(cond) {
		switch e := e.(type) {
		case *scalar.In:
			c, ok := e.Arg.(*scalar.Column)
			if ok && !e.Negate && at[c.ID] >= 0 && ordered(c.Typ) {
				p = append(p, bound{at[c.ID], "=", notNull(e.List)})
			}
		case *scalar.Call:
			if b, ok := comparison(e, at); ok {
				p = append(p, b)
			}
		}
	}
	return p
}

// ordered reports whether bounds of t compare as datums do: trailing blanks of
// CHAR do not count, and DOUBLE files may hold NaN outside their bounds.
func ordered(t types.Type) bool { return t.Kind != types.Char && !t.IsFloating() && !t.IsNested() }

func notNull(list []types.Datum) []types.Datum {
	var out []types.Datum
	for _, v := range list {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

func comparison(e *scalar.Call, at []int) (bound, bool) {
	op, ok := mirrored[e.Name]
	if !ok {
		return bound{}, false
	}
	l, r := e.Args[0], e.Args[1]
	if _, isCol := l.(*scalar.Column); isCol {
		op = e.Name
	} else {
		l, r = r, l
	}
	c, isCol := l.(*scalar.Column)
	v, isLit := r.(*scalar.Literal)
	if !isCol || !isLit || v.Value == nil || at[c.ID] < 0 || !ordered(c.Typ) || c.Typ.Kind != v.Typ.Kind || c.Typ.Scale != v.Typ.Scale {
		return bound{}, false
	}
	return bound{at[c.ID], op, []types.Datum{v.Value}}, true
}

// excludes reports whether no row with these bounds can pass.
func (p pruner) excludes(st parquet.Stats) bool {
	for _, b := range p {
		c := st.Columns[b.at]
		if st.Rows > 0 && c.Nulls == st.Rows {
			return true
		}
		if !slices.ContainsFunc(b.values, func(v types.Datum) bool { return mayHold(b.op, v, c) }) {
			return true
		}
	}
	return false
}

// lacked reports whether a column lacks all the values that its bounds leave
// possible of those that it must equal.
func (p pruner) lacked(st parquet.Stats) bool {
	if st.Lacks == nil {
		return false
	}
	for _, b := range p {
		held := func(v types.Datum) bool { return mayHold(b.op, v, st.Columns[b.at]) && !st.Lacks(b.at, v) }
		if b.op == "=" && !slices.ContainsFunc(b.values, held) {
			return true
		}
	}
	return false
}

// mayHold reports whether the bounds of c, if they are known, leave a value that
// compares so with v.
func mayHold(op string, v types.Datum, c table.ColumnStats) bool {
	if c.Min == nil || c.Max == nil {
		return true
	}
	switch op {
	case "=":
		return table.Compare(c.Min, v) <= 0 && table.Compare(c.Max, v) >= 0
	case "<":
		return table.Compare(c.Min, v) < 0
	case "<=":
		return table.Compare(c.Min, v) <= 0
	case ">":
		return table.Compare(c.Max, v) > 0
	}
	return table.Compare(c.Max, v) >= 0
}
