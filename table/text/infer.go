package text

import (
	"bytes"
	"time"

	"github.com/bixidata/bixi/sql/types"
)

// guesses are the types that a column may turn out to have, the first that all
// its values fit.
var guesses = []types.Type{
	types.BooleanType, types.BigIntType, types.DoubleType, types.DateType, types.DatetimeType, types.TimestampType,
}

// infer gives each of n columns the first of guesses that fits its values, and
// STRING to those that none fits or that have no values.
func infer(sample []record, n int, zone *time.Location) []types.Type {
	out := make([]types.Type, n)
	for i := range out {
		out[i] = types.StringType
		for _, t := range guesses {
			if fitsAll(sample, i, t, zone) {
				out[i] = t
				break
			}
		}
	}
	return out
}

func fitsAll(sample []record, i int, t types.Type, zone *time.Location) bool {
	any := false
	for _, rec := range sample {
		if i >= len(rec.fields) || rec.fields[i].null || len(rec.fields[i].text) == 0 {
			continue
		}
		f := rec.fields[i]
		if f.quoted && !t.IsTemporal() || !looksLike(f.text, t) {
			return false
		}
		if _, ok := parse(string(f.text), t, zone); !ok {
			return false
		}
		any = true
	}
	return any
}

// looksLike refuses texts that could be read as a t but probably are something
// else: codes with leading zeros, numbers with more digits than a t keeps.
func looksLike(text []byte, t types.Type) bool {
	digits := bytes.TrimPrefix(text, []byte("-"))
	leadingZero := len(digits) > 1 && digits[0] == '0' && digits[1] != '.'
	switch t.Kind {
	case types.Boolean:
		return len(text) >= len("true")
	case types.BigInt:
		return !leadingZero && text[0] != '+'
	case types.Double:
		whole := len(bytes.TrimLeft(digits, "0123456789")) == 0
		return !leadingZero && text[0] != '+' && !(whole && len(digits) > 18)
	case types.Date:
		return len(text) == len(time.DateOnly)
	case types.Datetime:
		return len(text) == len(time.DateTime)
	}
	return true
}
