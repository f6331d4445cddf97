package format

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

var zone = time.FixedZone("", 8*3600)

// column makes a column of values.
func column(t types.Type, values ...types.Datum) *batch.Column {
	b := batch.NewBuilder(t)
	for _, v := range values {
		if v == nil {
			b.AppendNull(1)
		} else {
			b.AppendDatum(v)
		}
	}
	return b.Finish()
}

func render(t *testing.T, k Kind, schema types.Schema, batches ...*batch.Batch) string {
	t.Helper()
	var out bytes.Buffer
	w := New(k, &out)
	if err := w.Begin(schema, zone); err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	want = strings.TrimPrefix(want, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// second is a moment without a fraction: 2024-02-29 04:05:06 UTC.
var second = time.Date(2024, 2, 29, 4, 5, 6, 0, time.UTC).UnixMicro()

func tricky() (types.Schema, *batch.Batch) {
	schema := types.Schema{
		{Name: "s", Type: types.StringType}, {Name: "d", Type: types.DoubleType}, {Name: "at", Type: types.DatetimeType},
		{Name: "b", Type: types.BooleanType}, {Name: "m", Type: types.DecimalOf(10, 2)},
	}
	return schema, batch.New(5,
		column(types.StringType, "a,b", `say "hi"`, "", nil, "two\r\nlines"),
		column(types.DoubleType, 0.1, 1e10, math.NaN(), math.Inf(-1), nil),
		column(types.DatetimeType, second, second+999_999, nil, second, second),
		column(types.BooleanType, true, false, nil, true, true),
		batch.FromValues(types.DecimalOf(10, 2), batch.PhysI64, []int64{100, -5, 0, 12345, 1}, nil),
	)
}

func TestCSV(t *testing.T) {
	schema, b := tricky()
	schema[0].Name = `s,"x"`
	equal(t, render(t, CSV, schema, b), `
"s,""x""",d,at,b,m
"a,b",0.1,2024-02-29 12:05:06,true,1.00
"say ""hi""",1.0E10,2024-02-29 12:05:06,false,-0.05
"",NaN,,,0.00
,-Infinity,2024-02-29 12:05:06,true,123.45
"two`+"\r\n"+`lines",,2024-02-29 12:05:06,true,0.01
`)
}

// TestCSVReadsBack holds our quoting against another reader's.
func TestCSVReadsBack(t *testing.T) {
	values := []types.Datum{`"`, `""`, `,`, "\n", "a\nb", ` x `, `"q",`, "\t", "汉字", "'", `\N`}
	got, err := csv.NewReader(strings.NewReader(render(t, CSV, types.Schema{{Name: "a"}, {Name: "b"}},
		batch.New(len(values), column(types.StringType, values...), column(types.StringType, values...))))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if got[i+1][0] != v || got[i+1][1] != v {
			t.Errorf("%q came back as %q", v, got[i+1])
		}
	}
}

func TestTable(t *testing.T) {
	schema := types.Schema{{Name: "a", Type: types.StringType}, {Name: "a_long_column", Type: types.BigIntType}}
	b := batch.New(4, column(types.StringType, "x", nil, "longer than ten", "汉字"), column(types.BigIntType, int64(1), nil, int64(3), int64(4)))
	equal(t, render(t, Table, schema, b), `
+------------+---------------+
| a          | a_long_column |
+------------+---------------+
| x          | 1             |
| NULL       | NULL          |
| longer than ten | 3             |
| 汉字       | 4             |
+------------+---------------+
`)
	equal(t, render(t, Table, schema), `
+------------+---------------+
| a          | a_long_column |
+------------+---------------+
+------------+---------------+
`)
}

func TestJSON(t *testing.T) {
	schema, b := tricky()
	equal(t, render(t, JSON, schema, b), `
{"s":"a,b","d":0.1,"at":"2024-02-29 12:05:06","b":true,"m":1.00}
{"s":"say \"hi\"","d":1.0E10,"at":"2024-02-29 12:05:06","b":false,"m":-0.05}
{"s":"","d":"NaN","at":null,"b":null,"m":0.00}
{"s":null,"d":"-Infinity","at":"2024-02-29 12:05:06","b":true,"m":123.45}
{"s":"two\r\nlines","d":null,"at":"2024-02-29 12:05:06","b":true,"m":0.01}
`)
}

func TestJSONNested(t *testing.T) {
	point := types.StructOf(types.Field{Name: "x", Type: types.DoubleType}, types.Field{Name: "at", Type: types.DateType})
	schema := types.Schema{
		{Name: "l", Type: types.ArrayOf(types.DoubleType)}, {Name: "m", Type: types.MapOf(types.BigIntType, types.StringType)}, {Name: "p", Type: point},
	}
	out := render(t, JSON, schema, batch.New(1,
		column(schema[0].Type, []types.Datum{1.5, nil, math.Inf(1)}),
		column(schema[1].Type, []types.Datum{int64(7), "a\"b", int64(8), nil}),
		column(point, []types.Datum{2.0, int64(0)}),
	))
	equal(t, out, `{"l":[1.5,null,"Infinity"],"m":{"7":"a\"b","8":null},"p":{"x":2.0,"at":"1970-01-01"}}`+"\n")
	if !json.Valid([]byte(out)) {
		t.Error("not JSON")
	}
}

// TestEncodings writes the same rows flat, selected, constant and by dictionary.
func TestEncodings(t *testing.T) {
	schema := types.Schema{{Name: "v", Type: types.StringType}}
	dict := batch.FromStrings(types.StringType, []string{"a", ""})
	valid := batch.NewBitmapSet(4)
	valid.Clear(3)
	coded := batch.New(4, batch.FromCodes(dict, []int32{0, 1, 0, 0}, valid))
	selected := batch.New(6, column(types.StringType, "no", "a", "", "a", nil, "no"))
	selected.Sel = []int32{1, 2, 3, 4}
	flat := batch.New(4, column(types.StringType, "a", "", "a", nil))
	for _, k := range Kinds() {
		want := render(t, k, schema, flat)
		if got := render(t, k, schema, coded); got != want {
			t.Errorf("%s of a dictionary: %s", k, got)
		}
		if got := render(t, k, schema, selected); got != want {
			t.Errorf("%s of selected rows: %s", k, got)
		}
		if got := render(t, k, schema, flat.Slice(0, 1), flat.Slice(1, 4)); got != want {
			t.Errorf("%s of two batches: %s", k, got)
		}
	}
	one := batch.New(3, batch.DatumColumn(types.StringType, "c", 3))
	equal(t, render(t, CSV, schema, one), "v\nc\nc\nc\n")
}

type broken struct{ room int }

var errFull = errors.New("no room")

func (b *broken) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestStreams says that a result is handed on while it is written, and that
// writing ends when nobody takes it.
func TestStreams(t *testing.T) {
	b := batch.New(1000, batch.DatumColumn(types.StringType, strings.Repeat("x", 1000), 1000))
	for _, k := range Kinds() {
		out := &broken{room: 3 * flushBytes}
		w := New(k, out)
		err := w.Begin(types.Schema{{Name: "v", Type: types.StringType}}, zone)
		if err == nil {
			err = w.Write(b)
		}
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestParseKind(t *testing.T) {
	if k, err := ParseKind("CSV"); k != CSV || err != nil {
		t.Error(k, err)
	}
	if _, err := ParseKind("xml"); err == nil {
		t.Error("xml is taken")
	}
}
