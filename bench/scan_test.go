package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

func TestScan(t *testing.T) {
	o := wordOptions(t)
	o.Data, o.Venv = t.TempDir(), filepath.Join("..", ".venv")
	if _, err := os.Stat(filepath.Join(o.Venv, "bin", "python")); err == nil {
		o.Peers = []string{"duckdb"}
	}
	writeLineitem(t, filepath.Join(o.Data, "lineitem.parquet"))
	s, err := tpch.Suite()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Scan(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if equal, all := r.Equal(); equal != all || all != 2 || !strings.Contains(out.String(), "MB of garbage") {
		t.Errorf("%d/%d equal:\n%s", equal, all, out.String())
	}
	for _, q := range scanQueries {
		if res := r.result("bixi", q.Name); res.Rows != 3 || len(res.Seconds) != o.Runs || res.Garbage <= 0 {
			t.Errorf("%s: %+v", q.Name, res)
		}
	}
}

// What a peer must answer is worked out from the batches.
func TestScanSums(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lineitem.parquet")
	writeLineitem(t, path)
	s, err := openScanner(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range scanQueries {
		a, err := s.Run(t.Context(), q, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range a.rows[0] {
			got = append(got, c.text)
		}
		want := map[string]string{
			"sums": "6.06 6.06 6.06 6.06 R O 1994-01-03 3",
			"last": "3.03 3.03 3.03 3.03 N F 1994-01-03 3",
		}
		if strings.Join(got, " ") != want[q.Name] {
			t.Errorf("%s: %q", q.Name, got)
		}
	}
}

func writeLineitem(t *testing.T, path string) {
	w, err := parquet.NewWriter(t.Context(), store.NewScratch(""), path, scanColumns, parquet.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := batch.New(3)
	for range 4 {
		b.Columns = append(b.Columns, batch.FromValues(types.DecimalOf(15, 2), batch.PhysI64, []int64{101, 202, 303}, nil))
	}
	b.Columns = append(b.Columns, batch.FromStrings(types.StringType, []string{"A", "R", "N"}), batch.FromStrings(types.StringType, []string{"O", "F", "F"}),
		batch.FromValues(types.DateType, batch.PhysOf(types.DateType), []int32{8766, 8767, 8768}, nil))
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
