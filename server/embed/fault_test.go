package embed_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table/store"
)

// A device that fills up while an INSERT writes data, or while it commits, gives
// a clear error; the table is as before and no file stays behind.
func TestFullDiskLeavesTableUnchanged(t *testing.T) {
	for _, where := range []string{"/data/", "/metadata/"} {
		t.Run(strings.Trim(where, "/"), func(t *testing.T) {
			dir := t.TempDir()
			good, err := embed.Open(context.Background(), embed.Config{Warehouse: dir, Scratch: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run(t, good, "create table t (a bigint) partitioned by (ds string); insert into t partition (ds='1') values (1), (2)"); err != nil {
				t.Fatal(err)
			}
			if err := good.Close(); err != nil {
				t.Fatal(err)
			}
			before := filesBelow(t, dir)
			full := store.NewFaulty(store.NewLocal(""), store.Fault{Kind: store.NoSpace, Path: where})
			bad, err := embed.Open(context.Background(), embed.Config{Warehouse: dir, Scratch: t.TempDir(), Files: full})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := bad.Close(); err != nil {
					t.Error(err)
				}
			}()
			for _, insert := range []string{"insert into t partition (ds='2') values (3)", "insert overwrite table t partition (ds) select a, ds from t"} {
				_, err := run(t, bad, insert)
				var e *diag.Error
				if !errors.As(err, &e) || e.Code != diag.CodeDiskFull {
					t.Errorf("%s: %v", insert, err)
				}
			}
			rows, err := run(t, bad, "select a, ds from t order by a")
			if err != nil || strings.Join(rows, ";") != "1,1;2,1" {
				t.Errorf("the table holds %v, %v", rows, err)
			}
			if after := filesBelow(t, dir); strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Errorf("files before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
		})
	}
}

// filesBelow lists the tables' files, without the catalog database.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.Contains(d.Name(), "catalog.db") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
