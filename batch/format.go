package batch

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// AppendText appends the value of row i of c as results print it and as CAST to
// STRING gives it. NULL is null inside nested values and nothing outside.
// Instants are shown in zone; nil is UTC.
//
//	DOUBLE     1.0, 1.0E10, NaN, -Infinity: the shortest digits that read back
//	DECIMAL    all digits of its scale
//	DATE       2024-02-29
//	DATETIME   2024-02-29 12:30:00; TIMESTAMPs add the fraction, if any, without trailing zeros
//	BINARY     printable ASCII as it is, other bytes as =XX
//	intervals  1-2 (years-months), 3 04:05:06.7 (days and time)
//	nested     [1,2], {"k":"v"}, as JSON
func AppendText(dst []byte, c *Column, i int, zone *time.Location) []byte {
	if c.IsNull(i) {
		return dst
	}
	d, j := c.Index(i)
	t := c.Type
	switch d.Phys {
	case PhysBool:
		return strconv.AppendBool(dst, d.Bits().Get(j))
	case PhysF32:
		return AppendFloat(dst, float64(Values[float32](d)[j]), 32)
	case PhysF64:
		return AppendFloat(dst, Values[float64](d)[j], 64)
	case PhysI128:
		return Values[decimal.Int128](d)[j].Append(dst, t.Scale)
	case PhysBytes:
		if t.Kind == types.Binary {
			return appendQuoted(dst, d.Bytes(j))
		}
		return append(dst, d.Bytes(j)...)
	case PhysList, PhysStruct:
		return appendNested(dst, d, j, zone)
	}
	return appendInt(dst, t, d.Int(j), zone)
}

// appendInt writes a value whose representation is an integer.
func appendInt(dst []byte, t types.Type, v int64, zone *time.Location) []byte {
	switch t.Kind {
	case types.Decimal:
		return decimal.FromInt64(v).Append(dst, t.Scale)
	case types.Date:
		return AppendDate(dst, v)
	case types.Datetime:
		return appendInstant(dst, v-floorMod(v, MicrosPerSecond), zone)
	case types.Timestamp:
		return appendInstant(dst, v, zone)
	case types.TimestampNTZ:
		return AppendWall(dst, v)
	case types.IntervalMonth:
		return appendMonths(dst, v)
	case types.IntervalDay:
		return appendDays(dst, v)
	}
	return strconv.AppendInt(dst, v, 10)
}

// AppendFloat writes v with the fewest digits that read back as v, in the form
// of Java: a point always, an exponent below 0.001 and from ten million on.
func AppendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	case v == 0 || math.Abs(v) >= 1e-3 && math.Abs(v) < 1e7:
		at := len(dst)
		dst = strconv.AppendFloat(dst, v, 'f', -1, bits)
		for _, c := range dst[at:] {
			if c == '.' {
				return dst
			}
		}
		return append(dst, ".0"...)
	}
	var buf [32]byte
	s := strconv.AppendFloat(buf[:0], v, 'e', -1, bits)
	mant := 1
	if s[0] == '-' {
		mant = 2
	}
	dst = append(dst, s[:mant]...)
	e := mant
	for s[e] != 'e' {
		e++
	}
	if e == mant {
		dst = append(dst, ".0"...)
	}
	dst = append(dst, s[mant:e]...)
	dst = append(dst, 'E')
	exp, _ := strconv.Atoi(string(s[e+1:]))
	return strconv.AppendInt(dst, int64(exp), 10)
}

// AppendDate writes a day counted from 1970-01-01 as yyyy-MM-dd.
func AppendDate(dst []byte, days int64) []byte {
	y, m, d := CivilOf(days)
	dst = appendPadded(dst, y, 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, m, 2)
	dst = append(dst, '-')
	return appendPadded(dst, d, 2)
}

// AppendWall writes microseconds of wall-clock time as yyyy-MM-dd HH:mm:ss[.f].
func AppendWall(dst []byte, micros int64) []byte {
	day := floorDiv(micros, MicrosPerDay)
	dst = AppendDate(dst, day)
	dst = append(dst, ' ')
	return appendClock(dst, micros-day*MicrosPerDay)
}

func appendInstant(dst []byte, micros int64, zone *time.Location) []byte {
	if zone == nil {
		zone = time.UTC
	}
	_, offset := time.Unix(floorDiv(micros, MicrosPerSecond), 0).In(zone).Zone()
	return AppendWall(dst, micros+int64(offset)*MicrosPerSecond)
}

// appendClock writes a time of day, or any duration below 100 hours.
func appendClock(dst []byte, micros int64) []byte {
	s := int(micros / MicrosPerSecond)
	dst = appendPadded(dst, s/3600, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, s/60%60, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, s%60, 2)
	frac := int(micros % MicrosPerSecond)
	if frac == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), frac, 6)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func appendPadded(dst []byte, v, width int) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	for p := pow10int(width - 1); p > v && p > 1; p /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

func pow10int(k int) int {
	p := 1
	for ; k > 0; k-- {
		p *= 10
	}
	return p
}

func appendMonths(dst []byte, v int64) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	dst = strconv.AppendInt(dst, v/12, 10)
	return strconv.AppendInt(append(dst, '-'), v%12, 10)
}

func appendDays(dst []byte, v int64) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	dst = strconv.AppendInt(dst, v/MicrosPerDay, 10)
	return appendClock(append(dst, ' '), v%MicrosPerDay)
}

const hexDigits = "0123456789ABCDEF"

func appendQuoted(dst, s []byte) []byte {
	for _, b := range s {
		if b < ' ' || b > '~' || b == '=' {
			dst = append(dst, '=', hexDigits[b>>4], hexDigits[b&15])
		} else {
			dst = append(dst, b)
		}
	}
	return dst
}

func appendNested(dst []byte, d *Column, j int, zone *time.Location) []byte {
	if d.Phys == PhysStruct {
		dst = append(dst, '{')
		for k, f := range d.Children {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendJSONString(dst, []byte(d.Type.Fields[k].Name)), ':')
			dst = appendElement(dst, f, j, zone)
		}
		return append(dst, '}')
	}
	open, end := byte('['), byte(']')
	if d.Type.Kind == types.Map {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	child := d.Children[0]
	for k := int(d.Offsets[j]); k < int(d.Offsets[j+1]); k++ {
		if k > int(d.Offsets[j]) {
			dst = append(dst, ',')
		}
		if d.Type.Kind != types.Map {
			dst = appendElement(dst, child, k, zone)
			continue
		}
		entry, e := child.Index(k)
		dst = AppendJSONString(dst, AppendText(nil, entry.Children[0], e, zone))
		dst = appendElement(append(dst, ':'), entry.Children[1], e, zone)
	}
	return append(dst, end)
}

// appendElement writes a value inside a nested one: numbers and booleans bare,
// other values quoted.
func appendElement(dst []byte, c *Column, i int, zone *time.Location) []byte {
	switch {
	case c.IsNull(i):
		return append(dst, "null"...)
	case c.Type.IsNested() || c.Type.IsNumeric() || c.Type.Kind == types.Boolean || c.Type.Kind == types.JSON:
		return AppendText(dst, c, i, zone)
	case c.Type.IsText():
		return AppendJSONString(dst, c.Bytes(i))
	}
	return AppendJSONString(dst, AppendText(nil, c, i, zone))
}

// AppendJSONString writes s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
		s = s[size:]
	}
	return append(dst, '"')
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
