package builtin

import (
	"strconv"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// dateTextFunctions lists the functions between dates and texts or numbers, and
// those of the present moment.
func dateTextFunctions() []*udf.Function {
	text := typeList(types.StringType)
	format := func(name, summary, example, result string) *udf.Function {
		return onDates(udf.Function{Name: name, Doc: udf.Doc{Summary: summary, Example: example, Result: result},
			Eval: timed(func(c *kernel.Clock) udf.Eval {
				return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
					wall, err := wallOf(r, 0, c)
					return appendFormatted(dst, wall, r.Text(1)), err
				})
			})}, 1, text, 0, always(types.StringType))
	}
	number := func(name, summary, example, result string, unit int64) *udf.Function {
		return onDates(udf.Function{Name: name, Doc: udf.Doc{Summary: summary, Example: example, Result: result},
			Eval: timed(func(c *kernel.Clock) udf.Eval {
				return kernel.Rows(func(r *kernel.Row) (int64, error) {
					wall, err := wallOf(r, 0, c)
					if err != nil {
						return 0, err
					}
					return floorDiv(c.Instant(wall), unit), nil
				})
			})}, 1, nil, 0, always(types.BigIntType))
	}
	return []*udf.Function{
		format("date_format", "A date as text; see to_char for the letters.", "date_format(date'2018-08-08', 'yyyy/mm')", "2018/08"),
		toChar(format("to_char", "A date as text: yyyy, mm (month), dd, hh (0 to 23), mi, ss and ff3 stand for its parts, in any case; also a number or BOOLEAN as text.", "to_char(datetime'2008-07-18 12:30:05', 'yyyymmdd hh:mi:ss')", "20080718 12:30:05")),
		overloaded(udf.Function{Name: "to_date", Family: "date",
			Doc: udf.Doc{Summary: "to_date(x) is a DATE, NULL unless the text says yyyy-MM-dd[ HH:mm:ss]; to_date(text, format) is a DATETIME.", Example: "to_date('2008-07-18 12:00:00')", Result: "2008-07-18"}},
			toDateVariants()...),
		{Name: "isdate", Family: "date", Args: typeList(types.StringType, types.StringType), Returns: types.BooleanType,
			Doc: udf.Doc{Summary: "Whether a text is a date in the format.", Example: "isdate('2008-13-01', 'yyyy-mm-dd')", Result: "false"},
			Eval: kernel.Text2To(func(s, format []byte) (bool, error) {
				_, ok := parseFormatted(s, format)
				return ok, nil
			})},
		{Name: "from_unixtime", Family: "date", Args: typeList(types.BigIntType), Returns: types.DatetimeType,
			Doc: udf.Doc{Summary: "The moment so many seconds after 1970-01-01 00:00:00 UTC.", Example: "from_unixtime(unix_timestamp('1973-11-30 05:33:09'))", Result: "1973-11-30 05:33:09"},
			Eval: kernel.UnaryErr(func(sec int64) (int64, error) {
				if sec < -62167305600 || sec > 253402387200 {
					return 0, invalid("%d seconds lie outside the years that DATETIME has", sec)
				}
				return sec * batch.MicrosPerSecond, nil
			})},
		unixTimestamp(number("unix_timestamp", "The seconds since 1970-01-01 00:00:00 UTC; without argument, of the statement's start.", "unix_timestamp(from_unixtime(123456789))", "123456789", batch.MicrosPerSecond)),
		number("to_millis", "The milliseconds since 1970-01-01 00:00:00 UTC.", "to_millis(from_unixtime(1617174900))", "1617174900000", 1000),
		onDates(udf.Function{Name: "trunc_time", Eval: timed(func(c *kernel.Clock) udf.Eval {
			return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) { return truncTime(r, c, dst) })
		}),
			Doc: udf.Doc{Summary: "The year, month, day or hour of a date as text; DATETIME and TIMESTAMP are taken in UTC.", Example: "trunc_time(date'2024-09-20', 'month')", Result: "2024-09"}},
			1, text, 0, always(types.StringType)),
		{Name: "current_date", Family: "date", Returns: types.DateType,
			Doc: udf.Doc{Summary: "The date at the statement's start, in the session's zone.", Example: "datediff(current_date(), getdate())", Result: "0"},
			Eval: func(call *udf.Call, _ []*batch.Column, n int) (*batch.Column, error) {
				wall := kernel.NewClock(zoneOf(call)).Wall(call.Session.Now.UnixMicro())
				return batch.DatumColumn(types.DateType, dayOf(wall), n), nil
			}},
		{Name: "current_timestamp", Family: "date", Returns: types.TimestampType, Eval: nowAs(types.TimestampType, 1),
			Doc: udf.Doc{Summary: "The moment of the statement's start.", Example: "current_timestamp() >= getdate()", Result: "true"}},
		{Name: "getdate", Aliases: []string{"now"}, Family: "date", Returns: types.DatetimeType, Eval: nowAs(types.DatetimeType, 1000),
			Doc: udf.Doc{Summary: "The moment of the statement's start, to the millisecond; the same in every row.", Example: "getdate() = now()", Result: "true"}},
		{Name: "current_timezone", Family: "date", Returns: types.StringType,
			Doc: udf.Doc{Summary: "The session's time zone.", Example: "length(current_timezone()) > 0", Result: "true"},
			Eval: func(call *udf.Call, _ []*batch.Column, n int) (*batch.Column, error) {
				return batch.DatumColumn(types.StringType, zoneOf(call).String(), n), nil
			}},
	}
}

