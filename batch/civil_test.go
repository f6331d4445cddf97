package batch

import (
	"testing"
	"time"
)

func TestCivilOf(t *testing.T) {
	check := func(days int64) {
		t.Helper()
		y, m, d := CivilOf(days)
		fy, fm, fd := farCivil(days)
		if y != fy || m != fm || d != fd || DaysOf(y, m, d) != days {
			t.Fatalf("day %d is %d-%d-%d or %d-%d-%d, back %d", days, y, m, d, fy, fm, fd, DaysOf(y, m, d))
		}
	}
	for days := int64(-800_000); days < 3_000_000; days += 1 + days&7 {
		check(days)
		want := time.Unix(days*86400, 0).UTC()
		if y, m, d := CivilOf(days); y != want.Year() || m != int(want.Month()) || d != want.Day() {
			t.Fatalf("day %d is %d-%d-%d, not %s", days, y, m, d, want)
		}
	}
	for _, days := range []int64{-civilShift - 1, -civilShift, 1<<30 - civilShift - 1, 1<<30 - civilShift, 106_751_991, -106_751_992} {
		check(days)
	}
}

func BenchmarkCivilOf(b *testing.B) {
	sum := 0
	for i := 0; b.Loop(); i++ {
		y, m, d := CivilOf(int64(i*7919) & 0x7fff)
		sum += y + m + d
	}
	_ = sum
}
