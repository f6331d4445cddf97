package exactsum

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// reference sums with math/big, which is exact at this precision.
func reference(vals []float64) float64 {
	sum := new(big.Float).SetPrec(4400)
	for _, v := range vals {
		sum.Add(sum, new(big.Float).SetFloat64(v))
	}
	f, _ := sum.Float64()
	return f + 0 // no negative zero
}

// check sums vals in one go, one by one in reverse, and from merged parts.
func check(t *testing.T, vals []float64) {
	t.Helper()
	want := reference(vals)
	var a, b, parts Sums
	a.Resize(1)
	b.Resize(2)
	parts.Resize(3)
	Add(&a, make([]int32, len(vals)), vals, nil)
	groups := make([]int32, len(vals))
	for i := range groups {
		groups[i] = int32(i % 3)
	}
	Add(&parts, groups, vals, nil)
	for i := len(vals) - 1; i >= 0; i-- {
		Add(&b, []int32{1}, vals[i:i+1], nil)
	}
	var merged Sums
	merged.Resize(1)
	for _, g := range []int{2, 0, 1} {
		if parts.Any(g) {
			if err := merged.Merge(0, parts.AppendState(nil, g)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var data []byte
	offsets, valid := []int32{0}, []uint64{0}
	for g := range 3 {
		if parts.Any(g) {
			data = parts.AppendState(data, g)
			valid[0] |= 1 << g
		}
		offsets = append(offsets, int32(len(data)))
	}
	var m Merger
	both := Sums{}
	both.Resize(2)
	if err := m.MergeAll(&both, []int32{1, 1, 1}, data, offsets, valid); err != nil {
		t.Fatal(err)
	}
	if got := both.Float64(1); math.Float64bits(got) != math.Float64bits(want) {
		t.Fatalf("merged together: sum of %v is %v, want %v", vals, got, want)
	}
	for name, got := range map[string]float64{"all": a.Float64(0), "reverse": b.Float64(1), "merged": merged.Float64(0)} {
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: sum of %v is %v (%x), want %v (%x)", name, vals, got, math.Float64bits(got), want, math.Float64bits(want))
		}
	}
	sa, sb, sm := a.AppendState(nil, 0), b.AppendState(nil, 1), merged.AppendState(nil, 0)
	if !bytes.Equal(sa, sb) || !bytes.Equal(sa, sm) {
		t.Fatalf("states differ: %x, %x, %x", sa, sb, sm)
	}
	i, e, ok := a.Exact(0)
	exact, _ := new(big.Float).SetMantExp(new(big.Float).SetInt(i), e).Float64()
	if !ok || exact != want && !math.IsInf(want, 0) {
		t.Fatalf("exact %v·2^%d is not %v", i, e, want)
	}
}

func TestSum(t *testing.T) {
	big, tiny := math.MaxFloat64, math.SmallestNonzeroFloat64
	for _, vals := range [][]float64{
		{0}, {math.Copysign(0, -1)}, {0, 0, 0, 0, 0, 1e300, 0, 0, 0.25}, {1, 2, 3, 0, 0, math.Copysign(0, -1), -2}, {1, -1}, {1, 1e100, 1, -1e100}, {0.1, 0.2, 0.3}, {tiny}, {tiny, tiny, -tiny},
		{big, tiny, -big}, {big, big}, {big, big, -big, -big, 1}, {1e15, 1e-15, -1e15}, {1, math.Ldexp(1, -53)},
		{1, math.Ldexp(1, -53), tiny}, {3, math.Ldexp(1, -52), math.Ldexp(1, -53)}, {math.Ldexp(1, -1022), -tiny},
		{math.Ldexp(1, 1000), math.Ldexp(1, 1000)}, {-1e16, 1, 1, 1}, {math.Ldexp(1.5, 60), 1, -math.Ldexp(1.5, 60)},
	} {
		check(t, vals)
	}
}

func TestRandomSums(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 3000 {
		spread := []int{1, 20, 60, 140, 1000, 2040}[round%6]
		vals := make([]float64, 1+r.IntN(60))
		for i := range vals {
			vals[i] = math.Ldexp(r.Float64()*2-1, r.IntN(spread)-spread/2)
			if r.IntN(10) == 0 && i > 0 {
				vals[i] = -vals[r.IntN(i)]
			}
		}
		check(t, vals)
	}
}

// TestManySums adds so many terms, of such exponents, that the lanes of a few groups
// are full: all the largest and all the smallest that a grid takes, and what is beside.
func TestManySums(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, exps := range [][]int{{above}, {-below}, {above, -below}, {above + 1, -below - 1, 0}, {above, -below, above, -below, -100}, {0}} {
		for kind := range 6 {
			vals := []float64{1}
			for range 3*fewRun + 17 {
				exp := exps[r.IntN(len(exps))]
				x := math.Ldexp(2-math.Ldexp(float64(1+r.IntN(5)), -52), exp) // as large as may be
				switch kind % 3 {
				case 1: // a large part below the unit
					x = math.Nextafter(math.Ldexp(1, exp)+math.Ldexp(1, -unit-1), 0)
				case 2:
					x = math.Ldexp(1+r.Float64(), exp)
				}
				if kind >= 3 && r.IntN(2) == 1 {
					x = -x
				}
				vals = append(vals, x, 0)
			}
			check(t, vals)
		}
	}
}

func TestSpecials(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		vals []float64
		want float64
	}{
		{[]float64{1, inf}, inf}, {[]float64{-inf, 5}, -inf}, {[]float64{inf, -inf}, math.NaN()},
		{[]float64{math.NaN(), 1}, math.NaN()}, {[]float64{inf, math.NaN()}, math.NaN()}, {[]float64{inf, inf}, inf},
	} {
		var s, m Sums
		s.Resize(1)
		m.Resize(2)
		Add(&s, make([]int32, len(c.vals)), c.vals, nil)
		m.AddOne(1, 17)
		if err := m.Merge(1, s.AppendState(nil, 0)); err != nil {
			t.Fatal(err)
		}
		for _, got := range []float64{s.Float64(0), m.Float64(1)} {
			if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("sum of %v is %v, want %v", c.vals, got, c.want)
			}
		}
	}
}

