package operator

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/worker/memory"
)

// generated makes batches of columns on the fly, in buffers it reuses.
type generated struct {
	rows, at int
	out      *batch.Batch
	fill     func(b *batch.Batch, at, n int)
}

func (g *generated) Open(context.Context) error { return nil }
func (g *generated) Close() error               { return nil }
func (g *generated) Next(context.Context) (*batch.Batch, error) {
	n := min(batch.TargetRows, g.rows-g.at)
	if n == 0 {
		return nil, io.EOF
	}
	g.fill(g.out, g.at, n)
	g.at += n
	if n < g.out.N {
		return g.out.Slice(0, n), nil
	}
	return g.out, nil
}

// numbers gives rows of BIGINTs drawn by f.
func numbers(rows, columns int, f func(r *rand.Rand, row int) int64) *generated {
	r := rand.New(rand.NewPCG(1, 2))
	out := &batch.Batch{N: batch.TargetRows}
	for range columns {
		out.Columns = append(out.Columns, batch.NewFixed(types.BigIntType, batch.TargetRows))
	}
	return &generated{rows: rows, out: out, fill: func(b *batch.Batch, at, n int) {
		for _, c := range b.Columns {
			v := batch.Values[int64](c)
			for i := range n {
				v[i] = f(r, at+i)
			}
		}
	}}
}

// drainBench runs a plan over in and reports its speed; with a budget also the
// most that the Go heap held above where it began.
func drainBench(b *testing.B, schema types.Schema, plan func(physical.Node) physical.Node, in func() *generated, limit int64) {
	b.Helper()
	rows := 0
	peak := uint64(0)
	dir := b.TempDir()
	for b.Loop() {
		env := testEnv(0)
		env.Memory, env.Scratch, env.ScratchDir = memory.NewBudget(limit), store.NewScratch(dir), "task"
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		src := in()
		rows = src.rows
		leaf := &physical.Values{Fields: schema}
		n := plan(leaf)
		op, err := builders[nodeName(n)](n, []Operator{src}, env)
		if err != nil {
			b.Fatal(err)
		}
		watch := func(*batch.Batch, int, int) {}
		if limit > 0 {
			fill := src.fill
			watch = func(out *batch.Batch, at, n int) {
				if at/batch.TargetRows%64 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
				}
				if fill != nil && out != nil {
					fill(out, at, n)
				}
			}
			src.fill = watch
			fillOut := watch
			watch = func(_ *batch.Batch, at, _ int) { fillOut(nil, at, 0) }
		}
		if err := op.Open(context.Background()); err != nil {
			b.Fatal(err)
		}
		got := 0
		for {
			out, err := op.Next(context.Background())
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if got += out.Rows(); limit > 0 && got/batch.TargetRows%64 == 0 {
				watch(nil, 0, 0)
			}
		}
		if err := op.Close(); err != nil || got == 0 {
			b.Fatal(got, err)
		}
		if limit > 0 {
			b.ReportMetric(float64(env.Memory.Peak())/1e6, "MB-reserved")
			b.ReportMetric(float64(peak)/1e6, "MB-heap")
		}
	}
	b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds()/1e6, "Mrow/s")
}

func countBy(s types.Schema, keys ...int) func(physical.Node) physical.Node {
	return func(in physical.Node) physical.Node {
		n := &physical.HashAggregate{Names: []string{"n"}, Aggs: []scalar.Aggregate{{Name: "count", Typ: types.BigIntType}}, States: [][]types.Type{{types.BigIntType}}}
		for _, k := range keys {
			n.Keys, n.Names = append(n.Keys, colOf(s, k)), append([]string{s[k].Name}, n.Names...)
		}
		n.Input = in
		return n
	}
}

func sortBy(s types.Schema) func(physical.Node) physical.Node {
	return func(in physical.Node) physical.Node {
		n := &physical.Sort{Keys: []scalar.SortKey{{Expr: colOf(s, 0)}}}
		n.Input = in
		return n
	}
}

func BenchmarkGroupBy(b *testing.B) {
	s := fieldsOf(types.BigIntType)
	for _, groups := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(groups, " groups"), func(b *testing.B) {
			drainBench(b, s, countBy(s, 0), func() *generated {
				return numbers(4_000_000, 1, func(r *rand.Rand, _ int) int64 { return int64(r.IntN(groups)) * 7919 })
			}, 0)
		})
	}
}

