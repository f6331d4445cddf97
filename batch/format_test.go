package batch

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

func TestAppendText(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	pair := types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.StringType})
	for _, tc := range []struct {
		t    types.Type
		v    types.Datum
		want string
	}{
		{types.BooleanType, true, "true"}, {types.TinyIntType, int64(-7), "-7"}, {types.BigIntType, int64(math.MinInt64), "-9223372036854775808"},
		{types.DoubleType, 0.0, "0.0"}, {types.DoubleType, math.Copysign(0, -1), "-0.0"}, {types.DoubleType, 1.0, "1.0"}, {types.DoubleType, 0.1, "0.1"}, {types.DoubleType, 0.001, "0.001"},
		{types.DoubleType, 0.00099, "9.9E-4"}, {types.DoubleType, 9999999.0, "9999999.0"}, {types.DoubleType, 1e7, "1.0E7"}, {types.DoubleType, -1.25e-300, "-1.25E-300"},
		{types.DoubleType, math.NaN(), "NaN"}, {types.DoubleType, math.Inf(1), "Infinity"}, {types.DoubleType, math.Inf(-1), "-Infinity"}, {types.FloatType, 0.10000000149011612, "0.1"},
		{types.DecimalOf(5, 2), decimal.FromInt64(-5), "-0.05"}, {types.DecimalOf(38, 0), decimal.Pow10(37), "1" + strings.Repeat("0", 37)},
		{types.StringType, "a\nb", "a\nb"}, {types.BinaryType, "a=\x00\xff", "a=3D=00=FF"},
		{types.DateType, int64(0), "1970-01-01"}, {types.DateType, int64(-719162), "0001-01-01"}, {types.DateType, int64(2932896), "9999-12-31"},
		{types.DatetimeType, int64(-1), "1970-01-01 07:59:59"}, {types.TimestampType, int64(1_500_000), "1970-01-01 08:00:01.5"}, {types.TimestampNTZType, int64(-1), "1969-12-31 23:59:59.999999"},
		{types.MonthsType, int64(-25), "-2-1"}, {types.DaysType, int64(-(MicrosPerDay + 3_000_001)), "-1 00:00:03.000001"},
		{types.ArrayOf(types.StringType), []types.Datum{"a\"b", nil}, `["a\"b",null]`}, {types.ArrayOf(types.DateType), []types.Datum{int64(0)}, `["1970-01-01"]`},
		{types.MapOf(types.IntType, types.DoubleType), []types.Datum{int64(1), 2.0}, `{"1":2.0}`}, {pair, []types.Datum{nil, "x\ty"}, `{"a":null,"b":"x\ty"}`},
		{types.ArrayOf(pair), []types.Datum{[]types.Datum{int64(1), "é"}}, `[{"a":1,"b":"é"}]`}, {types.StringType, nil, ""},
	} {
		if got := string(AppendText(nil, DatumColumn(tc.t, tc.v, 2), 1, zone)); got != tc.want {
			t.Errorf("%s %v: %s, want %s", tc.t, tc.v, got, tc.want)
		}
	}
}

func TestFloatsReadBack(t *testing.T) {
	for k := range 2000 {
		v := math.Float64frombits(uint64(k) * 0x9e3779b97f4a7c15)
		got, err := strconv.ParseFloat(string(AppendFloat(nil, v, 64)), 64)
		if err != nil || got != v && v == v {
			t.Fatalf("%v reads back as %v %v", v, got, err)
		}
	}
}

// TestCivil compares the calendar with the time package over ten millennia.
func TestCivil(t *testing.T) {
	for days := int64(-719162); days <= 2932896; days += 13 {
		want := time.Unix(days*86400, 0).UTC()
		y, m, d := CivilOf(days)
		if y != want.Year() || m != int(want.Month()) || d != want.Day() {
			t.Fatalf("day %d is %d-%d-%d, want %v", days, y, m, d, want)
		}
		if back := DaysOf(y, m, d); back != days {
			t.Fatalf("%v is day %d, want %d", want, back, days)
		}
		if last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day(); DaysIn(y, m) != last {
			t.Fatalf("%d-%d has %d days, want %d", y, m, DaysIn(y, m), last)
		}
	}
}

func TestBuffersAreUsedAgain(t *testing.T) {
	var b Buffers
	x, y := SliceOf[int64](&b, 100), SliceOf[int64](&b, 100)
	if &x[0] == &y[0] || len(x) != 100 || cap(x) != 100 {
		t.Fatal("slices overlap")
	}
	b.Reset()
	if z := SliceOf[int32](&b, 250); len(z) != 250 || len(BytesOf(z)) != 1000 {
		t.Fatal("wrong length")
	}
	if z := SliceOf[int64](&b, 70); &z[0] != &y[0] {
		t.Error("memory was not used again")
	}
	if SliceOf[int64](nil, 3) == nil || len(SliceOf[int64](&b, 0)) != 0 {
		t.Error("edges")
	}
}
