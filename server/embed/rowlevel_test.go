package embed_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bixidata/bixi/server/embed"
)

// TestRacingUpdates lets statements change the same row at once: who loses a race
// runs again, so that no change is lost.
func TestRacingUpdates(t *testing.T) {
	n := open(t)
	if _, err := run(t, n, "create table race (k bigint, n bigint); insert into race values (1, 0), (2, 0)"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := run(t, n, "update race set n = n + 1 where k = 1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lines, err := run(t, n, "select k, n from race order by k")
	if got := strings.Join(lines, ";"); err != nil || got != "1,4;2,0" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestExplainedWritesLeaveNothing runs an INSERT for its figures only.
func TestExplainedWritesLeaveNothing(t *testing.T) {
	n := open(t)
	if _, err := run(t, n, "create table e (k bigint); explain analyze insert into e values (1)"); err != nil {
		t.Fatal(err)
	}
	lines, err := run(t, n, "select count(*) from e")
	if got := strings.Join(lines, ";"); err != nil || got != "0" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestUntouchedFilesStay lets subqueries say which rows change: only files that
// hold such a row are written anew.
func TestUntouchedFilesStay(t *testing.T) {
	dir := t.TempDir()
	n, err := embed.Open(t.Context(), embed.Config{Warehouse: dir, Scratch: t.TempDir(), Verify: true, Unsynced: true})
	closing(t, n, err)
	if _, err := run(t, n, `create table f (k bigint, v bigint) partitioned by (p string);
		insert into f partition (p) values (1, 0, 'a'), (2, 0, 'a'), (3, 0, 'b'), (4, 0, 'c'); insert into f partition (p) values (5, 0, 'c'), (6, 0, 'd');
		create table o (k bigint); insert into o values (2), (5), (99)`); err != nil {
		t.Fatal(err)
	}
	// The files are those of a, b, c, c and d.
	for _, c := range []struct {
		text, want string
		written    int
	}{
		{"delete from f where k in (select k from o)", "1,0;3,0;4,0;6,0", 1}, // the file of 5 has no row left
		{"update f set v = 1 where exists (select 1 from o where o.k = f.k + 2) or k = (select max(k) - 93 from o)", "1,0;3,1;4,0;6,1", 2},
		{"update f x set v = (select count(*) from o) where x.k = (select min(k) + 2 from o) and p = 'c'", "1,0;3,1;4,3;6,1", 1},
		{"delete from f where k in (select k + 1000 from o)", "1,0;3,1;4,3;6,1", 0},
		{"delete from f partition (p = 'd') where k not in (select k from o)", "1,0;3,1;4,3", 0},
	} {
		before := len(dataFilesBelow(t, dir))
		if _, err := run(t, n, c.text); err != nil {
			t.Fatal(c.text, err)
		}
		lines, err := run(t, n, "select k, v from f order by k")
		if got := strings.Join(lines, ";"); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.text, got, err)
		}
		if got := len(dataFilesBelow(t, dir)) - before; got != c.written {
			t.Errorf("%s: %d files are written, not %d", c.text, got, c.written)
		}
	}
}

func dataFilesBelow(t *testing.T, dir string) []string {
	return slices.DeleteFunc(filesBelow(t, dir), func(path string) bool { return !strings.HasSuffix(path, ".parquet") })
}
