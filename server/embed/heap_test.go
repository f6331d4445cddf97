package embed

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestGrowth(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live, floor int64
		percent     int
	}{
		{0, 256 * mb, 400},
		{16 * mb, 256 * mb, 400},
		{60 * mb, 256 * mb, 325},
		{128 * mb, 256 * mb, 100},
		{250 * mb, 256 * mb, 100},
		{4096 * mb, 256 * mb, 100},
	} {
		if got := growth(c.live, c.floor); got != c.percent {
			t.Errorf("growth(%d MB, %d MB) = %d, want %d", c.live/mb, c.floor/mb, got, c.percent)
		}
	}
}

// TestLimitHeap holds 80 MB and expects the next collection near 5/8 of 380. It runs in
// a process of its own, whose collector it sets.
func TestLimitHeap(t *testing.T) {
	const child = "BIXI_TEST_LIMIT_HEAP"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLimitHeap$")
		cmd.Env = append(os.Environ(), child+"=1", "GOGC=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	LimitHeap(300 << 20)
	held := make([]byte, 80<<20)
	goal := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	for range 1000 { // the runtime calls back soon after a collection
		runtime.GC()
		if metrics.Read(goal); goal[0].Value.Uint64() > 200<<20 {
			break
		}
		runtime.Gosched()
	}
	if g := goal[0].Value.Uint64(); g < 215<<20 || g > 245<<20 {
		t.Errorf("the next collection is at %d MB, want about 237", g>>20)
	}
	if limit := debug.SetMemoryLimit(-1); limit != 380<<20 {
		t.Errorf("the memory limit is %d", limit)
	}
	runtime.KeepAlive(held)
}
