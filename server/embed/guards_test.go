package embed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// TestLargeStatements runs statements that are far larger than people write: each
// gives its answer or says clearly that it is too much.
func TestLargeStatements(t *testing.T) {
	n := open(t)
	rep := strings.Repeat
	list := func(n int, format string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(items, ", ")
	}
	for name, c := range map[string]struct{ script, want string }{
		"parentheses":       {"select " + rep("(", 100_000) + "1" + rep(")", 100_000), "ODPS-0130401"},
		"subqueries":        {rep("select * from (", 5_000) + "select 1 a" + rep(") x", 5_000), "ODPS-0130401"},
		"some subqueries":   {rep("select * from (", 190) + "select 1 a" + rep(") x", 190), "1"},
		"unions":            {"select 1" + rep(" union all select 1", 10_000), "ODPS-0130241"},
		"nested unions":     {rep("select 1 union all (", 5_000) + "select 1" + rep(")", 5_000), "ODPS-0130401"},
		"exists":            {"select 1 where " + rep("exists (select 1 where ", 100) + "true" + rep(")", 100), "1"},
		"IN of numbers":     {"select x from (values (99999), (-1)) t (x) where x in (" + list(100_000, "%d") + ")", "99999"},
		"IN of texts":       {"select x from (values ('99999'), ('a')) t (x) where x in (" + list(100_000, "'%d'") + ")", "99999"},
		"NOT IN":            {"select x from (values (99999), (-1)) t (x) where x not in (" + list(100_000, "%d") + ")", "-1"},
		"OR":                {"select x from (values (4999), (-1)) t (x) where " + strings.ReplaceAll(list(5_000, "x = %d"), ",", " or"), "4999"},
		"a chain of +":      {"select x" + rep(" + 1", 2_000) + " from (values (1)) t (x)", "2001"},
		"nested CASE":       {"select " + rep("case when x = 1 then 1 else ", 190) + "0" + rep(" end", 190) + " from (values (2)) t (x)", "0"},
		"WHENs":             {"select case" + strings.ReplaceAll(list(5_000, " when x = %[1]d then %[1]d"), ",", "") + " end from (values (77)) t (x)", "77"},
		"a text of 3 MB":    {"select '" + rep("x", 3<<20) + "'", "ODPS-0130161"},
		"names of WITH":     {"with t0 as (select 1 a), " + list(200, "u%[1]d as (select a from t0)") + " select count(*) from t0, u199", "1"},
		"the widest table":  {"create table wide (" + list(1200, "c%d int") + "); select count(*) from wide", "0"},
		"a table too wide":  {"create table wider (" + list(1201, "c%d int") + ")", "ODPS-0110061"},
		"a query too wide":  {"create table widest as select " + list(1201, "%[1]d c%[1]d"), "ODPS-0110061"},
		"a partition a row": {"set odps.sql.dynamic.partition.max=3; create table parts (a int) partitioned by (p int); insert into parts partition (p) values (1, 1), (1, 2), (1, 3), (1, 4)", "ODPS-0123031"},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := run(t, n, c.script)
			got := strings.Join(lines, ";")
			if err != nil {
				got = "ODPS-" + string(diag.Of(err).Code)
				if len(diag.Of(err).Msg) > 300 {
					t.Errorf("the message is long: %s", diag.Of(err).Msg)
				}
			}
			if got != c.want {
				t.Errorf("it gives %.200s (%.300v), not %s", got, err, c.want)
			}
		})
	}
}

// TestViewsUponViews ends a tower of views that is too high.
func TestViewsUponViews(t *testing.T) {
	n := open(t)
	script := "create view v0 as select 1 a"
	for i := 1; i < 40; i++ {
		script += fmt.Sprintf("; create view v%d as select a from v%d", i, i-1)
	}
	_, err := run(t, n, script+"; select a from v39")
	if e := diag.Of(err); err == nil || e.Class != diag.User {
		t.Errorf("%v", err)
	}
}
