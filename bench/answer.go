package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what an engine gave for a query.
type answer struct {
	seconds time.Duration
	cpu     time.Duration // that all threads of the process have used; 0 if unknown
	peak    int64         // of the process's memory; 0 if unknown
	count   int           // rows
	rows    [][]cell      // if they were kept
	columns []column      // of ours; nil of a peer's
	failed  error
}

// cell is a value as text.
type cell struct {
	text string
	null bool
}

// column tells how the values of a column are compared.
type column struct {
	name string
	// slack is how far numbers may be apart, absolutely: half a unit of the last
	// digit that a DECIMAL shows. Negative for what is no number.
	slack float64
	// exact numbers (integers) are compared as text.
	exact bool
}

// relative is how far two inexact numbers may be apart, relatively. Engines give
// averages and quotients of DECIMALs as DOUBLE or with other numbers of digits.
const relative = 1e-6

// difference tells in what theirs differs from ours, "" if in nothing: rows must
// be equal as multisets, and the columns that the query orders by row by row.
func difference(ours, theirs *answer, order []int) string {
	switch {
	case ours.failed != nil:
		return "ours failed: " + firstLine(ours.failed)
	case theirs.failed != nil:
		return "theirs failed: " + firstLine(theirs.failed)
	case len(ours.rows) != len(theirs.rows):
		return fmt.Sprintf("%d rows, not %d", len(ours.rows), len(theirs.rows))
	}
	for i := range ours.rows {
		if len(ours.rows[i]) != len(theirs.rows[i]) {
			return fmt.Sprintf("%d columns, not %d", len(ours.rows[i]), len(theirs.rows[i]))
		}
		for _, c := range order {
			if !same(ours.columns[c], ours.rows[i][c], theirs.rows[i][c]) {
				return fmt.Sprintf("order: row %d, %s: %s, not %s", i+1, ours.columns[c].name, ours.rows[i][c], theirs.rows[i][c])
			}
		}
	}
	a, b := sorted(ours.rows, ours.columns), sorted(theirs.rows, ours.columns)
	for i := range a {
		for c, col := range ours.columns {
			if !same(col, a[i][c], b[i][c]) {
				return fmt.Sprintf("%s: %s, not %s", col.name, a[i][c], b[i][c])
			}
		}
	}
	return ""
}

func (c cell) String() string {
	if c.null {
		return "NULL"
	}
	return c.text
}

func same(col column, a, b cell) bool {
	if a.null || b.null {
		return a.null == b.null
	}
	if a.text == b.text {
		return true
	}
	if col.exact || col.slack < 0 {
		return false
	}
	x, errX := strconv.ParseFloat(a.text, 64)
	y, errY := strconv.ParseFloat(b.text, 64)
	if errX != nil || errY != nil {
		return false
	}
	return math.Abs(x-y) <= math.Max(col.slack, relative*math.Max(math.Abs(x), math.Abs(y)))
}

// sorted orders rows by the columns that are compared as text, then by the
// others, so that nearly equal numbers do not part equal rows.
func sorted(rows [][]cell, cols []column) [][]cell {
	var order []int
	for _, inexact := range []bool{false, true} {
		for i, c := range cols {
			if inexact == (!c.exact && c.slack >= 0) {
				order = append(order, i)
			}
		}
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b []cell) int {
		for _, i := range order {
			if d := compareCells(cols[i], a[i], b[i]); d != 0 {
				return d
			}
		}
		return 0
	})
	return out
}

func compareCells(col column, a, b cell) int {
	if a.null || b.null {
		return boolInt(b.null) - boolInt(a.null)
	}
	if !col.exact && col.slack >= 0 {
		x, _ := strconv.ParseFloat(a.text, 64)
		y, _ := strconv.ParseFloat(b.text, 64)
		return cmp.Compare(x, y)
	}
	return strings.Compare(a.text, b.text)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
