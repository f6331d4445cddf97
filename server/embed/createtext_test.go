package embed_test

import (
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
)

// TestShowCreateRoundTrip drops each object and makes it again of what SHOW
// CREATE TABLE says: it must say the same then.
func TestShowCreateRoundTrip(t *testing.T) {
	s := embedded("plain", 0).Open(t)
	state := server.State{Project: "default", Settings: map[string]string{"odps.sql.timezone": "Asia/Tokyo"}}
	run := func(text string) string {
		t.Helper()
		st, err := s.Submit(t.Context(), server.Request{Text: text, State: state})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		defer st.Close()
		if _, err := st.Wait(t.Context()); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		b, err := st.Next(t.Context())
		if err != nil {
			return ""
		}
		return string(batch.AppendText(nil, b.Columns[0], 0, nil))
	}
	run(`CREATE TABLE base (a BIGINT, b STRING, c INT)`)
	for _, c := range []struct{ drop, create string }{
		{"TABLE", `CREATE TABLE x (a BIGINT)`},
		{"TABLE", `CREATE TABLE x (a BIGINT NOT NULL COMMENT 'it''s', b STRING)`},
		{"TABLE", "CREATE TABLE x (a DECIMAL(38,18) DEFAULT 1.5BD, b DATE DEFAULT DATE '1969-12-31', c DATETIME DEFAULT DATETIME '2024-01-01 00:00:00', d TIMESTAMP DEFAULT TIMESTAMP '2024-01-01 00:00:00.000123', e CHAR(3) DEFAULT 'a\\n', f DOUBLE DEFAULT 1e300, g TINYINT DEFAULT -3, h BOOLEAN DEFAULT false, i FLOAT DEFAULT 0.1, `select` INT, j BINARY) COMMENT 'a\\tb' PARTITIONED BY (p STRING COMMENT 'x', q BIGINT) LIFECYCLE 4"},
		{"TABLE", `CREATE TABLE x (a ARRAY<STRUCT<x:INT COMMENT 'in', y:MAP<STRING, DECIMAL(5,1)>>>) TBLPROPERTIES ('b'='2', 'a'='1')`},
		{"TABLE", `CREATE TABLE x (a BIGINT, b STRING, CONSTRAINT pk PRIMARY KEY (a, b)) CLUSTERED BY (a) SORTED BY (b DESC, a) INTO 8 BUCKETS`},
		{"TABLE", `CREATE TABLE x (a BIGINT) RANGE CLUSTERED BY (a)`},
		{"VIEW", `CREATE VIEW x (k COMMENT 'key', v) COMMENT 'c' TBLPROPERTIES ('a'='1') AS SELECT a, b FROM base WHERE b <> 'it''s'`},
		{"MATERIALIZED VIEW", `CREATE MATERIALIZED VIEW x LIFECYCLE 3 DISABLE REWRITE COMMENT 'c' PARTITIONED ON (b) TBLPROPERTIES ('a'='1') AS SELECT b, a, c FROM base`},
	} {
		run(c.create)
		first := run("SHOW CREATE TABLE x")
		run("DROP " + c.drop + " x")
		run(first)
		if again := run("SHOW CREATE TABLE x"); again != first {
			t.Errorf("%s\nis shown as\n%s\nand then as\n%s", c.create, first, again)
		}
		run("DROP " + c.drop + " x")
	}
}
