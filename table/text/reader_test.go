package text

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

var shanghai = time.FixedZone("", 8*3600)

// dump reads everything and writes it as rows of a|b, NULL as ~.
func dump(t *testing.T, r *Reader, err error) string {
	t.Helper()
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, f := range r.Schema() {
		fmt.Fprintf(&out, "%s %s;", f.Name, f.Type)
	}
	out.WriteByte('\n')
	for {
		b, err := r.Next()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			return err.Error()
		}
		for i := range b.N {
			for k, c := range b.Columns {
				if k > 0 {
					out.WriteByte('|')
				}
				if c.IsNull(i) {
					out.WriteByte('~')
				}
				out.Write(batch.AppendText(nil, c, i, shanghai))
			}
			out.WriteByte('\n')
		}
	}
}

func csvDump(t *testing.T, text string, want types.Schema) string {
	t.Helper()
	r, err := NewCSV(iotest.OneByteReader(strings.NewReader(text)), Options{Name: "f.csv", Zone: shanghai, Want: want})
	return dump(t, r, err)
}

func jsonDump(t *testing.T, text string) string {
	t.Helper()
	r, err := NewJSON(strings.NewReader(text), Options{Name: "f.json", Zone: shanghai})
	return dump(t, r, err)
}

func TestCSV(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"quotes", "a,B\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",z\n", "a STRING;b STRING;\nx,y|say \"hi\"\ntwo\nlines|z\n"},
		{"null and empty", "a,b\n,\"\"\nx,y\n", "a STRING;b STRING;\n~|\nx|y\n"},
		{"carriage returns", "a,b\r\n\"1\",2\r\n3,4", "a BIGINT;b BIGINT;\n1|2\n3|4\n"},
		{"no end of line", "a,b\n1,", "a BIGINT;b STRING;\n1|~\n"},
		{"byte order mark", "\xef\xbb\xbfa\n1\n", "a BIGINT;\n1\n"},
		{"blank lines", "a,b\n\n1,2\n\n", "a BIGINT;b BIGINT;\n1|2\n"},
		{"one column", "a\n\n1\n", "a BIGINT;\n~\n1\n"},
		{"header only", "a,b\n", "a STRING;b STRING;\n"},
		{"types", "b,i,d,day,at,ts,s,code,big\nTRUE,-1,1.5,2024-02-29,2024-02-29 01:02:03,2024-02-29 01:02:03.5,x,007,12345678901234567890\nfalse,\"\",1e10,,,2024-01-01 00:00:00,1,010,1\n",
			"b BOOLEAN;i BIGINT;d DOUBLE;day DATE;at DATETIME;ts TIMESTAMP;s STRING;code STRING;big STRING;\n" +
				"true|-1|1.5|2024-02-29|2024-02-29 01:02:03|2024-02-29 01:02:03.5|x|007|12345678901234567890\n" +
				"false|~|1.0E10|~|~|2024-01-01 00:00:00|1|010|1\n"},
		{"numbers widen", "a\n1\n2.5\n", "a DOUBLE;\n1.0\n2.5\n"},
		{"flags are numbers", "a\n1\n0\n", "a BIGINT;\n1\n0\n"},
		{"special doubles", "a\n1.0\nNaN\n-Infinity\n", "a DOUBLE;\n1.0\nNaN\n-Infinity\n"},
		{"empty", "", "f.csv:1: the file is empty"},
		{"same names", "a,A\n", "f.csv:1: column 2 needs a name of its own, not \"A\""},
		{"short row", "a,b\n1,2\n\"x\ny\"\n", "f.csv:3: the row has 1 fields, the header 2"},
		{"open quote", "a\n1\n\"x\n", "f.csv:3: a quote is not closed"},
		{"after a quote", "a\n\"x\"y\n", "f.csv:2: \"y\" follows the quote"},
	} {
		got := csvDump(t, c.in, nil)
		if got != c.want && !strings.Contains(got, " - "+c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestCSVWanted(t *testing.T) {
	want := types.Schema{{Name: "A", Type: types.DecimalOf(5, 2)}, {Name: "b", Type: types.VarcharOf(3)}, {Name: "c", Type: types.TinyIntType}}
	equal(t, csvDump(t, "a,b,c\n1.5,007,100\n", want), "a DECIMAL(5,2);b STRING;c TINYINT;\n1.50|007|100\n")
	for in, message := range map[string]string{
		"a,b,c\n1,x,1\n1,x,128\n":  `f.csv:3: column c: "128" is not a TINYINT`,
		"a,b,c\n1000000,x,1\n":     `f.csv:2: column a: "1000000" is not a DECIMAL(5,2)`,
		"a,b,c\n\"x\n\"\"\",x,1\n": `f.csv:2: column a: "x\n\"" is not a DECIMAL(5,2)`,
	} {
		if got := csvDump(t, in, want); !strings.Contains(got, message) {
			t.Errorf("got %s, want %s", got, message)
		}
	}
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestAfterTheSample meets a value that the guess did not foresee.
func TestAfterTheSample(t *testing.T) {
	rows := "a\n" + strings.Repeat("1\n", sampleRows)
	got := csvDump(t, rows+"x\n", nil)
	if want := fmt.Sprintf(`f.csv:%d: column a: "x" is not a BIGINT`, sampleRows+2); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := csvDump(t, rows+"\n", nil); strings.Count(got, "\n") != sampleRows+2 || !strings.HasSuffix(got, "1\n~\n") {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
}

func TestJSON(t *testing.T) {
	equal(t, jsonDump(t, `{"b": 1, "a": "x\"y", "n": null}`+"\n\n"+` {"a":"","c":[1, {"k":2}], "n": true, "at": "2024-02-29 01:02:03"}`),
		"b BIGINT;a STRING;n BOOLEAN;c STRING;at DATETIME;\n1|x\"y|~|~|~\n~||true|[1, {\"k\":2}]|2024-02-29 01:02:03\n")
	equal(t, jsonDump(t, `{"a": "1"}`), "a STRING;\n1\n")
	for in, message := range map[string]string{
		"{\"a\":1}\n[1]":        "f.json:2: the line is not a JSON object",
		"{\"a\":1}\n{\"a\":":    "f.json:2: the line is not a JSON object",
		"{\"a\":1} {\"a\":2}":   "f.json:1: something follows",
		"":                      "f.json:1: the file is empty",
		"{\"a\":1}\nnot at all": "f.json:2: the line is not a JSON object",
	} {
		if got := jsonDump(t, in); !strings.Contains(got, message) {
			t.Errorf("%q: %s", in, got)
		}
	}
	got := jsonDump(t, strings.Repeat("{\"a\":1}\n", sampleRows)+"{\"b\":1}")
	if want := fmt.Sprintf("f.json:%d: the key \"b\"", sampleRows+1); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestReadFailure(t *testing.T) {
	broken := errors.New("broken disk")
	_, err := NewCSV(io.MultiReader(strings.NewReader("a\n1\n"), iotest.ErrReader(broken)), Options{Name: "f.csv"})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "f.csv:3: reading") {
		t.Error(err)
	}
	_, err = NewJSON(io.MultiReader(strings.NewReader("{\"a\":1}\n"), iotest.ErrReader(broken)), Options{Name: "f.json"})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := NewCSV(strings.NewReader("a\n\"x"), Options{Name: "f"}); diag.ClassOf(err) != diag.User {
		t.Error(err)
	}
}
