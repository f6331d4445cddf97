package operator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/worker/memory"
)

// sumBelow is the residual of the tests: id of left + id of right < limit,
// where the ids are columns 2 and 5.
type sumBelow int64

func (s sumBelow) holds(l, r []types.Datum) bool { return l[2].(int64)+r[2].(int64) < int64(s) }

// expr is the condition as the planner writes it.
func (s sumBelow) expr() scalar.Expr {
	if s == 0 {
		return nil
	}
	id := func(i int) scalar.Expr { return &scalar.Column{ID: i, Name: "id", Typ: types.BigIntType} }
	sum := &scalar.Call{Name: "+", Args: []scalar.Expr{id(2), id(5)}, Typ: types.BigIntType}
	return &scalar.Call{Name: "<", Args: []scalar.Expr{sum, &scalar.Literal{Value: int64(s), Typ: types.BigIntType}}, Typ: types.BooleanType}
}

type joinCase struct {
	kind     physical.JoinKind
	keys     []int // positions on both sides
	nullSafe []bool
	residual int64 // 0: none
	loop     bool
	equal    bool // the loop join's condition compares the first columns
	left     int
	right    int
	values   int // distinct keys
	output   []int
}

func (c joinCase) String() string {
	return fmt.Sprintf("%s keys=%v safe=%v residual=%d loop=%v %dx%d of %d", c.kind, c.keys, c.nullSafe, c.residual, c.loop, c.left, c.right, c.values)
}

func datums(batches []*batch.Batch) [][]types.Datum {
	var out [][]types.Datum
	for _, b := range batches {
		b = b.Dense()
		for i := range b.N {
			row := []types.Datum{}
			for _, c := range b.Columns {
				row = append(row, c.Datum(i))
			}
			out = append(out, row)
		}
	}
	return out
}

// truth is three-valued.
type truth int

const (
	no truth = iota
	unknown
	yes
)

// compare is the join condition of a pair.
func (c joinCase) compare(l, r []types.Datum) truth {
	out := yes
	if c.equal && (l[0] == nil || r[0] == nil) {
		return unknown
	}
	if c.equal && l[0] != r[0] {
		return no
	}
	for i, k := range c.keys {
		switch {
		case i < len(c.nullSafe) && c.nullSafe[i]:
			if l[k] != r[k] {
				return no
			}
		case l[k] == nil || r[k] == nil:
			out = unknown
		case l[k] != r[k]:
			return no
		}
	}
	if c.residual != 0 && !sumBelow(c.residual).holds(l, r) {
		return no
	}
	return out
}

// reference is the join by definition: a line a row, in the order of HashJoin.
func (c joinCase) reference(left, right [][]types.Datum) []string {
	var out []string
	text := func(rows ...[]types.Datum) {
		row := slices.Concat(rows...)
		if c.output != nil {
			all := row
			row = nil
			for _, i := range c.output {
				row = append(row, all[i])
			}
		}
		s := ""
		for _, v := range row {
			s += fmt.Sprint(v, "|")
		}
		out = append(out, s)
	}
	null := make([]types.Datum, 3)
	seen := make([]bool, len(right))
	for _, l := range left {
		best := no
		for i, r := range right {
			v := c.compare(l, r)
			best = max(best, v)
			if v == yes {
				seen[i] = true
				switch c.kind {
				case physical.Inner, physical.LeftOuter, physical.RightOuter, physical.FullOuter:
					text(l, r)
				}
			}
		}
		switch c.kind {
		case physical.LeftOuter, physical.FullOuter:
			if best != yes {
				text(l, null)
			}
		case physical.LeftSemi:
			if best == yes {
				text(l)
			}
		case physical.LeftAnti:
			if best != yes {
				text(l)
			}
		case physical.LeftAntiNull:
			if best == no {
				text(l)
			}
		case physical.LeftMark:
			text(l, []types.Datum{[]types.Datum{false, nil, true}[best]})
		}
	}
	for i, r := range right {
		switch c.kind {
		case physical.RightOuter, physical.FullOuter:
			if !seen[i] {
				text(null, r)
			}
		case physical.RightSemi, physical.RightAnti:
			if seen[i] == (c.kind == physical.RightSemi) {
				text(r)
			}
		}
	}
	return out
}

