package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
	"github.com/bixidata/bixi/worker/memory"
)

// The harness runs every case of opCases in every mode: the same rows in other
// batches, encodings and budgets give the same answer, which a few lines of plain
// code over the rows have computed.

type row = []types.Datum

// opCase is a plan over one input, or several, and its answer by definition.
type opCase struct {
	name string
	in   []types.Schema
	rows int // of each input
	// plan puts nodes over the inputs.
	plan func(in []physical.Node) physical.Node
	// want computes the answer.
	want func(in [][]row) []row
	// ordered: the answer's order counts. stable: it does not depend on the order
	// of the input either.
	ordered, stable bool
	// fails is part of the error that is the right answer; want is not called.
	fails string
}

// opMode is a way to run the cases.
type opMode struct {
	name   string
	batch  int
	change func(r *rand.Rand, rows []row, batch int) []row
	encode encoding
	spill  bool
	memory int64
}

func (m opMode) String() string { return fmt.Sprintf("%s batches of %d", m.name, m.batch) }

func opModes() []opMode {
	var out []opMode
	for _, n := range []int{1, 3, 1024} {
		out = append(out,
			opMode{name: "plain", batch: n},
			opMode{name: "sliced", batch: n, encode: sliced},
			opMode{name: "selected", batch: n, encode: selected},
			opMode{name: "some nulls", batch: n, change: injectNulls, encode: sliced},
			opMode{name: "all null", batch: n, change: onlyNulls},
			opMode{name: "null constants", batch: n, change: onlyNulls, encode: constants},
			opMode{name: "dictionaries", batch: n, encode: dictionaries},
			opMode{name: "dictionaries with nulls", batch: n, change: injectNulls, encode: dictionaries | selected},
			opMode{name: "constants", batch: n, change: sameInBatch, encode: constants},
			opMode{name: "spilling", batch: n, spill: true},
			opMode{name: "spilling nulls", batch: n, spill: true, change: injectNulls, encode: dictionaries},
			opMode{name: "little memory", batch: n, memory: 20_000, change: injectNulls},
			opMode{name: "no memory", batch: n, memory: 1},
		)
	}
	// Of one row all encodings are alike, and a run a row is tried by one mode.
	return slices.DeleteFunc(out, func(m opMode) bool {
		return m.batch == 1 && (m.spill && m.change != nil || m.memory == 1 || m.encode&constants != 0)
	})
}

func injectNulls(r *rand.Rand, rows []row, _ int) []row {
	out := make([]row, len(rows))
	for i, x := range rows {
		out[i] = slices.Clone(x)
		for k := range x {
			out[i][k] = nullable(r, x[k])
		}
	}
	return out
}

func onlyNulls(_ *rand.Rand, rows []row, _ int) []row {
	out := make([]row, len(rows))
	for i, x := range rows {
		out[i] = make(row, len(x))
	}
	return out
}

// sameInBatch makes the values of each batch equal to those of its first row.
func sameInBatch(_ *rand.Rand, rows []row, n int) []row {
	out := make([]row, len(rows))
	for i := range rows {
		out[i] = rows[i-i%n]
	}
	return out
}

// encoding says how rows become columns.
type encoding int

const (
	sliced encoding = 1 << iota
	selected
	dictionaries
	constants
)

// source gives rows in batches, each of which is ruined when the next is asked
// for, as by a producer that reuses its buffers. before is called ahead of each.
type source struct {
	schema types.Schema
	rows   []row
	batch  int
	encode encoding
	rand   *rand.Rand
	dicts  []*batch.Column
	places []map[string]int32
	before func()
	last   []*batch.Column
	sel    []int32
	opened bool
	closed bool
}

func (s *source) Open(context.Context) error {
	s.opened = true
	if s.encode&dictionaries != 0 && s.dicts == nil {
		for k, f := range s.schema {
			b, place := batch.NewBuilder(f.Type), map[string]int32{}
			b.AppendNull(1) // an entry that no row has
			for _, x := range s.rows {
				if _, ok := place[placeOf(x[k])]; !ok && x[k] != nil {
					place[placeOf(x[k])] = int32(b.Len())
					b.AppendDatum(x[k])
				}
			}
			s.dicts, s.places = append(s.dicts, b.Finish()), append(s.places, place)
		}
	}
	return nil
}

