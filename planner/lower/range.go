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
	if !known || parts < 2 {
		return nil
	}
	place := func(share float64) types.Datum { return textBoundary(c.Low, c.High, share) }
	if !col.Typ.IsText() {
		if math.IsNaN(c.Min) || math.IsNaN(c.Max) || c.Max <= c.Min {
			return nil
		}
		place = func(share float64) types.Datum { return boundary(col.Typ, c.Min+(c.Max-c.Min)*share) }
	} else if c.Low >= c.High {
		return nil
	}
	var out []types.Datum
	for i := 1; i < parts; i++ {
		v := place(float64(i) / float64(parts))
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

// textDigits is how many bytes of a text its place among others is told by.
const textDigits = 6

// textBoundary is a text at a share of the way from low to high, which is greater.
// Beyond the bytes that they have in common their texts are read as numbers, whose
// digits are their bytes as far as these are ASCII.
func textBoundary(low, high string, share float64) types.Datum {
	common := 0
	for common < len(low) && low[common] == high[common] && low[common] < 0x80 {
		common++
	}
	from, to := textNumber(low[common:]), textNumber(high[common:])
	v := int64(from + (to-from)*share)
	digits := make([]byte, textDigits)
	for i := range digits {
		digits[textDigits-1-i] = byte(v & 0x7f)
		v >>= 7
	}
	return low[:common] + string(digits)
}

func textNumber(s string) float64 {
	v := 0.0
	for i := range textDigits {
		v *= 128
		if i < len(s) {
			v += float64(min(s[i], 0x7f))
		}
	}
	return v
}
