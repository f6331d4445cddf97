package physical

import (
	"fmt"
	"math"
)

// Estimate is what the planner thought of a node, for itself and EXPLAIN ANALYZE.
// Nothing that runs depends on it.
type Estimate struct {
	// Expected is how many rows the node gives in all tasks together; 0 is unknown.
	Expected int64
	// Reason tells why the planner chose this way, in a sentence; "" where there
	// was nothing to choose.
	Reason string
}

// Estimated is the node's estimate, to be read and written.
func (e *Estimate) Estimated() *Estimate { return e }

// Because gives the node its reason.
func (e *Estimate) Because(format string, args ...any) { e.Reason = fmt.Sprintf(format, args...) }

// Expect gives the rows expected of n to the node that makes them: n, or what is
// below nodes that only pass rows on.
func Expect(n Node, rows float64) {
	for keepsRows(n) {
		n = n.Inputs()[0]
	}
	if e := n.Estimated(); e.Expected == 0 {
		e.Expected = int64(math.Max(1, math.Min(rows, 1e18)))
	}
}

// Expected is how many rows n is expected to give, or 0.
func Expected(n Node) int64 {
	for n.Estimated().Expected == 0 && keepsRows(n) {
		n = n.Inputs()[0]
	}
	return n.Estimated().Expected
}

// keepsRows reports whether a node gives just as many rows as it gets.
func keepsRows(n Node) bool {
	switch n.(type) {
	case *Project, *Sort, *Window, *Exchange, *ShuffleWrite:
		return true
	}
	return false
}

// SizeText writes a number of bytes with a binary unit.
func SizeText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
