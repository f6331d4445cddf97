package transfer

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// tree makes empty files and goes to their directory.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, p := range paths {
		p = filepath.Join(dir, p)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func TestInputs(t *testing.T) {
	dir := tree(t, "one/a.parquet", "one/b.parquet", "two/k=1/a.parquet", "two/k=1/b.parquet", "two/k=x%2Fy/c.parquet", "two/_SUCCESS",
		"three/a.parquet", "three/deep/a.parquet", "three/b.parquet", "mixed/a.csv", "mixed/b.parquet", "mixed/.hidden.csv", "mixed/readme", "odd/l=1/a.csv", "odd/m=1/a.csv", "noname")
	for _, c := range []struct {
		args   string
		format Format
		want   string // path:format:partition
	}{
		{"one", "", "one:parquet"},
		{"one/a.parquet", "", "one/a.parquet:parquet"},
		{"one/*.parquet", "", "one/a.parquet:parquet one/b.parquet:parquet"},
		{"two", "", "two/k=1:parquet:k=1 two/k=x%2Fy/c.parquet:parquet:k=x/y"},
		{"three", "", "three/a.parquet:parquet three/b.parquet:parquet three/deep/a.parquet:parquet"},
		{"mixed", "", "mixed/a.csv:csv mixed/b.parquet:parquet"},
		{"mixed", "csv", "mixed/a.csv:csv"},
		{"noname", "json", "noname:json"},
		{"noname", "", "! the form of noname does not follow"},
		{"nothing", "", "! nothing"},
		{"none*", "", "! there is no file none*"},
		{"odd", "", "! do not name the same partition columns"},
	} {
		all, err := inputs([]string{c.args}, c.format)
		if message, bad := strings.CutPrefix(c.want, "! "); bad {
			if err == nil || !strings.Contains(err.Error(), message) || diag.ClassOf(err) != diag.User {
				t.Errorf("%s: %v, want %s", c.args, err, message)
			}
			continue
		}
		var got []string
		for _, in := range all {
			rel, _ := filepath.Rel(dir, in.path)
			s := rel + ":" + string(in.format)
			for _, v := range in.partition {
				s += ":" + v.Name + "=" + v.Text
			}
			got = append(got, s)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, %v; want %q", c.args, got, err, c.want)
		}
	}
}

func TestPathValuesRefusesNull(t *testing.T) {
	for _, p := range []string{"k=/a.csv", "k=__HIVE_DEFAULT_PARTITION__/a.csv", "k=%zz/a.csv"} {
		if _, err := pathValues(p); err == nil {
			t.Errorf("%s is taken", p)
		}
	}
}

func TestParsePartition(t *testing.T) {
	got, err := ParsePartition(`DS='2024-01-01', hour=1/x="y"`)
	if want := []Value{{"ds", "2024-01-01"}, {"hour", "1"}, {"x", "y"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"ds", "=x", "ds="} {
		if _, err := ParsePartition(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// TestQuoting reads back, with the parser, what is quoted.
func TestQuoting(t *testing.T) {
	for _, text := range []string{"plain", `it's`, `back\slash`, `\'`, "new\nline", `"`, "汉字", `\n`, "%_"} {
		stmt, err := syntax.ParseStatement("CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION " + quoteText(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := stmt.(*syntax.CreateTable).Location; got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, name := range []string{"t", "select", "a b", "weird`name"} {
		if _, err := syntax.ParseStatement("DROP TABLE " + quoteIdent(name)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := quoteName("p.t"); got != "`p`.`t`" {
		t.Error(got)
	}
}

// TestInsertParses holds the statements that are written against the parser.
func TestInsertParses(t *testing.T) {
	table := &layout{
		data:      types.Schema{{Name: "a", Type: types.BigIntType}, {Name: "select", Type: types.DecimalOf(10, 2)}},
		partition: types.Schema{{Name: "ds", Type: types.StringType}, {Name: "day", Type: types.DateType}},
	}
	x := &importing{Import: &Import{Table: "t", Overwrite: true, Partition: []Value{{"ds", "it's"}}}, target: "`t`"}
	x.sources = []source{
		{name: "`s1`", columns: types.Schema{{Name: "a", Type: types.StringType}}, partition: []Value{{"day", "2024-01-01"}}},
		{name: "`s2`", columns: table.data, partition: []Value{{"day", "2024-01-01"}}},
	}
	text, err := x.insert(table)
	if err != nil {
		t.Fatal(err)
	}
	want := "INSERT OVERWRITE TABLE `t` PARTITION (`ds` = 'it\\'s', `day` = CAST('2024-01-01' AS DATE))\n" +
		"SELECT CAST(`a` AS BIGINT) AS `a`, CAST(NULL AS DECIMAL(10,2)) AS `select` FROM `s1`\nUNION ALL\nSELECT `a`, `select` FROM `s2`"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	x.sources[1].partition[0].Text = "2024-01-02"
	if text, err = x.insert(table); err != nil || !strings.Contains(text, "PARTITION (`ds`, `day`)\n") {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := syntax.ParseStatement(text); err != nil {
		t.Error(err)
	}
}
