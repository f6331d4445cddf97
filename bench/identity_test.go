package bench

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/bench/tpcds"
	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// TestIdentity runs every query in the engine's own way and in one of the others,
// which take turns. `make identity` has the whole matrix.
func TestIdentity(t *testing.T) {
	if testing.Short() {
		t.Skip("its hundreds of queries take a while")
	}
	for _, c := range []struct {
		dir  string
		read func() (*suite.Suite, error)
	}{{"tpch-sf0.1", tpch.Suite}, {"tpcds-sf0.01", tpcds.Suite}} {
		t.Run(c.dir, func(t *testing.T) {
			s, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			data := findData(filepath.Join("data", c.dir), s.Tables)
			if data == nil {
				t.Skipf("there is no bench/data/%s: `make test` makes it", c.dir)
			}
			var out bytes.Buffer
			o := wordOptions(t)
			o.Data, o.Out = t.TempDir(), &out
			for name := range data {
				paths, err := filepath.Glob(data.glob(name))
				if err != nil || len(paths) != 1 {
					t.Fatalf("%s has the files %q, %v", name, paths, err)
				}
				cutFile(t, paths[0], filepath.Join(o.Data, name+".parquet"))
			}
			r, err := identity(t.Context(), s, o, func(i int) []identityMode {
				return identityModes[i%len(identityModes):][:1]
			})
			if err != nil {
				t.Fatal(err)
			}
			if r.Queries != len(s.Queries) || r.Identical != r.Queries {
				t.Errorf("%d/%d identical:\n%s", r.Identical, r.Queries, out.String())
			}
		})
	}
}

// cutFile copies a data file in five row groups, so that a small one is work for
// several tasks.
func cutFile(t *testing.T, from, to string) {
	t.Helper()
	files := store.NewScratch("/")
	from, err := filepath.Abs(from)
	if err != nil {
		t.Fatal(err)
	}
	in, err := parquet.Open(t.Context(), files, from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := parquet.NewReader(in, in.Columns(), parquet.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out, err := parquet.NewWriter(t.Context(), files, to, in.Columns(), parquet.WriterOptions{RowGroupRows: int(in.Rows()/5) + 1})
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = out.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
