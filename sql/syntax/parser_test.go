package syntax

import (
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// TestPrecedence parses each text with and without its implied parentheses.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct{ text, means string }{
		{"a + b * c", "a + (b * c)"},
		{"a * b ^ c", "a * (b ^ c)"},
		{"-a ^ b", "(-a) ^ b"},
		{"a - b - c", "(a - b) - c"},
		{"a - b + c", "(a - b) + c"},
		{"a || b + c", "a || (b + c)"},
		{"a & b || c", "a & (b || c)"},
		{"a | b & c", "a | (b & c)"},
		{"a = b | c", "a = (b | c)"},
		{"a = b = c", "(a = b) = c"},
		{"a + b IS NULL", "(a + b) IS NULL"},
		{"a = b IS NULL", "a = (b IS NULL)"},
		{"a IS NULL = b", "(a IS NULL) = b"},
		{"a < b IS DISTINCT FROM c", "(a < b) IS DISTINCT FROM c"},
		{"NOT a = b", "NOT (a = b)"},
		{"NOT a IS NULL", "NOT (a IS NULL)"},
		{"NOT a AND b", "(NOT a) AND b"},
		{"a OR b AND c", "a OR (b AND c)"},
		{"a BETWEEN b AND c AND d", "(a BETWEEN b AND c) AND d"},
		{"a BETWEEN b + 1 AND c | 2 OR d", "(a BETWEEN (b + 1) AND (c | 2)) OR d"},
		{"a LIKE b || c", "a LIKE (b || c)"},
		{"a + 1 IN (2)", "(a + 1) IN (2)"},
		{"a DIV b * c", "(a DIV b) * c"},
		{"~a[0].b", "~((a[0]).b)"},
		{"x -> x + 1 = 2 OR y", "x -> (((x + 1) = 2) OR y)"},
	} {
		got, err := ParseExpr(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		want, err := ParseExpr(c.means)
		if err != nil {
			t.Errorf("%s: %v", c.means, err)
			continue
		}
		if dump(got) != dump(want) {
			t.Errorf("%s: got %s\nwant %s", c.text, dump(got), dump(want))
		}
	}
}

func TestLogicalIsFlat(t *testing.T) {
	e, err := ParseExpr("a AND b AND c AND (d AND e)")
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := e.(*Logical); !ok || len(n.Terms) != 4 {
		t.Errorf("got %s", dump(e))
	}
}

func TestStringValues(t *testing.T) {
	for text, want := range map[string]string{
		`'a\tb\n\r\b\\'`:                "a\tb\n\r\b\\",
		`'\'' "\""`:                     `'"`,
		`'\0\Z\;\x\%'`:                  "\x00\x1a;x%",
		`'\101\350'`:                    "Aè",
		`'\1019'`:                       "A9",
		`r'\n' 'x'`:                     `\nx`,
		`'it''s'`:                       "its",
		"'line\nbreak'":                 "line\nbreak",
		`'天' -- comment` + "\n" + `'地'`: "天地",
	} {
		e, err := ParseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if lit, ok := e.(*StringLit); !ok || lit.Value != want {
			t.Errorf("%s: got %s, want %q", text, dump(e), want)
		}
	}
}

