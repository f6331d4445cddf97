package builtin

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/udf"
)

// table expands a call over rows equal rows of arguments, asking for at most step
// rows at a time, and gives the rows of the last of them as text.
func (c *calculator) table(expr string, rows, step int) (string, error) {
	e, err := syntax.ParseExpr(expr)
	if err != nil {
		return "", err
	}
	sx := e.(*syntax.Call)
	f := c.reg.Lookup(sx.Name.Name)
	var args []udf.Arg
	var cols []*batch.Column
	for _, x := range sx.Args {
		col, err := c.eval(x)
		if err != nil {
			return "", err
		}
		args = append(args, udf.Arg{Type: col.Type, Const: true, Value: col.Datum(0)})
		cols = append(cols, col)
	}
	sig, err := f.Table.Resolve(args)
	if err != nil {
		return "", err
	}
	for i := range cols {
		if cols[i], err = c.cast(cols[i], sig.Args[i]); err != nil {
			return "", err
		}
		cols[i] = batch.ConstOf(cols[i], 0, rows)
		if rows > 1 && i%2 == 0 {
			cols[i] = batch.Flatten(cols[i])
		}
	}
	x, err := f.Table.Expand(&udf.TableCall{TableSignature: sig, Session: c.session}, cols, rows)
	if err != nil {
		return "", err
	}
	var from, at []int32
	for i, n := range x.Counts {
		for k := range n {
			from, at = append(from, int32(i)), append(at, k)
		}
	}
	var out []string
	for len(from) > 0 {
		n := min(step, len(from))
		part, err := x.Columns(from[:n], at[:n])
		if err != nil {
			return "", err
		}
		for k := range n {
			if int(from[k]) == rows-1 {
				out = append(out, c.row(part, k))
			}
		}
		from, at = from[n:], at[n:]
	}
	for k, col := range sig.Columns {
		if col.Name == "" {
			return "", fmt.Errorf("column %d has no name", k)
		}
	}
	return strings.Join(out, "; "), nil
}

func (c *calculator) row(cols []*batch.Column, k int) string {
	var vals []string
	for _, col := range cols {
		vals = append(vals, string(batch.AppendText(nil, col, k, c.session.Zone)))
	}
	return strings.Join(vals, ",")
}

// TestTableExamples runs every example over constants and flat columns, in large
// and small parts.
func TestTableExamples(t *testing.T) {
	c := newCalculator()
	cases := slices.Clone(tableCases)
	for _, f := range All() {
		if f.Table != nil {
			cases = append(cases, [2]string{f.Doc.Example, f.Doc.Result})
		}
	}
	for _, x := range cases {
		for _, rows := range []int{1, 3} {
			for _, step := range []int{1, 2, 100} {
				if got, err := c.table(x[0], rows, step); err != nil || got != x[1] {
					t.Errorf("%s is %q, not %q (%v; %d rows, by %d)", x[0], got, x[1], err, rows, step)
				}
			}
		}
	}
}

var tableCases = [][2]string{
	{"explode(array(1, null, 3))", "1; ; 3"},
	{"explode(map('a', 1, 'b', null))", "a,1; b,"},
	{"explode(cast(null as array<int>))", ""},
	{"explode(array())", ""},
	{"explode(array(array(1, 2), array(3)))", "[1,2]; [3]"},
	{"posexplode(map('a', 1))", "0,a,1"},
	{"inline(array(named_struct('x', 1, 'y', 'a'), null))", "1,a; ,"},
	{"stack(2, 1, 2.5, 'a', 4, 5.5)", "1,2.5,a; 4,5.5,"},
	{"stack(3, 1, null)", "1; ; "},
	{"stack(1, null)", ""},
	{"json_tuple('{\"a\":null,\"b\":[1,{\"c\":2}],\"s\":\"x\\\\\"y\"}', 'a', 'b[1].c', '$.s', 'b[*].c', 'z')", `,2,x"y,2,`},
	{"json_tuple('[1,2]', '[1]')", "2"},
	{"json_tuple('{bad', 'a')", ""},
	{"json_tuple(json_parse('{\"a\":5}'), 'a')", "5"},
	{"keyvalue_tuple('a=1&b=2', '&', '=', 'b', 'c')", "2,"},
	{"parse_url_tuple('file://u:p@e.com:80/a/b?x=1&y=2#r', 'host', 'QUERY:y', 'QUERY', 'query:z', 'REF')", "e.com,2,x=1&y=2,,r"},
	{"json_explode(json_parse('[1, \"a\", null, {\"b\" : 2}]'))", `,1; ,"a"; ,null; ,{"b":2}`},
	{"json_explode(json_parse('{}'))", ""},
	{"trans_array(0, ';', 'a;b;', 'x')", "a,x; b,; ,"},
	{"trans_array(1, ',', 7, cast(null as string))", "7,"},
	{"trans_array(2, ',', 7, 'k')", "7,k"},
	{"trans_cols(0, 1, 2.5)", "1,1.0; 2,2.5"},
}

func TestTableFailures(t *testing.T) {
	c := newCalculator()
	for _, expr := range []string{
		"explode('a')", "explode()", "posexplode(1)", "inline(array(1))", "stack(0, 1)", "stack('2', 1)", "stack(2)",
		"json_tuple('{}')", "json_tuple('{}', 'a..b')", "keyvalue_tuple('a', 'b', 'c')", "parse_url_tuple('http://a')", "parse_url_tuple('http://a', 'NOWHERE')",
		"json_explode('{}')", "json_explode(json_parse('1'))", "trans_array(1, '', 'a')", "trans_array(-1, ',', 'a')", "trans_array(3, ',', 'a')", "trans_cols(2, 1, 2)", "trans_cols(0, 1, array(1))",
	} {
		if got, err := c.table(expr, 1, 10); err == nil {
			t.Errorf("%s gives %q", expr, got)
		}
	}
}
