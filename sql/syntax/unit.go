package syntax

// unitWords are the words of date parts that are not keywords elsewhere.
var unitWords = []string{
	"YEAR", "YEARS", "QUARTER", "QUARTERS", "MONTH", "MONTHS", "WEEK", "WEEKS", "DAYS", "HOUR", "HOURS",
	"MINUTE", "MINUTES", "SECOND", "SECONDS", "MILLISECOND", "MILLISECONDS", "MICROSECOND", "MICROSECONDS",
	"DOW", "DOY", "DAYOFWEEK", "DAYOFYEAR", "WEEKDAY", "WEEKOFYEAR", "EPOCH",
}

// intervalUnit gives the unit that a word names in INTERVAL, or "".
func intervalUnit(word string) Unit {
	switch word {
	case "YEAR", "YEARS":
		return "YEAR"
	case "QUARTER", "QUARTERS":
		return "QUARTER"
	case "MONTH", "MONTHS":
		return "MONTH"
	case "WEEK", "WEEKS":
		return "WEEK"
	case "DAY", "DAYS":
		return "DAY"
	case "HOUR", "HOURS":
		return "HOUR"
	case "MINUTE", "MINUTES":
		return "MINUTE"
	case "SECOND", "SECONDS":
		return "SECOND"
	case "MILLISECOND", "MILLISECONDS":
		return "MILLISECOND"
	case "MICROSECOND", "MICROSECONDS":
		return "MICROSECOND"
	}
	return ""
}

// extractUnit gives the field that a word names in EXTRACT, or "".
func extractUnit(word string) Unit {
	switch word {
	case "DOW", "DOY", "DAYOFWEEK", "DAYOFYEAR", "WEEKDAY", "WEEKOFYEAR", "EPOCH":
		return Unit(word)
	}
	return intervalUnit(word)
}
