package meta

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
)

// aged is a catalog with the table sales whose clock the test sets forward.
type aged struct {
	*Catalog
	t     *testing.T
	dir   string
	store *store.Memory
	now   time.Time
}

func newAged(t *testing.T) *aged {
	t.Helper()
	a := &aged{t: t, dir: t.TempDir(), store: store.NewMemory(), now: time.Unix(1_700_000_000, 0)}
	a.Catalog = a.open(a.store)
	if err := a.Create(t.Context(), salesDefinition()); err != nil {
		t.Fatal(err)
	}
	return a
}

// open opens another catalog of the same warehouse.
func (a *aged) open(files store.Store) *Catalog {
	a.t.Helper()
	c, err := Open(a.t.Context(), Config{Warehouse: a.dir, Files: files, Clock: func() time.Time { return a.now }})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = c.Close() })
	return c
}

// put writes a file and gives its description.
func (a *aged) put(name, day string) table.DataFile {
	a.t.Helper()
	f := file("", day, 1, 5)
	f.Path = load(a.t, a.Catalog).Location + "/" + name
	a.touch(f.Path)
	return f
}

func (a *aged) touch(path string) {
	a.t.Helper()
	if err := writeFile(a.t.Context(), a.store, path, []byte("x")); err != nil {
		a.t.Fatal(err)
	}
}

// overwrite replaces the partition day by a new file, by the job of its name.
func (a *aged) overwrite(name, day string) int64 {
	a.t.Helper()
	tab := load(a.t, a.Catalog)
	id, err := a.Commit(a.t.Context(), tab, table.Commit{Mode: table.OverwriteDynamic, Base: tab.Snapshot, Job: name, Files: []table.DataFile{a.put(name, day)}})
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

func (a *aged) maintain(u Upkeep) {
	a.t.Helper()
	if err := a.Maintain(a.t.Context(), u); err != nil {
		a.t.Fatal(err)
	}
}

// stored lists the names of the stored files whose path contains part.
func (a *aged) stored(part string) string {
	a.t.Helper()
	infos, err := a.store.List(a.t.Context(), a.dir)
	if err != nil {
		a.t.Fatal(err)
	}
	var out []string
	for _, f := range infos {
		if strings.Contains(f.Path, part) {
			out = append(out, f.Path[strings.LastIndexByte(f.Path, '/')+1:])
		}
	}
	return strings.Join(out, " ")
}

func (a *aged) count(query string) int {
	a.t.Helper()
	var n int
	if err := a.db.QueryRowContext(a.t.Context(), query).Scan(&n); err != nil {
		a.t.Fatal(err)
	}
	return n
}

func TestMaintainExpires(t *testing.T) {
	a := newAged(t)
	// One manifest has a file that is replaced and one that stays.
	mixed := table.Commit{Mode: table.Append, Job: "f00", Files: []table.DataFile{a.put("f00", "1"), a.put("stay", "3")}}
	first, err := a.Commit(t.Context(), load(t, a.Catalog), mixed)
	if err != nil {
		t.Fatal(err)
	}
	a.overwrite("old", "2")
	a.now = a.now.Add(time.Minute)
	a.overwrite("keep", "2") // its snapshot expires, its file and its time do not
	at := map[string]*table.Table{}
	for i := 1; i <= 9; i++ {
		a.now = a.now.Add(time.Hour)
		name := fmt.Sprintf("f%02d", i)
		a.overwrite(name, "1")
		at[name] = load(t, a.Catalog)
	}
	before, err := a.Partitions(t.Context(), load(t, a.Catalog), nil)
	if err != nil {
		t.Fatal(err)
	}
	// f05 was current until f06 came three hours ago, f06 until two hours ago.
	a.maintain(Upkeep{Snapshots: 2, Age: 2*time.Hour + time.Minute})
	equal(t, a.stored("/data/"), "f06 f07 f08 f09 keep stay")
	equal(t, names(t, a.Catalog), "f09 keep stay")
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_files`), 6)
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_garbage`), 0)

	after, err := a.Partitions(t.Context(), load(t, a.Catalog), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(after, before) {
		t.Errorf("partitions are\n%v, were\n%v", after, before)
	}
	for name, want := range map[string]string{"f06": "f06 keep stay", "f08": "f08 keep stay"} {
		files, err := a.Files(t.Context(), at[name], nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Path[strings.LastIndexByte(f.Path, '/')+1:])
		}
		equal(t, strings.Join(got, " "), want)
	}
	_, err = a.Files(t.Context(), at["f05"], nil)
	wantCode(t, err, diag.CodeConflict)

	// The job of an expired snapshot is known still.
	tab := load(t, a.Catalog)
	id, err := a.Commit(t.Context(), tab, table.Commit{Mode: table.OverwriteTable, Base: tab.Snapshot, Job: "f00"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, id, first)
	equal(t, names(t, a.Catalog), "f09 keep stay")

	// No metadata is left that nothing needs, and none is missing.
	a.now = a.now.Add(100 * 24 * time.Hour)
	metadata := a.stored("/metadata/")
	a.maintain(Upkeep{Snapshots: 100})
	a.now = a.now.Add(100 * 24 * time.Hour)
	a.maintain(Upkeep{Snapshots: 100})
	equal(t, a.stored("/metadata/"), metadata)
}

