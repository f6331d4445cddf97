package fuzz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
// nothing. DOUBLEs are equal to the last bit: what is generated is either correctly
// rounded in both engines or exact.
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
	for i := range x {
		if x[i] != y[i] {
			return fmt.Sprintf("%s, not %s", x[i], y[i])
		}
	}
	return "nothing"
}
