package planner_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/sql/syntax"
)

// TestLimits takes statements at their limits and just beyond.
func TestLimits(t *testing.T) {
	union := func(n int) string { return "select 1" + strings.Repeat(" union all select 1", n-1) }
	nested := func(n int) string {
		return strings.Repeat("select * from (", n) + "select 1 a" + strings.Repeat(") x", n)
	}
	for name, c := range map[string]struct{ text, want string }{
		"256 branches":   {union(256), ""},
		"257 branches":   {union(257), "256 branches at most"},
		"a long text":    {"select '" + strings.Repeat("x", 2<<20-100) + "'", ""},
		"too long":       {"select '" + strings.Repeat("x", 2<<20) + "'", "2097152 is the most"},
		"deep":           {nested(100), ""},
		"too deep":       {nested(1000), "nest"},
		"grouping sets":  {"select 1 from region group by cube(" + keys(12) + ")", ""},
		"too many sets":  {"select 1 from region group by cube(" + keys(13) + ")", "more than 4096 grouping sets"},
		"sets multiply":  {"select 1 from region group by cube(" + keys(7) + "), cube(" + keys(6) + ")", "more than 4096 grouping sets"},
		"many keys":      {"select 1 from region group by " + keys(100), ""},
		"too many keys":  {"select 1 from region group by rollup(" + keys(64) + ")", "63 keys at most"},
		"offset only":    {"select 1 from region offset 3", ""},
		"sorted cluster": {"select 1 from region sort by 1 cluster by 1", "CLUSTER BY cannot stand beside"},
	} {
		t.Run(name, func(t *testing.T) {
			stmt, err := syntax.ParseStatement(c.text)
			if err == nil {
				_, err = planner.Make(context.Background(), session(), stmt)
			}
			switch {
			case err == nil && c.want != "":
				t.Errorf("it is accepted; the error should say %q", c.want)
			case err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)):
				t.Errorf("the error is %.300q and should say %q", err, c.want)
			}
		})
	}
}

// keys are n different expressions.
func keys(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "r_regionkey + " + strings.Repeat("1 + ", i) + "1"
	}
	return strings.Join(out, ", ")
}

// TestWarnings plans statements that run and are worth a word.
func TestWarnings(t *testing.T) {
	for text, want := range map[string]string{
		"select /*+ mapjoin(o) */ 1 from orders o join lineitem l on o.o_orderkey = l.l_orderkey":      "",
		"select /*+ mapjoin(zzzz) */ 1 from orders o join lineitem l on o.o_orderkey = l.l_orderkey":   "[1,8] the hint MAPJOIN has no effect on zzzz, which is no table or alias of this FROM",
		"select /*+ mapjoin(o) */ 1 from orders o full join lineitem l on o.o_orderkey = l.l_orderkey": "[1,8] the hint MAPJOIN has no effect on o: no join can read it whole",
		"select item from sales":                                    "default.sales is read in full: no condition selects partitions by ds or hh",
		"select item from sales where hh = 3 or ds = '1' or hh > 2": "default.sales is read in full: no condition selects partitions by ds or hh",
		"select item from sales where hh = 3":                       "",
	} {
		stmt, err := syntax.ParseStatement(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := planner.Make(context.Background(), session(), stmt)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range p.Warnings {
			got = append(got, w.String())
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s\nwarns %q, not %q", text, s, want)
		}
	}
}