func (s *source) Close() error { s.closed = true; return nil }

func (s *source) Next(context.Context) (*batch.Batch, error) {
	if !s.opened || s.closed {
		return nil, errors.New("Next of a source that is not open")
	}
	for _, c := range s.last {
		ruin(c)
		for i := range c.Offsets {
			c.Offsets[i] = math.MinInt32
		}
	}
	for i := range s.sel {
		s.sel[i] = -7
	}
	if s.before != nil {
		s.before()
	}
	if len(s.rows) == 0 {
		return nil, io.EOF
	}
	rows := s.rows[:min(len(s.rows), s.batch)]
	s.rows = s.rows[len(rows):]
	out := &batch.Batch{N: len(rows), Columns: make([]*batch.Column, len(s.schema))}
	s.last, s.sel = s.last[:0], nil
	layout := rows
	if s.encode&selected != 0 {
		layout = nil
		s.sel = []int32{}
		for _, x := range rows {
			for s.rand.IntN(2) == 0 {
				layout = append(layout, s.junk())
			}
			s.sel = append(s.sel, int32(len(layout)))
			layout = append(layout, x)
		}
		out.Sel, out.N = s.sel, len(layout)
	}
	for k := range s.schema {
		out.Columns[k] = s.column(k, layout)
	}
	return out, nil
}

// junk is a row outside the selection.
func (s *source) junk() row {
	if len(s.rows) > 0 {
		return s.rows[0]
	}
	return make(row, len(s.schema))
}

func (s *source) column(k int, rows []row) *batch.Column {
	t := s.schema[k].Type
	same := s.encode&constants != 0
	for _, x := range rows {
		same = same && placeOf(x[k]) == placeOf(rows[0][k])
	}
	var c *batch.Column
	switch {
	case same && len(rows) > 0:
		c = batch.Clone(batch.DatumColumn(t, rows[0][k], len(rows)))
	case s.encode&dictionaries != 0:
		codes, valid := make([]int32, len(rows)), batch.NewBitmapSet(len(rows))
		for i, x := range rows {
			if x[k] == nil {
				valid.Clear(i)
			} else {
				codes[i] = s.places[k][placeOf(x[k])]
			}
		}
		c = batch.FromCodes(s.dicts[k], codes, valid)
		s.last = append(s.last, &batch.Column{Codes: codes, Valid: valid})
		return c
	default:
		c = s.flat(t, k, rows)
	}
	s.last = append(s.last, c)
	return c
}

// placeOf tells values apart, the empty list from that of an empty text too.
func placeOf(v types.Datum) string { return fmt.Sprintf("%#v", v) }

// flat builds the column, inside a longer one if sliced, DECIMALs now and then in
// the wide representation.
func (s *source) flat(t types.Type, k int, rows []row) *batch.Column {
	b := batch.NewBuilder(t)
	lead := 0
	if s.encode&sliced != 0 {
		lead = 1 + s.rand.IntN(70)
	}
	for range lead {
		b.AppendDatum(rows[s.rand.IntN(len(rows))][k])
	}
	for _, x := range rows {
		b.AppendDatum(x[k])
	}
	for range lead {
		b.AppendDatum(rows[s.rand.IntN(len(rows))][k])
	}
	c := b.Finish()
	if t.Kind == types.Decimal && t.Precision > types.SmallPrecision && c.Phys == batch.PhysI64 && s.rand.IntN(2) == 0 {
		w := batch.NewFixedAs(t, batch.PhysI128, c.N)
		w.Valid = c.Valid
		for i, v := range batch.Values[int64](c) {
			batch.Values[decimal.Int128](w)[i] = decimal.FromInt64(v)
		}
		c = w
	}
	if c.Valid != nil { // what NULL rows hold is anybody's guess
		for i := range c.N {
			if w := c.Phys.Width(); w > 0 && c.IsNull(i) {
				for j := range w {
					c.Data[i*w+j] = byte(s.rand.Uint32())
				}
			}
		}
	}
	return batch.Slice(c, lead, lead+len(rows))
}