// Two small dictionaries and sums of decimals, as in TPC-H's first query.
func BenchmarkGroupByDictionaries(b *testing.B) {
	price := types.DecimalOf(15, 2)
	s := fieldsOf(types.StringType, types.StringType, price, price)
	plan := func(in physical.Node) physical.Node {
		n := &physical.HashAggregate{Names: []string{"a", "b", "x", "y", "n"}, Keys: []scalar.Expr{colOf(s, 0), colOf(s, 1)}}
		for _, k := range []int{2, 3} {
			sum := types.DecimalOf(25, 2)
			n.Aggs, n.States = append(n.Aggs, scalar.Aggregate{Name: "sum", Args: []scalar.Expr{colOf(s, k)}, Typ: sum}), append(n.States, []types.Type{sum})
		}
		n.Aggs, n.States = append(n.Aggs, scalar.Aggregate{Name: "count", Typ: types.BigIntType}), append(n.States, []types.Type{types.BigIntType})
		n.Input = in
		return n
	}
	flag, status := batch.FromStrings(types.StringType, []string{"A", "N", "R"}), batch.FromStrings(types.StringType, []string{"F", "O"})
	drainBench(b, s, plan, func() *generated {
		r := rand.New(rand.NewPCG(1, 2))
		codes := [2][]int32{make([]int32, batch.TargetRows), make([]int32, batch.TargetRows)}
		cols := [2]*batch.Column{batch.NewFixed(price, batch.TargetRows), batch.NewFixed(price, batch.TargetRows)}
		for i := range batch.TargetRows {
			codes[0][i], codes[1][i] = int32(r.IntN(3)), int32(r.IntN(2))
			batch.Values[int64](cols[0])[i], batch.Values[int64](cols[1])[i] = r.Int64N(1e7), r.Int64N(100)
		}
		out := batch.New(batch.TargetRows, batch.FromCodes(flag, codes[0], nil), batch.FromCodes(status, codes[1], nil), cols[0], cols[1])
		return &generated{rows: 4_000_000, out: out, fill: func(*batch.Batch, int, int) {}}
	}, 0)
}

func BenchmarkSort(b *testing.B) {
	s := fieldsOf(types.BigIntType, types.BigIntType)
	for _, c := range []struct {
		name string
		draw func(r *rand.Rand, row int) int64
	}{
		{"wide numbers", func(r *rand.Rand, _ int) int64 { return int64(r.Uint64()) }},
		{"dense numbers", func(r *rand.Rand, _ int) int64 { return int64(r.IntN(4_000_000)) }},
		{"few numbers", func(r *rand.Rand, _ int) int64 { return int64(r.IntN(7)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			drainBench(b, s, sortBy(s), func() *generated { return numbers(4_000_000, 2, c.draw) }, 0)
		})
	}
	b.Run("texts", func(b *testing.B) {
		s := fieldsOf(types.StringType)
		drainBench(b, s, sortBy(s), func() *generated {
			r := rand.New(rand.NewPCG(1, 2))
			g := &generated{rows: 1_000_000, out: &batch.Batch{N: batch.TargetRows, Columns: make([]*batch.Column, 1)}}
			g.fill = func(out *batch.Batch, _, _ int) {
				offsets, data := []int32{0}, []byte{}
				for range batch.TargetRows {
					data = fmt.Appendf(data, "customer %09d", r.IntN(1_000_000))
					offsets = append(offsets, int32(len(data)))
				}
				out.Columns[0] = batch.FromBytes(types.StringType, data, offsets, nil)
			}
			return g
		}, 0)
	})
}

// The heap of operators that spill stays near their budget.
func BenchmarkWithin64MB(b *testing.B) {
	const rows, limit = 6_000_000, 64 << 20
	one, two := fieldsOf(types.BigIntType), fieldsOf(types.BigIntType, types.BigIntType)
	distinct := func(_ *rand.Rand, row int) int64 { return int64(uint64(row+1) * 0x9E3779B97F4A7C15) }
	b.Run("group by", func(b *testing.B) {
		drainBench(b, one, countBy(one, 0), func() *generated { return numbers(rows, 1, distinct) }, limit)
	})
	b.Run("sort", func(b *testing.B) {
		drainBench(b, two, sortBy(two), func() *generated { return numbers(rows, 2, distinct) }, limit)
	})
}
