package fuzz_test

import (
	"context"
	"flag"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/bixidata/bixi/bench/fuzz"
	"github.com/bixidata/bixi/server/embed"
)

var (
	seed    = flag.Uint64("seed", 1, "where the random choices begin")
	queries = flag.Int("queries", 200, "how many queries are tried")
	shrink  = flag.Bool("shrink", true, "whether findings are made small")
	python  = flag.String("python", "../../.venv/bin/python", "an interpreter with the module duckdb")
)

// TestFuzz compares the answers to random queries with DuckDB's.
func TestFuzz(t *testing.T) {
	if err := exec.Command(*python, "-c", "import duckdb").Run(); err != nil {
		t.Skipf("there is no DuckDB to compare with (%s: %v); make fuzz installs it", *python, err)
	}
	n, err := embed.Open(context.Background(), embed.Config{Warehouse: t.TempDir(), Scratch: t.TempDir(), Verify: true, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := fuzz.Run(t.Context(), fuzz.Options{Seed: *seed, Queries: *queries, Python: *python, Log: os.Stdout, Engine: n, Shrink: *shrink})
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range slices.Sorted(maps.Keys(r.Classes)) {
		t.Logf("%6d failed in one only: %s", r.Classes[class], class)
	}
	t.Logf("%d failed in both, %d in one only; %.0f queries a second", r.BothFailed, r.OneFailed, float64(r.Queries)/r.Elapsed.Seconds())
	t.Logf("%s (seed %d)", r, *seed)
	if r.Wrong+r.Crashed+r.Hung > 0 {
		t.Fail()
	}
}