// nowAs is the statement's start, cut to a unit of microseconds.
func nowAs(t types.Type, unit int64) udf.Eval {
	return func(call *udf.Call, _ []*batch.Column, n int) (*batch.Column, error) {
		now := call.Session.Now.UnixMicro()
		return batch.DatumColumn(t, floorDiv(now, unit)*unit, n), nil
	}
}

// unixTimestamp adds the form without argument.
func unixTimestamp(f *udf.Function) *udf.Function {
	ofDate, eval := f.Resolve, f.Eval
	f.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		if len(args) == 0 {
			return udf.Signature{Returns: types.BigIntType}, nil
		}
		return ofDate(args)
	}
	f.Eval = func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		if len(args) == 0 {
			return batch.DatumColumn(types.BigIntType, call.Session.Now.Unix(), n), nil
		}
		return eval(call, args, n)
	}
	return f
}

// toChar adds the forms for numbers and BOOLEANs.
func toChar(f *udf.Function) *udf.Function {
	ofDate, eval := f.Resolve, f.Eval
	f.Resolve = func(args []udf.Arg) (udf.Signature, error) {
		if len(args) != 1 {
			return ofDate(args)
		}
		t := args[0].Type
		if !t.IsNumeric() && t.Kind != types.Boolean && !t.IsText() {
			return udf.Signature{}, badArgs("to_char", f.Doc.Example, args)
		}
		return udf.Signature{Args: typeList(t), Returns: types.StringType}, nil
	}
	f.Eval = func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		switch {
		case len(args) == 2:
			return eval(call, args, n)
		case call.Args[0].Kind == types.Boolean:
			return kernel.ToText(func(dst []byte, b bool) []byte { return append(dst, strings.ToUpper(strconv.FormatBool(b))...) })(call, args, n)
		}
		return kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
			return batch.AppendText(dst, args[0], r.Index, zoneOf(call)), nil
		})(call, args, n)
	}
	return f
}

func toDateVariants() []variant {
	day := momentsOf(func(r *kernel.Row, c *kernel.Clock) (int64, error) {
		if r.Call.Args[0].Kind == types.String {
			wall, ok := kernel.ParseWall(r.Text(0)) // not loosely
			if !ok {
				return 0, kernel.Null
			}
			return dayOf(wall), nil
		}
		wall, err := wallOf(r, 0, c)
		return dayOf(wall), err
	})
	variants := []variant{{args: typeList(types.StringType, types.StringType), returns: types.DatetimeType, eval: momentsOf(parseDate)}}
	for _, t := range typeList(types.StringType, types.DateType, types.DatetimeType, types.TimestampType, types.TimestampNTZType) {
		variants = append(variants, variant{args: typeList(t), returns: types.DateType, eval: day})
	}
	return variants
}