// run joins the inputs with batches of rows.
func (c joinCase) run(t *testing.T, env *Env, left, right []*batch.Batch) ([]string, error) {
	t.Helper()
	node := &physical.HashJoin{Kind: c.kind, NullSafe: c.nullSafe, ID: 7, Residual: sumBelow(c.residual).expr(), Output: c.output}
	node.Left, node.Right = &physical.Values{Fields: drawnSchema}, &physical.Values{Fields: drawnSchema}
	for _, k := range c.keys {
		node.LeftKeys = append(node.LeftKeys, columnOf(k))
		node.RightKeys = append(node.RightKeys, columnOf(k))
	}
	if c.equal {
		node.Residual = &scalar.Call{Name: "=", Args: []scalar.Expr{columnOf(0), &scalar.Column{ID: 3, Name: "k", Typ: types.BigIntType}}, Typ: types.BooleanType}
	}
	in := []Operator{&feed{batches: left}, &feed{batches: right}}
	var op *hashJoin
	var err error
	if c.loop {
		op, err = newLoopJoin(&physical.LoopJoin{Binary: node.Binary, Kind: c.kind, Cond: node.Residual, Output: c.output}, in, env)
	} else {
		op, err = newHashJoin(node, in, env)
	}
	if err != nil {
		t.Fatal(err)
	}
	return drainOp(t, op)
}

func joinCases() []joinCase {
	var out []joinCase
	for kind := physical.Inner; kind <= physical.RightAnti; kind++ {
		for _, keys := range [][]int{{0}, {1}, {0, 1}} {
			for _, residual := range []int64{0, 5200} {
				out = append(out, joinCase{kind: kind, keys: keys, residual: residual, left: 120, right: 90, values: 12})
			}
			out = append(out, joinCase{kind: kind, keys: keys, left: 60, right: 0, values: 5},
				joinCase{kind: kind, keys: keys, left: 0, right: 20, values: 5},
				joinCase{kind: kind, keys: keys, left: 60, right: 60, values: 2},
				joinCase{kind: kind, keys: keys, left: 60, right: 6, values: 1000})
			if kind != physical.LeftAntiNull && kind != physical.LeftMark {
				out = append(out, joinCase{kind: kind, keys: keys, nullSafe: []bool{true, false}, left: 70, right: 50, values: 9})
			}
		}
		out = append(out, joinCase{kind: kind, loop: true, equal: true, left: 40, right: 30, values: 20},
			joinCase{kind: kind, loop: true, equal: true, left: 40, right: 4, values: 20})
		for _, residual := range []int64{0, 5040} {
			for _, right := range []int{0, 1, 40} {
				out = append(out, joinCase{kind: kind, residual: residual, loop: true, left: 50, right: right, values: 5})
			}
		}
	}
	return out
}

func TestJoinAgainstDefinition(t *testing.T) {
	scratch := store.NewMemory()
	for _, c := range joinCases() {
		for _, rows := range []int{1, 3, 1024, -50} {
			spill := rows < 0
			rows = max(rows, -rows)
			if c.output = nil; rows == 3 || spill && c.right%20 == 0 {
				all := len(physical.JoinSchema(c.kind, drawnSchema, drawnSchema))
				c.output = []int{all - 1, 1}
			}
			r := rand.New(rand.NewPCG(uint64(rows), 99))
			left, right := drawn(r, c.left, max(rows, 5), c.values, 0), drawn(r, c.right, max(rows, 5), c.values, 5000)
			want := c.reference(datums(left), datums(right))
			env := testEnv(rows)
			env.Memory = memory.NewBudget(1 << 30)
			env.SpillAlways, env.Scratch = spill, scratch
			got, err := c.run(t, env, left, right)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s, batches of %d: %v\ngot  %d %q\nwant %d %q", c, rows, err, len(got), first(got, want), len(want), first(want, got))
			}
			if env.Memory.Used() != 0 {
				t.Fatalf("%s: %d bytes stay reserved", c, env.Memory.Used())
			}
			if left, err := scratch.List(t.Context(), ""); err != nil || len(left) > 0 {
				t.Fatalf("%s: files %v stay, %v", c, left, err)
			}
		}
	}
}

// first is the first line of a that b does not have there.
func first(a, b []string) string {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprint(i, ": ", a[i])
		}
	}
	return "-"
}

