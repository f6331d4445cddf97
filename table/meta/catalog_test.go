package meta

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/sketch"
	"github.com/bixidata/bixi/table/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opened is a catalog in dir over files.
func opened(t *testing.T, dir string, files store.Store) *Catalog {
	t.Helper()
	c, err := Open(t.Context(), Config{Warehouse: dir, Files: files, Clock: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

var sales = table.Name{Project: "default", Schema: "default", Table: "sales"}

func column(name string, t types.Type) table.Column {
	return table.Column{Field: types.Field{Name: name, Type: t}}
}

// salesDefinition has data columns id, v and partition columns day, hour.
func salesDefinition() table.Definition {
	return table.Definition{Name: sales, Columns: []table.Column{column("id", types.BigIntType), column("v", types.StringType)},
		Partition: []table.Column{column("day", types.StringType), column("hour", types.IntType)}}
}

func withSales(t *testing.T) *Catalog {
	t.Helper()
	c := opened(t, t.TempDir(), store.NewMemory())
	if err := c.Create(t.Context(), salesDefinition()); err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t *testing.T, c *Catalog) *table.Table {
	t.Helper()
	tab, err := c.Load(t.Context(), sales)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// file describes a file that nobody has written.
func file(name, day string, hour, rows int64) table.DataFile {
	return table.DataFile{Path: "/w/" + name, Partition: []types.Datum{day, hour}, Rows: rows, Bytes: 10 * rows, RowGroups: 2,
		Columns: map[int]table.ColumnStats{1: {Min: rows, Max: 10 * rows, Bytes: 8 * rows}}}
}

func commit(t *testing.T, c *Catalog, m table.CommitMode, static []types.Datum, files ...table.DataFile) {
	t.Helper()
	tab := load(t, c)
	if _, err := c.Commit(t.Context(), tab, table.Commit{Mode: m, Static: static, Files: files, Base: tab.Snapshot}); err != nil {
		t.Fatal(err)
	}
}

// names lists the files of the current snapshot that conds leave.
func names(t *testing.T, c *Catalog, conds ...table.Condition) string {
	t.Helper()
	files, err := c.Files(t.Context(), load(t, c), conds)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		out = append(out, filepath.Base(f.Path))
	}
	return strings.Join(out, " ")
}

// paths lists the partitions with their rows.
func paths(t *testing.T, c *Catalog, prefix ...types.Datum) string {
	t.Helper()
	tab := load(t, c)
	parts, err := c.Partitions(t.Context(), tab, prefix)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range parts {
		out = append(out, fmt.Sprintf("%s:%d", PartitionPath(tab.Partition, p.Values), p.Rows))
	}
	return strings.Join(out, " ")
}

func wantCode(t *testing.T, err error, code diag.Code) {
	t.Helper()
	if err == nil || diag.Of(err).Code != code {
		t.Errorf("got %v, want an error %s", err, code)
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestCommitModes(t *testing.T) {
	c := withSales(t)
	equal(t, names(t, c), "")
	commit(t, c, table.Append, nil, file("b", "2", 1, 7), file("a", "1", 1, 5))
	commit(t, c, table.Append, nil, file("c", "1", 2, 3))
	equal(t, names(t, c), "a c b")
	commit(t, c, table.OverwriteDynamic, nil, file("d", "1", 1, 2))
	equal(t, names(t, c), "d c b")
	commit(t, c, table.OverwritePartition, []types.Datum{"1"}, file("e", "1", 9, 1))
	equal(t, names(t, c), "e b")
	equal(t, paths(t, c), "day=1/hour=1:0 day=1/hour=2:0 day=1/hour=9:1 day=2/hour=1:7")
	tab := load(t, c)
	equal(t, tab.Rows, 8)
	equal(t, tab.Bytes, 80)
	commit(t, c, table.OverwriteTable, nil, file("f", "3", 3, 4))
	equal(t, names(t, c), "f")
	// A reader of the earlier snapshot still sees its files.
	files, err := c.Files(t.Context(), tab, nil)
	if err != nil || len(files) != 2 {
		t.Errorf("the old snapshot has files %v, %v", files, err)
	}
	if err := c.Truncate(t.Context(), load(t, c)); err != nil {
		t.Fatal(err)
	}
	equal(t, names(t, c), "")
	equal(t, load(t, c).Rows, 0)
}

func TestCommitOfManyManifests(t *testing.T) {
	c := withSales(t)
	for i := range 2*maxManifests + 10 {
		commit(t, c, table.Append, nil, file(fmt.Sprintf("f%03d", i), fmt.Sprint(i%3), int64(i), 1))
	}
	m, _, err := c.current(t.Context(), sales)
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.manifestList(t.Context(), m.current())
	if err != nil || len(list) > maxManifests {
		t.Errorf("%d manifests, %v", len(list), err)
	}
	commit(t, c, table.OverwritePartition, []types.Datum{"0"})
	equal(t, len(strings.Fields(names(t, c))), (2*maxManifests+10)-(2*maxManifests+12)/3)
	equal(t, load(t, c).Rows, int64(len(strings.Fields(names(t, c)))))
}

func TestCommitIsIdempotentByJob(t *testing.T) {
	c := withSales(t)
	tab := load(t, c)
	for _, m := range []table.CommitMode{table.Append, table.OverwriteTable} {
		job := table.Commit{Mode: m, Files: []table.DataFile{file(fmt.Sprint("x", m), "1", 1, 5)}, Job: fmt.Sprint("job", m), Base: load(t, c).Snapshot}
		first, err := c.Commit(t.Context(), tab, job)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Commit(t.Context(), tab, job)
		if err != nil || again != first {
			t.Errorf("snapshot %d and then %d, %v", first, again, err)
		}
	}
	equal(t, names(t, c), "x1")
}

func TestPruning(t *testing.T) {
	c := withSales(t)
	commit(t, c, table.Append, nil, file("a", "1", 1, 5), file("b", "2", 1, 100), file("c", "2", 2, 1000))
	for _, x := range []struct {
		column int
		op     string
		value  types.Datum
		want   string
	}{
		{3, "=", "2", "b c"}, {3, "<", "2", "a"}, {4, ">=", int64(2), "c"}, {1, ">", int64(50), "b c"},
		{1, "<=", int64(100), "a b"}, {1, "=", int64(60), ""}, {1, "=", int64(50), "a"}, {2, "=", "?", "a b c"}, {3, "in", "9", ""},
	} {
		got := names(t, c, table.Condition{Column: x.column, Op: x.op, Values: []types.Datum{x.value}})
		if got != x.want {
			t.Errorf("column %d %s %v: got %q, want %q", x.column, x.op, x.value, got, x.want)
		}
	}
	f, err := c.Files(t.Context(), load(t, c), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := file("a", "1", 1, 5)
	if got := f[0]; got.Path != want.Path || got.RowGroups != 2 || got.Rows != 5 || got.Bytes != 50 || !reflect.DeepEqual(got.Partition, want.Partition) ||
		got.Columns[1].Min != int64(5) || got.Columns[1].Max != int64(50) || got.Columns[1].Bytes != 40 {
		t.Errorf("got %+v", got)
	}
}

func TestStatistics(t *testing.T) {
	c := withSales(t)
	for i := range 3 {
		f := file(fmt.Sprint("f", i), fmt.Sprint(i), 1, 1000)
		h := &sketch.HyperLogLog{}
		for v := range 1000 {
			h.AddInt(int64(v) + 500*int64(i))
		}
		f.Columns[1] = table.ColumnStats{Min: int64(500 * i), Max: int64(500*i + 999), Nulls: int64(i), Bytes: 8000, Sketch: h.Marshal()}
		commit(t, c, table.Append, nil, f)
	}
	s, err := c.Statistics(t.Context(), load(t, c), nil)
	if err != nil {
		t.Fatal(err)
	}
	id := s.Columns[1]
	if s.Rows != 3000 || s.Bytes != 30000 || id.Min != int64(0) || id.Max != int64(1999) || id.Nulls != 3 || id.NDV < 1900 || id.NDV > 2100 || s.Columns[3].NDV != 3 {
		t.Errorf("got %+v", s)
	}
	s, err = c.Statistics(t.Context(), load(t, c), []table.Condition{{Column: 3, Op: "=", Values: []types.Datum{"1"}}})
	if err != nil || s.Rows != 1000 || s.Columns[1].NDV > 1050 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestPartitions(t *testing.T) {
	c := withSales(t)
	ctx, tab := t.Context(), load(t, c)
	for _, v := range [][]types.Datum{{"b", int64(1)}, {"a", int64(10)}, {"a", int64(9)}} {
		if err := c.AddPartition(ctx, tab, v, false); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, paths(t, c), "day=a/hour=9:0 day=a/hour=10:0 day=b/hour=1:0")
	wantCode(t, c.AddPartition(ctx, tab, []types.Datum{"b", int64(1)}, false), diag.CodeDDLFailed)
	if err := c.AddPartition(ctx, tab, []types.Datum{"b", int64(1)}, true); err != nil {
		t.Error(err)
	}
	wantCode(t, c.AddPartition(ctx, tab, []types.Datum{"", int64(1)}, false), diag.CodeDynamicPartition)
	commit(t, c, table.Append, nil, file("x", "a", 9, 4), file("y", "c", 1, 2))
	commit(t, c, table.Append, []types.Datum{"d", int64(1)})
	equal(t, paths(t, c), "day=a/hour=9:4 day=a/hour=10:0 day=b/hour=1:0 day=c/hour=1:2 day=d/hour=1:0")
	equal(t, paths(t, c, "a"), "day=a/hour=9:4 day=a/hour=10:0")
	if err := c.DropPartition(ctx, load(t, c), []types.Datum{"a"}, false); err != nil {
		t.Fatal(err)
	}
	equal(t, paths(t, c), "day=b/hour=1:0 day=c/hour=1:2 day=d/hour=1:0")
	equal(t, names(t, c), "y")
	wantCode(t, c.DropPartition(ctx, load(t, c), []types.Datum{"a"}, false), diag.CodePartitionMissing)
	if err := c.DropPartition(ctx, load(t, c), []types.Datum{"a"}, true); err != nil {
		t.Error(err)
	}
	_, err := c.Commit(ctx, load(t, c), table.Commit{Files: []table.DataFile{{Path: "/w/z", Partition: []types.Datum{nil, int64(1)}}}})
	wantCode(t, err, diag.CodeDynamicPartition)
}

func TestPartitionValuesOfAllTypes(t *testing.T) {
	values := []struct {
		t types.Type
		v types.Datum
	}{
		{types.StringType, "a/b=c%é"}, {types.VarcharOf(9), "x"}, {types.BooleanType, true}, {types.TinyIntType, int64(-5)}, {types.SmallIntType, int64(300)},
		{types.IntType, int64(-7)}, {types.BigIntType, int64(1) << 60}, {types.DateType, int64(-3)}, {types.DatetimeType, int64(1_700_000_000_123_000)},
		{types.TimestampType, int64(1_700_000_000_123_456)}, {types.DecimalOf(10, 2), decimal.FromInt64(-1234)},
	}
	for _, x := range values {
		c := opened(t, t.TempDir(), store.NewMemory())
		def := table.Definition{Name: sales, Columns: []table.Column{column("id", types.BigIntType)}, Partition: []table.Column{column("p", x.t)}}
		if err := c.Create(t.Context(), def); err != nil {
			t.Fatal(err)
		}
		commit(t, c, table.Append, nil, table.DataFile{Path: "/w/f", Partition: []types.Datum{x.v}, Rows: 1, Bytes: 1})
		tab := load(t, c)
		if !tab.Partition[0].Type.Equal(x.t) {
			t.Errorf("%s became %s", x.t, tab.Partition[0].Type)
		}
		c.mu.Lock()
		clear(c.mu.manifests) // read what was written
		c.mu.Unlock()
		files, err := c.Files(t.Context(), tab, []table.Condition{{Column: 2, Op: "=", Values: []types.Datum{x.v}}})
		if err != nil || len(files) != 1 || files[0].Partition[0] != x.v {
			t.Errorf("%s: %v, %v", x.t, files, err)
		}
		back, err := ParsePartitionPath(tab.Partition, PartitionPath(tab.Partition, []types.Datum{x.v}))
		if err != nil || back[0] != x.v {
			t.Errorf("%s: %v became %v, %v", x.t, x.v, back, err)
		}
	}
}

func TestDefinitions(t *testing.T) {
	c := withSales(t)
	ctx := t.Context()
	wantCode(t, c.Create(ctx, salesDefinition()), diag.CodeTableExists)
	again := salesDefinition()
	again.IfNotExists = true
	if err := c.Create(ctx, again); err != nil {
		t.Error(err)
	}
	bad := func(change func(*table.Definition)) error {
		d := salesDefinition()
		d.Name.Table = "other"
		change(&d)
		return c.Create(ctx, d)
	}
	wantCode(t, bad(func(d *table.Definition) { d.Name.Table = "1x" }), diag.CodeDDLFailed)
	wantCode(t, bad(func(d *table.Definition) { d.Columns = append(d.Columns, column("DAY", types.IntType)) }), diag.CodeDDLFailed)
	wantCode(t, bad(func(d *table.Definition) { d.Name.Project = "nowhere" }), diag.CodeSemantic)
	wantCode(t, bad(func(d *table.Definition) {
		for i := range maxColumns {
			d.Columns = append(d.Columns, column(fmt.Sprint("c", i), types.IntType))
		}
	}), diag.CodeDDLFailed)
	wantCode(t, bad(func(d *table.Definition) {
		for i := range maxLevels {
			d.Partition = append(d.Partition, column(fmt.Sprint("p", i), types.IntType))
		}
	}), diag.CodeDDLFailed)
	_, err := c.Load(ctx, table.Name{Project: "default", Table: "sale"})
	if wantCode(t, err, diag.CodeTableNotFound); !strings.Contains(diag.Of(err).Hint, "sales") {
		t.Errorf("no near miss: %v", diag.Of(err).Hint)
	}
	if err := c.CreateProject(ctx, "p2"); err != nil {
		t.Fatal(err)
	}
	view := table.Definition{Name: table.Name{Project: "default", Table: "v"}, View: "select 1", Columns: []table.Column{column("a", types.IntType)}}
	if err := c.Create(ctx, view); err != nil {
		t.Fatal(err)
	}
	wantCode(t, c.Create(ctx, view), diag.CodeTableExists)
	view.Replace, view.View = true, "select 2"
	if err := c.Create(ctx, view); err != nil {
		t.Error(err)
	}
	if v, err := c.Load(ctx, view.Name); err != nil || v.View != "select 2" {
		t.Errorf("%+v, %v", v, err)
	}
	list, err := c.Tables(ctx, "default", "default", "s*")
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	projects, err := c.Projects(ctx)
	if err != nil || !slices.Equal(projects, []string{"default", "p2"}) {
		t.Errorf("%v, %v", projects, err)
	}
	if err := c.Drop(ctx, view.Name, false); err != nil {
		t.Error(err)
	}
	wantCode(t, c.Drop(ctx, view.Name, false), diag.CodeTableNotFound)
	if err := c.Drop(ctx, view.Name, true); err != nil {
		t.Error(err)
	}
}

func TestDropRemovesFiles(t *testing.T) {
	files := store.NewMemory()
	c := opened(t, t.TempDir(), files)
	if err := c.Create(t.Context(), salesDefinition()); err != nil {
		t.Fatal(err)
	}
	tab := load(t, c)
	f := file("f", "1", 1, 1)
	f.Path = tab.Location + "/f.parquet"
	if err := writeFile(t.Context(), files, f.Path, []byte("data")); err != nil {
		t.Fatal(err)
	}
	commit(t, c, table.Append, nil, f)
	if err := c.Drop(t.Context(), sales, false); err != nil {
		t.Fatal(err)
	}
	if left, _ := files.List(t.Context(), "/"); len(left) > 0 {
		t.Errorf("%v stay", left)
	}
	// A table of the same name is another one.
	if err := c.Create(t.Context(), salesDefinition()); err != nil {
		t.Fatal(err)
	}
	equal(t, paths(t, c), "")
	_, err := c.Commit(t.Context(), tab, table.Commit{Files: []table.DataFile{f}})
	wantCode(t, err, diag.CodeTableNotFound)
}

func TestAlter(t *testing.T) {
	c := withSales(t)
	commit(t, c, table.Append, nil, file("a", "1", 1, 5))
	text := func(s string) *string { return &s }
	alter := func(ch table.Change) error { return c.Alter(t.Context(), load(t, c), ch) }
	days := 7
	for _, ch := range []table.Change{
		{Comment: text("hello")}, {Owner: text("me")}, {Lifecycle: &days}, {Properties: map[string]*string{"a": text("1"), "b": text("2")}},
		{Properties: map[string]*string{"b": nil}}, {AddColumns: []table.Column{column("n", types.IntType), column("tiny", types.TinyIntType)}},
		{RenameColumn: &[2]string{"v", "w"}}, {CommentColumn: &[2]string{"w", "text"}}, {WidenColumn: &table.Column{Field: types.Field{Name: "n", Type: types.BigIntType}}},
		{DropColumn: text("id")},
	} {
		if err := alter(ch); err != nil {
			t.Errorf("%+v: %v", ch, err)
		}
	}
	tab := load(t, c)
	equal(t, tab.Schema().String(), "(w STRING, n BIGINT, tiny TINYINT, day STRING, hour INT)")
	if tab.Comment != "hello" || tab.Owner != "me" || tab.Lifecycle != 7 || !reflect.DeepEqual(tab.Properties, map[string]string{"a": "1"}) || tab.Columns[0].Comment != "text" {
		t.Errorf("got %+v", tab)
	}
	equal(t, tab.Columns[0].ID, 2)
	equal(t, tab.Columns[1].ID, 5)
	equal(t, names(t, c), "a")
	for _, ch := range []table.Change{
		{DropColumn: text("day")}, {AddColumns: []table.Column{column("W", types.IntType)}}, {RenameColumn: &[2]string{"w", "n"}},
		{WidenColumn: &table.Column{Field: types.Field{Name: "n", Type: types.IntType}}}, {Rename: text("a b")},
	} {
		wantCode(t, alter(ch), diag.CodeDDLFailed)
	}
	wantCode(t, alter(table.Change{DropColumn: text("gone")}), diag.CodeSemantic)
	if err := alter(table.Change{Rename: text("moved")}); err != nil {
		t.Fatal(err)
	}
	moved := sales
	moved.Table = "moved"
	got, err := c.Load(t.Context(), moved)
	if err != nil || got.UUID != tab.UUID {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = c.Load(t.Context(), sales)
	wantCode(t, err, diag.CodeTableNotFound)
}

// Appends of many writers, through two catalogs on one directory, all arrive.
func TestConcurrentAppends(t *testing.T) {
	const writers, each = 8, 20
	dir := t.TempDir()
	files := store.NewMemory()
	cats := []*Catalog{opened(t, dir, files), opened(t, dir, files)}
	if err := cats[0].Create(t.Context(), salesDefinition()); err != nil {
		t.Fatal(err)
	}
	tab := load(t, cats[1])
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				f := file(fmt.Sprintf("f-%d-%02d", w, i), fmt.Sprint(w%3), int64(i), 1)
				if _, err := cats[w%2].Commit(context.Background(), tab, table.Commit{Files: []table.DataFile{f}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, c := range cats {
		equal(t, len(strings.Fields(names(t, c))), writers*each)
		equal(t, load(t, c).Rows, int64(writers*each))
	}
	// Nothing is left of the attempts that lost: every snapshot's files and no others.
	m, _, err := cats[0].current(t.Context(), sales)
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	infos, _ := files.List(t.Context(), "/")
	for _, f := range infos {
		if strings.Contains(f.Path, "/snap-") {
			lists++
		}
	}
	equal(t, lists, len(m.Snapshots))
	equal(t, lists, writers*each)
}

// Overwrites of different partitions do not disturb each other; of two of the
// same, the one that did not see the other is refused.
func TestConcurrentOverwrites(t *testing.T) {
	c := withSales(t)
	commit(t, c, table.Append, nil, file("a", "1", 1, 1), file("b", "2", 1, 1))
	tab := load(t, c)
	over := func(name, day string) error {
		_, err := c.Commit(context.Background(), tab, table.Commit{Mode: table.OverwritePartition, Static: []types.Datum{day}, Base: tab.Snapshot,
			Files: []table.DataFile{file(name, day, 1, 1)}})
		return err
	}
	var both sync.WaitGroup
	for _, day := range []string{"1", "2"} {
		both.Go(func() {
			if err := over("n"+day, day); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	equal(t, names(t, c), "n1 n2")
	wantCode(t, over("late", "1"), diag.CodeConflict)
	equal(t, names(t, c), "n1 n2")
	_, err := c.Commit(context.Background(), tab, table.Commit{Mode: table.OverwriteTable, Base: tab.Snapshot})
	wantCode(t, err, diag.CodeConflict)
	// An append never conflicts.
	if _, err := c.Commit(context.Background(), tab, table.Commit{Files: []table.DataFile{file("m", "1", 1, 1)}, Base: tab.Snapshot}); err != nil {
		t.Error(err)
	}
}

// At whichever file a commit dies, the table is as before, and a retry by a new
// process succeeds. Where the process lives on, no metadata stays.
func TestCommitFailures(t *testing.T) {
	for _, kind := range []store.FaultKind{store.BeforeCommit, store.AfterCommit, store.NoSpace} {
		for _, part := range []string{"-m1-", "-m2-", "/snap-", ".metadata.json"} {
			t.Run(fmt.Sprint(kind, part), func(t *testing.T) {
				dir, files := t.TempDir(), store.NewMemory()
				c := opened(t, dir, files)
				if err := c.Create(t.Context(), salesDefinition()); err != nil {
					t.Fatal(err)
				}
				commit(t, c, table.Append, nil, file("a", "1", 1, 1), file("b", "2", 1, 1))
				before, _ := files.List(t.Context(), "/")
				tab := load(t, c)
				faulty := opened(t, dir, store.NewFaulty(files, store.Fault{Kind: kind, Path: part}))
				change := table.Commit{Mode: table.OverwriteDynamic, Base: tab.Snapshot, Job: "j", Files: []table.DataFile{file("n", "2", 1, 3)}}
				_, err := faulty.Commit(t.Context(), tab, change)
				if err == nil {
					t.Fatal("the commit succeeded")
				}
				if kind == store.NoSpace {
					wantCode(t, err, diag.CodeDiskFull)
					if after, _ := files.List(t.Context(), "/"); !reflect.DeepEqual(after, before) {
						t.Errorf("files after the failure: %v, before: %v", after, before)
					}
				} else if !errors.Is(err, store.ErrCrash) {
					t.Errorf("got %v", err)
				}
				equal(t, names(t, c), "a b")
				equal(t, paths(t, c), "day=1/hour=1:1 day=2/hour=1:1")
				if _, err := c.Commit(t.Context(), tab, change); err != nil {
					t.Fatal(err)
				}
				equal(t, names(t, c), "a n")
			})
		}
	}
}

func TestCancelledCommit(t *testing.T) {
	c := withSales(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Commit(ctx, load(t, c), table.Commit{Files: []table.DataFile{file("a", "1", 1, 1)}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	equal(t, names(t, c), "")
}

// A name that comes to mean another column ends the mapping of names.
func TestNameMapping(t *testing.T) {
	c := opened(t, t.TempDir(), store.NewMemory())
	def := table.Definition{Name: sales, Columns: []table.Column{column("a", types.IntType), column("l", types.ArrayOf(types.IntType)), column("b", types.IntType)}}
	if err := c.Create(t.Context(), def); err != nil {
		t.Fatal(err)
	}
	mapping := func() string {
		m, _, err := c.current(t.Context(), sales)
		if err != nil {
			t.Fatal(err)
		}
		return m.Properties[propNames]
	}
	b := "b"
	for _, x := range []struct {
		change table.Change
		want   string
	}{
		{table.Change{RenameColumn: &[2]string{"a", "aa"}}, `[{"names":["a","aa"],"field-id":1},{"names":["l"],"field-id":2,"fields":[{"names":["element"],"field-id":4}]},{"names":["b"],"field-id":3}]`},
		{table.Change{DropColumn: &b}, `[{"names":["a","aa"],"field-id":1},{"names":["l"],"field-id":2,"fields":[{"names":["element"],"field-id":4}]},{"names":["b"],"field-id":3}]`},
		{table.Change{AddColumns: []table.Column{column("b", types.StringType)}}, `[]`},
		{table.Change{AddColumns: []table.Column{column("c", types.StringType)}}, `[]`},
	} {
		if err := c.Alter(t.Context(), load(t, c), x.change); err != nil {
			t.Fatal(err)
		}
		equal(t, mapping(), x.want)
	}
	if p := load(t, c).Properties; len(p) > 0 {
		t.Errorf("the mapping shows among the properties: %v", p)
	}
}
