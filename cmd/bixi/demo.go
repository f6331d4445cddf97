package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// The generated data of the demo.
const (
	demoDays      = 7
	demoDayRows   = 50_000
	demoItems     = 500
	demoTextLines = 200_000
)

func newDemoCommand(d doors) *cobra.Command {
	var dir, program string
	cmd := &cobra.Command{
		Use: "demo", Short: "A tour: load a partitioned table, query it, count words", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return runDemo(ctx, d, dir, program)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", ".demo", "directory for the demo's files; what is in it is replaced")
	cmd.Flags().StringVar(&program, "wordcount", "", "the word count program: an executable or its source folder; none to leave it out")
	return cmd
}

// demo is a run of the tour.
type demo struct {
	ctx        context.Context
	statements server.Statements
	state      server.State
	dir        string
}

func runDemo(ctx context.Context, d doors, dir, program string) (err error) {
	start := time.Now()
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	warehouse := filepath.Join(dir, "warehouse")
	statements, closeEngine, err := d.open(ctx, engineConfig{Warehouse: warehouse})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEngine()) }()
	m := &demo{ctx: ctx, statements: statements, dir: dir}
	// Small splits, so that even a little data shows how a query is cut into stages.
	m.state = server.State{Project: "default", Settings: map[string]string{"bixi.split.bytes": "256kb"}}
	if err := m.sales(); err != nil {
		return err
	}
	if err := m.words(program); err != nil {
		return err
	}
	fmt.Printf("\nThat took %s. The tables stay in %s: try\n  bin/bixi sql --warehouse %s\n", time.Since(start).Round(100*time.Millisecond), warehouse, warehouse)
	return nil
}

