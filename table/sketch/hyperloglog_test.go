package sketch_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/bixidata/bixi/table/sketch"
)

func TestEstimate(t *testing.T) {
	for _, n := range []int{0, 1, 2, 10, 100, 1000, 5000, 20_000, 300_000, 3_000_000} {
		var ints sketch.HyperLogLog
		for i := range n {
			ints.AddInt(int64(i) * 1000)
			ints.AddInt(int64(i) * 1000) // again: counts once
		}
		if got := ints.Estimate(); math.Abs(got-float64(n)) > 0.06*float64(n)+0.5 {
			t.Errorf("%d integers estimated as %.1f", n, got)
		}
		if n > 300_000 {
			continue
		}
		var texts sketch.HyperLogLog
		for i := range n {
			texts.AddBytes(fmt.Appendf(nil, "value %d", i))
		}
		if got := texts.Estimate(); math.Abs(got-float64(n)) > 0.06*float64(n)+0.5 {
			t.Errorf("%d texts estimated as %.1f", n, got)
		}
	}
}

func TestMergeAndMarshal(t *testing.T) {
	for _, n := range []int{0, 10, 1000, 100_000} {
		var all, a, b sketch.HyperLogLog
		for i := range n {
			all.AddInt(int64(i))
			if i%3 == 0 {
				a.AddInt(int64(i))
			} else {
				b.AddInt(int64(i))
			}
		}
		back, err := sketch.Unmarshal(a.Marshal())
		if err != nil || *back != a {
			t.Fatalf("n=%d: %v, round trip differs: %v", n, err, *back != a)
		}
		back.Merge(&b)
		if *back != all {
			t.Errorf("n=%d: merging the parts is not the whole", n)
		}
		if n == 10 && len(a.Marshal()) > 20 {
			t.Errorf("a sketch of few values takes %d bytes", len(a.Marshal()))
		}
	}
	for _, bad := range [][]byte{nil, {9}, {1, 2}, {1, 255, 255, 1}, {1, 0, 0, 60}, make([]byte, 4097)} {
		if _, err := sketch.Unmarshal(bad); err == nil {
			t.Errorf("accepted %v", bad)
		}
	}
}

func TestOneValueOneHash(t *testing.T) {
	var a, b sketch.HyperLogLog
	a.AddFloat(0)
	b.AddFloat(math.Copysign(0, -1))
	a.AddFloat(math.NaN())
	b.AddFloat(math.Float64frombits(0x7ff8000000000001))
	a.AddInt(-5)
	b.AddWide(math.MaxUint64-4, -1)
	if a != b {
		t.Error("equal values hash differently")
	}
}
