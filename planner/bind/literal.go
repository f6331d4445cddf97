package bind

import (
	"math"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

var integerSuffix = map[string]struct {
	t    types.Type
	bits int
}{"Y": {types.TinyIntType, 8}, "S": {types.SmallIntType, 16}, "L": {types.BigIntType, 64}}

// number gives a literal its type: INT, BIGINT if INT is too small, DOUBLE if
// BIGINT is or if there is a point or exponent; a suffix decides otherwise.
func number(n *syntax.NumberLit, neg bool) (scalar.Expr, error) {
	text := n.Text
	if neg {
		text = "-" + text
	}
	suffix := strings.ToUpper(n.Suffix)
	if s, ok := integerSuffix[suffix]; ok {
		v, err := strconv.ParseInt(text, 10, s.bits)
		if err != nil {
			return nil, diag.Errorf(diag.CodeOverflow, n.Pos(), "%s does not fit %s", text, s.t)
		}
		return &scalar.Literal{Value: v, Typ: s.t}, nil
	}
	if suffix == "BD" {
		return decimalLiteral(n.Pos(), text)
	}
	if suffix == "" && !strings.ContainsAny(text, ".eE") {
		if v, err := strconv.ParseInt(text, 10, 64); err == nil {
			t := types.BigIntType
			if v >= math.MinInt32 && v <= math.MaxInt32 {
				t = types.IntType
			}
			return &scalar.Literal{Value: v, Typ: t}, nil
		}
	}
	t, size := types.DoubleType, 64
	if suffix == "F" {
		t, size = types.FloatType, 32
	}
	v, err := strconv.ParseFloat(text, size)
	if err != nil {
		return nil, diag.Errorf(diag.CodeOverflow, n.Pos(), "%s does not fit %s", text, t)
	}
	return &scalar.Literal{Value: v, Typ: t}, nil
}

// decimalLiteral gives 3.50BD the type DECIMAL(3,2).
func decimalLiteral(pos diag.Pos, text string) (scalar.Expr, error) {
	v, scale, ok := parseDecimal(text)
	if !ok {
		return nil, diag.Errorf(diag.CodeOverflow, pos, "%sBD has more than %d digits", text, types.MaxPrecision)
	}
	return &scalar.Literal{Value: v, Typ: types.DecimalOf(max(digits(v), scale), scale)}, nil
}

// parseDecimal reads digits with an optional sign and point.
func parseDecimal(text string) (v decimal.Int128, scale int, ok bool) {
	neg := strings.HasPrefix(text, "-")
	seen, count := false, 0
	for _, c := range strings.TrimLeft(text, "+-") {
		if c == '.' && !seen {
			seen = true
			continue
		}
		if c < '0' || c > '9' {
			return v, 0, false
		}
		if count++; count > types.MaxPrecision+1 {
			return v, 0, false
		}
		v = times10(v).Add(decimal.FromInt64(int64(c - '0')))
		if seen {
			scale++
		}
	}
	if digits(v) > types.MaxPrecision {
		return v, 0, false
	}
	if neg {
		v = v.Neg()
	}
	return v, scale, count > 0
}

func times10(v decimal.Int128) decimal.Int128 {
	two := v.Add(v)
	four := two.Add(two)
	return four.Add(four).Add(two)
}

func digits(v decimal.Int128) int {
	return max(1, len(strings.TrimLeft(strings.TrimPrefix(v.Text(0), "-"), "0")))
}

// interval evaluates INTERVAL literals.
func (b *Binder) interval(n *syntax.Interval, s *exprScope) (scalar.Expr, error) {
	if n.To != "" {
		return intervalRange(n)
	}
	v, err := b.expr(n.Value, s)
	if err != nil {
		return nil, err
	}
	amount, ok := b.constant(v)
	if !ok {
		return nil, unsupported(n.Pos(), "an INTERVAL that is not constant")
	}
	months, micros, ok := intervalValue(amount, n.From)
	if !ok {
		return nil, semantic(n.Pos(), "%v is not an interval of %ss", amount, strings.ToLower(string(n.From)))
	}
	if micros == nil {
		return &scalar.Literal{Value: *months, Typ: types.MonthsType}, nil
	}
	return &scalar.Literal{Value: *micros, Typ: types.DaysType}, nil
}

var unitMonths = map[syntax.Unit]int64{"YEAR": 12, "QUARTER": 3, "MONTH": 1}
var unitMicros = map[syntax.Unit]int64{
	"WEEK": 7 * 86400e6, "DAY": 86400e6, "HOUR": 3600e6, "MINUTE": 60e6, "SECOND": 1e6,
}

// intervalValue gives months or microseconds.
func intervalValue(amount types.Datum, unit syntax.Unit) (months, micros *int64, ok bool) {
	var f float64
	switch v := amount.(type) {
	case int64:
		f = float64(v)
	case float64:
		f = v
	case string:
		p, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return nil, nil, false
		}
		f = p
	default:
		return nil, nil, false
	}
	if m, is := unitMonths[unit]; is {
		n := int64(f) * m
		return &n, nil, f == math.Trunc(f)
	}
	u, is := unitMicros[unit]
	n := int64(math.Round(f * float64(u)))
	return nil, &n, is
}

// intervalRange reads '2000-1' YEAR TO MONTH and '-1 23:59:59.999' DAY TO SECOND.
func intervalRange(n *syntax.Interval) (scalar.Expr, error) {
	bad := semantic(n.Pos(), "not an interval of the form %s TO %s", n.From, n.To)
	lit, ok := n.Value.(*syntax.StringLit)
	if !ok {
		return nil, bad
	}
	text := strings.TrimSpace(lit.Value)
	sign := int64(1)
	if strings.HasPrefix(text, "-") {
		sign, text = -1, text[1:]
	}
	if n.From == "YEAR" && n.To == "MONTH" {
		y, m, found := strings.Cut(text, "-")
		years, err1 := strconv.ParseInt(y, 10, 32)
		months, err2 := strconv.ParseInt(m, 10, 32)
		if !found || err1 != nil || err2 != nil {
			return nil, bad
		}
		return &scalar.Literal{Value: sign * (years*12 + months), Typ: types.MonthsType}, nil
	}
	order := []syntax.Unit{"DAY", "HOUR", "MINUTE", "SECOND"}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' })
	var total float64
	i := 0
	for _, u := range order {
		if i == 0 && u != n.From {
			continue
		}
		if i >= len(parts) {
			return nil, bad
		}
		v, err := strconv.ParseFloat(parts[i], 64)
		if err != nil {
			return nil, bad
		}
		total += v * float64(unitMicros[u])
		i++
		if u == n.To {
			break
		}
	}
	if i != len(parts) {
		return nil, bad
	}
	return &scalar.Literal{Value: sign * int64(math.Round(total)), Typ: types.DaysType}, nil
}
