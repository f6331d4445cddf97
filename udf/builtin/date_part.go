package builtin

import (
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// datePart is a unit of time.
type datePart uint8

const (
	partYear datePart = iota
	partQuarter
	partMonth
	partWeek
	partDay
	partHour
	partMinute
	partSecond
	partMilli
	partMicro
	partDayOfWeek // Sunday 1 to Saturday 7
	partDayOfYear
	partWeekday // Monday 0 to Sunday 6
	partEpoch
)

var partNames = map[string]datePart{
	"yyyy": partYear, "year": partYear, "q": partQuarter, "quarter": partQuarter,
	"mm": partMonth, "mon": partMonth, "month": partMonth, "week": partWeek, "week(monday)": partWeek,
	"dd": partDay, "day": partDay, "hh": partHour, "hour": partHour, "mi": partMinute, "minute": partMinute,
	"ss": partSecond, "second": partSecond, "ff3": partMilli, "millisecond": partMilli, "ff6": partMicro, "microsecond": partMicro,
	"dow": partDayOfWeek, "dayofweek": partDayOfWeek, "doy": partDayOfYear, "dayofyear": partDayOfYear, "epoch": partEpoch,
}

// partOf reads the name of a unit in any case.
func partOf(name []byte) (datePart, error) {
	if p, ok := partNames[string(name)]; ok {
		return p, nil
	}
	if p, ok := partNames[strings.ToLower(strings.TrimSpace(string(name)))]; ok {
		return p, nil
	}
	return 0, invalid("no part of a date is called '%s'", name).WithHint("parts are yyyy, mm, dd, hh, mi, ss, ff3, week, quarter")
}

// micros is the length of a unit of fixed length.
func (p datePart) micros() int64 {
	switch p {
	case partWeek:
		return 7 * batch.MicrosPerDay
	case partDay:
		return batch.MicrosPerDay
	case partHour:
		return 3600 * batch.MicrosPerSecond
	case partMinute:
		return 60 * batch.MicrosPerSecond
	case partSecond:
		return batch.MicrosPerSecond
	case partMilli:
		return 1000
	}
	return 1
}

// of is the part p of a wall-clock time.
func (p datePart) of(wall int64) int64 {
	switch p {
	case partHour:
		return timeOfDay(wall) / partHour.micros()
	case partMinute:
		return timeOfDay(wall) / partMinute.micros() % 60
	case partSecond:
		return timeOfDay(wall) / batch.MicrosPerSecond % 60
	case partMilli:
		return timeOfDay(wall) / 1000 % 1000
	case partMicro:
		return timeOfDay(wall) % batch.MicrosPerSecond
	}
	return p.ofDay(dayOf(wall))
}

// ofDay is the part p, not below the day, of a day.
func (p datePart) ofDay(days int64) int64 {
	switch p {
	case partWeek:
		return isoWeek(days)
	case partWeekday:
		return weekday(days)
	case partDayOfWeek:
		return (weekday(days)+1)%7 + 1
	}
	y, m, d := batch.CivilOf(days)
	switch p {
	case partYear:
		return int64(y)
	case partQuarter:
		return int64(m+2) / 3
	case partMonth:
		return int64(m)
	case partDayOfYear:
		return days - batch.DaysOf(y, 1, 1) + 1
	}
	return int64(d)
}

// trunc is the beginning of the unit that a wall-clock time lies in.
func (p datePart) trunc(wall int64) int64 {
	if p > partWeek {
		return floorDiv(wall, p.micros()) * p.micros()
	}
	days := dayOf(wall)
	y, m, _ := batch.CivilOf(days)
	switch p {
	case partYear:
		days = batch.DaysOf(y, 1, 1)
	case partQuarter:
		days = batch.DaysOf(y, (m-1)/3*3+1, 1)
	case partMonth:
		days = batch.DaysOf(y, m, 1)
	case partWeek:
		days -= weekday(days)
	}
	return days * batch.MicrosPerDay
}

// diff counts the boundaries of units from b to a.
func (p datePart) diff(a, b int64) int64 {
	months := func(wall int64) int64 {
		y, m, _ := batch.CivilOf(dayOf(wall))
		return int64(y)*12 + int64(m) - 1
	}
	switch p {
	case partYear:
		return floorDiv(months(a), 12) - floorDiv(months(b), 12)
	case partQuarter:
		return floorDiv(months(a), 3) - floorDiv(months(b), 3)
	case partMonth:
		return months(a) - months(b)
	case partWeek:
		return floorDiv(dayOf(a)+3, 7) - floorDiv(dayOf(b)+3, 7)
	}
	return floorDiv(a, p.micros()) - floorDiv(b, p.micros())
}

// partFunctions lists the functions that take a date apart.
func partFunctions() []*udf.Function {
	part := func(p datePart, name, summary, example, result string, aliases ...string) *udf.Function {
		f := udf.Function{Name: name, Aliases: aliases, Doc: udf.Doc{Summary: summary, Example: example, Result: result}, New: newPart(p)}
		return onDates(f, 1, nil, 0, always(types.IntType))
	}
	long := func(p datePart, name, summary, example, result string, aliases ...string) *udf.Function {
		f := part(p, name, summary, example, result, aliases...)
		return onDates(*f, 1, nil, 0, always(types.BigIntType))
	}
	return []*udf.Function{
		part(partYear, "year", "The year.", "year('1970-01-01 12:30:00')", "1970"),
		part(partQuarter, "quarter", "The quarter, 1 to 4.", "quarter(date'1970-11-12')", "4"),
		part(partMonth, "month", "The month.", "month(date'2014-09-01')", "9"),
		part(partDay, "day", "The day of the month.", "day(date'2014-09-01')", "1", "dayofmonth"),
		part(partHour, "hour", "The hour, 0 to 23.", "hour('2014-09-01 12:30:00')", "12"),
		part(partMinute, "minute", "The minute.", "minute('2014-09-01 12:30:00')", "30"),
		part(partSecond, "second", "The second.", "second('2014-09-01 12:30:45')", "45"),
		part(partDayOfWeek, "dayofweek", "The day of the week, Sunday 1 to Saturday 7.", "dayofweek(date'2009-07-30')", "5", "dow"),
		part(partDayOfYear, "dayofyear", "The day of the year.", "dayofyear(date'2014-02-01')", "32", "doy"),
		long(partWeekday, "weekday", "The day of the week, Monday 0 to Sunday 6.", "weekday(date'2009-03-20')", "4"),
		long(partWeek, "weekofyear", "The ISO week of the year.", "weekofyear(date'2014-12-29')", "1", "week"),
		onDates(udf.Function{Name: "datepart", New: named(datePart.of),
			Doc: udf.Doc{Summary: "The part of a date that the second argument names; EXTRACT(year FROM d) is year(d).", Example: "datepart('2013-06-08 01:10:00', 'yyyy')", Result: "2013"}},
			1, typeList(types.StringType), 0, always(types.BigIntType)),
		onDates(udf.Function{Name: "datetrunc", Aliases: []string{"date_trunc"}, Eval: momentsOf(func(r *kernel.Row, c *kernel.Clock) (int64, error) {
			wall, p, err := wallAndPart(r, c, 1)
			if err != nil {
				return 0, err
			}
			return fromWall(p.trunc(wall), r.Call.Returns, c)
		}),
			Doc: udf.Doc{Summary: "The beginning of the unit a date lies in: yyyy, quarter, mm, week (Monday), dd, hh, mi, ss.", Example: "datetrunc(datetime'2011-12-07 16:28:46', 'mm')", Result: "2011-12-01 00:00:00"}},
			1, typeList(types.StringType), 0, sameMoment),
		onDates(udf.Function{Name: "datediff", New: newDatediff,
			Doc: udf.Doc{Summary: "The number of boundaries of a unit (day) from the second date to the first.", Example: "datediff('2006-01-01 00:00:00', '2005-12-31 23:59:59', 'yyyy')", Result: "1"}},
			2, typeList(types.StringType), 1, always(types.BigIntType)),
	}
}

// wallAndPart is the date in argument 0 and the unit that argument k names.
func wallAndPart(r *kernel.Row, c *kernel.Clock, k int) (int64, datePart, error) {
	p, err := partOf(r.Text(k))
	if err != nil {
		return 0, 0, err
	}
	wall, err := wallOf(r, 0, c)
	return wall, p, err
}

// newPart makes the Eval of one part; DATE has a loop of its own.
func newPart(p datePart) func(*udf.Call) (udf.Eval, error) {
	return func(call *udf.Call) (udf.Eval, error) {
		days := call.Args[0].Kind == types.Date
		if call.Returns.Kind == types.Int {
			switch {
			case days && p == partYear:
				return yearsOf, nil
			case days && (p < partHour || p > partMicro):
				return kernel.Unary(func(d int32) int32 { return int32(p.ofDay(int64(d))) }), nil
			}
			return timed(func(c *kernel.Clock) udf.Eval {
				return kernel.Rows(func(r *kernel.Row) (int32, error) {
					wall, err := wallOf(r, 0, c)
					return int32(p.of(wall)), err
				})
			}), nil
		}
		return timed(func(c *kernel.Clock) udf.Eval {
			return kernel.Rows(func(r *kernel.Row) (int64, error) {
				wall, err := wallOf(r, 0, c)
				return p.of(wall), err
			})
		}), nil
	}
}

// From 1900-03-01 to 2100-02-28 every fourth year has a leap day without exception.
const (
	firstSimpleDay = -25508
	simpleDays     = 73049
)

// yearsOf is the years of DATEs; that of a recent day takes two multiplications.
func yearsOf(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	days, out := kernel.ViewOf[int32](args[0]), batch.SliceOf[int32](call.Buffers, n)
	for i := range out {
		d := days.At(i)
		z := uint32(d - firstSimpleDay)
		if z >= simpleDays {
			y, _, _ := batch.CivilOf(int64(d))
			out[i] = int32(y)
			continue
		}
		// Years that begin on 1 March; the 306th day of one is 1 January.
		y := (4*z + 3) / 1461
		out[i] = int32(1900 + y + (z-1461*y/4+60)/366)
	}
	return batch.FromValues(call.Returns, batch.PhysI32, out, valid), nil
}

// named makes the Eval of a function of a date and the part that argument 1 names.
func named(f func(p datePart, wall int64) int64) func(*udf.Call) (udf.Eval, error) {
	return func(*udf.Call) (udf.Eval, error) {
		return timed(func(c *kernel.Clock) udf.Eval {
			return kernel.Rows(func(r *kernel.Row) (int64, error) {
				wall, p, err := wallAndPart(r, c, 1)
				if err != nil {
					return 0, err
				}
				return f(p, wall), nil
			})
		}), nil
	}
}

func newDatediff(call *udf.Call) (udf.Eval, error) {
	if len(call.Args) == 2 && call.Args[0].Kind == types.Date && call.Args[1].Kind == types.Date {
		return kernel.Binary(func(a, b int32) int64 { return int64(a) - int64(b) }), nil
	}
	return timed(func(c *kernel.Clock) udf.Eval {
		return kernel.Rows(func(r *kernel.Row) (int64, error) {
			p := partDay
			a, err := wallOf(r, 0, c)
			if err != nil {
				return 0, err
			}
			b, err := wallOf(r, 1, c)
			if err != nil {
				return 0, err
			}
			if r.Len() > 2 {
				if p, err = partOf(r.Text(2)); err != nil {
					return 0, err
				}
			}
			return p.diff(a, b), nil
		})
	}), nil
}