// buildOver builds plan with the sources in the place of its inputs.
func buildOver(n physical.Node, inputs []physical.Node, sources []*source, env *Env) (Operator, error) {
	if i := slices.Index(inputs, n); i >= 0 {
		return sources[i], nil
	}
	var in []Operator
	for _, child := range n.Inputs() {
		op, err := buildOver(child, inputs, sources, env)
		if err != nil {
			return nil, err
		}
		in = append(in, op)
	}
	op, err := builders[nodeName(n)](n, in, env)
	if err != nil {
		return nil, err
	}
	return measure(op, in), nil
}

// collect reads op to its end.
func collect(ctx context.Context, op Operator) ([]row, error) {
	var out []row
	if err := op.Open(ctx); err != nil {
		return nil, err
	}
	for {
		b, err := op.Next(ctx)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, datums([]*batch.Batch{b})...)
	}
}

// texts writes rows as lines, CHAR without trailing blanks.
func texts(rows []row, s types.Schema) []string {
	out := make([]string, len(rows))
	for i, x := range rows {
		var b strings.Builder
		for k, v := range x {
			if t, ok := v.(string); ok && s[k].Type.Kind == types.Char {
				v = strings.TrimRight(t, " ")
			}
			if v == nil {
				b.WriteString("NULL|")
				continue
			}
			fmt.Fprintf(&b, "%v|", v)
		}
		out[i] = b.String()
	}
	return out
}

func TestOperators(t *testing.T) {
	defer goleak.VerifyNone(t)
	for i, c := range opCases() {
		t.Run(c.name, func(t *testing.T) {
			for j, m := range opModes() {
				c.check(t, m, rand.New(rand.NewPCG(uint64(i), uint64(j))))
				if t.Failed() {
					return
				}
			}
		})
	}
}

func (c *opCase) check(t *testing.T, m opMode, r *rand.Rand) {
	t.Helper()
	in := make([][]row, len(c.in))
	for k, s := range c.in {
		in[k] = drawRows(r, s, c.rows)
		if m.change != nil {
			in[k] = m.change(r, in[k], m.batch)
		}
	}
	got, schema, err := c.run(t, m, r, in, nil)
	if c.fails != "" {
		if err == nil || !strings.Contains(err.Error(), c.fails) {
			t.Fatalf("%s: got error %v, want one with %q", m, err, c.fails)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	want := texts(c.want(in), schema)
	if c.stable { // the rows shuffled give the same sequence
		r.Shuffle(len(in[0]), func(i, j int) { in[0][i], in[0][j] = in[0][j], in[0][i] })
		again, _, err := c.run(t, m, r, in, nil)
		if err != nil || !slices.Equal(got, again) {
			t.Fatalf("%s: %v; the order of the input shows\ngot  %s\nthen %s", m, err, first(got, again), first(again, got))
		}
	}
	if !c.ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %d rows, want %d\ngot  %s\nwant %s", m, len(got), len(want), first(got, want), first(want, got))
	}
	c.cancel(t, m, r, in, r.IntN(8))
}

var harnessFunctions = sync.OnceValue(func() *udf.Registry { return udf.NewRegistry(builtin.All()...) })

// run gives the answer and checks that nothing is left behind. The context ends
// before the batch cancelAt points to.
func (c *opCase) run(t *testing.T, m opMode, r *rand.Rand, in [][]row, cancelAt *int) ([]string, types.Schema, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	env := &Env{Functions: harnessFunctions(), Session: &udf.Session{Zone: time.UTC}, BatchRows: m.batch, Tasks: 1,
		Memory: memory.NewBudget(m.memory), Scratch: store.NewMemory(), ScratchDir: "task", SpillAlways: m.spill}
	var inputs []physical.Node
	var sources []*source
	asked := 0
	for k, s := range c.in {
		inputs = append(inputs, &physical.Values{Fields: s})
		src := &source{schema: s, rows: in[k], batch: m.batch, encode: m.encode, rand: r}
		if cancelAt != nil {
			src.before = func() {
				if asked++; asked > *cancelAt {
					cancel()
				}
			}
		}
		sources = append(sources, src)
	}
	plan := c.plan(inputs)
	op, err := buildOver(plan, inputs, sources, env)
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	rows, err := collect(ctx, op)
	if err == nil {
		if _, again := op.Next(ctx); again != io.EOF {
			t.Fatalf("%s: Next after the end gave %v", m, again)
		}
	}
	if cerr := op.Close(); cerr != nil {
		t.Fatalf("%s: Close: %v", m, cerr)
	}
	if err := op.Close(); err != nil {
		t.Fatalf("%s: a second Close: %v", m, err)
	}
	if env.Memory.Used() != 0 {
		t.Fatalf("%s: %d bytes stay reserved", m, env.Memory.Used())
	}
	if files, err := env.Scratch.List(context.Background(), ""); err != nil || len(files) > 0 {
		t.Fatalf("%s: spilled files %v stay, %v", m, files, err)
	}
	for _, s := range sources {
		if s.opened && !s.closed {
			t.Fatalf("%s: an input stays open", m)
		}
	}
	return texts(rows, plan.Schema()), plan.Schema(), err
}

func (c *opCase) cancel(t *testing.T, m opMode, r *rand.Rand, in [][]row, at int) {
	t.Helper()
	_, _, err := c.run(t, m, r, in, &at)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("%s, cancelled at batch %d: %v", m, at, err)
	}
}