// With little memory partitions are split again; the rows and their order are
// those of a join in memory.
func TestJoinSpillsInSplits(t *testing.T) {
	for _, kind := range []physical.JoinKind{physical.Inner, physical.FullOuter, physical.LeftMark, physical.RightSemi} {
		for _, keys := range [][]int{{0}, {1}} {
			c := joinCase{kind: kind, keys: keys}
			r := rand.New(rand.NewPCG(7, 7))
			left, right := drawn(r, 6000, 300, 9000, 0), drawn(r, 12000, 300, 9000, 50_000)
			want, err := c.run(t, testEnv(256), left, right)
			if err != nil {
				t.Fatal(err)
			}
			env := testEnv(256)
			env.Memory, env.Scratch = memory.NewBudget(200_000), store.NewMemory()
			got, err := c.run(t, env, left, right)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v\ngot  %d %s\nwant %d %s", c, err, len(got), first(got, want), len(want), first(want, got))
			}
			if env.Memory.Peak() > 400_000 || env.Memory.Used() != 0 {
				t.Errorf("%s: %d bytes at most, %d at the end", c, env.Memory.Peak(), env.Memory.Used())
			}
		}
	}
}

// What has no partitions is joined in blocks, and so is a key with too many rows.
func TestJoinInBlocks(t *testing.T) {
	for kind := physical.Inner; kind <= physical.RightAnti; kind++ {
		for _, c := range []joinCase{
			{kind: kind, loop: true, residual: 50_300, values: 300},
			{kind: kind, keys: []int{0, 1}, values: 40},
			{kind: kind, keys: []int{0}, values: 2},
		} {
			r := rand.New(rand.NewPCG(8, 8))
			left, right := drawn(r, 40, 15, int(c.values), 0), drawn(r, 3000, 100, int(c.values), 50_000)
			want, err := c.run(t, testEnv(256), left, right)
			if err != nil {
				t.Fatal(err)
			}
			env := testEnv(256)
			env.Memory, env.Scratch = memory.NewBudget(40_000), store.NewMemory()
			got, err := c.run(t, env, left, right)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v\ngot  %d %s\nwant %d %s", c, err, len(got), first(got, want), len(want), first(want, got))
			}
			if env.Memory.Peak() > 400_000 || env.Memory.Used() != 0 {
				t.Errorf("%s: %d bytes at most, %d at the end", c, env.Memory.Peak(), env.Memory.Used())
			}
		}
	}
}

