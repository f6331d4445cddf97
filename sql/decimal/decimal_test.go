package decimal

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// sample gives an Int128 with a random number of digits and sign, or an edge.
func sample(r *rand.Rand) Int128 {
	edges := []Int128{{}, {Lo: 1}, FromInt64(-1), FromInt64(math.MinInt64), FromInt64(math.MaxInt64), pow10[38].Sub(Int128{Lo: 1}), pow10[19], {Hi: 1}, {Lo: math.MaxUint64}}
	if r.IntN(8) == 0 {
		return edges[r.IntN(len(edges))]
	}
	v := Int128{r.Uint64(), int64(r.Uint64() >> 1)}
	v = v.Trunc(r.IntN(39))
	if !v.Fits(38) {
		v = v.Trunc(1)
	}
	if r.IntN(2) == 0 {
		v = v.Neg()
	}
	return v
}

func bigPow(k int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil) }

// bigRound is n/d rounded half away from zero.
func bigRound(n, d *big.Int) *big.Int {
	neg := n.Sign()*d.Sign() < 0
	n, d = new(big.Int).Abs(n), new(big.Int).Abs(d)
	q, m := new(big.Int).QuoRem(n, d, new(big.Int))
	if m.Lsh(m, 1).Cmp(d) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	if neg {
		q.Neg(q)
	}
	return q
}

func fitsBig(v *big.Int) bool {
	return v.Cmp(new(big.Int).Lsh(big.NewInt(1), 127)) < 0 && v.Cmp(new(big.Int).Lsh(big.NewInt(-1), 127)) >= 0
}

func same(t *testing.T, what string, got Int128, ok bool, want *big.Int) {
	t.Helper()
	if ok != fitsBig(want) || ok && got.Big().Cmp(want) != 0 {
		t.Fatalf("%s: %s %v, want %s", what, got.Big(), ok, want)
	}
}

func TestAgainstBig(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50000 {
		a, b := sample(r), sample(r)
		A, B := a.Big(), b.Big()
		what := A.String() + " " + B.String()
		v, ok := a.AddOK(b)
		same(t, what+" +", v, ok, new(big.Int).Add(A, B))
		v, ok = a.SubOK(b)
		same(t, what+" -", v, ok, new(big.Int).Sub(A, B))
		v, ok = a.Mul(b)
		same(t, what+" *", v, ok, new(big.Int).Mul(A, B))
		k := r.IntN(39)
		v, ok = MulScaled(a, b, k)
		same(t, what+" * drop", v, ok, bigRound(new(big.Int).Mul(A, B), bigPow(k)))
		v, ok = a.Rescale(k, 20)
		if k >= 20 {
			same(t, what+" rescale", v, ok, bigRound(A, bigPow(k-20)))
		} else {
			same(t, what+" rescale", v, ok, new(big.Int).Mul(A, bigPow(20-k)))
		}
		sa, sb := r.IntN(39), r.IntN(39)
		scale := r.IntN(max(sa, sb) + 1)
		top := max(sa, sb)
		v, ok = AddScaled(a, sa, b, sb, scale)
		sum := new(big.Int).Mul(A, bigPow(top-sa))
		sum.Add(sum, new(big.Int).Mul(B, bigPow(top-sb)))
		same(t, what+" sum", v, ok, bigRound(sum, bigPow(top-scale)))
		if a.Cmp(b) != A.Cmp(B) {
			t.Fatalf("cmp %s", what)
		}
		if d := r.IntN(38) + 1; a.Fits(d) != (new(big.Int).Abs(A).Cmp(bigPow(d)) < 0) {
			t.Fatalf("fits %s %d", what, d)
		}
		if b.IsZero() {
			continue
		}
		shift := r.IntN(150) - 70
		n, d := A, B
		if shift > 0 {
			n = new(big.Int).Mul(A, bigPow(shift))
		} else {
			d = new(big.Int).Mul(B, bigPow(-shift))
		}
		v, ok = QuoScaled(a, b, shift)
		// A divisor beyond 127 bits exceeds twice any dividend of 38 digits.
		same(t, what+" /"+strconv.Itoa(shift), v, ok, bigRound(n, d))
		v, ok = QuoInt(a, b, shift)
		same(t, what+" div"+strconv.Itoa(shift), v, ok, new(big.Int).Quo(n, d))
		if w := new(big.Int).Rem(n, d); shift <= 37 && fitsBig(new(big.Int).Mul(B, bigPow(max(0, -shift)))) {
			same(t, what+" %"+strconv.Itoa(shift), RemScaled(a, b, shift), true, w)
		}
	}
}

