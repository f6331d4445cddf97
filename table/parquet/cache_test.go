package parquet_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// words writes a file of one text column with few distinct values.
func words(t *testing.T, s store.Store, path, word string, n int) {
	t.Helper()
	b := batch.NewBuilder(types.StringType)
	for i := range n {
		b.AppendDatum(fmt.Sprintf("%s%d", word, i%7))
	}
	col := b.Finish()
	write(t, s, path, []parquet.Column{{Name: "w", Type: types.StringType}}, parquet.WriterOptions{}, &batch.Batch{N: n, Columns: []*batch.Column{col}})
}

func readWords(t *testing.T, c *parquet.Cache, s store.Store, path string) []string {
	t.Helper()
	f, err := c.Open(t.Context(), s, path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, _ := readAll(t, f, f.Columns(), parquet.ReaderOptions{})
	out := make([]string, len(got))
	for i, r := range got {
		out[i] = r[0].(string)
	}
	return out
}

// A cache knows a file by its content, not by its name.
func TestCacheReplacedFile(t *testing.T) {
	s := store.NewLocal(t.TempDir())
	c := parquet.NewCache(1 << 20)
	for _, word := range []string{"one", "two", "six"} { // of equal length: so are the files
		words(t, s, "f.parquet", word, 3000)
		for range 2 { // read, and read again from what is cached
			for i, w := range readWords(t, c, s, "f.parquet") {
				if want := fmt.Sprintf("%s%d", word, i%7); w != want {
					t.Fatalf("row %d is %s, want %s", i, w, want)
				}
			}
		}
	}
}

// What does not fit is read anew, and rightly.
func TestCacheTooSmall(t *testing.T) {
	s := store.NewLocal(t.TempDir())
	for _, limit := range []int64{0, 1, 3000, 100000} {
		c := parquet.NewCache(limit)
		for i := range 40 {
			path := fmt.Sprintf("f%d.parquet", i%8)
			words(t, s, path, fmt.Sprint("w", i), 500)
			for _, w := range readWords(t, c, s, path) {
				if !strings.HasPrefix(w, fmt.Sprint("w", i)) {
					t.Fatalf("limit %d: file %d holds %s", limit, i, w)
				}
			}
		}
	}
}

// What memory has no room for is read from the disk, and rightly.
func TestCacheOverflow(t *testing.T) {
	s := store.NewLocal(t.TempDir())
	b := batch.NewBuilder(types.StringType)
	for i := range 20000 {
		b.AppendDatum(fmt.Sprintf("a rather long text with the number %d", i%4000))
	}
	col := b.Finish()
	write(t, s, "f.parquet", []parquet.Column{{Name: "w", Type: types.StringType}}, parquet.WriterOptions{Compression: parquet.Snappy}, &batch.Batch{N: 20000, Columns: []*batch.Column{col}})
	dir := t.TempDir()
	c := parquet.NewCache(1 << 10)
	c.Overflow(dir+"/dictionaries", 4<<20)
	for range 4 {
		for i, w := range readWords(t, c, s, "f.parquet") {
			if want := fmt.Sprintf("a rather long text with the number %d", i%4000); w != want {
				t.Fatalf("row %d is %s", i, w)
			}
		}
	}
	if info, err := os.Stat(dir + "/dictionaries"); err != nil || info.Size() < 64<<10 {
		t.Errorf("the disk was not used: %v, %v", info, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