// Many equal terms push the window to its top and the lazy carries with it.
func TestGrowth(t *testing.T) {
	var s Sums
	s.Resize(1)
	x := math.Ldexp(1, 50)
	s.AddOne(0, 1)
	for range 3 {
		for range 1000 {
			s.AddOne(0, x)
		}
		x *= 1 << 20
	}
	want := reference([]float64{1, math.Ldexp(1000, 50), math.Ldexp(1000, 70), math.Ldexp(1000, 90)})
	if got := s.Float64(0); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMergeRejects(t *testing.T) {
	var s Sums
	s.Resize(1)
	for _, bad := range [][]byte{{}, {0, 1}, {0, 0, 0x70, 1}, {0, 0, 0x80, 1}} {
		if s.Merge(0, bad) == nil {
			t.Errorf("%x was accepted", bad)
		}
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var vals []float64
		for ; len(data) >= 8; data = data[8:] {
			v := math.Float64frombits(binary.LittleEndian.Uint64(data))
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				vals = append(vals, v)
			}
		}
		if len(vals) > 0 {
			check(t, vals)
		}
	})
}

func benchmarkSum(b *testing.B, groups int) {
	r := rand.New(rand.NewPCG(1, 2))
	vals, at := make([]float64, 4096), make([]int32, 4096)
	for i := range vals {
		vals[i], at[i] = r.Float64()*1e5, int32(r.IntN(groups))
	}
	var s Sums
	s.Resize(groups)
	b.SetBytes(4096)
	for b.Loop() {
		Add(&s, at, vals, nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/add")
}

func BenchmarkSum1(b *testing.B)    { benchmarkSum(b, 1) }
func BenchmarkSum4(b *testing.B)    { benchmarkSum(b, 4) }
func BenchmarkSum1000(b *testing.B) { benchmarkSum(b, 1000) }

func BenchmarkNaive4(b *testing.B) {
	vals, at := make([]float64, 4096), make([]int32, 4096)
	for i := range vals {
		vals[i], at[i] = float64(i)*1.1, int32(i%4)
	}
	sums := make([]float64, 4)
	for b.Loop() {
		for i, g := range at {
			sums[g] += vals[i]
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/add")
}
