package external

import (
	"context"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/meta"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// written puts a Parquet file of the column k into files.
func written(t *testing.T, files store.Store, path string, col *batch.Column) {
	t.Helper()
	w, err := parquet.NewWriter(t.Context(), files, path, []parquet.Column{{Name: "K", Type: col.Type}}, parquet.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch.New(col.N, col)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func numbers(v ...int64) *batch.Column {
	return batch.FromValues(types.BigIntType, batch.PhysI64, v, nil)
}

func TestExternalTable(t *testing.T) {
	files := store.NewMemory()
	written(t, files, "/lake/a.parquet", numbers(1, 2, 3))
	written(t, files, "/lake/sub/b.parquet", numbers(10, 20))
	inner, err := meta.Open(t.Context(), meta.Config{Warehouse: t.TempDir(), Files: files})
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	c := New(inner, files)
	name := table.Name{Project: "default", Schema: "default", Table: "lake"}
	props := map[string]string{table.PropertyExternal: "file:///lake"}
	create := func(n table.Name, dir string) error {
		props[table.PropertyExternal] = dir
		return c.Create(context.Background(), table.Definition{Name: n, Properties: props})
	}
	if err := create(name, "file:///lake"); err != nil || props[table.PropertyExternal] != "file:///lake" {
		t.Fatal(err, props)
	}
	tab, err := c.Load(t.Context(), name)
	if err != nil || tab.Schema().String() != "(k BIGINT)" {
		t.Fatal(tab, err)
	}
	list, err := c.Files(t.Context(), tab, nil)
	if err != nil || len(list) != 2 || list[0].Rows != 3 || list[1].Path != "/lake/sub/b.parquet" {
		t.Errorf("%+v, %v", list, err)
	}
	// A file that comes later counts, also one whose column has another type.
	written(t, files, "/lake/c.parquet", batch.FromStrings(types.StringType, []string{"x"}))
	s, err := c.Statistics(t.Context(), tab, nil)
	if err != nil || s.Rows != 6 || s.Columns[1].Min != int64(1) || s.Columns[1].Max != int64(20) {
		t.Errorf("%+v, %v", s, err)
	}
	refused := func(err error, code diag.Code) {
		t.Helper()
		if err == nil || diag.Of(err).Code != code {
			t.Errorf("got %v", err)
		}
	}
	_, err = c.Commit(t.Context(), tab, table.Commit{})
	refused(err, diag.CodeSemantic)
	refused(c.Truncate(t.Context(), tab), diag.CodeSemantic)
	other := name
	other.Table = "empty"
	refused(create(other, "/nothing"), diag.CodeDDLFailed)
	if err := c.Drop(t.Context(), name, false); err != nil {
		t.Fatal(err)
	}
	if left, _ := files.List(t.Context(), "/lake"); len(left) != 3 {
		t.Errorf("dropping the table left %v of its files", left)
	}
}

// TestReplacedFile replaces a file by another of the same size.
func TestReplacedFile(t *testing.T) {
	dir := t.TempDir()
	files := store.NewLocal(dir)
	inner, err := meta.Open(t.Context(), meta.Config{Warehouse: t.TempDir(), Files: files})
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	c := New(inner, files)
	written(t, files, dir+"/a.parquet", numbers(1, 2, 3))
	name := table.Name{Project: "default", Schema: "default", Table: "lake"}
	if err := c.Create(t.Context(), table.Definition{Name: name, Properties: map[string]string{table.PropertyExternal: dir}}); err != nil {
		t.Fatal(err)
	}
	tab, err := c.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []int64{3, 7} {
		written(t, files, dir+"/a.parquet", numbers(1, 2, last))
		s, err := c.Statistics(t.Context(), tab, nil)
		if err != nil || s.Columns[1].Max != last {
			t.Errorf("%+v, %v; the greatest is %d", s, err, last)
		}
	}
}
