package bench

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed requirements.txt
var requirements []byte

//go:embed requirements-spark.txt
var sparkRequirements []byte

// dataset says where the Parquet files of each table are: a directory or a file.
type dataset map[string]string

// glob is the pattern of a table's files.
func (d dataset) glob(table string) string {
	if info, err := os.Stat(d[table]); err == nil && info.IsDir() {
		return filepath.Join(d[table], "*.parquet")
	}
	return d[table]
}

// DefaultData is where the data of a suite at a scale factor are kept.
func DefaultData(suite string, sf float64) string {
	return filepath.Join("bench", "data", suite+"-sf"+strconv.FormatFloat(sf, 'g', -1, 64))
}

// DefaultRows is where a table of so many rows is kept.
func DefaultRows(suite string, rows int) string {
	return filepath.Join("bench", "data", fmt.Sprintf("%s-%d", suite, rows))
}

// prepareData finds the Parquet files of the tables and makes them if there are none.
func (o *Options) prepareData(ctx context.Context, s *suite.Suite) (dataset, error) {
	dir, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, err
	}
	if d := findData(dir, s.Tables); d != nil {
		return d, nil
	}
	fmt.Fprintf(o.Progress, "generating %s in %s\n", o.size(s), dir)
	// Complete or not there: the files get their name when all are written.
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(part, 0o755); err != nil {
		return nil, err
	}
	generate := s.Make
	if generate == nil {
		generate = func(ctx context.Context, dir string) error { return o.tpcgen(ctx, s.Name, dir) }
	}
	if err := generate(ctx, part); err != nil {
		return nil, err
	}
	if err := os.Rename(part, dir); err != nil {
		return nil, err
	}
	if d := findData(dir, s.Tables); d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("the generator left no tables in %s", dir)
}

// size tells how much data a suite has.
func (o *Options) size(s *suite.Suite) string {
	if s.Size != "" {
		return s.Size
	}
	return fmt.Sprintf("scale factor %g", o.SF)
}

// tpcgen makes the data of one of the TPC's benchmarks.
func (o *Options) tpcgen(ctx context.Context, benchmark, dir string) error {
	if _, err := o.python(ctx, peerDuckDB); err != nil {
		return err
	}
	return o.command(ctx, filepath.Join(o.Venv, "bin", "tpcgen-cli"), benchmark, "parquet",
		"--scale-factor", strconv.FormatFloat(o.SF, 'g', -1, 64), "--output-dir", dir)
}

// findData gives the tables in dir, nil unless all are there.
func findData(dir string, tables []string) dataset {
	d := dataset{}
	for _, t := range tables {
		path := filepath.Join(dir, t)
		if _, err := os.Stat(path); err != nil {
			path += ".parquet"
		}
		if _, err := os.Stat(path); err != nil {
			return nil
		}
		d[t] = path
	}
	return d
}

// python gives the interpreter of the Python environment, which is made, with the
// generator and the peer in it, unless they are there.
func (o *Options) python(ctx context.Context, peer string) (string, error) {
	venv, err := filepath.Abs(o.Venv)
	if err != nil {
		return "", err
	}
	o.Venv = venv
	python := filepath.Join(venv, "bin", "python")
	check, list := "import duckdb, shutil, sys; sys.exit(shutil.which('tpcgen-cli', path=sys.argv[1]) is None)", requirements
	if peer == peerSpark {
		check, list = "import pyspark", sparkRequirements
	}
	if exec.CommandContext(ctx, python, "-c", check, filepath.Join(venv, "bin")).Run() == nil {
		return python, nil
	}
	fmt.Fprintf(o.Progress, "setting up %s in %s\n", peer, venv)
	if _, err := os.Stat(python); err != nil {
		if err := o.command(ctx, "python3", "-m", "venv", venv); err != nil {
			return "", err
		}
	}
	path := filepath.Join(venv, "requirements.txt")
	if err := os.WriteFile(path, list, 0o644); err != nil {
		return "", err
	}
	err = o.command(ctx, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", path)
	return python, err
}

func (o *Options) command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = o.Progress, o.Progress
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return nil
}
