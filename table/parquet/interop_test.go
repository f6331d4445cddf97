package parquet_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// pythonEnv names a Python with duckdb and pyarrow. Without it the one of the
// repository's virtual environment is used, if there.
const pythonEnv = "BIXI_PYTHON"

// TestOtherWriters reads the files of testdata, which testdata/interop.py made.
func TestOtherWriters(t *testing.T) { readOthers(t, "testdata") }

// TestOtherEngines has other engines write files for us now, and read ours.
func TestOtherEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("starts other engines")
	}
	python := os.Getenv(pythonEnv)
	if python == "" {
		python, _ = filepath.Abs("../../.venv/bin/python")
	}
	if err := exec.Command(python, "-c", "import duckdb, pyarrow").Run(); err != nil {
		t.Skipf("needs a Python with duckdb and pyarrow (%s): %v", pythonEnv, err)
	}
	dir := t.TempDir()
	script := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command(python, append([]string{"testdata/interop.py"}, args...)...).Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return out
	}
	script("make", dir)
	readOthers(t, dir)

	row := types.StructOf(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.StringType})
	cols := columnsOf(append([]types.Type{types.ArrayOf(types.BigIntType), row, types.ArrayOf(row), types.MapOf(types.BigIntType, types.StringType)}, flatTypes...))
	for i, g := range []*generator{{nulls: 0.2, distinct: 40}, {nulls: 0.2, distinct: 50_000}, {nulls: 1}} {
		g.Rand = rand.New(rand.NewPCG(11, 12))
		b := &batch.Batch{N: 3000}
		for _, c := range cols {
			b.Columns = append(b.Columns, g.column(c.Type, b.N))
		}
		opts := parquet.WriterOptions{PageRows: 300, RowGroupRows: 2000, Compression: parquet.Compression(i)}
		write(t, store.NewScratch(dir), "ours.parquet", cols, opts, b)
		for _, engine := range []string{"duckdb", "pyarrow"} {
			_, want := parseRows(t, script("read", engine, filepath.Join(dir, "ours.parquet")))
			compareRows(t, engine, cols, rows(b), want)
		}
	}
}

func readOthers(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.parquet"))
	if len(files) < 10 {
		t.Fatalf("only %d files in %s", len(files), dir)
	}
	for _, path := range files {
		name := strings.TrimSuffix(path, ".parquet")
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name + ".jsonl")
			if err != nil {
				data, err = os.ReadFile(filepath.Join(dir, "rows.jsonl"))
			}
			if err != nil {
				t.Fatal(err)
			}
			names, all := parseRows(t, data)
			f := open(t, store.NewScratch("."), path)
			cols := f.Columns()
			want := make([][]any, len(all))
			for i := range all {
				for _, c := range cols {
					for k, n := range names {
						if n == c.Name {
							want[i] = append(want[i], all[i][k])
						}
					}
				}
			}
			if strings.HasSuffix(name, "empty") {
				want = nil
			}
			for _, size := range []int{0, 7} {
				got, _ := readAll(t, f, cols, parquet.ReaderOptions{BatchRows: size})
				compareRows(t, name, cols, got, want)
			}
			skipOddPages(t, f, cols, want)
		})
	}
}

// skipOddPages reads with every other range skipped: entering chunks in the middle.
func skipOddPages(t *testing.T, f *parquet.File, cols []parquet.Column, want [][]any) {
	t.Helper()
	n, at := 0, 0
	var left [][]any
	got, _ := readAll(t, f, cols, parquet.ReaderOptions{SkipRange: func(s parquet.Stats) bool {
		n++
		from := at
		at += int(s.Rows)
		if n%2 == 0 {
			left = append(left, want[from:at]...)
		}
		return n%2 == 1
	}})
	compareRows(t, "with gaps", cols, got, left)
}

func parseRows(t *testing.T, data []byte) (names []string, rows [][]any) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	if err := json.Unmarshal(lines[0], &names); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var row []any
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return names, rows
}

func compareRows(t *testing.T, name string, cols []parquet.Column, got [][]types.Datum, want [][]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", name, len(got), len(want))
	}
	for i := range got {
		for k, c := range cols {
			if err := agree(c.Type, got[i][k], want[i][k]); err != nil {
				t.Fatalf("%s: row %d column %s: %v", name, i, c.Name, err)
			}
		}
	}
}

// agree compares a value of ours with the script's.
func agree(t types.Type, got types.Datum, want any) error {
	if got == nil || want == nil {
		if got != nil || want != nil {
			return fmt.Errorf("%v, want %v", got, want)
		}
		return nil
	}
	ok := false
	switch v := got.(type) {
	case bool:
		ok = v == want
	case int64:
		ok = fmt.Sprint(v) == fmt.Sprint(want)
	case float64:
		f, err := want.(json.Number).Float64()
		ok = err == nil && (f == v || t.Kind == types.Float && float32(f) == float32(v))
	case decimal.Int128:
		ok = v.Text(t.Scale) == fmt.Sprint(want)
	case string:
		if m, binary := want.(map[string]any); binary {
			ok = hex.EncodeToString([]byte(v)) == m["hex"]
		} else {
			ok = v == want
		}
	case []types.Datum:
		list := want.([]any)
		if ok = len(list) == len(v); !ok {
			break
		}
		for i := range v {
			et := types.StringType
			switch t.Kind {
			case types.Array:
				et = *t.Elem
			case types.Map:
				et = []types.Type{*t.Key, *t.Elem}[i%2]
			case types.Struct:
				et = t.Fields[i].Type
			}
			if err := agree(et, v[i], list[i]); err != nil {
				return err
			}
		}
	}
	if !ok {
		return fmt.Errorf("%v (%s), want %v", got, t, want)
	}
	return nil
}
