package embed_test

import (
	"os"
	"strings"
	"testing"

	"github.com/bixidata/bixi/server/embed"
)

// TestPartitionsChosenByJoins removes the files of two partitions: queries that
// choose the others by what a join finds do not miss them.
func TestPartitionsChosenByJoins(t *testing.T) {
	dir := t.TempDir()
	n, err := embed.Open(t.Context(), embed.Config{Warehouse: dir, Scratch: t.TempDir(), Verify: true, Unsynced: true})
	closing(t, n, err)
	if _, err := run(t, n, `create table f (k bigint, v bigint) partitioned by (p string);
		insert into f partition (p) values (1, 0, 'a'), (2, 0, 'a'), (3, 0, 'b')`); err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, path := range dataFilesBelow(t, dir) {
		kept[path] = true
	}
	if _, err := run(t, n, `insert into f partition (p) values (4, 0, 'c'), (5, 0, 'd')`); err != nil {
		t.Fatal(err)
	}
	for _, path := range dataFilesBelow(t, dir) {
		if !kept[path] {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := run(t, n, `create table d (p string, y bigint); insert into d values ('a', 1), ('b', 2), ('zz', 1)`); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"select k from f where p in (select p from d where y = 1) order by k":                         "1;2",
		"select k from f where p = (select max(p) from d where y = 2) order by k":                     "3",
		"select f.k, y from f join d on f.p = d.p order by k":                                         "1,1;2,1;3,2",
		"select k from f left semi join d on f.p = d.p order by k":                                    "1;2;3",
		"select k from f where exists (select 1 from d where d.p = f.p and d.y > f.v + 1) order by k": "3",
		"select k from f where p in (select p from d) and p <> (select min(p) from d) order by k":     "3",
		"select count(*) from f where p in (select p from d where y = 7)":                             "0",
	} {
		lines, err := run(t, n, "set bixi.split.bytes=1; "+text)
		if got := strings.Join(lines, ";"); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	if _, err := run(t, n, "select k from f"); err == nil {
		t.Error("all files can be read")
	}
}
