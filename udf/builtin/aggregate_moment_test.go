package builtin

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// drawing gives random doubles of one kind: integers, prices, numbers of few or
// of all exponents.
func drawing(r *rand.Rand) func() float64 {
	limit := []int64{2, 10, 1000, 1 << 31, 1 << 53, 1 << 62}[r.IntN(6)]
	spread := []int{1, 8, 60, 300, 2040}[r.IntN(5)]
	kinds := []func() float64{
		func() float64 { return float64(r.Int64N(limit) - limit/2) },
		func() float64 { return 1e6 + float64(r.Int64N(limit)) },
		func() float64 { return float64(r.IntN(100_000)) / 100 },
		func() float64 { return math.Ldexp(r.Float64()-0.5, r.IntN(spread)-spread/2) },
		func() float64 { return []float64{1, -1, 0.1, math.MaxFloat64, 1 << 31, -1 << 31}[r.IntN(6)] },
	}
	return kinds[r.IntN(len(kinds))]
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// The fast ways give the very bits of the general one.
func TestMomentsFast(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	fast, all := 0, 0
	for range 20_000 {
		a := &moments{args: 2, whole: intMoments{args: 2}}
		a.sums = make([]exactsum.Sums, sumsOf(2))
		a.Resize(2)
		x, y := drawing(r), drawing(r)
		n := 1 + r.IntN(40)
		xs, ys := make([]float64, n), make([]float64, n)
		for i := range n {
			if xs[i], ys[i] = x(), y(); r.IntN(3) == 0 {
				ys[i] = 3 * xs[i]
			}
		}
		cols := []*batch.Column{
			batch.FromValues(types.DoubleType, batch.PhysF64, xs, nil),
			batch.FromValues(types.DoubleType, batch.PhysF64, ys, nil),
		}
		if err := a.Update(make([]int32, n), cols); err != nil {
			t.Fatal(err)
		}
		a.empty(0, 1)
		checkSums(t, a, xs, ys)
		e := &exact{sums: a.sums, args: 2, n: int64(n)}
		for _, pair := range [][2]int{{0, 0}, {0, 1}, {1, 1}} {
			for less := range min(int64(n), 2) { // 0 and, of several rows, 1
				got, want := e.covariance(pair[0], pair[1], less), e.slowCovariance(pair[0], pair[1], less)
				if !sameBits(got, want) {
					t.Fatalf("covariance %v of %v, %v less %d: got %v, want %v", pair, xs, ys, less, got, want)
				}
			}
			all++
			if _, ok := e.fastSpread(pair[0], pair[1]); ok {
				fast++
			}
		}
		got, ok := e.correlation()
		want, ok2 := e.slowCorrelation()
		if ok != ok2 || ok && !sameBits(got, want) {
			t.Fatalf("correlation of %v, %v: got %v, want %v", xs, ys, got, want)
		}
	}
	if 3*fast < all {
		t.Errorf("only %d of %d went the fast way", fast, all)
	}
}

// checkSums compares the sums of group 0 with those of the general way.
func checkSums(t *testing.T, a *moments, xs, ys []float64) {
	t.Helper()
	b := &moments{args: 2, sums: make([]exactsum.Sums, sumsOf(2))}
	b.Resize(2)
	groups := make([]int32, len(xs))
	for k, v := range [][]float64{xs, ys} {
		exactsum.Add(&b.sums[k], groups, v, nil)
	}
	for k, v := range [][2][]float64{{xs, xs}, {xs, ys}, {ys, ys}} {
		b.addProducts(&b.sums[2+k], groups, v[0], v[1], nil)
	}
	for k := range a.sums {
		m, e, ok := a.sums[k].Exact(0)
		want, e2, ok2 := b.sums[k].Exact(0)
		if ok != ok2 || ok && (m.Cmp(want) != 0 || e != e2) {
			t.Fatalf("sum %d of %v, %v: got %v·2^%d, want %v·2^%d", k, xs, ys, m, e, want, e2)
		}
	}
}

func TestUint256(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	word := func() uint64 { return []uint64{0, 1, math.MaxUint64, r.Uint64()}[r.IntN(4)] }
	value := func(u uint256) *big.Int {
		v := new(big.Int)
		for i := range u {
			v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(u[len(u)-1-i]))
		}
		return v
	}
	for range 20_000 {
		a, b := [2]uint64{word(), word()}, [2]uint64{word(), word()}
		p := multiply(a, b)
		want := new(big.Int).Mul(value(uint256{a[0], a[1]}), value(uint256{b[0], b[1]}))
		if value(p).Cmp(want) != 0 || p.bitLen() != want.BitLen() {
			t.Fatalf("%v · %v: got %v", a, b, p)
		}
		by := r.IntN(300)
		s, ok := p.shifted(by)
		if shifted := new(big.Int).Lsh(want, uint(by)); ok != (by == 0 || shifted.BitLen() <= 256 && by <= 256 || want.Sign() == 0 && by <= 256) || ok && value(s).Cmp(shifted) != 0 {
			t.Fatalf("%v shifted by %d: got %v, %v", p, by, s, ok)
		}
		q := uint256{word(), word(), word(), word()}
		neg, d, ok := p.minus(q, a[0]&1 != 0, b[0]&1 != 0)
		signed := func(u uint256, neg bool) *big.Int {
			if neg {
				return new(big.Int).Neg(value(u))
			}
			return value(u)
		}
		diff := new(big.Int).Sub(signed(p, a[0]&1 != 0), signed(q, b[0]&1 != 0))
		if ok != (diff.BitLen() <= 256) || ok && signed(d, neg).Cmp(diff) != 0 {
			t.Fatalf("%v minus %v: got %v, %v", p, q, d, ok)
		}
	}
}

func BenchmarkCorrelation(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	const groups, n = 1000, 1 << 17
	at, vals := make([]int32, n), [2][]float64{make([]float64, n), make([]float64, n)}
	for i := range at {
		at[i], vals[0][i], vals[1][i] = int32(r.IntN(groups)), float64(r.IntN(5)), float64(r.IntN(15))
	}
	c := aggregateCase{name: "corr", args: []types.Type{types.DoubleType, types.DoubleType}}
	f, call := c.bind(b)
	var update, final int64
	for b.Loop() {
		acc := f.Aggregate.New(call)
		acc.Resize(groups)
		start := b.Elapsed()
		for from := 0; from < n; from += 4096 {
			var cols []*batch.Column
			for _, v := range vals {
				cols = append(cols, batch.FromValues(types.DoubleType, batch.PhysF64, v[from:from+4096], nil))
			}
			if err := acc.Update(at[from:from+4096], cols); err != nil {
				b.Fatal(err)
			}
		}
		mid := b.Elapsed()
		if _, err := acc.Final(0, groups); err != nil {
			b.Fatal(err)
		}
		update += int64(mid - start)
		final += int64(b.Elapsed() - mid)
	}
	b.ReportMetric(float64(update)/float64(b.N)/n, "ns/row")
	b.ReportMetric(float64(final)/float64(b.N)/groups, "ns/group")
}
