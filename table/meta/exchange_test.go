package meta

import (
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// An exchange that one of the tables refuses leaves the other as it was.
func TestExchangePartition(t *testing.T) {
	a := newAged(t)
	def := salesDefinition()
	def.Name.Table = "other"
	if err := a.Create(t.Context(), def); err != nil {
		t.Fatal(err)
	}
	other := func() *table.Table {
		tab, err := a.Load(t.Context(), def.Name)
		if err != nil {
			t.Fatal(err)
		}
		return tab
	}
	add := func(tab *table.Table, name string, rows int64) {
		f := file("", "1", 1, rows)
		f.Path = tab.Location + "/" + name
		a.touch(f.Path)
		if _, err := a.Commit(t.Context(), tab, table.Commit{Files: []table.DataFile{f}, Base: tab.Snapshot}); err != nil {
			t.Fatal(err)
		}
	}
	rows := func(tab *table.Table) (n int64, parts int) {
		list, err := a.Partitions(t.Context(), tab, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			n += p.Rows
		}
		return n, len(list)
	}
	values := []types.Datum{"1", int64(1)}
	add(load(t, a.Catalog), "x", 3)
	add(other(), "y", 4)
	stale := other()
	add(other(), "z", 5)
	before := len(strings.Fields(a.stored(".parquet")))

	wantCode(t, a.ExchangePartition(t.Context(), load(t, a.Catalog), stale, values), diag.CodeConflict)
	n, _ := rows(load(t, a.Catalog))
	equal(t, n, 3)
	n, _ = rows(other())
	equal(t, n, 9)
	equal(t, len(strings.Fields(a.stored(".parquet"))), before)

	if err := a.ExchangePartition(t.Context(), load(t, a.Catalog), other(), values); err != nil {
		t.Fatal(err)
	}
	n, _ = rows(load(t, a.Catalog))
	equal(t, n, 9)
	n, _ = rows(other())
	equal(t, n, 3)

	// A partition that one table lacks moves, and the other has it no longer.
	if err := a.DropPartition(t.Context(), load(t, a.Catalog), values, false); err != nil {
		t.Fatal(err)
	}
	if err := a.ExchangePartition(t.Context(), load(t, a.Catalog), other(), values); err != nil {
		t.Fatal(err)
	}
	n, _ = rows(load(t, a.Catalog))
	equal(t, n, 3)
	_, parts := rows(other())
	equal(t, parts, 0)
}