// drawRows makes rows of few distinct values, among them awkward ones.
func drawRows(r *rand.Rand, s types.Schema, n int) []row {
	out := make([]row, n)
	for i := range out {
		out[i] = make(row, len(s))
		for k, f := range s {
			out[i][k] = drawDatum(r, f.Type)
		}
	}
	return out
}

func drawDatum(r *rand.Rand, t types.Type) types.Datum {
	pick := func(v ...types.Datum) types.Datum { return v[r.IntN(len(v))] }
	small := int64(r.IntN(40) - 20)
	switch t.Kind {
	case types.Boolean:
		return r.IntN(2) == 0
	case types.TinyInt:
		return pick(small, int64(math.MinInt8), int64(math.MaxInt8))
	case types.SmallInt:
		return pick(small, int64(math.MinInt16), int64(math.MaxInt16))
	case types.Int, types.Date:
		return pick(small, small, int64(math.MinInt32), int64(math.MaxInt32))
	case types.Float:
		return pick(float64(small)/4, math.Inf(1), math.Inf(-1), math.NaN(), 0.0, math.Copysign(0, -1))
	case types.Double:
		return pick(float64(small)/8, float64(small)*1e300, math.Inf(1), math.Inf(-1), math.NaN(), 0.0, math.Copysign(0, -1))
	case types.Decimal:
		if t.Precision > types.SmallPrecision && r.IntN(4) == 0 {
			return decimal.Int128{Hi: small, Lo: uint64(r.IntN(3))}
		}
		return decimal.FromInt64(small * 1000)
	case types.Char:
		return pick("a", "a ", "ab", "", "  ", "b")
	case types.Binary:
		return pick("", "\x00", "\x00\x00", "\x00\xff", "\xff", "\xff\xff", "ab\x00", "ab", "a")
	case types.String, types.Varchar:
		return pick("", "a", "ab", "abc", "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab", "né", fmt.Sprintf("name %d", small))
	case types.Array:
		list := []types.Datum{}
		for range r.IntN(3) {
			list = append(list, nullable(r, drawDatum(r, *t.Elem)))
		}
		return list
	case types.Struct:
		list := make([]types.Datum, len(t.Fields))
		for i, f := range t.Fields {
			list[i] = nullable(r, drawDatum(r, f.Type))
		}
		return list
	}
	return pick(small, small, small, int64(math.MinInt64), int64(math.MaxInt64), small<<32)
}

// fieldsOf names columns c0, c1 and so on.
func fieldsOf(ts ...types.Type) types.Schema {
	out := make(types.Schema, len(ts))
	for i, t := range ts {
		out[i] = types.Field{Name: fmt.Sprintf("c%d", i), Type: t}
	}
	return out
}

// colOf refers to column i of s.
func colOf(s types.Schema, i int) scalar.Expr {
	return &scalar.Column{ID: i, Name: s[i].Name, Typ: s[i].Type}
}

func callOf(name string, t types.Type, args ...scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: name, Args: args, Typ: t}
}

func bigint(v int64) scalar.Expr { return &scalar.Literal{Value: v, Typ: types.BigIntType} }