func TestText(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50000 {
		v, scale := sample(r), r.IntN(39)
		text := v.Text(scale)
		back, verdict := Parse([]byte(text), 38, scale)
		if verdict != OK || back != v {
			t.Fatalf("%s scale %d: %s, back %s", v.Big(), scale, text, back.Big())
		}
		if scale == 0 && text != v.Big().String() {
			t.Fatalf("%s != %s", text, v.Big())
		}
		want, _ := new(big.Rat).SetFrac(v.Big(), bigPow(scale)).Float64()
		if got := v.Float64(scale); got != want {
			t.Fatalf("float of %s: %v, want %v", text, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		in      string
		prec, s int
		want    string
		verdict Verdict
	}{
		{"1.5", 10, 2, "1.50", OK}, {" -1.005 ", 10, 2, "-1.01", OK}, {"1.00499999", 10, 2, "1.00", OK},
		{"+7", 3, 0, "7", OK}, {".5", 3, 0, "1", OK}, {"-.4", 3, 0, "0", OK}, {"5.", 3, 1, "5.0", OK},
		{"1e3", 5, 1, "1000.0", OK}, {"12345e-3", 10, 2, "12.35", OK}, {"1e-50", 10, 2, "0.00", OK}, {"9e-3", 4, 2, "0.01", OK}, {"4e-3", 4, 2, "0.00", OK}, {"9e-4", 4, 2, "0.00", OK},
		{"0e100000000", 10, 2, "0.00", OK}, {"999.995", 5, 2, "", Overflow}, {"1e40", 38, 0, "", Overflow}, {"000000000000000000000000000000000000000000001", 1, 0, "1", OK},
		{"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999", OK},
		{"100000000000000000000000000000000000000", 38, 0, "", Overflow},
		{"99999999999999999999999999999999999999.5", 38, 0, "", Overflow},
		{"", 3, 0, "", Syntax}, {"-", 3, 0, "", Syntax}, {".", 3, 0, "", Syntax}, {"1.2.3", 3, 0, "", Syntax}, {"1x", 3, 0, "", Syntax}, {"1e", 3, 0, "", Syntax}, {"e5", 3, 0, "", Syntax}, {"--1", 3, 0, "", Syntax},
	} {
		got, v := Parse([]byte(tc.in), tc.prec, tc.s)
		if v != tc.verdict || v == OK && got.Text(tc.s) != tc.want {
			t.Errorf("%q as (%d,%d): %s %d, want %s %d", tc.in, tc.prec, tc.s, got.Text(tc.s), v, tc.want, tc.verdict)
		}
	}
}

func TestFromFloat(t *testing.T) {
	for _, tc := range []struct {
		in   float64
		want string
		v    Verdict
	}{{0.1, "0.1000", OK}, {1.00005, "1.0001", OK}, {-2.5e3, "-2500.0000", OK}, {1e30, "", Overflow}, {math.NaN(), "", Overflow}, {math.Inf(-1), "", Overflow}} {
		got, v := FromFloat64(tc.in, 10, 4)
		if v != tc.v || v == OK && got.Text(4) != tc.want {
			t.Errorf("%v: %s %d, want %s", tc.in, got.Text(4), v, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.5", "-0.005", "1e10", "99999999999999999999999999999999999999", "123456789.987654321e-7"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, scale int) {
		scale = int(uint(scale) % 39)
		got, v := Parse([]byte(s), 38, scale)
		if e := strings.IndexAny(s, "eE"); v != OK || len(s) > 60 || e >= 0 && len(s)-e > 5 {
			return // big.Rat has its own limit on exponents
		}
		rat, ok := new(big.Rat).SetString(string(trim([]byte(s))))
		if !ok {
			t.Fatalf("%q accepted", s)
		}
		rat.Mul(rat, new(big.Rat).SetInt(bigPow(scale)))
		if want := bigRound(rat.Num(), rat.Denom()); got.Big().Cmp(want) != 0 {
			t.Fatalf("%q scale %d: %s, want %s", s, scale, got.Big(), want)
		}
	})
}

func BenchmarkMulScaled(b *testing.B) {
	x, y := pow10[25].Add(Int128{Lo: 12345}), FromInt64(987654321)
	for b.Loop() {
		MulScaled(x, y, 6)
	}
}

func BenchmarkAppend(b *testing.B) {
	var buf []byte
	x := FromInt64(123456789)
	for b.Loop() {
		buf = x.Append(buf[:0], 2)
	}
}
