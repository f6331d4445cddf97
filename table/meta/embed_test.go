package meta_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table/meta"
	"github.com/bixidata/bixi/table/store"
)

// engine is an engine on a warehouse, closed with the test.
func engine(t *testing.T, warehouse string) *embed.Node {
	t.Helper()
	n, err := embed.Open(context.Background(), embed.Config{Warehouse: warehouse, Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// query runs a script and gives the rows of its last statement as lines.
func query(t *testing.T, s server.Statements, script string) []string {
	t.Helper()
	var lines []string
	state := server.State{Project: "default"}
	pieces, _ := syntax.Split(script)
	for _, p := range pieces {
		st, err := s.Submit(t.Context(), server.Request{Text: p.Text, State: state})
		if err != nil {
			t.Fatalf("%s: %v", p.Text, err)
		}
		out, err := st.Wait(t.Context())
		state, lines = out.State, nil
		for err == nil {
			var b *batch.Batch
			if b, err = st.Next(t.Context()); err == nil {
				lines = append(lines, cells(b.Dense())...)
			}
		}
		if err == io.EOF {
			err = nil
		}
		if err = errors.Join(err, st.Close()); err != nil {
			t.Fatalf("%s: %v", p.Text, err)
		}
	}
	return lines
}

func cells(b *batch.Batch) []string {
	var out []string
	for i := range b.N {
		var row []string
		for _, c := range b.Columns {
			if c.IsNull(i) {
				row = append(row, "NULL")
			} else {
				row = append(row, string(batch.AppendText(nil, c, i, time.UTC)))
			}
		}
		out = append(out, strings.Join(row, ","))
	}
	return out
}

// Data written before a change of the schema reads under the new one.
func TestDataAfterAlter(t *testing.T) {
	n := engine(t, t.TempDir())
	defer n.Close()
	got := query(t, n.Statements, `
		CREATE TABLE t (a INT, b STRING, c DOUBLE) PARTITIONED BY (p STRING);
		INSERT INTO t PARTITION (p='x') VALUES (1, 'one', 1.5), (2, NULL, 2.5);
		ALTER TABLE t ADD COLUMNS (d DECIMAL(10,2));
		ALTER TABLE t CHANGE COLUMN b bb STRING;
		ALTER TABLE t CHANGE COLUMN a a BIGINT;
		ALTER TABLE t DROP COLUMNS c;
		INSERT INTO t PARTITION (p='y') VALUES (10000000000, 'new', 7.25);
		SELECT a, bb, d, p FROM t WHERE a > 0 ORDER BY a;`)
	want := []string{"1,one,NULL,x", "2,NULL,NULL,x", "10000000000,new,7.25,y"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// PyIceberg reads what we wrote: rows, partition values, types.
func TestPyIceberg(t *testing.T) {
	python, err := filepath.Abs("../../.venv/bin/python3")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("BIXI_INTEROP") == "" {
		t.Skip("BIXI_INTEROP is not set: the test needs Python with pyiceberg[sql-sqlite,pyarrow] in .venv")
	}
	dir := t.TempDir()
	n := engine(t, dir)
	want := query(t, n.Statements, `
		CREATE TABLE t (a BIGINT, b STRING, c DOUBLE, d DECIMAL(10,2), e DECIMAL(38,4), f DATE, g TIMESTAMP, h DATETIME, i BOOLEAN, j TINYINT, k ARRAY<BIGINT>)
			PARTITIONED BY (p STRING, q BIGINT);
		INSERT INTO t PARTITION (p='x', q=1) SELECT 1L, 'one', 1.5, CAST(1.25 AS DECIMAL(10,2)), CAST(3 AS DECIMAL(38,4)), DATE '2024-02-29',
			TIMESTAMP '2024-02-29 01:02:03.5', DATETIME '2024-02-29 01:02:03', true, CAST(7 AS TINYINT), array(1L, 2L);
		INSERT INTO t PARTITION (p, q) SELECT a + n, NULL, c * n, d, e, f, g, h, NOT i, j, k, concat('p/', CAST(n AS STRING)), n FROM t CROSS JOIN (SELECT 1L AS n UNION ALL SELECT 2L UNION ALL SELECT 3L) x;
		INSERT OVERWRITE TABLE t PARTITION (p='p/2', q=2) SELECT 50L, 'over', NULL, d, e, f, g, h, i, j, k FROM t WHERE q = 2;
		ALTER TABLE t DROP IF EXISTS PARTITION (p='p/3');
		ALTER TABLE t ADD COLUMNS (l INT);
		ALTER TABLE t CHANGE COLUMN b bb STRING;
		INSERT INTO t PARTITION (p='y', q=9) SELECT 60L, '', -0.25, d, e, f, g, h, i, j, k, 8 FROM t WHERE p = 'x';
		UPDATE t SET c = c * 2 WHERE a = 60;
		SELECT a, bb, c, d, i, j, l, p, q FROM t ORDER BY a;`)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if len(want) != 4 {
		t.Fatalf("wrote %q", want)
	}
	script := `
import sys
from pyiceberg.catalog.sql import SqlCatalog
c = SqlCatalog("bixi", uri="sqlite:///" + sys.argv[1] + "/catalog.db", warehouse="file://" + sys.argv[1])
t = c.load_table("default.t")
def text(v):
    return "NULL" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
def show(scan):
    rows = scan.to_arrow().to_pylist()
    for r in sorted(rows, key=lambda r: r["a"]):
        print(",".join(text(r[k]) for k in ["a", "bb", "c", "d", "i", "j", "l", "p", "q"]))
show(t.scan())
print("--")
show(t.scan(row_filter="p = 'p/2' and q = 2"))
print("--")
show(t.scan(row_filter="a >= 60"))
print("--")
print(t.scan().to_arrow().to_pylist()[0].keys() and len(t.metadata.snapshots), len(t.inspect.partitions()), len(t.inspect.files()))
`
	read := func(shape string) {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), python, "-c", script, dir).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		parts := strings.Split(strings.TrimSpace(string(out)), "--\n")
		if got := strings.Split(strings.TrimSpace(parts[0]), "\n"); !slices.Equal(got, want) {
			t.Errorf("PyIceberg reads\n%s\nwant\n%s", parts[0], strings.Join(want, "\n"))
		}
		if got := strings.TrimSpace(parts[1]); got != want[2] {
			t.Errorf("one partition: %q, want %q", got, want[2])
		}
		if got := strings.TrimSpace(parts[2]); got != want[3] {
			t.Errorf("a >= 60: %q, want %q", got, want[3])
		}
		if got := strings.TrimSpace(parts[3]); got != shape {
			t.Errorf("snapshots, partitions, files: %q, want %q", got, shape)
		}
	}
	read("6 4 4")
	before := dataFiles(t, dir)
	expireAll(t, dir)
	read("1 4 4")
	if after := dataFiles(t, dir); before <= 4 || after != 4 {
		t.Errorf("%d data files before the upkeep, %d after", before, after)
	}
}

func dataFiles(t *testing.T, warehouse string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(warehouse, "*", "*", "data", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// expireAll does the upkeep that is due in a year.
func expireAll(t *testing.T, warehouse string) {
	t.Helper()
	c, err := meta.Open(t.Context(), meta.Config{Warehouse: warehouse, Files: store.NewLocal(""), Clock: func() time.Time { return time.Now().AddDate(1, 0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Maintain(t.Context(), meta.Upkeep{Snapshots: 1}), c.Close()); err != nil {
		t.Fatal(err)
	}
}

// Queries do not notice the upkeep of the tables they read.
func TestDataAfterUpkeep(t *testing.T) {
	dir := t.TempDir()
	n := engine(t, dir)
	want := query(t, n.Statements, `
		CREATE TABLE t (a BIGINT) PARTITIONED BY (p STRING);
		INSERT INTO t PARTITION (p='x') VALUES (1), (2);
		INSERT OVERWRITE TABLE t PARTITION (p='y') VALUES (3);
		INSERT OVERWRITE TABLE t PARTITION (p='y') VALUES (4);
		SELECT a, p FROM t ORDER BY a;`)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	before := dataFiles(t, dir)
	expireAll(t, dir)
	if after := dataFiles(t, dir); after != before-1 {
		t.Errorf("%d data files before the upkeep, %d after", before, after)
	}
	n = engine(t, dir)
	defer n.Close()
	if got := query(t, n.Statements, `SELECT a, p FROM t ORDER BY a;`); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got := query(t, n.Statements, `INSERT INTO t PARTITION (p='x') VALUES (9); SELECT count(*) FROM t;`)
	if !slices.Equal(got, []string{"4"}) {
		t.Errorf("got %q rows after an insert", got)
	}
}
