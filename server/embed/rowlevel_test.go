package embed_test

import (
	"strings"
	"sync"
	"testing"
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
