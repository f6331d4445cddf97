package builtin

import (
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// Functions of dates take DATE, DATETIME, TIMESTAMP, TIMESTAMP_NTZ or a text that
// says yyyy-MM-dd[ HH:mm:ss[.f]]; another text gives NULL. They compute with
// wall-clock time: microseconds since 1970-01-01 00:00:00 in the session's zone.

func isDateLike(t types.Type) bool {
	return t.IsTemporal() || t.IsText() || t.Kind == types.Null
}

// dateArg is the type as which a date argument is taken.
func dateArg(t types.Type) types.Type {
	switch {
	case t.IsText():
		return types.StringType
	case t.Kind == types.Null:
		return types.DatetimeType
	}
	return t
}

// onDates makes f take dates date arguments first and then rest, of which the
// last optional ones may be left out. returns gives the type of the result from
// that of the first argument.
func onDates(f udf.Function, dates int, rest []types.Type, optional int, returns func(types.Type) types.Type) *udf.Function {
	f.Family = "date"
	f.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		n := dates + len(rest)
		bad := len(args) > n || len(args) < n-optional
		sig := udf.Signature{}
		for i := 0; i < len(args) && !bad; i++ {
			t := dateArg(args[i].Type)
			if i < dates {
				bad = !isDateLike(args[i].Type)
			} else {
				t = rest[i-dates]
				bad = !types.CanCoerce(args[i].Type, t)
			}
			sig.Args = append(sig.Args, t)
		}
		if bad {
			return sig, badArgs(f.Name, f.Doc.Example, args)
		}
		sig.Returns = returns(sig.Args[0])
		return sig, nil
	}
	return &f
}

// always is a result type that does not depend on the arguments.
func always(t types.Type) func(types.Type) types.Type {
	return func(types.Type) types.Type { return t }
}

// sameMoment is the type of a date argument; that of a text is DATETIME.
func sameMoment(t types.Type) types.Type {
	if t.Kind == types.String {
		return types.DatetimeType
	}
	return t
}

func zoneOf(call *udf.Call) *time.Location {
	if call.Session == nil || call.Session.Zone == nil {
		return time.UTC
	}
	return call.Session.Zone
}

// timed runs an Eval with the clock of the session's zone.
func timed(f func(c *kernel.Clock) udf.Eval) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		return f(kernel.NewClock(zoneOf(call)))(call, args, n)
	}
}

// wallOf is the wall-clock time of date argument k, or Null for a malformed text.
func wallOf(r *kernel.Row, k int, c *kernel.Clock) (int64, error) {
	switch r.Call.Args[k].Kind {
	case types.Date:
		return r.Int(k) * batch.MicrosPerDay, nil
	case types.TimestampNTZ:
		return r.Int(k), nil
	case types.String:
		w, ok := kernel.ParseWall(r.Text(k))
		if !ok {
			w, ok = parseLoose(r.Text(k))
		}
		if !ok {
			return 0, kernel.Null
		}
		return w, nil
	}
	return c.Wall(r.Int(k)), nil
}

// parseLoose reads y-m-d with one to four digits of the year and one or two of
// the month and day, or a time of day alone.
func parseLoose(s []byte) (wall int64, ok bool) {
	var padded [40]byte
	if len(s) > 30 || len(s) < 5 {
		return 0, false
	}
	if s[2] == ':' {
		return kernel.ParseWall(append(append(padded[:0], "1970-01-01 "...), s...))
	}
	out, width := padded[:0], 4
	for k := range 3 {
		n := 0
		for n < len(s) && s[n]-'0' < 10 {
			n++
		}
		if n == 0 || n > width || k < 2 && (n == len(s) || s[n] != '-') {
			return 0, false
		}
		out = append(append(out, "000"[:width-n]...), s[:n]...)
		if s = s[n:]; k < 2 {
			out, s = append(out, '-'), s[1:]
		}
		width = 2
	}
	return kernel.ParseWall(append(out, s...))
}

// Days from 0001-01-01 to 9999-12-31.
const minDay, maxDay = -719162, 2932896

func checkDay(days int64) error {
	if days < minDay || days > maxDay {
		return overflow("the date lies outside 0001-01-01 to 9999-12-31")
	}
	return nil
}

// fromWall is a wall-clock time as a value of type t.
func fromWall(wall int64, t types.Type, c *kernel.Clock) (int64, error) {
	day := dayOf(wall)
	if err := checkDay(day); err != nil {
		return 0, err
	}
	switch t.Kind {
	case types.Date:
		return day, nil
	case types.TimestampNTZ:
		return wall, nil
	}
	return c.Instant(wall), nil
}

// momentsOf lifts f to columns of the type of the result, which is DATE or a time.
func momentsOf(f func(r *kernel.Row, c *kernel.Clock) (int64, error)) udf.Eval {
	return timed(func(c *kernel.Clock) udf.Eval {
		wide := kernel.Rows(func(r *kernel.Row) (int64, error) { return f(r, c) })
		narrow := kernel.Rows(func(r *kernel.Row) (int32, error) {
			v, err := f(r, c)
			return int32(v), err
		})
		return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			if call.Returns.Kind == types.Date {
				return narrow(call, args, n)
			}
			return wide(call, args, n)
		}
	})
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func dayOf(wall int64) int64 { return floorDiv(wall, batch.MicrosPerDay) }

// timeOfDay is the microseconds since midnight.
func timeOfDay(wall int64) int64 { return wall - dayOf(wall)*batch.MicrosPerDay }

// addMonths moves a day by n months, to the month's end at most.
func addMonths(days, n int64) (int64, error) {
	y, m, d := batch.CivilOf(days)
	months := int64(y)*12 + int64(m-1)
	if n > 120_000 || n < -120_000 {
		return 0, checkDay(maxDay + 1)
	}
	months += n
	y, m = int(floorDiv(months, 12)), int(months-floorDiv(months, 12)*12)+1
	days = batch.DaysOf(y, m, min(d, batch.DaysIn(y, m)))
	return days, checkDay(days)
}

// weekday is Monday 0 to Sunday 6.
func weekday(days int64) int64 { return days + 3 - floorDiv(days+3, 7)*7 }

// isoWeek is the ISO 8601 week of the year: weeks begin on Monday, and week 1
// holds the year's first Thursday.
func isoWeek(days int64) int64 {
	thursday := days - weekday(days) + 3
	y, _, _ := batch.CivilOf(thursday)
	return (thursday-batch.DaysOf(y, 1, 1))/7 + 1
}
