package fuzz

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// slack is how far two DOUBLEs may be apart, relatively: DuckDB's sums depend on
// the order of the rows, ours do not.
const slack = 1e-9

// canonical is a value as both engines write it.
func canonical(t typ, v *string) string {
	switch {
	case v == nil:
		return "NULL"
	case t.isFloating():
		bits := 64
		if t.kind == float {
			bits = 32
		}
		f, err := strconv.ParseFloat(*v, 64)
		if err != nil {
			return *v
		}
		if t.kind == float {
			f = float64(float32(f))
		}
		if f == 0 {
			f = 0
		}
		return strconv.FormatFloat(f, 'g', -1, bits)
	case t.kind == decimal:
		return trimZeros(*v)
	case t.kind == nested:
		return sortedKeys(*v)
	case t.kind == text:
		return strconv.Quote(*v)
	}
	return *v
}

// sortedKeys writes a nested value, which both engines give as JSON, with its keys
// in order.
func sortedKeys(v string) string {
	d := json.NewDecoder(strings.NewReader(v))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return v
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return v
	}
	return string(out)
}

// trimZeros writes a decimal number without needless zeros.
func trimZeros(v string) string {
	if strings.Contains(v, ".") {
		v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
	}
	if v == "-0" || v == "" {
		return "0"
	}
	return v
}

// lines are the rows of an answer, each as one text.
func lines(types []typ, rows [][]*string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		values := make([]string, len(row))
		for c, v := range row {
			values[c] = canonical(types[c], v)
		}
		out[i] = strings.Join(values, "\t")
	}
	return out
}

// difference tells in what two answers differ as multisets of rows, "" if in
// nothing.
func difference(types []typ, a, b [][]*string) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d rows, not %d", len(a), len(b))
	}
	x, y := lines(types, a), lines(types, b)
	slices.Sort(x)
	slices.Sort(y)
	if slices.Equal(x, y) {
		return ""
	}
	if slices.ContainsFunc(types, typ.isFloating) && near(types, a, b) {
		return ""
	}
	for i := range x {
		if x[i] != y[i] {
			return fmt.Sprintf("%s, not %s", x[i], y[i])
		}
	}
	return "nothing"
}

// near compares rows in an order in which DOUBLEs decide last.
func near(types []typ, a, b [][]*string) bool {
	a, b = sorted(types, a), sorted(types, b)
	for i := range a {
		for c, t := range types {
			if !closeTo(t, a[i][c], b[i][c]) {
				return false
			}
		}
	}
	return true
}

func closeTo(t typ, a, b *string) bool {
	if canonical(t, a) == canonical(t, b) {
		return true
	}
	if !t.isFloating() || a == nil || b == nil {
		return false
	}
	x, errX := strconv.ParseFloat(*a, 64)
	y, errY := strconv.ParseFloat(*b, 64)
	return errX == nil && errY == nil && math.Abs(x-y) <= slack*max(math.Abs(x), math.Abs(y), 1)
}

func sorted(types []typ, rows [][]*string) [][]*string {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b []*string) int {
		for _, floating := range []bool{false, true} {
			for c, t := range types {
				if t.isFloating() != floating {
					continue
				}
				if d := compareValues(t, a[c], b[c]); d != 0 {
					return d
				}
			}
		}
		return 0
	})
	return rows
}

func compareValues(t typ, a, b *string) int {
	if t.isFloating() && a != nil && b != nil {
		x, _ := strconv.ParseFloat(*a, 64)
		y, _ := strconv.ParseFloat(*b, 64)
		return cmp.Compare(x, y)
	}
	return strings.Compare(canonical(t, a), canonical(t, b))
}
