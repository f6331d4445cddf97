package parquet

import (
	"math"
	"testing"
)

func TestCheckCodes(t *testing.T) {
	if checkCodes([]int32{0}, 0) == nil {
		t.Error("a code of an empty dictionary passes")
	}
	for _, n := range []int{1, 2, 3, 100_000, 1 << 20, math.MaxInt32} {
		for _, rows := range []int{0, 1, 2, 3, 15, 16, 17, 33} {
			codes := make([]int32, rows)
			for i := range codes {
				codes[i] = int32((i * 7919) % n)
			}
			if err := checkCodes(codes, n); err != nil {
				t.Errorf("%d codes below %d: %v", rows, n, err)
			}
			for i := range codes {
				good := codes[i]
				for _, bad := range []int32{int32(n), math.MaxInt32, -1, math.MinInt32} {
					if int(bad) >= 0 && int(bad) < n {
						continue
					}
					codes[i] = bad
					if checkCodes(codes, n) == nil {
						t.Errorf("code %d of %d is %d, of %d entries, and passes", i, rows, bad, n)
					}
				}
				codes[i] = int32(n - 1)
				if err := checkCodes(codes, n); err != nil {
					t.Errorf("code %d of %d is the greatest of %d entries: %v", i, rows, n, err)
				}
				codes[i] = good
			}
		}
	}
}
