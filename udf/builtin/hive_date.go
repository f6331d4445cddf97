package builtin

import (
	"strconv"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// hiveDates lists the functions of dates of the Hive dialect, whose formats have
// the letters of java.text.SimpleDateFormat: MM is the month, mm the minute, HH the
// hour to 23 and hh to 12.
func hiveDates(trunc *udf.Function) []*udf.Function {
	s, ts := types.StringType, types.TimestampType
	format := timed(func(c *kernel.Clock) udf.Eval {
		return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
			return appendJavaFormat(dst, c.Wall(r.Int(0)), r.Text(1))
		})
	})
	var variants []variant
	for _, t := range typeList(types.DateType, types.DatetimeType, ts, types.TimestampNTZType, s) {
		variants = append(variants, variant{args: typeList(t, s), returns: s, eval: onInstants(t, format)})
	}
	name := udf.InHive("date_format")
	dateFormat := overloaded(udf.Function{Name: name, Family: "hive", Doc: udf.Doc{Summary: "A date as text by the letters of Java: yyyy, MM, dd, HH (0 to 23), hh (1 to 12), mm, ss, SSS, a, E.",
		Example: "date_format(datetime'2024-05-06 17:08:09', 'MM/dd HH:mm')", Result: "05/06 17:08"}}, variants...)
	return []*udf.Function{
		dateFormat,
		hive("from_unixtime", "The moment so many seconds after 1970-01-01 00:00:00 UTC as text, by the letters of Java.", "from_unixtime(123456789, 'yyyy-MM-dd HH:mm')", "1973-11-30 05:33",
			udf.Function{Args: typeList(types.BigIntType, s), Optional: 1, Returns: s, Eval: timed(func(c *kernel.Clock) udf.Eval {
				return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
					return appendJavaFormat(dst, c.Wall(r.Int(0)*batch.MicrosPerSecond), optionalText(r, 1, "yyyy-MM-dd HH:mm:ss"))
				})
			})}),
		hiveTrunc(trunc),
	}
}

// onInstants reads the first argument, of type t, as an instant; a text that is no
// time gives NULL.
func onInstants(t types.Type, eval udf.Eval) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		cast, err := kernel.NewCast(t, types.TimestampType, call.Session, false)
		if err != nil {
			return nil, err
		}
		when, err := cast(nil, args[0], n)
		if err != nil {
			return nil, err
		}
		return eval(call, []*batch.Column{when, args[1]}, n)
	}
}

// appendJavaFormat writes wall-clock microseconds by a format of Java.
func appendJavaFormat(dst []byte, wall int64, format []byte) ([]byte, error) {
	t := time.UnixMicro(wall).UTC()
	for i := 0; i < len(format); {
		c := format[i]
		if c == '\'' {
			end := i + 1
			for end < len(format) && format[end] != '\'' {
				end++
			}
			if text := format[i+1 : end]; len(text) == 0 {
				dst = append(dst, '\'')
			} else {
				dst = append(dst, text...)
			}
			i = end + 1
			continue
		}
		n := 1
		for i+n < len(format) && format[i+n] == c {
			n++
		}
		i += n
		part, ok := javaPart(t, c, n)
		if !ok {
			return nil, invalid("'%c' is no letter of a date format", c)
		}
		dst = append(dst, part...)
	}
	return dst, nil
}

// javaPart is what n times the letter c stands for.
func javaPart(t time.Time, c byte, n int) (string, bool) {
	padded := func(v int) (string, bool) {
		s := strconv.Itoa(v)
		return strings.Repeat("0", max(0, n-len(s))) + s, true
	}
	switch c {
	case 'y':
		if n == 2 {
			return t.Format("06"), true
		}
		return padded(t.Year())
	case 'M':
		switch {
		case n == 3:
			return t.Format("Jan"), true
		case n > 3:
			return t.Format("January"), true
		}
		return padded(int(t.Month()))
	case 'd':
		return padded(t.Day())
	case 'D':
		return padded(t.YearDay())
	case 'H':
		return padded(t.Hour())
	case 'h':
		return padded((t.Hour()+11)%12 + 1)
	case 'm':
		return padded(t.Minute())
	case 's':
		return padded(t.Second())
	case 'S':
		return padded(t.Nanosecond() / 1e6)
	case 'a':
		return t.Format("PM"), true
	case 'E':
		if n > 3 {
			return t.Format("Monday"), true
		}
		return t.Format("Mon"), true
	case 'u':
		return padded((int(t.Weekday())+6)%7 + 1)
	}
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return "", false
	}
	return strings.Repeat(string(rune(c)), n), true
}

// hiveTrunc is TRUNC of numbers, and of dates to the beginning of a unit.
func hiveTrunc(numbers *udf.Function) *udf.Function {
	g := hive("trunc", "A number without the decimals behind the nth, or the beginning of the year, quarter, month or week a date lies in.", "trunc(date'2024-05-06', 'MM')", "2024-05-01", *numbers)
	g.Aliases = nil
	g.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		if len(args) == 2 && args[1].Type.IsText() && (args[0].Type.IsTemporal() || args[0].Type.IsText()) {
			return udf.Signature{Args: typeList(types.DateType, types.StringType), Returns: types.DateType}, nil
		}
		return numbers.Resolve(args)
	}
	g.New = func(call *udf.Call) (udf.Eval, error) {
		if call.Returns.Kind != types.Date {
			return numbers.New(call)
		}
		return kernel.Rows(func(r *kernel.Row) (int32, error) {
			day, ok := truncDay(r.Int(0), strings.ToUpper(string(r.Text(1))))
			if !ok {
				return 0, kernel.Null
			}
			return int32(day), nil
		}), nil
	}
	return g
}

func truncDay(day int64, unit string) (int64, bool) {
	y, m, d := batch.CivilOf(day)
	switch unit {
	case "YEAR", "YYYY", "YY":
		return batch.DaysOf(y, 1, 1), true
	case "QUARTER", "Q":
		return batch.DaysOf(y, (m-1)/3*3+1, 1), true
	case "MONTH", "MON", "MM":
		return day - int64(d) + 1, true
	case "WEEK":
		return day - ((day+3)%7+7)%7, true
	}
	return 0, false
}