func parseDate(r *kernel.Row, c *kernel.Clock) (int64, error) {
	wall, ok := parseFormatted(r.Text(0), r.Text(1))
	if !ok {
		if r.Call.Session != nil && r.Call.Session.Strict {
			return 0, diag.Errorf(diag.CodeBadDatetime, diag.Pos{}, "'%s' is not a date in the format '%s'", r.Text(0), r.Text(1))
		}
		return 0, kernel.Null
	}
	return c.Instant(wall), nil
}

// letters are the parts a format can name.
var letters = []struct {
	name string
	part datePart
}{
	{"yyyy", partYear}, {"mm", partMonth}, {"dd", partDay}, {"hh", partHour}, {"mi", partMinute}, {"ss", partSecond},
	{"ff3", partMilli}, {"ff6", partMicro},
}

// letterAt is the letter that format begins with, and the digits it stands for.
func letterAt(format []byte) (part datePart, name string, digits int) {
	if len(format) < 2 || format[0]|0x20 < 'd' {
		return 0, "", 0
	}
	for _, l := range letters {
		if len(format) < len(l.name) || !strings.EqualFold(string(format[:len(l.name)]), l.name) {
			continue
		}
		switch l.part {
		case partMilli:
			return l.part, l.name, 3
		case partMicro:
			return l.part, l.name, 6
		}
		return l.part, l.name, len(l.name)
	}
	return 0, "", 0
}

// appendFormatted writes a wall-clock time with the letters of format replaced.
func appendFormatted(dst []byte, wall int64, format []byte) []byte {
	for len(format) > 0 {
		p, name, digits := letterAt(format)
		if name == "" {
			dst, format = append(dst, format[0]), format[1:]
			continue
		}
		v := strconv.FormatInt(p.of(wall), 10)
		for range digits - len(v) {
			dst = append(dst, '0')
		}
		dst, format = append(dst, v...), format[len(name):]
	}
	return dst
}

// parseFormatted reads a text that has digits for the letters of format, which
// must name the year, and is otherwise equal to it.
func parseFormatted(s, format []byte) (wall int64, ok bool) {
	parts := [partMicro + 1]int{partMonth: 1, partDay: 1}
	hasYear := false
	for len(format) > 0 {
		p, name, digits := letterAt(format)
		if name == "" {
			if len(s) == 0 || s[0] != format[0] {
				return 0, false
			}
			s, format = s[1:], format[1:]
			continue
		}
		if len(s) < digits {
			return 0, false
		}
		v := 0
		for _, c := range s[:digits] {
			if c < '0' || c > '9' {
				return 0, false
			}
			v = v*10 + int(c-'0')
		}
		parts[p] = v
		hasYear = hasYear || p == partYear
		s, format = s[digits:], format[len(name):]
	}
	y, m, d := parts[partYear], parts[partMonth], parts[partDay]
	if len(s) > 0 || !hasYear || y < 1 || m < 1 || m > 12 || d < 1 || d > batch.DaysIn(y, m) ||
		parts[partHour] > 23 || parts[partMinute] > 59 || parts[partSecond] > 59 {
		return 0, false
	}
	wall = batch.DaysOf(y, m, d) * batch.MicrosPerDay
	for p := partHour; p <= partMicro; p++ {
		wall += int64(parts[p]) * p.micros()
	}
	return wall, true
}

func truncTime(r *kernel.Row, c *kernel.Clock, dst []byte) ([]byte, error) {
	wall, err := wallOf(r, 0, c)
	if err != nil {
		return nil, err
	}
	if k := r.Call.Args[0].Kind; k == types.Datetime || k == types.Timestamp {
		wall = r.Int(0)
	}
	format, ok := map[string]string{"year": "yyyy", "month": "yyyy-mm", "day": "yyyy-mm-dd", "hour": "yyyy-mm-dd hh:00:00"}[strings.ToLower(string(r.Text(1)))]
	if !ok {
		return nil, invalid("trunc_time takes 'year', 'month', 'day' or 'hour', not '%s'", r.Text(1))
	}
	return appendFormatted(dst, wall, []byte(format)), nil
}
