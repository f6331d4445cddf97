package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// identityMode is a way to carry out a query that must not change a byte of its
// result: other numbers of tasks, other sizes of what they handle, spilling.
type identityMode struct {
	name string
	set  map[string]string
}

// identityModes are compared with the engine's own choices. Splits of a byte give
// every row group a task.
var identityModes = []identityMode{
	{"1 partition", map[string]string{"bixi.partitions": "1"}},
	{"2 partitions", map[string]string{"bixi.partitions": "2"}},
	{"7 partitions", map[string]string{"bixi.partitions": "7"}},
	{"16 partitions", map[string]string{"bixi.partitions": "16"}},
	{"spilling", map[string]string{"bixi.spill.always": "true"}},
	{"7 partitions, small splits", map[string]string{"bixi.partitions": "7", "bixi.split.bytes": "1"}},
	{"16 partitions, small splits, nothing broadcast", map[string]string{"bixi.partitions": "16", "bixi.split.bytes": "1", "bixi.broadcast.bytes": "0"}},
	{"2 partitions, small splits, spilling", map[string]string{"bixi.partitions": "2", "bixi.split.bytes": "1", "bixi.spill.always": "true"}},
	{"small splits, small batches", map[string]string{"bixi.split.bytes": "1", "bixi.batch.rows": "500"}},
}

// Identities is what a run of Identity found.
type Identities struct {
	Queries, Identical int
	// Digest is over all results as they come in the modes of the engine's own choice.
	Digest [sha256.Size]byte
}

// Identity runs each query in many modes, once over the tables as they are and
// once with DOUBLE columns in place of DECIMAL ones, and compares the bytes of the
// results as CSV. It writes a line a query.
func Identity(ctx context.Context, s *suite.Suite, o Options) (*Identities, error) {
	return identity(ctx, s, o, func(int) []identityMode { return identityModes })
}

// identity is Identity with the modes of query number i.
func identity(ctx context.Context, s *suite.Suite, o Options, modes func(i int) []identityMode) (r *Identities, err error) {
	queries, err := s.Choose(o.Queries)
	if err != nil {
		return nil, err
	}
	o.Over = OverParquet
	data, err := o.prepareData(ctx, s)
	if err != nil {
		return nil, err
	}
	var engines []*ours
	defer func() {
		for _, e := range engines {
			err = errors.Join(err, e.Close())
		}
	}()
	for _, o.Doubles = range []bool{false, true} {
		e, err := openOurs(ctx, &o, s, data)
		if err != nil {
			return nil, err
		}
		engines = append(engines, e)
	}
	fmt.Fprintf(o.Out, "%s at scale factor %g: %s\n%-5s %7s  %-16s %-16s  sha256 of the result, with DECIMAL and with DOUBLE\n",
		s.Name, o.SF, machine(o.Threads), "", "rows", "decimal", "double")
	r = &Identities{}
	all := sha256.New()
	for i, q := range queries {
		res, err := compareModes(ctx, engines, q, modes(i))
		if err != nil {
			return nil, err
		}
		r.Queries++
		if res.difference == "" {
			r.Identical++
		}
		for _, d := range res.digests {
			_, _ = all.Write(d[:]) // a hash takes everything
		}
		fmt.Fprintln(o.Out, res)
	}
	all.Sum(r.Digest[:0])
	fmt.Fprintf(o.Out, "%d/%d identical; all results %x\n", r.Identical, r.Queries, r.Digest[:8])
	return r, nil
}

// identityResult is what became of a query.
type identityResult struct {
	query      string
	rows       int
	digests    [][sha256.Size]byte // by engine
	modes      int
	seconds    time.Duration
	difference string
}

func (r *identityResult) String() string {
	line := fmt.Sprintf("%-5s %7d", r.query, r.rows)
	for _, d := range r.digests {
		line += fmt.Sprintf("  %x", d[:8])
	}
	if r.difference != "" {
		return line + "  " + r.difference
	}
	return fmt.Sprintf("%s  the same in %d modes (%.1f s)", line, r.modes, r.seconds.Seconds())
}

func compareModes(ctx context.Context, engines []*ours, q suite.Query, modes []identityMode) (*identityResult, error) {
	started := time.Now()
	r := &identityResult{query: q.Name, modes: 1 + len(modes)}
	for i, e := range engines {
		kind := [...]string{"decimal", "double"}[i]
		want, rows, err := e.csv(ctx, q.Text, nil)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.digests = append(r.digests, sha256.Sum256(want))
		if err != nil {
			r.difference = fmt.Sprintf("%s: %s", kind, firstLine(err))
			continue
		}
		r.rows = rows
		for _, m := range modes {
			got, _, err := e.csv(ctx, q.Text, m.set)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				r.difference = fmt.Sprintf("%s, %s: %s", kind, m.name, firstLine(err))
			} else if sha256.Sum256(got) != sha256.Sum256(want) {
				r.difference = fmt.Sprintf("%s, %s: %s", kind, m.name, firstDifference(want, got))
			}
		}
	}
	r.seconds = time.Since(started)
	return r, nil
}

// firstDifference shows the first line in which two results differ.
func firstDifference(want, got []byte) string {
	a, b := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d is %q, not %q", i+1, b[i], a[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(b), len(a))
}

// csv is the result of a query under additional settings, as the console writes it.
func (e *ours) csv(ctx context.Context, text string, set map[string]string) (out []byte, rows int, err error) {
	state := e.state
	state.Settings = maps.Clone(e.state.Settings)
	maps.Copy(state.Settings, set)
	st, err := e.statements.Submit(ctx, server.Request{Text: text, State: state})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	schema, err := st.Schema(ctx)
	if err != nil {
		return nil, 0, err
	}
	var buf bytes.Buffer
	w := format.New(format.CSV, &buf)
	if err := w.Begin(schema, time.UTC); err != nil {
		return nil, 0, err
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			err = w.End()
			return buf.Bytes(), rows, err
		}
		if err != nil {
			return nil, 0, err
		}
		rows += b.Rows()
		if err := w.Write(b); err != nil {
			return nil, 0, err
		}
	}
}

// doubled are the statements that make a table's files a view in which DECIMAL
// columns are DOUBLE.
func doubled(create, name, location string) ([]string, error) {
	stmt, err := syntax.ParseStatement(create)
	if err != nil {
		return nil, err
	}
	var items []string
	for _, c := range stmt.(*syntax.CreateTable).Columns {
		item := c.Name.Name
		if c.Type.Kind == types.Decimal {
			item = "CAST(" + item + " AS DOUBLE) AS " + item
		}
		items = append(items, item)
	}
	files := name + "_decimal"
	return []string{
		external(strings.Replace(create, name, files, 1), location),
		"CREATE VIEW IF NOT EXISTS " + name + " AS SELECT " + strings.Join(items, ", ") + " FROM " + files,
	}, nil
}
