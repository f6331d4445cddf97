package builtin

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bixidata/bixi/batch"
)

func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 2000 {
		vals := make([]int64, 1+r.IntN([]int{3, 100, 3000}[round%3]))
		domain := []int64{1, 2, 50, math.MaxInt64}[r.IntN(4)]
		for i := range vals {
			switch vals[i] = r.Int64N(domain); r.IntN(20) {
			case 0:
				vals[i] = math.MaxInt64
			case 1:
				vals[i] = math.MinInt64
			case 2:
				vals[i] = int64(i)
			}
		}
		if round%5 == 0 {
			slices.Sort(vals)
		}
		want := slices.Sorted(slices.Values(vals))
		k := r.IntN(len(vals))
		if got := nth(vals, k); got != want[k] {
			t.Fatalf("value %d of %d: got %d, want %d", k, len(vals), got, want[k])
		}
		for i, v := range vals {
			if i < k && v > want[k] || i > k && v < want[k] {
				t.Fatalf("value %d is on the wrong side of place %d", i, k)
			}
		}
	}
}

// The values of a group come back, whatever chunks and blocks they lie in.
func TestNumberLog(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, groups := range []int{1, 3, 1000, 50_000} {
		var a, b numberLog
		want := make([][]int64, groups)
		a.resize(groups)
		b.resize(groups)
		for range 40 {
			at, vals := make([]int32, 4096), make([]int64, 4096)
			for i := range at {
				at[i], vals[i] = int32(r.IntN(groups)), r.Int64()
				want[at[i]] = append(want[at[i]], vals[i])
			}
			a.add(at, vals, nil)
		}
		for half := range 2 {
			from, to := half*groups/2, (half+1)*groups/2
			c, err := a.column(from, to)
			if err != nil {
				t.Fatal(err)
			}
			ids := make([]int32, to-from)
			for i := range ids {
				ids[i] = int32(from + i)
			}
			if err := b.merge(ids, c); err != nil {
				t.Fatal(err)
			}
		}
		for g := range want {
			slices.Sort(want[g])
			for _, l := range []*numberLog{&a, &b} {
				if got := slices.Sorted(slices.Values(l.group(g, nil))); !slices.Equal(got, want[g]) || l.count(g) != len(got) {
					t.Fatalf("group %d of %d: %d values, want %d", g, groups, len(got), len(want[g]))
				}
			}
		}
		if least := int64(40 * 4096 * 8); a.size() < least || b.size() < least {
			t.Errorf("sizes %d and %d for %d bytes of values", a.size(), b.size(), least)
		}
	}
}

func BenchmarkMedian(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	const groups, n = 1000, 1 << 20
	at, vals := make([]int32, n), make([]float64, n)
	for i := range vals {
		at[i], vals[i] = int32(r.IntN(groups)), r.Float64()
	}
	c := aggregateCase{name: "median", args: momentAggregates()[0].Args}
	f, call := c.bind(b)
	for b.Loop() {
		acc := f.Aggregate.New(call)
		acc.Resize(groups)
		for from := 0; from < n; from += 4096 {
			col := batch.FromValues(call.Args[0], batch.PhysF64, vals[from:from+4096], nil)
			if err := acc.Update(at[from:from+4096], []*batch.Column{col}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := acc.Final(0, groups); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
