package fuzz

import "testing"

func TestDifference(t *testing.T) {
	row := func(values ...string) [][]*string {
		out := make([][]*string, len(values))
		for i := range values {
			out[i] = []*string{&values[i]}
		}
		return out
	}
	for _, c := range []struct {
		typ  typ
		a, b [][]*string
		same bool
	}{
		{plain(double), row("1.0", "-0.0"), row("0", "1"), true},
		{plain(double), row("0.1"), row("0.10000000000000002"), false},
		{plain(double), row("NaN"), row("nan"), true},
		{plain(double), row("Infinity"), row("inf"), true},
		{plain(float), row("0.1"), row("0.10000000149011612"), true},
		{typ{decimal, 9, 2}, row("1.50"), row("1.5"), true},
		{plain(text), row("1.50"), row("1.5"), false},
		{plain(text), row("a", "a", "b"), row("a", "b", "b"), false},
		{typ{kind: nested, precision: 3}, row(`{"b":1,"a":2}`), row(`{"a": 2, "b": 1}`), true},
	} {
		if got := difference([]typ{c.typ}, c.a, c.b); (got == "") != c.same {
			t.Errorf("%v: %q", c.typ, got)
		}
	}
}
