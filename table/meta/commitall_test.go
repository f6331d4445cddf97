package meta

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// withPair makes a catalog with two tables without partitions.
func withPair(t *testing.T) (*Catalog, func(name string) *table.Table) {
	c := withSales(t)
	named := func(name string) table.Name {
		n := salesDefinition().Name
		n.Table = name
		return n
	}
	for _, name := range []string{"one", "two"} {
		def := table.Definition{Name: named(name), Columns: []table.Column{column("a", types.BigIntType)}}
		if err := c.Create(t.Context(), def); err != nil {
			t.Fatal(err)
		}
	}
	return c, func(name string) *table.Table {
		got, err := c.Load(t.Context(), named(name))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

func plain(name string) table.DataFile { return table.DataFile{Path: "/w/" + name, Rows: 1, Bytes: 10} }

// files lists the names of a table's files.
func files(t *testing.T, c *Catalog, of *table.Table) string {
	t.Helper()
	list, err := c.Files(t.Context(), of, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range list {
		text += f.Path[len("/w/"):] + " "
	}
	return text
}

func TestCommitAll(t *testing.T) {
	c, load := withPair(t)
	one, two := load("one"), load("two")
	both := func(job string, a, b table.Commit) error {
		a.Job, b.Job, a.Base, b.Base = job, job, one.Snapshot, two.Snapshot
		return c.CommitAll(t.Context(), []table.Target{{Table: one, Commit: a}, {Table: two, Commit: b}})
	}
	for range 2 { // the second is the same job again
		if err := both("j1", table.Commit{Files: []table.DataFile{plain("a"), plain("b")}}, table.Commit{Files: []table.DataFile{plain("c")}}); err != nil {
			t.Fatal(err)
		}
	}
	stale := *one
	one, two = load("one"), load("two")
	equal(t, files(t, c, one)+files(t, c, two), "a b c ")

	// One of them cannot: none does.
	replace := func(paths ...string) table.Commit {
		return table.Commit{Mode: table.Replace, Remove: paths, Files: []table.DataFile{plain("new")}}
	}
	wantCode(t, both("j2", table.Commit{Files: []table.DataFile{plain("d")}}, replace("/w/nosuch")), diag.CodeConflict)
	equal(t, files(t, c, load("one"))+files(t, c, load("two")), "a b c ")

	if err := both("j3", replace("/w/a"), table.Commit{Mode: table.OverwriteTable}); err != nil {
		t.Fatal(err)
	}
	equal(t, files(t, c, load("one"))+files(t, c, load("two")), "b new ")

	// Files added by others are no conflict, unless the commit wants to be alone.
	if _, err := c.Commit(t.Context(), load("one"), table.Commit{Files: []table.DataFile{plain("late")}, Job: "j4"}); err != nil {
		t.Fatal(err)
	}
	again := table.Commit{Mode: table.Replace, Remove: []string{"/w/b"}, Base: stale.Snapshot, Alone: true, Job: "j5"}
	_, err := c.Commit(t.Context(), &stale, again)
	wantCode(t, err, diag.CodeConflict)
	again.Alone = false
	if _, err := c.Commit(t.Context(), &stale, again); err != nil {
		t.Fatal(err)
	}
	equal(t, files(t, c, load("one")), "late new ")
}

// TestConcurrentCommitAll appends to two tables from several sides; each job is in
// both or in none.
func TestConcurrentCommitAll(t *testing.T) {
	c, load := withPair(t)
	var all sync.WaitGroup
	const writers, each = 4, 3
	for w := range writers {
		all.Go(func() {
			for i := range each {
				f := []table.DataFile{plain(fmt.Sprintf("%d-%d", w, i))}
				job := fmt.Sprintf("job-%d-%d", w, i)
				targets := []table.Target{{Table: load("one"), Commit: table.Commit{Files: f, Job: job}}, {Table: load("two"), Commit: table.Commit{Files: f, Job: job}}}
				if w%2 == 1 {
					targets[0], targets[1] = targets[1], targets[0]
				}
				if err := c.CommitAll(t.Context(), targets); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	equal(t, files(t, c, load("one")), files(t, c, load("two")))
	equal(t, load("one").Rows, writers*each)
}
