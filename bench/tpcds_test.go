package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/bench/tpcds"
)

// TestTPCDS compares the answers to all queries with those of DuckDB, over the
// small data set that `make test` provides.
func TestTPCDS(t *testing.T) {
	o := wordOptions(t)
	o.SF, o.Over, o.Peers, o.Runs = 0.01, OverParquet, []string{"duckdb"}, 0
	o.Data, o.Venv = filepath.Join("data", "tpcds-sf0.01"), filepath.Join("..", ".venv")
	if testing.Short() {
		t.Skip("a hundred queries take some seconds")
	}
	for _, path := range []string{o.Data, filepath.Join(o.Venv, "bin", "python")} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("there is no bench/%s: `make test` makes it", path)
		}
	}
	s, err := tpcds.Suite()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Run(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if equal, all := r.Equal(); equal != all || all != 99 {
		r.Print(&out)
		t.Errorf("%d/%d equal:\n%s", equal, all, out.String())
	}
}
