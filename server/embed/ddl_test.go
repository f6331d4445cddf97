package embed_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
)

// TestShowCreateRoundTrip drops each object and makes it again of what SHOW
// CREATE TABLE says: it must say the same then.
func TestShowCreateRoundTrip(t *testing.T) {
	run := statements(t, map[string]string{"odps.sql.timezone": "Asia/Tokyo"})
	run(`CREATE TABLE base (a BIGINT, b STRING, c INT)`)
	for _, c := range []struct{ drop, create string }{
		{"TABLE", `CREATE TABLE x (a BIGINT)`},
		{"TABLE", `CREATE TABLE x (a BIGINT NOT NULL COMMENT 'it''s', b STRING)`},
		{"TABLE", "CREATE TABLE x (a DECIMAL(38,18) DEFAULT 1.5BD, b DATE DEFAULT DATE '1969-12-31', c DATETIME DEFAULT DATETIME '2024-01-01 00:00:00', d TIMESTAMP DEFAULT TIMESTAMP '2024-01-01 00:00:00.000123', e CHAR(3) DEFAULT 'a\\n', f DOUBLE DEFAULT 1e300, g TINYINT DEFAULT -3, h BOOLEAN DEFAULT false, i FLOAT DEFAULT 0.1, `select` INT, j BINARY) COMMENT 'a\\tb' PARTITIONED BY (p STRING COMMENT 'x', q BIGINT) LIFECYCLE 4"},
		{"TABLE", `CREATE TABLE x (a ARRAY<STRUCT<x:INT COMMENT 'in', y:MAP<STRING, DECIMAL(5,1)>>>) TBLPROPERTIES ('b'='2', 'a'='1')`},
		{"TABLE", `CREATE TABLE x (a BIGINT, b STRING, CONSTRAINT pk PRIMARY KEY (a, b)) CLUSTERED BY (a) SORTED BY (b DESC, a) INTO 8 BUCKETS`},
		{"TABLE", `CREATE TABLE x (a DATETIME, b INT) AUTO PARTITIONED BY (TRUNC_TIME(a, 'day') AS d)`},
		{"TABLE", `CREATE TABLE x (a DATETIME, b INT) AUTO PARTITIONED BY (TRUNC_TIME(a, 'hour'))`},
		{"TABLE", `CREATE TABLE x (a BIGINT) RANGE CLUSTERED BY (a)`},
		{"VIEW", `CREATE VIEW x (k COMMENT 'key', v) COMMENT 'c' TBLPROPERTIES ('a'='1') AS SELECT a, b FROM base WHERE b <> 'it''s'`},
		{"MATERIALIZED VIEW", `CREATE MATERIALIZED VIEW x LIFECYCLE 3 DISABLE REWRITE COMMENT 'c' PARTITIONED ON (b) TBLPROPERTIES ('a'='1') AS SELECT b, a, c FROM base`},
	} {
		run(c.create)
		first := run("SHOW CREATE TABLE x")[0]
		run("DROP " + c.drop + " x")
		run(first)
		if again := run("SHOW CREATE TABLE x")[0]; again != first {
			t.Errorf("%s\nis shown as\n%s\nand then as\n%s", c.create, first, again)
		}
		run("DROP " + c.drop + " x")
	}
}

// statements gives a function that runs a statement on a new engine and gives its
// rows, the values of each divided by tabs.
func statements(t *testing.T, settings map[string]string) func(text string) []string {
	s := embedded("plain", 0).Open(t)
	state := server.State{Project: "default", Settings: settings}
	return func(text string) []string {
		t.Helper()
		st, err := s.Submit(t.Context(), server.Request{Text: text, State: state})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		defer st.Close()
		if _, err := st.Wait(t.Context()); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var rows []string
		for {
			b, err := st.Next(t.Context())
			if err == io.EOF {
				return rows
			}
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			b = b.Dense()
			for i := range b.N {
				values := make([]string, len(b.Columns))
				for c, col := range b.Columns {
					if !col.IsNull(i) {
						values[c] = string(batch.AppendText(nil, col, i, time.UTC))
					}
				}
				rows = append(rows, strings.Join(values, "\t"))
			}
		}
	}
}

// TestMergeSmallFiles counts files.
func TestMergeSmallFiles(t *testing.T) {
	run := statements(t, map[string]string{})
	files := func(of string) string {
		t.Helper()
		return run("SHOW STATISTIC " + of)[2]
	}
	run(`CREATE TABLE t (a INT) PARTITIONED BY (p INT)`)
	for range 3 {
		run(`INSERT INTO t PARTITION (p) VALUES (1, 1), (2, 2)`)
	}
	for _, step := range []struct{ run, of, files string }{
		{`COUNT t`, `t`, "files\t6"},
		{`ALTER TABLE t PARTITION (p = 1) MERGE SMALLFILES`, `t`, "files\t4"},
		{`ALTER TABLE t COMPACT MINOR`, `t`, "files\t2"},
		{`INSERT INTO t PARTITION (p = 1) VALUES (3)`, `t PARTITION (p = 1)`, "files\t2"},
		{`ALTER TABLE t COMPACT MAJOR`, `t PARTITION (p = 1)`, "files\t1"},
	} {
		run(step.run)
		if got := files(step.of); got != step.files {
			t.Errorf("after %s: %s, not %s", step.run, got, step.files)
		}
	}
	if got := run(`SELECT COUNT(*), SUM(a) FROM t`); got[0] != "7\t12" {
		t.Errorf("the rows are now %s", got)
	}
}
