package memory_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/worker/memory"
)

func TestReservation(t *testing.T) {
	b := memory.NewBudget(100)
	sort, join := b.Reserve("Sort"), b.Reserve("HashJoin")
	if !sort.Grow(60) || !join.Grow(40) {
		t.Fatal("what fits was refused")
	}
	if join.Grow(1) || join.Held() != 40 || b.Used() != 100 {
		t.Errorf("a byte too many: join holds %d of %d used", join.Held(), b.Used())
	}
	if !sort.Resize(10) || b.Used() != 50 {
		t.Errorf("shrinking left %d used", b.Used())
	}
	if !join.Resize(90) || join.Resize(91) {
		t.Error("what was given back is not there, or more than that")
	}
	join.Must(25)
	if b.Used() != 125 || b.Peak() != 125 || join.Peak() != 115 {
		t.Errorf("beyond the limit: used %d, peak %d, join's peak %d", b.Used(), b.Peak(), join.Peak())
	}
	if sort.Grow(1) {
		t.Error("more was given while the budget is overdrawn")
	}
	if !sort.Resize(5) {
		t.Error("shrinking must work while the budget is overdrawn")
	}
	join.Free()
	join.Free()
	if join.Held() != 0 || b.Used() != 5 || join.Peak() != 115 {
		t.Errorf("after freeing: %d held, %d used, peak %d", join.Held(), b.Used(), join.Peak())
	}
}

func TestErr(t *testing.T) {
	b := memory.NewBudget(10)
	r := b.Reserve("Sort")
	r.Must(10)
	e := diag.Of(r.Err(7))
	if e.Code != diag.CodeMemory || e.Class != diag.Resource || e.Hint == "" || !strings.Contains(e.Msg, "Sort needs 7 more bytes and holds 10") {
		t.Errorf("%v", e)
	}
}

func TestNoLimit(t *testing.T) {
	for _, limit := range []int64{0, -5} {
		b := memory.NewBudget(limit)
		if r := b.Reserve("x"); !r.Grow(1<<50) || b.Limit() != 0 || b.Used() != 1<<50 {
			t.Errorf("a budget of %d limits", limit)
		}
	}
}

// TestConcurrent grows and shrinks many reservations at once: the budget is
// never exceeded, and in the end everything is back.
func TestConcurrent(t *testing.T) {
	const limit = 1000
	b := memory.NewBudget(limit)
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			rnd, r := rand.New(rand.NewPCG(seed, 0)), b.Reserve("x")
			for range 2000 {
				want := int64(rnd.IntN(300))
				held := r.Held()
				if r.Resize(want) {
					held = want
				} else if want <= held {
					t.Error("shrinking was refused")
				}
				if r.Held() != held {
					t.Error("a refusal changed the reservation")
				}
			}
			r.Free()
		})
	}
	wg.Wait()
	if b.Used() != 0 || b.Peak() > limit {
		t.Errorf("%d still used, peak %d of %d", b.Used(), b.Peak(), limit)
	}
}

func TestReserveQuarter(t *testing.T) {
	b := memory.NewBudget(100)
	quarter, other := b.ReserveQuarter("shuffle"), b.Reserve("Sort")
	if !quarter.Grow(25) || quarter.Grow(1) || quarter.Held() != 25 {
		t.Errorf("a quarter of the budget: %d held", quarter.Held())
	}
	if !other.Grow(75) || !quarter.Resize(10) || quarter.Grow(16) || quarter.Held() != 10 {
		t.Errorf("%d held after giving back", quarter.Held())
	}
	if r := memory.NewBudget(0).ReserveQuarter("x"); !r.Grow(1 << 50) {
		t.Error("a quarter of no limit is a limit")
	}
}
