package meta

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Formats of partition values. They are canonical: equal values have equal text.
const (
	dateFormat      = "2006-01-02"
	timestampFormat = "2006-01-02 15:04:05.999999"
)

// PartitionPath writes the leading partition values in the customary form
// k1=v1/k2=v2. In names and values, control characters and the characters
// "#%'*/:=?\{[]^ are written as %XX, as Hive does.
func PartitionPath(cols []table.Column, values []types.Datum) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(escapeValue(cols[i].Name))
		b.WriteByte('=')
		b.WriteString(escapeValue(ValueText(cols[i].Type, v)))
	}
	return b.String()
}

// ParsePartitionPath reads what PartitionPath writes: leading partition columns
// in any order of the text's parts are not allowed, names are compared without case.
func ParsePartitionPath(cols []table.Column, path string) ([]types.Datum, error) {
	parts := strings.Split(path, "/")
	if len(parts) > len(cols) {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "partition %q has more levels than the table's %d", path, len(cols))
	}
	values := make([]types.Datum, len(parts))
	for i, part := range parts {
		name, text, ok := strings.Cut(part, "=")
		if !ok || !strings.EqualFold(unescapeValue(name), cols[i].Name) {
			return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "partition %q: level %d must be %s=…", path, i+1, cols[i].Name)
		}
		v, err := ParseValue(cols[i].Type, unescapeValue(text))
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// ValueText is the canonical text of a value of a primitive type.
func ValueText(t types.Type, v types.Datum) string {
	switch v := v.(type) {
	case nil:
		return "__HIVE_DEFAULT_PARTITION__"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case decimal.Int128:
		return v.Text(t.Scale)
	case string:
		return v
	case int64:
		switch t.Kind {
		case types.Date:
			return time.Unix(v*86400, 0).UTC().Format(dateFormat)
		case types.Datetime, types.Timestamp, types.TimestampNTZ:
			return time.UnixMicro(v).UTC().Format(timestampFormat)
		}
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// ParseValue reads what ValueText writes. Times are in UTC.
func ParseValue(t types.Type, text string) (types.Datum, error) {
	var v types.Datum
	var err error
	switch {
	case t.IsText() || t.Kind == types.Binary || t.Kind == types.JSON:
		return text, nil
	case t.Kind == types.Boolean:
		v, err = strconv.ParseBool(text)
	case t.IsInteger():
		v, err = strconv.ParseInt(text, 10, intBits(t.Kind))
	case t.IsFloating():
		v, err = strconv.ParseFloat(text, 64)
	case t.Kind == types.Decimal:
		v, err = parseDecimal(text, t.Scale)
	case t.Kind == types.Date:
		var d time.Time
		d, err = time.Parse(dateFormat, text)
		v = floorDiv(d.Unix(), 86400)
	case t.IsTemporal():
		var d time.Time
		d, err = time.Parse(timestampFormat, text)
		v = d.UnixMicro()
	default:
		err = fmt.Errorf("no values of type %s", t)
	}
	if err != nil {
		return nil, diag.Errorf(diag.CodeCast, diag.Pos{}, "%q is not a %s", text, t)
	}
	return v, nil
}

func intBits(k types.Kind) int {
	switch k {
	case types.TinyInt:
		return 8
	case types.SmallInt:
		return 16
	case types.Int:
		return 32
	}
	return 64
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func parseDecimal(text string, scale int) (decimal.Int128, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > scale {
		return decimal.Int128{}, fmt.Errorf("more than %d decimals", scale)
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10)
	if !ok || n.BitLen() > 127 {
		return decimal.Int128{}, fmt.Errorf("not a number of 38 digits")
	}
	mask := new(big.Int).SetUint64(^uint64(0))
	return decimal.Int128{
		Lo: new(big.Int).And(n, mask).Uint64(),
		Hi: new(big.Int).Rsh(n, 64).Int64(),
	}, nil
}

// escapedChars are written as %XX beside the control characters.
const escapedChars = "\"#%'*/:=?\\{[]^\x7f"

func escapeValue(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || strings.IndexByte(escapedChars, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unescapeValue(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// partitionKey is the text by which rows of bixi_partitions are found: the
// escaped values joined by "/", so that the keys of all partitions below a
// prefix are a range.
func partitionKey(cols []table.Column, values []types.Datum) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = escapeValue(ValueText(cols[i].Type, v))
	}
	return strings.Join(parts, "/")
}

func parsePartitionKey(cols []table.Column, key string) ([]types.Datum, error) {
	parts := strings.Split(key, "/")
	if len(parts) != len(cols) {
		return nil, fmt.Errorf("partition key %q has not %d levels", key, len(cols))
	}
	values := make([]types.Datum, len(parts))
	for i, part := range parts {
		v, err := ParseValue(cols[i].Type, unescapeValue(part))
		if err != nil {
			return nil, fmt.Errorf("partition key %q: %w", key, err)
		}
		values[i] = v
	}
	return values, nil
}
