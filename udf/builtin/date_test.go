package builtin

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// evaluator runs one function over columns, with the session's zone.
func evaluator(t *testing.T, name string, zone *time.Location, cols ...*batch.Column) *batch.Column {
	t.Helper()
	f := udf.NewRegistry(library()...).Lookup(name)
	args := make([]udf.Arg, len(cols))
	for i, c := range cols {
		args[i].Type = c.Type
	}
	sig, err := f.Bind(args)
	if err != nil {
		t.Fatal(err)
	}
	call := &udf.Call{Signature: sig, Session: &udf.Session{Zone: zone, Strict: true}}
	call.Consts, call.IsConst = make([]types.Datum, len(cols)), make([]bool, len(cols))
	eval := f.Eval
	if f.New != nil {
		if eval, err = f.New(call); err != nil {
			t.Fatal(err)
		}
	}
	out, err := eval(call, cols, cols[0].N)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDatesAgainstTime compares the calendar with package time, in zones with
// and without clock changes.
func TestDatesAgainstTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		const n = 2000
		moments, vals := make([]time.Time, n), make([]int64, n)
		for i := range vals {
			sec := r.Int64N(253370764800+62135596800) - 62135510400 // years 1 to 9998
			if i%2 == 0 {
				sec = r.Int64N(2_000_000_000) // where zones change their clocks
			}
			vals[i] = sec*1_000_000 + r.Int64N(1_000_000)
			moments[i] = time.UnixMicro(vals[i]).In(zone)
		}
		ts := batch.FromValues(types.TimestampType, batch.PhysI64, vals, nil)
		for part, want := range map[string]func(time.Time) int{
			"year": time.Time.Year, "month": func(t time.Time) int { return int(t.Month()) }, "day": time.Time.Day, "hour": time.Time.Hour,
			"minute": time.Time.Minute, "second": time.Time.Second, "dayofyear": time.Time.YearDay,
			"dayofweek": func(t time.Time) int { return int(t.Weekday()) + 1 }, "weekday": func(t time.Time) int { return (int(t.Weekday()) + 6) % 7 },
			"weekofyear": func(t time.Time) int { _, w := t.ISOWeek(); return w }, "quarter": func(t time.Time) int { return (int(t.Month()) + 2) / 3 },
		} {
			out := evaluator(t, part, zone, ts)
			for i, m := range moments {
				if out.Int(i) != int64(want(m)) {
					t.Fatalf("%s: %s of %s is %d", name, part, m, out.Int(i))
				}
			}
		}
		checkShifts(t, zone, moments, ts, r)
	}
}

func checkShifts(t *testing.T, zone *time.Location, moments []time.Time, ts *batch.Column, r *rand.Rand) {
	t.Helper()
	for part, cut := range map[string]func(t time.Time) time.Time{
		"yyyy": func(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, zone) },
		"mm":   func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, zone) },
		"dd":   func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone) },
	} {
		out := evaluator(t, "datetrunc", zone, ts, batch.DatumColumn(types.StringType, part, ts.N))
		for i, m := range moments {
			if want := cut(m).UnixMicro(); out.Int(i) != want {
				t.Fatalf("datetrunc(%s, %s) is %s", m, part, time.UnixMicro(out.Int(i)).In(zone))
			}
		}
	}
	n := r.Int64N(100) - 50
	days := batch.DatumColumn(types.BigIntType, n, ts.N)
	out := evaluator(t, "dateadd", zone, ts, days, batch.DatumColumn(types.StringType, "hh", ts.N))
	for i, m := range moments {
		if want := m.Add(time.Duration(n) * time.Hour).UnixMicro(); out.Int(i) != want {
			t.Fatalf("%s plus %d hours is %s", m, n, time.UnixMicro(out.Int(i)).In(zone))
		}
	}
	out = evaluator(t, "dateadd", zone, ts, days, batch.DatumColumn(types.StringType, "dd", ts.N))
	for i, m := range moments {
		if want := m.AddDate(0, 0, int(n)).UnixMicro(); out.Int(i) != want {
			t.Fatalf("%s plus %d days is %s", m, n, time.UnixMicro(out.Int(i)).In(zone))
		}
	}
	// What date_format writes, to_date reads back, to the millisecond.
	format := batch.DatumColumn(types.StringType, "yyyy/mm/dd hh.mi.ss ff3", ts.N)
	back := evaluator(t, "to_date", zone, evaluator(t, "date_format", zone, ts, format), format)
	for i, m := range moments {
		want := time.Date(m.Year(), m.Month(), m.Day(), m.Hour(), m.Minute(), m.Second(), m.Nanosecond()/1_000_000*1_000_000, zone)
		if back.Int(i) != want.UnixMicro() {
			t.Fatalf("%s is read back as %s", m, time.UnixMicro(back.Int(i)).In(zone))
		}
	}
}

// TestYears covers every day around the borders of the simple calendar.
func TestYears(t *testing.T) {
	var days []int32
	for d := int32(-30_000); d < 60_000; d++ {
		days = append(days, d)
	}
	days = append(days, minDay, maxDay)
	out := evaluator(t, "year", time.UTC, batch.FromValues(types.DateType, batch.PhysI32, days, nil))
	for i, d := range days {
		if want := time.Unix(int64(d)*86400, 0).UTC().Year(); out.Int(i) != int64(want) {
			t.Fatalf("day %d is in %d, not %d", d, out.Int(i), want)
		}
	}
}
