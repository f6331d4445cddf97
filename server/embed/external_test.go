package embed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestExternalTables reads files of all formats, in directories that are
// partitions.
func TestExternalTables(t *testing.T) {
	run := statements(t, map[string]string{"odps.sql.timezone": "UTC"})
	dir := t.TempDir()
	run(`CREATE TABLE src (a INT, b STRING, c DECIMAL(10,2), d DATE, e DOUBLE, f BOOLEAN)`)
	run(`INSERT INTO src VALUES (1, 'x', 1.5BD, DATE '2024-01-01', 0.5, true), (2, NULL, NULL, NULL, NULL, NULL), (3, 'z,"q";', 3.25BD, DATE '2024-03-03', -1e10, false)`)
	want := run(`SELECT * FROM src ORDER BY a`)
	const columns = `(a INT, b STRING, c DECIMAL(10,2), d DATE, e DOUBLE, f BOOLEAN)`
	for i, format := range []string{"PARQUET", "CSV", "JSON", "TEXTFILE"} {
		place := filepath.Join(dir, format)
		run(fmt.Sprintf(`UNLOAD FROM src INTO LOCATION '%s' STORED AS %s`, place, format))
		run(fmt.Sprintf(`CREATE EXTERNAL TABLE x%d %s STORED AS %s LOCATION '%s'`, i, columns, format, place))
		if got := run(fmt.Sprintf(`SELECT * FROM x%d ORDER BY a`, i)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", format, got, want)
		}
		if got := run(fmt.Sprintf(`SELECT a FROM x%d WHERE c > 2 AND d >= DATE '2024-01-01'`, i)); !slices.Equal(got, []string{"3"}) {
			t.Errorf("%s: with a condition %q", format, got)
		}
		first := run(fmt.Sprintf(`SHOW CREATE TABLE x%d`, i))
		run(fmt.Sprintf(`DROP TABLE x%d`, i))
		run(first[0])
		if got := run(fmt.Sprintf(`SELECT * FROM x%d ORDER BY a`, i)); !slices.Equal(got, want) {
			t.Errorf("%s, made again: %q, not %q", format, got, want)
		}

		parts := filepath.Join(dir, "parts", format)
		for n := range 2 {
			run(fmt.Sprintf(`UNLOAD FROM src INTO LOCATION '%s/ds=2024010%d/h=%d' STORED AS %s`, parts, n+1, n, format))
		}
		run(fmt.Sprintf(`CREATE EXTERNAL TABLE p%d %s PARTITIONED BY (ds STRING, h INT) STORED AS %s LOCATION '%s'`, i, columns, format, parts))
		if got := run(fmt.Sprintf(`SHOW PARTITIONS p%d`, i)); !slices.Equal(got, []string{"ds=20240101/h=0", "ds=20240102/h=1"}) {
			t.Errorf("%s: partitions %q", format, got)
		}
		if got := run(fmt.Sprintf(`SELECT a, ds, h FROM p%d WHERE ds > '20240101' AND a < 3 ORDER BY a`, i)); !slices.Equal(got, []string{"1\t20240102\t1", "2\t20240102\t1"}) {
			t.Errorf("%s: rows of a partition %q", format, got)
		}
		run(fmt.Sprintf(`UNLOAD FROM src INTO LOCATION '%s/ds=20240103/h=9' STORED AS %s`, parts, format))
		run(fmt.Sprintf(`MSCK REPAIR TABLE p%d`, i))
		if got := run(fmt.Sprintf(`SELECT COUNT(*), MAX(h) FROM p%d`, i)); !slices.Equal(got, []string{"9\t9"}) {
			t.Errorf("%s: with a new directory %q", format, got)
		}
	}
	// Dropping the tables leaves the files.
	run(`DROP TABLE x0`)
	if files, err := os.ReadDir(filepath.Join(dir, "PARQUET")); err != nil || len(files) == 0 {
		t.Errorf("%v, %v", files, err)
	}
}