// The newest snapshots stay however old they are, and all that are young.
func TestMaintainKeeps(t *testing.T) {
	a := newAged(t)
	for i := range 5 {
		a.overwrite(fmt.Sprint("f", i), "1")
	}
	a.maintain(Upkeep{Snapshots: 1})
	equal(t, a.stored("/data/"), "f0 f1 f2 f3 f4")
	a.now = a.now.Add(1000 * time.Hour)
	a.maintain(Upkeep{Snapshots: 3})
	equal(t, a.stored("/data/"), "f2 f3 f4")
	// A snapshot is as old as its successor: f4 has just been replaced.
	a.overwrite("f5", "1")
	a.maintain(Upkeep{Snapshots: 1})
	equal(t, a.stored("/data/"), "f4 f5")
}

// Expired times are forgotten only when no live file needs them.
func TestMaintainForgets(t *testing.T) {
	a := newAged(t)
	a.overwrite("keep", "2")
	for i := range 3 {
		a.overwrite(fmt.Sprint("f", i), "1")
	}
	a.now = a.now.Add(48 * time.Hour)
	a.maintain(Upkeep{Snapshots: 1})
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_expired`), 3)
	a.now = a.now.Add(40 * 24 * time.Hour)
	a.overwrite("g", "1")
	a.overwrite("h", "1")
	a.now = a.now.Add(48 * time.Hour)
	a.maintain(Upkeep{Snapshots: 1})
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_expired WHERE job = 'keep'`), 1)
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_expired WHERE job = 'f0'`), 0)
	if err := a.Drop(t.Context(), sales, false); err != nil {
		t.Fatal(err)
	}
	equal(t, a.count(`SELECT COUNT(*) FROM bixi_expired`), 0)
}

// A process that dies in the upkeep loses nothing, and the next one finishes.
func TestMaintainDies(t *testing.T) {
	prepare := func(t *testing.T) *aged {
		a := newAged(t)
		for i := range 4 {
			a.overwrite(fmt.Sprint("f", i), "1")
		}
		a.now = a.now.Add(48 * time.Hour)
		return a
	}
	t.Run("before the swap", func(t *testing.T) {
		a := prepare(t)
		dying := a.open(store.NewFaulty(a.store, store.Fault{Kind: store.AfterCommit, Path: ".metadata.json"}))
		if err := dying.Maintain(t.Context(), Upkeep{Snapshots: 1}); err == nil {
			t.Fatal("the upkeep succeeded")
		}
		equal(t, a.stored("/data/"), "f0 f1 f2 f3")
		a.maintain(Upkeep{Snapshots: 1})
		equal(t, a.stored("/data/"), "f3")
	})
	t.Run("after the swap", func(t *testing.T) {
		a := prepare(t)
		if err := a.expire(t.Context(), sales, Upkeep{Snapshots: 1}.withDefaults()); err != nil {
			t.Fatal(err)
		}
		equal(t, a.stored("/data/"), "f0 f1 f2 f3")
		if a.count(`SELECT COUNT(*) FROM bixi_garbage`) == 0 {
			t.Error("nothing is written down as garbage")
		}
		a.maintain(Upkeep{Snapshots: 1})
		equal(t, a.stored("/data/"), "f3")
	})
}

func TestSweep(t *testing.T) {
	a := newAged(t)
	a.overwrite("live", "1")
	a.put("lost", "1")
	late := a.put("late", "2")
	a.touch(a.dir + "/default/gone-0123abcd/data/x")
	a.touch(a.dir + "/default/gone-0123abcd/metadata/x")
	a.touch(a.dir + "/default/resources/x") // not laid out as a table
	a.touch(a.dir + "/elsewhere/t-0123abcd/data/x")
	day := 24 * time.Hour

	a.maintain(Upkeep{})
	a.now = a.now.Add(6 * day)
	a.maintain(Upkeep{})
	equal(t, a.stored("/data/"), "x late live lost x")

	commit(t, a.Catalog, table.Append, nil, late) // just in time
	a.now = a.now.Add(2 * day)
	a.put("young", "1")
	a.maintain(Upkeep{})
	equal(t, a.stored("/data/"), "late live young x")
	equal(t, a.stored("/gone-0123abcd/"), "")
	equal(t, a.stored("/resources/"), "x")
	equal(t, a.stored("/elsewhere/"), "x")
	equal(t, names(t, a.Catalog), "live late")
}

// Whoever cannot read what a table needs deletes no orphans.
func TestSweepOfUnreadableTable(t *testing.T) {
	a := newAged(t)
	a.overwrite("live", "1")
	a.put("lost", "1")
	a.maintain(Upkeep{})
	a.now = a.now.Add(30 * 24 * time.Hour)
	blind := a.open(store.NewFaulty(a.store, store.Fault{Kind: store.ReadError, Path: "-m1-"}))
	if err := blind.Maintain(t.Context(), Upkeep{}); err == nil {
		t.Error("the upkeep succeeded")
	}
	equal(t, a.stored("/data/"), "live lost")
}

// Writers do not notice the upkeep, and it takes nothing from them.
func TestMaintainBesideWriters(t *testing.T) {
	a := newAged(t)
	const writers, commits = 3, 8
	var ticks atomic.Int64 // every look at the clock is a second later
	a.clock = func() time.Time { return a.now.Add(time.Duration(ticks.Add(1)) * time.Second) }
	var writing, upkeep sync.WaitGroup
	done := make(chan struct{})
	upkeep.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := a.Maintain(t.Context(), Upkeep{Snapshots: 2, Age: time.Second}); err != nil {
				t.Errorf("upkeep: %v", err)
				return
			}
		}
	})
	for w := range writers {
		writing.Go(func() {
			for i := range commits {
				if err := appendOne(t.Context(), a, fmt.Sprintf("w%d-%02d", w, i)); err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	upkeep.Wait()
	if a.count(`SELECT COUNT(*) FROM bixi_expired`) == 0 {
		t.Error("nothing expired while the writers wrote")
	}
	equal(t, len(strings.Fields(names(t, a.Catalog))), writers*commits)
	equal(t, len(strings.Fields(a.stored("/data/"))), writers*commits)
}

func appendOne(ctx context.Context, a *aged, name string) error {
	tab, err := a.Load(ctx, sales)
	if err != nil {
		return err
	}
	f := file("", "1", 1, 1)
	f.Path = tab.Location + "/" + name
	if err := writeFile(ctx, a.store, f.Path, []byte("x")); err != nil {
		return err
	}
	_, err = a.Commit(ctx, tab, table.Commit{Mode: table.Append, Static: []types.Datum{"1", int64(1)}, Files: []table.DataFile{f}, Job: name})
	return err
}
