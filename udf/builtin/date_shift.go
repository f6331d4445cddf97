package builtin

import (
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// shiftFunctions lists the functions that move dates.
func shiftFunctions() []*udf.Function {
	long, text := typeList(types.BigIntType), typeList(types.StringType)
	days := func(name, summary, example, result string, sign int64, aliases ...string) *udf.Function {
		return onDates(udf.Function{Name: name, Aliases: aliases, Doc: udf.Doc{Summary: summary, Example: example, Result: result},
			New: func(call *udf.Call) (udf.Eval, error) {
				add := func(day, n int64) (int32, error) {
					if n > maxDay-minDay || n < minDay-maxDay {
						n = maxDay + 1
					}
					day += sign * n
					return int32(day), checkDay(day)
				}
				if call.Args[0].Kind == types.Date {
					return kernel.BinaryErr(func(d int32, n int64) (int32, error) { return add(int64(d), n) }), nil
				}
				return timed(func(c *kernel.Clock) udf.Eval {
					return kernel.Rows(func(r *kernel.Row) (int32, error) {
						wall, err := wallOf(r, 0, c)
						if err != nil {
							return 0, err
						}
						return add(dayOf(wall), r.Int(1))
					})
				}), nil
			}}, 1, long, 0, always(types.DateType))
	}
	// dateText lifts f from the day of the first argument to yyyy-MM-dd.
	dateText := func(f func(r *kernel.Row, day int64) (int64, error)) udf.Eval {
		return timed(func(c *kernel.Clock) udf.Eval {
			return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				wall, err := wallOf(r, 0, c)
				if err != nil {
					return nil, err
				}
				day, err := f(r, dayOf(wall))
				return batch.AppendDate(dst, day), err
			})
		})
	}
	return []*udf.Function{
		days("date_add", "The date a number of days later.", "date_add(date'2005-02-28', 1)", "2005-03-01", 1),
		days("date_sub", "The date a number of days earlier.", "date_sub(date'2005-03-01', 1)", "2005-02-28", -1),
		onDates(udf.Function{Name: "dateadd", Eval: momentsOf(dateAdd),
			Doc: udf.Doc{Summary: "The date moved by a number of units: yyyy, quarter, mm, week, dd, hh, mi, ss, ff3. Months end where they must.", Example: "dateadd(datetime'2005-01-31 00:00:00', 1, 'mm')", Result: "2005-02-28 00:00:00"}},
			1, typeList(types.BigIntType, types.StringType), 0, sameMoment),
		onDates(udf.Function{Name: "add_months", Eval: dateText(func(r *kernel.Row, day int64) (int64, error) { return addMonths(day, r.Int(1)) }),
			Doc: udf.Doc{Summary: "The date a number of months later, at most the month's end, as text.", Example: "add_months('2017-02-14', 3)", Result: "2017-05-14"}},
			1, long, 0, always(types.StringType)),
		onDates(udf.Function{Name: "last_day", Eval: dateText(func(_ *kernel.Row, day int64) (int64, error) { return monthEnd(day), nil }),
			Doc: udf.Doc{Summary: "The last day of the month, as text.", Example: "last_day('2017-03-04')", Result: "2017-03-31"}},
			1, nil, 0, always(types.StringType)),
		onDates(udf.Function{Name: "lastday", Eval: momentsOf(func(r *kernel.Row, c *kernel.Clock) (int64, error) {
			wall, err := wallOf(r, 0, c)
			if err != nil {
				return 0, err
			}
			return c.Instant(monthEnd(dayOf(wall)) * batch.MicrosPerDay), nil
		}),
			Doc: udf.Doc{Summary: "The last day of the month, as DATETIME.", Example: "lastday('2017-03-04 10:00:00')", Result: "2017-03-31 00:00:00"}},
			1, nil, 0, always(types.DatetimeType)),
		onDates(udf.Function{Name: "next_day", Eval: dateText(func(r *kernel.Row, day int64) (int64, error) {
			to, err := dayName(r.Text(1))
			return day + 1 + (to-weekday(day)+6)%7, err
		}),
			Doc: udf.Doc{Summary: "The next day of the week of that name (two or three letters, or in full) after a date, as text.", Example: "next_day('2017-08-01', 'TU')", Result: "2017-08-08"}},
			1, text, 0, always(types.StringType)),
		onDates(udf.Function{Name: "months_between", Eval: timed(func(c *kernel.Clock) udf.Eval {
			return kernel.Rows(func(r *kernel.Row) (float64, error) {
				a, err := wallOf(r, 0, c)
				if err != nil {
					return 0, err
				}
				b, err := wallOf(r, 1, c)
				return monthsBetween(a, b), err
			})
		}),
			Doc: udf.Doc{Summary: "The months from the second date to the first: whole ones on the same day or both at month's end, otherwise with a fraction of 31 days.", Example: "months_between('1997-02-28 10:30:00', '1996-10-30')", Result: "3.9495967741935485"}},
			2, nil, 0, always(types.DoubleType)),
		zoneShift("from_utc_timestamp", "The wall-clock time of a zone at a moment; integers are milliseconds.", "from_utc_timestamp(timestamp'2017-08-01 00:00:00', 'PST8PDT')", "2017-07-31 17:00:00",
			func(c *kernel.Clock, t int64) int64 { return c.Wall(t) }),
		zoneShift("to_utc_timestamp", "The moment at which a zone's wall-clock time is as given; integers are milliseconds.", "to_utc_timestamp(timestamp'2017-08-01 00:00:00', 'PST8PDT')", "2017-08-01 07:00:00",
			func(c *kernel.Clock, t int64) int64 { return c.Instant(t) }),
	}
}

