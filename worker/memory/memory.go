// Package memory is the budget of a process: operators reserve bytes before
// they allocate them and spill, or fail with CodeMemory, when they cannot.
package memory

import (
	"sync"

	"github.com/bixidata/bixi/sql/diag"
)

// Budget is a number of bytes shared by all operators of a process.
type Budget struct {
	mu struct {
		sync.Mutex
		used, peak int64
	}
	limit int64
}

// NewBudget makes a budget of limit bytes; 0 or less means no limit.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Limit is the size of the budget, 0 for none.
func (b *Budget) Limit() int64 { return max(b.limit, 0) }

// Used and Peak are the bytes reserved now and at most so far.
func (b *Budget) Used() int64 { b.mu.Lock(); defer b.mu.Unlock(); return b.mu.used }

// Peak is the most bytes that were reserved at a time.
func (b *Budget) Peak() int64 { b.mu.Lock(); defer b.mu.Unlock(); return b.mu.peak }

func (b *Budget) add(n int64, force bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !force && n > 0 && b.limit > 0 && b.mu.used+n > b.limit {
		return false
	}
	b.mu.used += n
	b.mu.peak = max(b.mu.peak, b.mu.used)
	return true
}

// Reservation is the part of a budget that one operator holds. It is used by
// one goroutine at a time.
type Reservation struct {
	budget *Budget
	owner  string
	held   int64
	peak   int64
	most   int64 // that it may hold; 0: as much as the budget has
}

// Reserve opens an empty reservation; owner names the operator in messages.
func (b *Budget) Reserve(owner string) *Reservation { return &Reservation{budget: b, owner: owner} }

// ReserveQuarter opens a reservation that gets at most a quarter of the budget, so that
// others always find the rest.
func (b *Budget) ReserveQuarter(owner string) *Reservation {
	return &Reservation{budget: b, owner: owner, most: b.Limit() / 4}
}

// Grow adds n bytes and reports whether the budget had them.
func (r *Reservation) Grow(n int64) bool { return r.Resize(r.held + n) }

// Resize brings the reservation to n bytes and reports whether the budget had
// them; shrinking always works.
func (r *Reservation) Resize(n int64) bool {
	if r.most > 0 && n > max(r.most, r.held) || !r.budget.add(n-r.held, false) {
		return false
	}
	r.held = n
	r.peak = max(r.peak, n)
	return true
}

// Must adds n bytes even beyond the limit. It is for the fixed buffers of a
// spill path, without which an operator could make no progress.
func (r *Reservation) Must(n int64) {
	r.budget.add(n, true)
	r.held += n
	r.peak = max(r.peak, r.held)
}

// Held is the bytes reserved now; Peak the most so far.
func (r *Reservation) Held() int64 { return r.held }

// Peak is the most bytes held at a time.
func (r *Reservation) Peak() int64 { return r.peak }

// Free gives everything back.
func (r *Reservation) Free() {
	r.budget.add(-r.held, true)
	r.held = 0
}

// Err is the error of an operator that cannot go on without n more bytes.
func (r *Reservation) Err(n int64) error {
	return diag.Errorf(diag.CodeMemory, diag.Pos{}, "%s needs %d more bytes and holds %d; %d of %d bytes are in use",
		r.owner, n, r.held, r.budget.Used(), r.budget.Limit()).
		WithHint("raise bixi.memory.limit")
}
