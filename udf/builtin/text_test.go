package builtin

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// randomText is a short text of few characters, so that searches find something.
func randomText(r *rand.Rand, most int) string {
	alphabet := []string{"a", "b", "A", " ", "é", "龟", "a"}
	if r.IntN(2) == 0 {
		alphabet = alphabet[:4]
	}
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// The references count in runes, without any shortcut.
func substrReference(s string, start, n int64) string {
	runes := []rune(s)
	if start < 0 {
		start += int64(len(runes)) + 1
	}
	if start < 1 || start > int64(len(runes)) || n <= 0 {
		return ""
	}
	return string(runes[start-1 : min(start-1+n, int64(len(runes)))])
}

func instrReference(hay, needle string, start, nth int64) int64 {
	h, n := []rune(hay), []rune(needle)
	if len(n) == 0 {
		return 1
	}
	at, step := int(start)-1, 1
	if start < 0 {
		at, step = len(h)+int(start), -1
	}
	for ; at >= 0 && at < len(h); at += step {
		if at+len(n) <= len(h) && string(h[at:at+len(n)]) == needle {
			if nth--; nth == 0 {
				return int64(at) + 1
			}
		}
	}
	return 0
}

func padReference(s string, n int64, fill string, left bool) string {
	runes := []rune(s)
	if int64(len(runes)) >= n {
		return string(runes[:n])
	}
	if fill == "" {
		return s
	}
	missing := []rune(strings.Repeat(fill, int(n)))[:n-int64(len(runes))]
	if left {
		return string(missing) + s
	}
	return s + string(missing)
}

func TestTextsAgainstRunes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	const n = 5000
	s, sub := make([]string, n), make([]string, n)
	start, count, nth := make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range n {
		s[i], sub[i] = randomText(r, 12), randomText(r, 2)
		start[i], count[i], nth[i] = r.Int64N(28)-14, r.Int64N(14), 1+r.Int64N(3)
		if start[i] == 0 {
			start[i] = 1
		}
	}
	text, part := batch.FromStrings(types.StringType, s), batch.FromStrings(types.StringType, sub)
	long := func(v []int64) *batch.Column { return batch.FromValues(types.BigIntType, batch.PhysI64, v, nil) }
	check := func(name string, want func(i int) types.Datum, cols ...*batch.Column) {
		t.Helper()
		out := evaluator(t, name, time.UTC, cols...)
		for i := range n {
			if got := out.Datum(i); got != want(i) {
				t.Fatalf("%s of %q, %q, %d, %d, %d is %v, want %v", name, s[i], sub[i], start[i], count[i], nth[i], got, want(i))
			}
		}
	}
	check("substr", func(i int) types.Datum { return substrReference(s[i], start[i], count[i]) }, text, long(start), long(count))
	check("substring", func(i int) types.Datum { return substrReference(s[i], start[i], 100) }, text, long(start))
	check("instr", func(i int) types.Datum { return instrReference(s[i], sub[i], start[i], nth[i]) }, text, part, long(start), long(nth))
	check("lpad", func(i int) types.Datum { return padReference(s[i], count[i], sub[i], true) }, text, long(count), part)
	check("rpad", func(i int) types.Datum { return padReference(s[i], count[i], sub[i], false) }, text, long(count), part)
	check("length", func(i int) types.Datum { return int64(utf8.RuneCountInString(s[i])) }, text)
	check("trim", func(i int) types.Datum { return strings.Trim(s[i], " ") }, text)
	check("ltrim", func(i int) types.Datum { return strings.TrimLeft(s[i], sub[i]) }, text, part)
	check("replace", func(i int) types.Datum {
		if sub[i] == "" {
			return s[i]
		}
		return strings.ReplaceAll(s[i], sub[i], "<>")
	}, text, part, batch.DatumColumn(types.StringType, "<>", n))
	check("reverse", func(i int) types.Datum {
		var out string
		for _, c := range s[i] {
			out = string(c) + out
		}
		return out
	}, text)
}
