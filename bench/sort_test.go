package bench

import (
	"bytes"
	"context"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// sortOptions are those of a run whose engine is in this process after all.
func sortOptions(t *testing.T) Options {
	o := wordOptions(t)
	o.Data, o.Memory = filepath.Join(t.TempDir(), "records"), "64mb"
	o.Spawn = func(ctx context.Context, warehouse, _ string, _ int) (*Process, error) {
		s, end, err := o.Open(ctx, warehouse)
		if err != nil {
			return nil, err
		}
		return &Process{Statements: s, PID: os.Getpid(), End: end}, nil
	}
	return o
}

func TestSort(t *testing.T) {
	o := sortOptions(t)
	o.Venv = filepath.Join("..", ".venv")
	if _, err := os.Stat(filepath.Join(o.Venv, "bin", "python")); err == nil {
		o.Peers = []string{"duckdb"}
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Sort(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	res := r.result("bixi", sortQuery)
	if !strings.HasSuffix(out.String(), "1/1 equal\n") || len(res.Seconds) != 2 || res.Rows != 10_000 || res.Peak == 0 {
		t.Errorf("%+v, printed:\n%s", res, out.String())
	}
}

// Files that are not the rows in order are told from those that are.
func TestCheckSorted(t *testing.T) {
	var rows [][2]string
	seed, want := maphash.MakeSeed(), summary{}
	for b := range records(100) {
		for i := range b.N {
			key, payload := b.Columns[0].Bytes(i), b.Columns[1].Bytes(i)
			if len(key) != keyBytes || len(key)+len(payload) != rowBytes {
				t.Fatalf("the row is %q, %q", key, payload)
			}
			rows = append(rows, [2]string{string(key), string(payload)})
			want.add(seed, key, payload)
		}
	}
	unsorted := slices.Clone(rows)
	slices.SortFunc(rows, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	other := slices.Clone(rows)
	other[50][1] = strings.ToLower(other[50][1]) + "x"
	for _, c := range []struct {
		name  string
		files [][][2]string
		wrong string
	}{
		{"one file", [][][2]string{rows}, ""},
		{"two files, the second first", [][][2]string{rows[40:], rows[:40]}, ""},
		{"a file without rows", [][][2]string{rows, nil}, ""},
		{"not in order", [][][2]string{unsorted}, "comes after"},
		{"overlapping", [][][2]string{append(slices.Clone(rows[:40]), rows[50:]...), rows[40:50]}, "the next begins with"},
		{"a row too few", [][][2]string{rows[1:]}, "99 rows, not 100"},
		{"another row", [][][2]string{other}, "not those"},
		{"nothing", nil, "0 rows"},
	} {
		var paths []string
		for _, f := range c.files {
			paths = append(paths, writeRecords(t, f))
		}
		got, err := checkSorted(t.Context(), paths, seed, want)
		if err != nil || (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func writeRecords(t *testing.T, rows [][2]string) string {
	path := filepath.Join(t.TempDir(), "f.parquet")
	w, err := parquet.NewWriter(t.Context(), store.NewScratch(""), path, recordColumns, parquet.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var keys, payloads []string
	for _, r := range rows {
		keys, payloads = append(keys, r[0]), append(payloads, r[1])
	}
	if len(rows) > 0 {
		if err := w.Write(batch.New(len(rows), batch.FromStrings(recordColumns[0].Type, keys), batch.FromStrings(recordColumns[1].Type, payloads))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
