package lower

import (
	"math"
	"slices"

	"github.com/bixidata/bixi/planner/cost"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// bounds cuts the values of a sort key into ranges of equal width, one for each
// partition that so many bytes are worth; nil if the key's least and greatest
// values are not known or one partition will do. Where values are uneven some
// partitions get more; the order is right all the same.
func (l *Lowerer) bounds(k scalar.SortKey, est *cost.Estimate, bytes float64) []types.Datum {
	col, ok := k.Expr.(*scalar.Column)
	if !ok {
		return nil
	}
	c, known := est.Columns[col.ID]
	parts := l.partitions(bytes, 0)
	if !known || parts < 2 || math.IsNaN(c.Min) || math.IsNaN(c.Max) || c.Max <= c.Min {
		return nil
	}
	var out []types.Datum
	for i := 1; i < parts; i++ {
		v := boundary(col.Typ, c.Min+(c.Max-c.Min)*float64(i)/float64(parts))
		if v == nil {
			return nil
		}
		if len(out) == 0 || out[len(out)-1] != v {
			out = append(out, v)
		}
	}
	if k.Desc {
		slices.Reverse(out)
	}
	return out
}

// boundary is a value of type t near v; nil for types without a scale.
func boundary(t types.Type, v float64) types.Datum {
	switch {
	case t.IsInteger() || t.Kind == types.Date || t.IsTemporal():
		return int64(v)
	case t.IsFloating():
		return v
	case t.Kind == types.Decimal && math.Abs(v)*math.Pow10(t.Scale) < 1<<62:
		return decimal.FromInt64(int64(v * math.Pow10(t.Scale)))
	}
	return nil
}