func monthEnd(day int64) int64 {
	y, m, _ := batch.CivilOf(day)
	return batch.DaysOf(y, m, batch.DaysIn(y, m))
}

func dateAdd(r *kernel.Row, c *kernel.Clock) (int64, error) {
	wall, p, err := wallAndPart(r, c, 2)
	if err != nil {
		return 0, err
	}
	n, t := r.Int(1), r.Call.Returns
	if p <= partMonth {
		n *= [...]int64{partYear: 12, partQuarter: 3, partMonth: 1}[p]
		day, err := addMonths(dayOf(wall), n)
		if err != nil {
			return 0, err
		}
		return fromWall(day*batch.MicrosPerDay+timeOfDay(wall), t, c)
	}
	step := n * p.micros()
	if p > partMicro || n != 0 && step/n != p.micros() {
		return 0, overflow("the date lies outside 0001-01-01 to 9999-12-31")
	}
	if p <= partDay || t.Kind == types.Date || t.Kind == types.TimestampNTZ {
		return fromWall(wall+step, t, c)
	}
	// Units below the day are counted in elapsed time, across clock changes too.
	instant := c.Instant(wall) + step
	return instant, checkDay(dayOf(c.Wall(instant)))
}

// dayName is the number of a day of the week (Monday 0) by two letters or more.
func dayName(name []byte) (int64, error) {
	s := strings.ToLower(string(name))
	for i, full := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if s == full || s == full[:2] || s == full[:3] {
			return int64(i), nil
		}
	}
	return 0, invalid("no day is called '%s'", name)
}

func monthsBetween(a, b int64) float64 {
	ya, ma, da := batch.CivilOf(dayOf(a))
	yb, mb, db := batch.CivilOf(dayOf(b))
	months := float64((ya-yb)*12 + ma - mb)
	if da == db || da == batch.DaysIn(ya, ma) && db == batch.DaysIn(yb, mb) {
		return months
	}
	rest := int64(da-db)*batch.MicrosPerDay + timeOfDay(a) - timeOfDay(b)
	return months + float64(rest)/float64(31*batch.MicrosPerDay)
}

// zoneShift makes a function of a moment and the name of a zone.
func zoneShift(name, summary, example, result string, shift func(*kernel.Clock, int64) int64) *udf.Function {
	return &udf.Function{Name: name, Family: "date", Doc: udf.Doc{Summary: summary, Example: example, Result: result},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			if len(args) != 2 || !isDateLike(args[0].Type) && !args[0].Type.IsInteger() || !types.CanCoerce(args[1].Type, types.StringType) {
				return udf.Signature{}, badArgs(name, example, args)
			}
			t := dateArg(args[0].Type)
			if t.IsInteger() {
				t = types.BigIntType
			}
			return udf.Signature{Args: typeList(t, types.StringType), Returns: types.TimestampType}, nil
		},
		New: func(*udf.Call) (udf.Eval, error) {
			zones := map[string]*kernel.Clock{}
			return timed(func(session *kernel.Clock) udf.Eval {
				return kernel.Rows(func(r *kernel.Row) (int64, error) {
					c := zones[string(r.Text(1))]
					if c == nil {
						zone, err := time.LoadLocation(string(r.Text(1)))
						if err != nil {
							return 0, invalid("no time zone is called '%s'", r.Text(1))
						}
						c = kernel.NewClock(zone)
						zones[string(r.Text(1))] = c
					}
					if r.Call.Args[0].IsInteger() {
						return shift(c, r.Int(0)*1000), nil
					}
					wall, err := wallOf(r, 0, session)
					return shift(c, session.Instant(wall)), err
				})
			}), nil
		}}
}
