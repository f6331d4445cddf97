package meta

import (
	"cmp"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// maxBound is the length in bytes to which text bounds are cut in manifests.
const maxBound = 32

// literal is the Iceberg literal of a non-null value of type t, nil if the type
// has none.
func literal(t types.Type, v types.Datum) iceberg.Literal {
	switch v := v.(type) {
	case bool:
		return iceberg.BoolLiteral(v)
	case int64:
		switch t.Kind {
		case types.TinyInt, types.SmallInt, types.Int:
			return iceberg.Int32Literal(v)
		case types.BigInt:
			return iceberg.Int64Literal(v)
		case types.Date:
			return iceberg.DateLiteral(v)
		case types.Datetime, types.Timestamp, types.TimestampNTZ:
			return iceberg.TimestampLiteral(v)
		}
	case float64:
		if t.Kind == types.Float {
			return iceberg.Float32Literal(v)
		}
		return iceberg.Float64Literal(v)
	case decimal.Int128:
		return iceberg.DecimalLiteral{Val: decimal128.New(v.Hi, v.Lo), Scale: t.Scale}
	case string:
		if t.Kind == types.Binary {
			return iceberg.BinaryLiteral(v)
		}
		return iceberg.StringLiteral(v)
	}
	return nil
}

// partitionValue is v in the form in which manifests hold partition values.
func partitionValue(t types.Type, v types.Datum) any {
	switch l := literal(t, v).(type) {
	case nil:
		return nil
	case iceberg.DateLiteral:
		return iceberg.Date(l)
	case iceberg.TimestampLiteral:
		return iceberg.Timestamp(l)
	case iceberg.DecimalLiteral:
		return l
	default:
		return l.Any()
	}
}

// datum turns a value out of a manifest into ours; nil if it is of no type we know.
func datum(v any) types.Datum {
	switch v := v.(type) {
	case bool, string, float64, int64:
		return v
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	case []byte:
		return string(v)
	case iceberg.Date:
		return int64(v)
	case iceberg.Timestamp:
		return int64(v)
	case iceberg.Decimal:
		return decimal.Int128{Lo: v.Val.LowBits(), Hi: v.Val.HighBits()}
	case iceberg.DecimalLiteral:
		return decimal.Int128{Lo: v.Val.LowBits(), Hi: v.Val.HighBits()}
	}
	return nil
}

// boundBytes serialises a bound of a column; ok is false when none can be given
// (NaN, nested types, a text whose upper bound cannot be cut).
func boundBytes(t types.Type, v types.Datum, upper bool) (b []byte, ok bool) {
	if f, isFloat := v.(float64); isFloat && math.IsNaN(f) {
		return nil, false
	}
	if s, isText := v.(string); isText {
		cut, ok := cutBound(s, upper, t.Kind == types.Binary)
		return []byte(cut), ok
	}
	l := literal(t, v)
	if l == nil {
		return nil, false
	}
	b, err := l.MarshalBinary()
	return b, err == nil
}

// cutBound shortens a text bound to maxBound bytes, rounding an upper bound up.
func cutBound(s string, upper, binary bool) (string, bool) {
	if len(s) <= maxBound {
		return s, true
	}
	n := maxBound
	for !binary && n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	cut := s[:n]
	if !upper {
		return cut, true
	}
	if binary {
		return nextBytes(cut)
	}
	return nextText(cut)
}

// nextText is the least valid UTF-8 text of at most len(s) characters above all
// texts that begin with s.
func nextText(s string) (string, bool) {
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		for r++; r <= utf8.MaxRune; r++ {
			if utf8.ValidRune(r) {
				return s + string(r), true
			}
		}
	}
	return "", false
}

func nextBytes(s string) (string, bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] != 0xff {
			return s[:i] + string([]byte{s[i] + 1}), true
		}
	}
	return "", false
}

// boundDatum reads a bound of a field of the Iceberg type t, nil if it cannot be read.
func boundDatum(t iceberg.Type, b []byte) types.Datum {
	if b == nil {
		return nil
	}
	if _, ok := t.(iceberg.StringType); ok {
		return string(b)
	}
	l, err := iceberg.LiteralFromBytes(t, b)
	if err != nil {
		return nil
	}
	switch l := l.(type) {
	case iceberg.DecimalLiteral:
		return datum(l)
	default:
		return datum(l.Any())
	}
}

// compareDatum orders two non-null values of one type; ok is false when they
// are of different or unordered types.
func compareDatum(a, b types.Datum) (order int, ok bool) {
	switch a := a.(type) {
	case bool:
		b, ok := b.(bool)
		return cmp.Compare(boolInt(a), boolInt(b)), ok
	case int64:
		b, ok := b.(int64)
		return cmp.Compare(a, b), ok
	case float64:
		b, ok := b.(float64)
		return cmp.Compare(a, b), ok && !math.IsNaN(a) && !math.IsNaN(b)
	case decimal.Int128:
		b, ok := b.(decimal.Int128)
		return a.Cmp(b), ok
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	}
	return 0, false
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
