package syntax

import (
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// TestDeep reads texts that nest far deeper than any stack should: each is
// refused with a message.
func TestDeep(t *testing.T) {
	const n = 10_000
	rep := strings.Repeat
	for name, text := range map[string]string{
		"parens":      "select " + rep("(", n) + "1" + rep(")", n),
		"open parens": "select " + rep("(", n),
		"minus":       "select " + rep("- ", n) + "1",
		"not":         "select " + rep("not ", n) + "a",
		"case":        "select " + rep("case when ", n) + "a" + rep(" then b end", n),
		"calls":       "select " + rep("f(", n) + "1" + rep(")", n),
		"casts":       "select " + rep("cast(", n) + "1" + rep(" as int)", n),
		"index":       "select " + rep("a[", n) + "1" + rep("]", n),
		"lambda":      "select f(" + rep("x -> ", n) + "1)",
		"subqueries":  "select * from " + rep("(select * from ", n) + "t" + rep(")", n),
		"queries":     rep("(", n) + "select 1" + rep(")", n),
		"joins":       "select * from " + rep("(", n) + "t" + rep(")", n),
		"in":          "select " + rep("a in (", n) + "1" + rep(")", n),
		"exists":      "select " + rep("exists (select ", n) + "1" + rep(")", n),
		"with":        rep("with a as (", n) + "select 1" + rep(") select 1", n),
		"grouping":    "select 1 group by " + rep("rollup(", n) + "a" + rep(")", n),
		"interval":    "select " + rep("interval (", n) + "1" + rep(") day", n),
		"window":      "select " + rep("f() over (order by ", n) + "1" + rep(")", n),
		"types":       "select cast(a as " + rep("array<", n) + "int" + rep(">", n) + ")",
		"explain":     rep("explain ", n) + "select 1",
		"postfix":     "select a" + rep("[0]", 10*n),
		"fields":      "select f()" + rep(".a", 10*n),
		"is null":     "select a" + rep(" is null", 10*n),
		"plus":        "select a" + rep(" + a", 10*n),
		"union":       "select 1" + rep(" union select 1", 10*n),
		"join chain":  "select * from a" + rep(" join a", 10*n),
		"comma chain": "select * from a" + rep(", a", 10*n),
		"views":       "select * from a" + rep(" lateral view f(x) y", 10*n),
		// each level within the nesting limit holds a chain within the height limit
		"chains in parens": "select " + rep("(", 10) + "a" + rep(rep(" + a", n)+")", 10),
	} {
		_, err := Parse(text)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if e := diag.Of(err); e.Class != diag.User || e.Code != diag.CodeUnsupported && name != "explain" {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// TestLong reads flat chains that real generators write.
func TestLong(t *testing.T) {
	const n = 10_000
	rep := strings.Repeat
	for name, text := range map[string]string{
		"and":    "select 1 where a = 1" + rep(" and b = 2", n),
		"or":     "select 1 where a = 1" + rep(" or b = 2", 10*n),
		"plus":   "select a" + rep(" + 1", n),
		"concat": "select a" + rep(" || 'x'", n),
		"union":  "select 1" + rep(" union all select 1", n),
		"in":     "select a in (1" + rep(", 1", n) + ")",
		"when":   "select case" + rep(" when a then b", n) + " end",
		"values": "insert into t values (1)" + rep(", (1 + 1)", 3*n),
		"string": "select 'x'" + rep(" 'x'", n),
		"script": rep("select 1;", n),
		"nested": "select " + rep("(a + ", 200) + "1" + rep(")", 200),
	} {
		list, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkFixpoint(t, chunk{name: name}, list[0])
	}
}

func BenchmarkParse(b *testing.B) {
	row := "(12345, 'some text', 3.25, NULL, DATE'2020-01-01', a + b * 2, f(x, 'y')), "
	text := "INSERT INTO t VALUES " + strings.Repeat(row, 2<<20/len(row)) + "(1, 2, 3)"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	list, err := Parse("SELECT a, b FROM t WHERE c = 1" + strings.Repeat(" OR c IN (1, 2, 3) AND d LIKE 'x%'", 10_000))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.SetBytes(int64(len(Print(list[0]))))
	}
}
