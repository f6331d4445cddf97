package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed peers/duckdb_driver.py
var duckDBDriver string

// duckDB is a DuckDB in a Python process that lives as long as the run.
type duckDB struct{ *driver }

// openDuckDB starts the driver and gives it the tables: views of the Parquet
// files, or tables in a database file beside them that later runs find again.
func openDuckDB(ctx context.Context, o *Options, s *suite.Suite, data dataset) (contender, error) {
	python, err := o.python(ctx, peerDuckDB)
	if err != nil {
		return nil, err
	}
	database := ":memory:"
	if o.Over == OverTables {
		if database, err = filepath.Abs(strings.TrimRight(o.Data, "/") + ".duckdb"); err != nil {
			return nil, err
		}
	}
	d, err := startDuckDB(ctx, o, python, database)
	if err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		text := fmt.Sprintf("CREATE VIEW %s AS SELECT * FROM read_parquet('%s')", t, data.glob(t))
		if o.Over == OverTables {
			text = fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM read_parquet('%s')", t, data.glob(t))
		}
		if _, err := d.ask(text, false); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// startDuckDB starts DuckDB with a database, which is a file or ":memory:".
func startDuckDB(ctx context.Context, o *Options, python, database string) (*duckDB, error) {
	d, err := startDriver(o.Progress, peerDuckDB, exec.CommandContext(ctx, python, "-c", duckDBDriver, strconv.Itoa(o.Threads), o.Memory, database))
	return &duckDB{d}, err
}

func (d *duckDB) pid() int { return d.cmd.Process.Pid }

func (d *duckDB) Run(_ context.Context, q suite.Query, keep bool) (*answer, error) {
	return d.answer(q.For(peerDuckDB), keep)
}
