package kernel

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

const bad = "cannot cast"

var shanghai = time.FixedZone("CST", 8*3600)

func TestCast(t *testing.T) {
	dec := types.DecimalOf
	for _, tc := range []struct {
		from types.Type
		in   types.Datum
		to   types.Type
		want string // as text; bad if the value has no counterpart
	}{
		{types.StringType, "1.6", types.BigIntType, "1"}, {types.StringType, " -7 ", types.IntType, "-7"},
		{types.StringType, "1e3", types.BigIntType, "1000"}, {types.StringType, "-0.9", types.BigIntType, "0"},
		{types.StringType, "9223372036854775807", types.BigIntType, "9223372036854775807"},
		{types.StringType, "-9223372036854775808", types.BigIntType, "-9223372036854775808"},
		{types.StringType, "9223372036854775808", types.BigIntType, bad}, {types.StringType, "128", types.TinyIntType, bad},
		{types.StringType, "abc", types.BigIntType, bad}, {types.StringType, "", types.BigIntType, bad}, {types.StringType, "12abc", types.IntType, bad},
		{types.StringType, "1.5", types.DoubleType, "1.5"}, {types.StringType, "Infinity", types.DoubleType, "Infinity"}, {types.StringType, "0x10", types.DoubleType, bad},
		{types.StringType, "1_000", types.DoubleType, bad}, {types.StringType, "1e400", types.DoubleType, "Infinity"}, {types.StringType, "-0", types.DoubleType, "-0.0"},
		{types.StringType, "12.345", dec(5, 2), "12.35"}, {types.StringType, "1234.5", dec(5, 2), bad},
		{types.StringType, "", types.BooleanType, "false"}, {types.StringType, "false", types.BooleanType, "true"},
		{types.StringType, "2024-02-29", types.DateType, "2024-02-29"}, {types.StringType, "2023-02-29", types.DateType, bad},
		{types.StringType, "2024-2-9", types.DateType, bad}, {types.StringType, "2024-02-29 00:00:00", types.DateType, ""}, {types.StringType, "2024-02-29 25:00:00", types.DateType, bad},
		{types.StringType, "2024-02-29 12:34:56", types.DatetimeType, "2024-02-29 12:34:56"}, {types.StringType, "2024-02-29", types.DatetimeType, "2024-02-29 00:00:00"},
		{types.StringType, "2024-02-29 24:00:00", types.DatetimeType, bad}, {types.StringType, "2024-02-29T12:34:56", types.DatetimeType, bad},
		{types.StringType, "2024-02-29 12:34:56.1234567", types.TimestampType, "2024-02-29 12:34:56.123456"},
		{types.StringType, "2024-02-29 12:34:56.5", types.TimestampNTZType, "2024-02-29 12:34:56.5"}, {types.StringType, "2024-02-29 12:34:56.", types.TimestampType, bad},
		{types.StringType, "héllo", types.VarcharOf(3), "hél"}, {types.StringType, "ab  ", types.CharOf(10), "ab"}, {types.StringType, "ab", types.BinaryType, "ab"},
		{types.BinaryType, "\x00a", types.StringType, "\x00a"}, {types.BinaryType, "12", types.BigIntType, "12"},
		{types.BigIntType, int64(300), types.TinyIntType, bad}, {types.BigIntType, int64(-128), types.TinyIntType, "-128"},
		{types.IntType, int64(5), types.BigIntType, "5"}, {types.IntType, int64(5), types.DoubleType, "5.0"}, {types.BigIntType, int64(0), types.BooleanType, "false"},
		{types.IntType, int64(12), dec(3, 1), "12.0"}, {types.IntType, int64(123), dec(3, 1), bad}, {types.BigIntType, int64(math.MaxInt64), dec(38, 18), "9223372036854775807.000000000000000000"},
		{types.DoubleType, 1.6, types.BigIntType, "1"}, {types.DoubleType, -1.6, types.IntType, "-1"}, {types.DoubleType, math.NaN(), types.BigIntType, bad},
		{types.DoubleType, 9.3e18, types.BigIntType, bad}, {types.DoubleType, -9223372036854775808.0, types.BigIntType, "-9223372036854775808"},
		{types.DoubleType, 0.1, dec(10, 3), "0.100"}, {types.DoubleType, 1e10, types.StringType, "1.0E10"}, {types.DoubleType, 1.0, types.StringType, "1.0"},
		{types.DoubleType, 0.1, types.FloatType, "0.1"}, {types.FloatType, 0.5, types.DoubleType, "0.5"}, {types.DoubleType, math.NaN(), types.BooleanType, "true"},
		{dec(10, 2), decimal.FromInt64(-165), types.BigIntType, "-1"}, {dec(10, 2), decimal.FromInt64(165), dec(10, 1), "1.7"}, {dec(10, 2), decimal.FromInt64(165), types.DoubleType, "1.65"},
		{dec(38, 0), decimal.Pow10(37), types.BigIntType, bad}, {dec(38, 0), decimal.Pow10(37), types.StringType, "10000000000000000000000000000000000000"}, {dec(38, 0), decimal.Pow10(37), dec(38, 2), bad},
		{types.BooleanType, true, types.BigIntType, "1"}, {types.BooleanType, true, types.StringType, "true"}, {types.BooleanType, false, types.DoubleType, "0.0"}, {types.BooleanType, true, dec(3, 1), "1.0"},
		{types.DateType, int64(19782), types.DatetimeType, "2024-02-29 00:00:00"}, {types.DateType, int64(19782), types.StringType, "2024-02-29"}, {types.DateType, int64(-719162), types.StringType, "0001-01-01"},
		{types.DatetimeType, int64(1709164799_999999), types.DateType, "2024-02-29"}, {types.DatetimeType, int64(1709164799_999999), types.StringType, "2024-02-29 07:59:59"},
		{types.TimestampType, int64(1709164799_999990), types.TimestampNTZType, "2024-02-29 07:59:59.99999"}, {types.TimestampNTZType, int64(1709164799_999990), types.TimestampType, "2024-02-28 23:59:59.99999"},
		{types.ArrayOf(types.IntType), []types.Datum{int64(1), nil}, types.ArrayOf(types.StringType), `["1",null]`},
		{types.MapOf(types.StringType, types.IntType), []types.Datum{"k", int64(1)}, types.MapOf(types.StringType, types.DoubleType), `{"k":1.0}`},
		{types.StructOf(types.Field{Name: "a", Type: types.StringType}), []types.Datum{"7"}, types.StructOf(types.Field{Name: "b", Type: types.IntType}), `{"b":7}`},
		{types.ArrayOf(types.StringType), []types.Datum{"x"}, types.ArrayOf(types.IntType), bad},
	} {
		name := fmt.Sprintf("%v (%s) to %s", tc.in, tc.from, tc.to)
		rows := column(tc.from, tc.in, nil, tc.in)
		for _, strict := range []bool{true, false} {
			cast, err := NewCast(tc.from, tc.to, &udf.Session{Zone: shanghai}, strict)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			for _, c := range []*batch.Column{rows, batch.DatumColumn(tc.from, tc.in, 3), batch.Slice(rows, 1, 3)} {
				got, err := cast(nil, c, c.N)
				if err != nil {
					if tc.want != bad || !strict || diag.Of(err).Code != diag.CodeCast {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				last := got.N - 1
				text := string(batch.AppendText(nil, got, last, shanghai))
				if tc.want == bad && (strict || !got.IsNull(last) && !tc.to.IsNested()) || tc.want != bad && text != tc.want {
					t.Errorf("%s strict %v: %q, want %q", name, strict, text, tc.want)
				}
				if got.N != c.N || c.Enc == batch.Flat && !got.IsNull(c.N-2) {
					t.Errorf("%s: %d rows, NULL lost", name, got.N)
				}
			}
		}
	}
}

func TestCastsThatDoNotExist(t *testing.T) {
	for _, tc := range [][2]types.Type{
		{types.DatetimeType, types.BigIntType}, {types.DateType, types.BooleanType}, {types.BigIntType, types.DateType}, {types.ArrayOf(types.IntType), types.BigIntType},
		{types.StringType, types.ArrayOf(types.IntType)}, {types.BigIntType, types.BinaryType},
		{types.StructOf(types.Field{Name: "a", Type: types.IntType}), types.StructOf()},
	} {
		if CanCast(tc[0], tc[1]) {
			t.Errorf("%s casts to %s", tc[0], tc[1])
		}
	}
}

// TestClock compares the remembered offsets with the time package in a zone
// whose clock changes.
func TestClock(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("this machine has no time zone database")
	}
	c := newClock(zone)
	start := time.Date(2023, 3, 10, 0, 0, 0, 0, time.UTC).Unix()
	for k := range int64(400) {
		sec := start + (k*7919%400)*86400 + k*3571%86400
		tm := time.Unix(sec, 0).In(zone)
		_, offset := tm.Zone()
		if got := c.wall(sec * 1e6); got != (sec+int64(offset))*1e6 {
			t.Fatalf("wall of %v: %d", tm, got)
		}
		want := time.Date(tm.Year(), tm.Month(), tm.Day(), tm.Hour(), tm.Minute(), tm.Second(), 0, zone).Unix()
		if got := c.instant((sec+int64(offset))*1e6 + 5); got != want*1e6+5 {
			t.Fatalf("instant of %v: %d, want %d", tm, got, want)
		}
	}
}
