package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/bench/groupby"
)

// TestGroupBy runs every query and, where Python's environment is there, compares
// with DuckDB.
func TestGroupBy(t *testing.T) {
	o := wordOptions(t)
	o.Over, o.Runs = OverParquet, 0
	o.Data, o.Venv = filepath.Join(t.TempDir(), "groupby"), filepath.Join("..", ".venv")
	if _, err := os.Stat(filepath.Join(o.Venv, "bin", "python")); err == nil {
		o.Peers = []string{"duckdb"}
	}
	s, err := groupby.Suite(groupby.MinRows)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Run(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if equal, all := r.Equal(); equal != all || all != 15 || r.Size != "1000 rows" {
		r.Print(&out)
		t.Errorf("%d/%d equal, %s:\n%s", equal, all, r.Size, out.String())
	}
}
