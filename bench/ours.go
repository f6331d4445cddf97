package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/types"
)

// ours is the engine in this process.
type ours struct {
	name       string // "" for bixi
	statements server.Statements
	state      server.State
	version    string
	close      []func() error
}

// openOurs opens the engine and gives it the tables.
func openOurs(ctx context.Context, o *Options, s *suite.Suite, data dataset) (*ours, error) {
	e := &ours{version: o.Version, state: server.State{Project: "default", Settings: map[string]string{}}}
	maps.Copy(e.state.Settings, o.Set)
	if o.Memory != "" {
		e.state.Settings["bixi.memory.limit"] = o.Memory
	}
	warehouse, err := e.warehouse(o)
	if err != nil {
		return nil, err
	}
	statements, closeEngine, err := o.Open(ctx, warehouse)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.statements = statements
	e.close = append(e.close, closeEngine)
	if err := e.tables(ctx, o, s, data); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// warehouse is a lasting one beside the data for tables of ours, and one that
// goes when only external tables are needed.
func (e *ours) warehouse(o *Options) (string, error) {
	if o.Over == OverTables {
		return filepath.Abs(strings.TrimRight(o.Data, "/") + ".bixi")
	}
	dir, err := os.MkdirTemp("", "bixi-bench-")
	if err != nil {
		return "", err
	}
	e.close = append(e.close, func() error { return os.RemoveAll(dir) })
	return dir, nil
}

// tables makes the tables, external or loaded.
func (e *ours) tables(ctx context.Context, o *Options, s *suite.Suite, data dataset) error {
	for i, name := range s.Tables {
		if o.Doubles {
			texts, err := doubled(s.Schema[i], name, data[name])
			if err != nil {
				return err
			}
			for _, text := range texts {
				if err := e.do(ctx, text); err != nil {
					return err
				}
			}
			continue
		}
		if o.Over == OverParquet {
			if err := e.do(ctx, external(s.Schema[i], data[name])); err != nil {
				return err
			}
			continue
		}
		if err := e.load(ctx, o, s.Schema[i], name, data[name]); err != nil {
			return err
		}
	}
	return nil
}

// external makes the definition of a table that of an external one.
func external(create, location string) string {
	create = "CREATE EXTERNAL" + create[len("CREATE"):]
	return create + " STORED AS PARQUET LOCATION '" + strings.ReplaceAll(location, "'", `\'`) + "'"
}

// load fills a table of ours, unless an earlier run did.
func (e *ours) load(ctx context.Context, o *Options, create, name, location string) error {
	if err := e.do(ctx, create); err != nil {
		return err
	}
	a, err := e.query(ctx, "SELECT COUNT(*) FROM "+name, true)
	if err != nil {
		return err
	}
	if a.rows[0][0].text != "0" {
		return nil
	}
	fmt.Fprintf(o.Progress, "loading %s\n", name)
	files := name + "_files"
	for _, text := range []string{
		"DROP TABLE IF EXISTS " + files,
		external(strings.Replace(create, name, files, 1), location),
		"INSERT OVERWRITE TABLE " + name + " SELECT * FROM " + files,
		"DROP TABLE " + files,
	} {
		if err := e.do(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func (e *ours) Name() string    { return cmp.Or(e.name, "bixi") }
func (e *ours) Version() string { return e.version }

func (e *ours) Close() error {
	var errs []error
	for i := len(e.close) - 1; i >= 0; i-- {
		errs = append(errs, e.close[i]())
	}
	return errors.Join(errs...)
}

func (e *ours) do(ctx context.Context, text string) error {
	_, err := e.query(ctx, text, false)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.SplitN(text, "\n", 2)[0], err)
	}
	return nil
}

func (e *ours) Run(ctx context.Context, q suite.Query, keep bool) (*answer, error) {
	return e.query(ctx, q.Text, keep)
}

// query runs a statement to its last row.
func (e *ours) query(ctx context.Context, text string, keep bool) (a *answer, err error) {
	start, cpu := time.Now(), processTime()
	st, err := e.statements.Submit(ctx, server.Request{Text: text, State: e.state})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	schema, err := st.Schema(ctx)
	if err != nil {
		return nil, err
	}
	a = &answer{columns: columns(schema)}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		a.count += b.Rows()
		if keep {
			a.rows = appendRows(a.rows, b.Dense())
		}
	}
	a.seconds, a.cpu = time.Since(start), processTime()-cpu
	return a, nil
}

func appendRows(rows [][]cell, b *batch.Batch) [][]cell {
	for i := range b.N {
		row := make([]cell, len(b.Columns))
		for c, col := range b.Columns {
			row[c] = cell{text: string(batch.AppendText(nil, col, i, time.UTC)), null: col.IsNull(i)}
		}
		rows = append(rows, row)
	}
	return rows
}

func columns(schema types.Schema) []column {
	out := make([]column, len(schema))
	for i, f := range schema {
		c := column{name: f.Name, slack: -1}
		switch {
		case f.Type.IsInteger():
			c.exact = true
		case f.Type.Kind == types.Decimal:
			c.slack = 0.5001 * math.Pow10(-f.Type.Scale)
		case f.Type.Kind == types.Double || f.Type.Kind == types.Float:
			c.slack = 0
		}
		out[i] = c
	}
	return out
}