func TestPlaces(t *testing.T) {
	e, err := ParseExpr("天 +\n  f(a,\n b) * 2")
	if err != nil {
		t.Fatal(err)
	}
	add := e.(*Binary)
	mul := add.R.(*Binary)
	call := mul.L.(*Call)
	for _, c := range []struct{ got, want diag.Pos }{
		{add.Pos(), diag.Pos{Line: 1, Col: 1}},
		{add.OpPos, diag.Pos{Line: 1, Col: 3}},
		{call.Pos(), diag.Pos{Line: 2, Col: 3}},
		{call.Args[1].Pos(), diag.Pos{Line: 3, Col: 2}},
		{mul.OpPos, diag.Pos{Line: 3, Col: 5}},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestTypes(t *testing.T) {
	for text, want := range map[string]types.Type{
		"bigint":                 types.BigIntType,
		"DECIMAL":                types.DecimalOf(38, 18),
		"decimal(10)":            types.DecimalOf(10, 0),
		"decimal(10,2)":          types.DecimalOf(10, 2),
		"array<array<int>>":      types.ArrayOf(types.ArrayOf(types.IntType)),
		"map<string,varchar(3)>": types.MapOf(types.StringType, types.VarcharOf(3)),
		"struct<a:int,b char(2) comment 'x'>": types.StructOf(
			types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.CharOf(2)}),
	} {
		got, err := ParseType(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		again, err := ParseType(PrintType(got))
		if !got.Equal(want) || err != nil || !again.Equal(want) {
			t.Errorf("%s: got %s, printed %s, %v", text, got, PrintType(got), err)
		}
		if named, err := ParseType(got.String()); err != nil || !named.Equal(want) {
			t.Errorf("%s: its name %s reads as %s, %v", text, got, named, err)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for text, want := range map[string]bool{
		"select":           true,
		"select a from":    true,
		"select (a":        true,
		"select 'a":        true,
		"select a /* b":    true,
		"select `a":        true,
		"select a b c":     false,
		"select a from t)": false,
		"selct":            false,
	} {
		_, err := Parse(text)
		if err == nil || Incomplete(err) != want {
			t.Errorf("%s: Incomplete(%v) is not %t", text, err, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text       string
		incomplete bool
		pieces     []string
	}{
		{"", false, nil},
		{" ;; -- nothing\n;", false, nil},
		{"select 1", true, []string{"select 1"}},
		{"select 1; ", false, []string{"select 1"}},
		{"a;b ;c", true, []string{"a", "b", "c"}},
		{"select ';' -- ;\n, `;`, \";\" /* ; */ ; x", true, []string{"select ';' -- ;\n, `;`, \";\"", "x"}},
		{"set a=b'c ; select 1;", false, []string{"set a=b'c ", "select 1"}},
		{"set;select 'a", true, []string{"set", "select 'a"}},
		{"select 1; /* open", true, []string{"select 1", "/* open"}},
		{"${a} ? \\ ; b;", false, []string{"${a} ? \\", "b"}},
		{"select 1；select 2;", false, []string{"select 1", "select 2"}},
	} {
		pieces, incomplete := Split(c.text)
		if incomplete != c.incomplete {
			t.Errorf("%q: incomplete %t", c.text, incomplete)
		}
		if len(pieces) != len(c.pieces) {
			t.Errorf("%q: got %d pieces", c.text, len(pieces))
			continue
		}
		for i, p := range pieces {
			if p.Text != c.pieces[i] || c.text[p.Range.Begin:p.Range.End] != p.Text {
				t.Errorf("%q: piece %d is %q", c.text, i, p.Text)
			}
		}
	}
}

func TestSplitStart(t *testing.T) {
	pieces, _ := Split("select 1;\n /* c */ 天; x")
	if len(pieces) != 3 || pieces[1].Start != (diag.Pos{Line: 2, Col: 10}) || pieces[2].Start != (diag.Pos{Line: 2, Col: 13}) {
		t.Errorf("got %+v", pieces)
	}
}

func TestSet(t *testing.T) {
	list, err := Parse("set a.b = it's \"raw\" -- all of it ; set a.b;set ; unset c ;")
	if err != nil {
		t.Fatal(err)
	}
	first := list[0].(*Set)
	if first.Key != "a.b" || first.Value != `it's "raw" -- all of it` {
		t.Errorf("got %+v", first)
	}
	if s := list[1].(*Set); s.Key != "a.b" || !s.Show {
		t.Errorf("got %+v", s)
	}
	if s := list[2].(*Set); s.Key != "" {
		t.Errorf("got %+v", s)
	}
	if s := list[3].(*Unset); s.Key != "c" {
		t.Errorf("got %+v", s)
	}
	for text, want := range map[string]string{
		"set a=1\nselect 1":   "ODPS-0130161:[1,5] Parse exception - the value of a goes over several lines",
		"set\n = 1":           "ODPS-0130161:[2,2] Parse exception - a setting is written SET name=value",
		"set a b=1":           "ODPS-0130161:[1,5] Parse exception - a setting is written SET name=value",
		"unset a=1":           "ODPS-0130161:[1,7] Parse exception - a setting is removed with UNSET name",
		"select 1; unset a b": "ODPS-0130161:[1,17] Parse exception - a setting is removed with UNSET name",
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v\nwant %s", text, err, want)
		}
	}
}

func TestParseStatementIsOne(t *testing.T) {
	if _, err := ParseStatement("select 1;"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", ";", "select 1; select 2", "select 1;;"} {
		if s, err := ParseStatement(text); err == nil {
			t.Errorf("%q: got %s", text, Print(s))
		}
	}
}

func TestInvalidUTF8(t *testing.T) {
	_, err := Parse("select 'a',\n '\uFFFD\xff'")
	want := "ODPS-0130161:[2,4] Parse exception - the text is not valid UTF-8 here"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestWalkOrder(t *testing.T) {
	s, err := ParseStatement("select a + b from t where c in (select d)")
	if err != nil {
		t.Fatal(err)
	}
	var entered, left []string
	Walk(s, func(n Node) bool {
		if c, ok := n.(*ColumnRef); ok {
			entered = append(entered, Print(c))
		}
		_, below := n.(*InQuery)
		return !below
	}, func(n Node) {
		if e, ok := n.(Expr); ok {
			left = append(left, Print(e))
		}
	})
	if got := strings.Join(entered, " "); got != "a b" {
		t.Errorf("entered %s", got)
	}
	if got := strings.Join(left, "; "); got != "a; b; a + b" {
		t.Errorf("left %s", got)
	}
}