// sales loads a partitioned table a day at a time and summarises it.
func (m *demo) sales() error {
	m.say("A week of sales, a partition a day")
	if err := m.run(`create table sales (item bigint, store string, amount decimal(10,2), quantity int) partitioned by (ds string)`); err != nil {
		return err
	}
	if err := m.run(`create table items (item bigint, category string)`); err != nil {
		return err
	}
	if err := m.load("items_raw", itemsBatch()); err != nil {
		return err
	}
	if err := m.run(`insert overwrite table items select item, category from items_raw`); err != nil {
		return err
	}
	for day := range demoDays {
		ds := time.Date(2024, 11, 4+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		name := fmt.Sprintf("raw_%d", day)
		if err := m.load(name, salesBatch(uint64(day))); err != nil {
			return err
		}
		if err := m.run(fmt.Sprintf(`insert overwrite table sales partition (ds='%s') select item, store, amount, quantity from %s`, ds, name)); err != nil {
			return err
		}
	}
	m.say("An aggregation with a join, and how it runs")
	query := `select category, count(*) as sales, sum(amount * quantity) as revenue from sales s join items i on s.item = i.item where ds >= '2024-11-08' group by category order by revenue desc`
	for _, s := range []string{`show partitions sales`, query, `explain ` + query} {
		if err := m.run(s); err != nil {
			return err
		}
	}
	m.say("A dynamic-partition INSERT OVERWRITE: each day's revenue by store")
	for _, s := range []string{
		`create table revenue (store string, revenue decimal(20,2)) partitioned by (ds string)`,
		`insert overwrite table revenue partition (ds) select store, sum(amount * quantity), ds from sales group by store, ds`,
		`select ds, count(*) as stores, sum(revenue) as revenue from revenue group by ds order by ds`,
	} {
		if err := m.run(s); err != nil {
			return err
		}
	}
	return nil
}

func (m *demo) say(title string) { fmt.Printf("\n== %s\n", title) }

// run carries out a statement and prints it with its result.
func (m *demo) run(text string) error {
	fmt.Printf("\n> %s;\n", text)
	st, err := m.statements.Submit(m.ctx, server.Request{Text: text, State: m.state, User: userName()})
	if err != nil {
		return err
	}
	defer st.Close()
	schema, err := st.Schema(m.ctx)
	if err != nil {
		return err
	}
	out, err := st.Wait(m.ctx)
	if err != nil {
		return err
	}
	m.state = out.State
	if len(schema) == 0 {
		if out.HasWritten {
			fmt.Printf("%d rows written in %s\n", out.Written, out.Elapsed.Round(time.Millisecond))
		}
		return nil
	}
	if len(schema) == 1 && schema[0].Name == "plan" {
		return m.plain(st)
	}
	w := format.New(format.Table, os.Stdout)
	if err := w.Begin(schema, time.UTC); err != nil {
		return err
	}
	for {
		b, err := st.Next(m.ctx)
		if err == io.EOF {
			return w.End()
		}
		if err != nil {
			return err
		}
		if err := w.Write(b); err != nil {
			return err
		}
	}
}

// plain prints the lines of a plan.
func (m *demo) plain(st server.Statement) error {
	for {
		b, err := st.Next(m.ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range b.N {
			fmt.Printf("  %s\n", b.Columns[0].Bytes(i))
		}
	}
}

// rawTable is generated rows.
type rawTable struct {
	cols []parquet.Column
	rows *batch.Batch
}

// load writes rows as a Parquet file and makes it an external table.
func (m *demo) load(name string, raw rawTable) error {
	file, err := filepath.Abs(filepath.Join(m.dir, "raw", name+".parquet"))
	if err != nil {
		return err
	}
	w, err := parquet.NewWriter(m.ctx, store.NewScratch(""), file, raw.cols, parquet.WriterOptions{})
	if err != nil {
		return err
	}
	if err := w.Write(raw.rows); err != nil {
		return errors.Join(err, w.Abort())
	}
	if _, err := w.Close(); err != nil {
		return err
	}
	return m.run(fmt.Sprintf(`create external table %s stored as parquet location '%s'`, name, file))
}

var demoCategories = []string{"books", "toys", "food", "garden", "music"}

func itemsBatch() rawTable {
	item, category := batch.NewBuilder(types.BigIntType), batch.NewBuilder(types.StringType)
	for i := range demoItems {
		item.AppendDatum(int64(i))
		category.AppendDatum(demoCategories[i%len(demoCategories)])
	}
	return rawTable{[]parquet.Column{{Name: "item", Type: types.BigIntType}, {Name: "category", Type: types.StringType}},
		batch.New(demoItems, item.Finish(), category.Finish())}
}

// salesBatch is a day of sales, the same in every run.
func salesBatch(day uint64) rawTable {
	r := rand.New(rand.NewPCG(20241104, day))
	amountType := types.DecimalOf(10, 2)
	items, amounts, quantities := make([]int64, demoDayRows), make([]int64, demoDayRows), make([]int32, demoDayRows)
	stores := make([]string, demoDayRows)
	for i := range items {
		items[i] = int64(r.IntN(demoItems))
		stores[i] = fmt.Sprintf("store-%02d", r.IntN(20))
		amounts[i] = int64(99 + r.IntN(9900))
		quantities[i] = int32(1 + r.IntN(5))
	}
	cols := []parquet.Column{
		{Name: "item", Type: types.BigIntType}, {Name: "store", Type: types.StringType},
		{Name: "amount", Type: amountType}, {Name: "quantity", Type: types.IntType},
	}
	return rawTable{cols, batch.New(demoDayRows,
		batch.FromValues(types.BigIntType, batch.PhysI64, items, nil), batch.FromStrings(types.StringType, stores),
		batch.FromValues(amountType, batch.PhysI64, amounts, nil), batch.FromValues(types.IntType, batch.PhysI32, quantities, nil))}
}

// textBatch is lines of text whose words are as uneven as those of a language.
func textBatch() rawTable {
	r := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(r, 1.1, 3, 20_000)
	lines := make([]string, demoTextLines)
	var b strings.Builder
	for i := range lines {
		b.Reset()
		for w := range 8 {
			if w > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "w%d", zipf.Uint64())
		}
		lines[i] = b.String()
	}
	return rawTable{[]parquet.Column{{Name: "text", Type: types.StringType}}, batch.New(len(lines), batch.FromStrings(types.StringType, lines))}
}

// words runs the MapReduce word count over text.
func (m *demo) words(program string) error {
	if program == "" {
		return nil
	}
	m.say("MapReduce: the word count program over text")
	if err := m.load("wc_in", textBatch()); err != nil {
		return err
	}
	if err := m.run(`create table wc_out (word string, count bigint)`); err != nil {
		return err
	}
	fmt.Printf("\n> bixi mr run %s wc_in wc_out\n", program)
	path, clean, err := executable(m.ctx, program)
	if err != nil {
		return err
	}
	defer clean()
	p, err := describe(m.ctx, path, []string{"wc_in", "wc_out"})
	if err != nil {
		return err
	}
	c := &console.Console{Statements: m.statements, State: m.state, User: userName(), Out: os.Stdout, Err: os.Stderr}
	if err := c.Program(m.ctx, p); err != nil {
		return err
	}
	return m.run(`select word, count from wc_out order by count desc, word limit 5`)
}