// Pieces stay near BatchRows however many matches a row has.
func TestJoinOfSkewedKey(t *testing.T) {
	one := func(n int) []*batch.Batch {
		return []*batch.Batch{batch.New(n, batch.DatumColumn(types.BigIntType, int64(1), n),
			batch.DatumColumn(types.StringType, "x", n), batch.NewFixed(types.BigIntType, n))}
	}
	env := testEnv(100)
	node := &physical.HashJoin{LeftKeys: []scalar.Expr{columnOf(0)}, RightKeys: []scalar.Expr{columnOf(0)}, Kind: physical.FullOuter}
	node.Left, node.Right = &physical.Values{Fields: drawnSchema}, &physical.Values{Fields: drawnSchema}
	op, err := newHashJoin(node, []Operator{&feed{batches: one(50)}, &feed{batches: one(333)}}, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	total := 0
	for {
		b, err := op.Next(t.Context())
		if err != nil {
			break
		}
		total += b.Rows()
		if b.Rows() > 200 {
			t.Errorf("a batch of %d rows", b.Rows())
		}
	}
	if err := op.Close(); err != nil || total != 50*333 {
		t.Errorf("%d rows, %v", total, err)
	}
}

func TestJoinWithoutMemory(t *testing.T) {
	env := testEnv(64)
	env.Memory = memory.NewBudget(1000)
	c := joinCase{keys: []int{0}}
	_, err := c.run(t, env, nil, drawn(rand.New(rand.NewPCG(1, 1)), 5000, 60, 100, 0))
	if err == nil || env.Memory.Used() != 0 {
		t.Errorf("got %v with %d bytes reserved", err, env.Memory.Used())
	}
}

// A shared table is built once and probed by all tasks at the same time, and so is
// a right side that was spilled.
func TestJoinShared(t *testing.T) {
	t.Run("table", func(t *testing.T) { testJoinShared(t, false) })
	t.Run("spilled", func(t *testing.T) { testJoinShared(t, true) })
}

func testJoinShared(t *testing.T, spill bool) {
	scratch := store.NewMemory()
	right := drawn(rand.New(rand.NewPCG(1, 1)), 500, 60, 30, 0)
	var once sync.Once
	var table any
	built := 0
	shared := func(_ string, make func() (any, error)) (any, error) {
		var err error
		once.Do(func() { table, err = make(); built++ })
		return table, err
	}
	var tasks sync.WaitGroup
	for task := range 4 {
		left := drawn(rand.New(rand.NewPCG(2, uint64(task))), 300, 50, 30, 1000)
		c := joinCase{kind: physical.LeftOuter, keys: []int{0, 1}}
		want := c.reference(datums(left), datums(right))
		tasks.Go(func() {
			env := testEnv(64)
			env.Shared, env.SpillAlways, env.Scratch, env.Task = shared, spill, scratch, task
			node := &physical.HashJoin{Kind: c.kind, Shared: true, LeftKeys: []scalar.Expr{columnOf(0), columnOf(1)}, RightKeys: []scalar.Expr{columnOf(0), columnOf(1)}}
			node.Left, node.Right = &physical.Values{Fields: drawnSchema}, &physical.Values{Fields: drawnSchema}
			op, err := newHashJoin(node, []Operator{&feed{batches: left}, &feed{batches: right}}, env)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := drainOp(t, op); err != nil || !slices.Equal(got, want) {
				t.Errorf("task %d: %v, %d rows, want %d", task, err, len(got), len(want))
			}
		})
	}
	tasks.Wait()
	if built != 1 {
		t.Errorf("built %d times", built)
	}
	if err := table.(*joinShare).Close(); err != nil {
		t.Error(err)
	}
	if files, err := scratch.List(t.Context(), ""); err != nil || len(files) > 0 {
		t.Errorf("files %v stay, %v", files, err)
	}
}

func BenchmarkHashJoin(b *testing.B) {
	const build, probe = 1_500_000, 6_000_000
	schema := types.Schema{{Name: "k", Type: types.BigIntType}, {Name: "v", Type: types.BigIntType}}
	column := func(i int) scalar.Expr { return &scalar.Column{ID: i, Name: schema[i].Name, Typ: schema[i].Type} }
	for _, bench := range []struct {
		name   string
		factor int64
		keys   []scalar.Expr
	}{
		{"dense", 1, []scalar.Expr{column(0)}},
		{"sparse", 1_000_003, []scalar.Expr{column(0)}},
		{"two keys", 1, []scalar.Expr{column(0), column(1)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			table := func(n int, perm bool) []*batch.Batch {
				r := rand.New(rand.NewPCG(uint64(n), 1))
				keys := make([]int64, n)
				for i := range keys {
					keys[i] = int64(r.IntN(build)) * bench.factor
					if perm {
						keys[i] = int64(i) * bench.factor
					}
				}
				if perm {
					r.Shuffle(n, func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
				}
				c := batch.FromValues(types.BigIntType, batch.PhysI64, keys, nil)
				var out []*batch.Batch
				for at := 0; at < n; at += 4096 {
					out = append(out, batch.New(n, c, c).Slice(at, min(n, at+4096)))
				}
				return out
			}
			left, right := table(probe, false), table(build, true)
			for b.Loop() {
				node := &physical.HashJoin{Kind: physical.Inner, LeftKeys: bench.keys, RightKeys: bench.keys}
				node.Left, node.Right = &physical.Values{Fields: schema}, &physical.Values{Fields: schema}
				op, err := newHashJoin(node, []Operator{&list{b: left}, &list{b: right}}, testEnv(0))
				if err != nil {
					b.Fatal(err)
				}
				if err := op.Open(context.Background()); err != nil {
					b.Fatal(err)
				}
				rows := 0
				for {
					out, err := op.Next(context.Background())
					if err != nil {
						break
					}
					rows += out.Rows()
				}
				op.Close()
				if rows != probe {
					b.Fatal(rows)
				}
			}
			b.ReportMetric(float64(b.N)*probe/b.Elapsed().Seconds()/1e6, "Mrow/s")
		})
	}
}
