package kernel

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// toText writes values as results print them. VARCHAR and CHAR are cut to their
// length; CHAR is held without trailing blanks, which never count.
func (k *caster) toText(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	if c.AllNull() {
		return batch.NullColumn(k.to, n), nil
	}
	plain := k.from.IsText() || k.from.Kind == types.Binary || k.from.Kind == types.JSON
	limit := 0
	if k.to.Kind == types.Varchar || k.to.Kind == types.Char {
		limit = k.to.Precision
	}
	if plain && (limit == 0 || k.from.Kind == types.Varchar && k.to.Kind == types.Varchar && k.from.Precision <= limit) {
		return k.relabel(buf, c, n)
	}
	rows := rowsN(c, n)
	data, offsets := buf.Get(12 * rows)[:0], batch.SliceOf[int32](buf, rows+1)
	offsets[0] = 0
	for i := range rows {
		at := len(data)
		switch {
		case c.IsNull(i):
		case plain:
			data = append(data, c.Bytes(i)...)
		default:
			data = batch.AppendText(data, c, i, k.clock.zone)
		}
		if limit > 0 {
			data = data[:at+cut(data[at:], limit)]
		}
		if k.to.Kind == types.Char {
			data = data[:at+len(batch.TrimBlanks(data[at:]))]
		}
		if len(data) > math.MaxInt32 {
			return nil, tooLong(n)
		}
		offsets[i+1] = int32(len(data))
	}
	return k.finish(batch.FromBytes(k.to, data, offsets, c.Valid), c, n), nil
}

// cut is the bytes of the first limit characters of s.
func cut(s []byte, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	at := 0
	for ; limit > 0 && at < len(s); limit-- {
		_, size := utf8.DecodeRune(s[at:])
		at += size
	}
	return at
}

func (k *caster) fromText() Cast {
	switch k.to.Kind {
	case types.Boolean: // every text but the empty one is true, 'false' too
		return textCast(k, func(s []byte) (bool, bool) { return len(s) > 0, true })
	case types.TinyInt:
		return textCast(k, parseInteger[int8])
	case types.SmallInt:
		return textCast(k, parseInteger[int16])
	case types.Int:
		return textCast(k, parseInteger[int32])
	case types.BigInt:
		return textCast(k, parseInteger[int64])
	case types.Float:
		return textCast(k, func(s []byte) (float32, bool) {
			f, ok := ParseFloat(s, 32)
			return float32(f), ok
		})
	case types.Double:
		return textCast(k, func(s []byte) (float64, bool) { return ParseFloat(s, 64) })
	case types.Decimal:
		return textCast(k, func(s []byte) (decimal.Int128, bool) {
			v, verdict := decimal.Parse(s, k.to.Precision, k.to.Scale)
			return v, verdict == decimal.OK
		})
	case types.Date:
		return k.textToDate
	case types.TimestampNTZ:
		return textCast(k, ParseWall)
	case types.Datetime, types.Timestamp:
		return textCast(k, func(s []byte) (int64, bool) {
			w, ok := ParseWall(s)
			return k.clock.instant(w), ok
		})
	}
	return nil
}

func textCast[R Value](k *caster, parse func([]byte) (R, bool)) Cast {
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		s := TextsOf(c)
		return castFixed(k, buf, c, n, func(i int) (R, bool) { return parse(s.At(i)) })
	}
}

// parseInteger reads an integer, or the whole part of another number.
func parseInteger[T integer](s []byte) (T, bool) {
	s = trimSpace(s)
	if v, ok := plainInteger(s); ok {
		return T(v), int64(T(v)) == v
	}
	v, verdict := decimal.Parse(s, decimal.MaxDigits, 10)
	if verdict == decimal.Syntax {
		return 0, false
	}
	if verdict == decimal.OK {
		w := v.Trunc(10)
		return T(w.Int64()), w.FitsInt64() && int64(T(w.Int64())) == w.Int64()
	}
	return 0, false
}

func trimSpace(s []byte) []byte {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// plainInteger reads up to 18 digits with an optional sign.
func plainInteger(s []byte) (v int64, ok bool) {
	neg := len(s) > 0 && s[0] == '-'
	if neg || len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	if neg {
		v = -v
	}
	return v, true
}

// ParseFloat reads a decimal floating-point number, NaN or ±Infinity. A number
// too large is infinite.
func ParseFloat(s []byte, bits int) (float64, bool) {
	s = trimSpace(s)
	if v, ok := plainInteger(s); ok && len(s) <= 15 {
		if v == 0 && s[0] == '-' {
			return math.Copysign(0, -1), true
		}
		return float64(v), true
	}
	for _, c := range s {
		if c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' && (c < '0' || c > '9') {
			return parseSpecial(string(s))
		}
	}
	f, err := strconv.ParseFloat(string(s), bits)
	if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrRange {
		err = nil
	}
	return f, err == nil
}

func parseSpecial(s string) (float64, bool) {
	switch s {
	case "NaN", "nan":
		return math.NaN(), true
	case "Infinity", "+Infinity", "inf", "Inf":
		return math.Inf(1), true
	case "-Infinity", "-inf", "-Inf":
		return math.Inf(-1), true
	}
	return 0, false
}
