package batch

// Microseconds in a second and a day.
const (
	MicrosPerSecond = 1_000_000
	MicrosPerDay    = 86_400 * MicrosPerSecond
)

// CivilOf is the proleptic Gregorian date of a day counted from 1970-01-01.
func CivilOf(days int64) (year, month, day int) {
	if uint64(days+civilShift) >= 1<<30 {
		return farCivil(days)
	}
	// Neri and Schneider, "Euclidean affine functions and their application to
	// calendar algorithms" (2022): divisions become multiplications. Years begin
	// on 1 March.
	n1 := 4*uint32(days+civilShift) + 3
	century := n1 / 146097
	n2 := n1%146097 | 3
	p2 := uint64(2939745) * uint64(n2)
	doy := uint32(p2) / 2939745 / 4
	n3 := 2141*doy + 197913
	year, month, day = int(100*century+uint32(p2>>32))-civilYears, int(n3>>16), int(n3&(1<<16-1)/2141)+1
	if doy >= 306 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// Days and years from 0000-03-01, 82 eras of 400 years earlier, to 1970-01-01
// and to year 0: they make all dates of the language positive.
const (
	civilShift = 719468 + 82*146097
	civilYears = 82 * 400
)

// farCivil is CivilOf for any day.
func farCivil(days int64) (year, month, day int) {
	// Days are counted in eras of 400 years that begin on 1 March, so that a leap
	// day is the last day of its year.
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp) + 3
	year = int(yoe + era*400)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// DaysOf is the day of a date, counted from 1970-01-01; the day may lie outside
// its month.
func DaysOf(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(int64(year), 400)
	yoe := int64(year) - era*400
	doy := int64(153*(month-3)+2)/5 + int64(day) - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// DaysIn is the number of days of a month.
func DaysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// floorDiv is a/b rounded down, for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
