package builtin

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzLike compares LIKE with the regular expression of the same meaning.
func FuzzLike(f *testing.F) {
	for _, s := range [][2]string{{"abc", "a%"}, {"a%b", `a\%b`}, {"日本語", "_本%"}, {"aab", "%ab"}, {"ab", "%a_%"}, {"", "%%"}, {`a\`, `a\`}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if !utf8.ValidString(s) || !utf8.ValidString(pattern) || len(s)+len(pattern) > 60 {
			return
		}
		var b strings.Builder
		b.WriteString("(?s)^")
		rs := []rune(pattern)
		for i := 0; i < len(rs); i++ {
			switch {
			case rs[i] == '\\' && i+1 < len(rs):
				i++
				b.WriteString(regexp.QuoteMeta(string(rs[i])))
			case rs[i] == '%':
				b.WriteString(".*")
			case rs[i] == '_':
				b.WriteString(".")
			default:
				b.WriteString(regexp.QuoteMeta(string(rs[i])))
			}
		}
		want := regexp.MustCompile(b.String() + "$").MatchString(s)
		p, err := compileLike([]byte(pattern), []byte(`\`))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.matcher()([]byte(s)); got != want {
			t.Fatalf("%q like %q: %v, want %v", s, pattern, got, want)
		}
		if got := p.match([]byte(s)); got != want {
			t.Fatalf("%q like %q: %v in general, want %v", s, pattern, got, want)
		}
	})
}
