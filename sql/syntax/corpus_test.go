package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// chunk is one case of testdata: what stands between blank lines. It may hold
// several statements.
type chunk struct {
	name, text string
}

func corpus(t testing.TB) []chunk {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	var chunks []chunk
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for _, text := range strings.Split(string(data), "\n\n") {
			chunks = append(chunks, chunk{fmt.Sprintf("%s:%d", f, line), strings.Trim(text, "\n")})
			line += strings.Count(text, "\n") + 2
		}
	}
	return chunks
}

var errorComment = regexp.MustCompile(`/\* ERROR ("(?:[^"\\]|\\.)*") \*/`)

// wanted finds the last ERROR comment that is not in a string: what must be
// said, and where, which is at the token behind the comment.
func wanted(t *testing.T, c chunk) (pattern *regexp.Regexp, at diag.Pos) {
	all := errorComment.FindAllStringSubmatchIndex(c.text, -1)
	if all == nil {
		return nil, diag.Pos{}
	}
	m := all[len(all)-1]
	quoted, err := strconv.Unquote(c.text[m[2]:m[3]])
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	l := newLexer(c.text)
	l.advance(m[1])
	l.skipBlankForTest()
	return regexp.MustCompile(quoted), diag.Pos{Line: l.line, Col: l.col}
}

// skipBlankForTest goes to the next token even if that is an open comment or
// the raw rest of a SET.
func (l *lexer) skipBlankForTest() {
	for l.off < len(l.text) && (l.text[l.off] == ' ' || l.text[l.off] == '\n') {
		l.advance(l.off + 1)
	}
}

func TestCorpus(t *testing.T) {
	for _, c := range corpus(t) {
		list, err := Parse(c.text)
		pattern, at := wanted(t, c)
		if pattern != nil {
			checkError(t, c, err, pattern, at)
			continue
		}
		if err != nil {
			t.Errorf("%s: %s", c.name, diag.Render(err, c.text))
			continue
		}
		for _, s := range list {
			checkFixpoint(t, c, s)
			checkPlaces(t, c, s)
		}
	}
}

func checkError(t *testing.T, c chunk, err error, pattern *regexp.Regexp, at diag.Pos) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", c.name)
		return
	}
	e := diag.Of(err)
	if e.Class != diag.User {
		t.Errorf("%s: class %s", c.name, e.Class)
	}
	if message := e.Error() + " hint: " + e.Hint; !pattern.MatchString(message) {
		t.Errorf("%s: got  %s\nwant %s", c.name, message, pattern)
	}
	if e.Pos != at {
		t.Errorf("%s: error at %s, want %s: %v", c.name, e.Pos, at, e)
	}
}

// checkFixpoint prints s and reads it back: the tree must be the same but for
// places, and print the same.
func checkFixpoint(t testing.TB, c chunk, s Statement) {
	t.Helper()
	text := Print(s)
	again, err := ParseStatement(text)
	if err != nil {
		t.Errorf("%s: printed text does not parse:\n%s", c.name, diag.Render(err, text))
		return
	}
	if second := Print(again); second != text {
		t.Errorf("%s: not a fixpoint:\n%s\n%s", c.name, text, second)
	}
	if a, b := dump(s), dump(again); a != b {
		i := 0
		for i < min(len(a), len(b)) && a[i] == b[i] {
			i++
		}
		from := max(0, i-100)
		t.Errorf("%s: the tree changed in\n%s\n%.200s\n%.200s", c.name, text, a[from:], b[from:])
	}
}

// checkPlaces checks that every node has a place in the text, and the span of
// the statement is its text.
func checkPlaces(t *testing.T, c chunk, s Statement) {
	t.Helper()
	Inspect(s, func(n Node) bool {
		if !n.Pos().IsValid() {
			t.Errorf("%s: %T has no place", c.name, n)
		}
		return true
	})
	span := s.Span()
	alone, err := ParseStatement(c.text[span.Begin:span.End])
	if err != nil {
		t.Errorf("%s: the text of the span does not parse: %v", c.name, err)
		return
	}
	if Print(alone) != Print(s) {
		t.Errorf("%s: the text of the span is another statement: %s", c.name, c.text[span.Begin:span.End])
	}
}

// dump writes a tree with everything but places.
func dump(n any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(n))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		dumpValue(b, v.Elem())
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			dumpValue(b, v.Index(i))
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	case reflect.Struct:
		switch v.Type() {
		case reflect.TypeFor[diag.Pos](), reflect.TypeFor[Span]():
			return
		}
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			b.WriteString(v.Type().Field(i).Name + ":")
			dumpValue(b, v.Field(i))
			b.WriteByte(' ')
		}
		b.WriteByte('}')
	default:
		fmt.Fprintf(b, "%#v", v)
	}
}
