package bench

import (
	"errors"
	"strings"
	"testing"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/bench/tpch"
)

func text(values ...string) []cell {
	row := make([]cell, len(values))
	for i, v := range values {
		row[i] = cell{text: v, null: v == "NULL"}
	}
	return row
}

var cols = []column{{name: "name", slack: -1}, {name: "n", exact: true}, {name: "avg", slack: 0.5001e-4}, {name: "d", slack: 0}}

func TestDifference(t *testing.T) {
	base := [][]cell{text("a", "1", "0.3333", "1.5"), text("b", "2", "NULL", "2.5")}
	for _, c := range []struct {
		name   string
		theirs [][]cell
		order  []int
		want   string // part of the difference, "" for equal
	}{
		{"digits of decimals and doubles", [][]cell{text("a", "1", "0.33333333", "1.5000000001"), text("b", "2", "NULL", "2.5")}, nil, ""},
		{"other order, none asked for", [][]cell{base[1], base[0]}, nil, ""},
		{"other order", [][]cell{base[1], base[0]}, []int{1}, "order: row 1, n: 1, not 2"},
		{"a row too few", base[:1], nil, "2 rows, not 1"},
		{"columns", [][]cell{text("a", "1"), text("b", "2")}, nil, "4 columns, not 2"},
		{"text", [][]cell{base[0], text("B", "2", "NULL", "2.5")}, nil, "name: "},
		{"integers are exact", [][]cell{text("a", "1.0000000001", "0.3333", "1.5"), base[1]}, nil, "n: "},
		{"decimal too far", [][]cell{text("a", "1", "0.3334", "1.5"), base[1]}, nil, "avg: "},
		{"double too far", [][]cell{text("a", "1", "0.3333", "1.50001"), base[1]}, nil, "d: "},
		{"null and number", [][]cell{base[0], text("b", "2", "0", "2.5")}, nil, "avg: NULL, not 0"},
	} {
		got := difference(&answer{rows: base, columns: cols}, &answer{rows: c.theirs}, c.order)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	failed := &answer{failed: errors.New("no memory\nstack")}
	if got := difference(failed, &answer{}, nil); got != "ours failed: no memory" {
		t.Error(got)
	}
}

func TestOrderColumns(t *testing.T) {
	s, err := tpch.Suite()
	if err != nil {
		t.Fatal(err)
	}
	// Q3 orders by revenue and date, its second and third column.
	got := orderColumns(s.Queries[2], []column{{name: "l_orderkey"}, {name: "revenue"}, {name: "o_orderdate"}, {name: "o_shippriority"}})
	if len(got) != 2 || got[0] != 1 || got[1] != 2 {
		t.Error(got)
	}
}

func TestEqualCountsQueriesNotParts(t *testing.T) {
	r := newReport(&suite.Suite{Name: "tpcds"}, &Options{})
	r.Names = []string{"bixi"}
	r.Engines["bixi"] = &Engine{Queries: map[string]*Result{"q1": {}, "q14a": {Difference: "x"}, "q14b": {}, "q23a": {}, "q23b": {}}}
	for _, name := range []string{"q1", "q14a", "q14b", "q23a", "q23b"} {
		r.queries = append(r.queries, suite.Query{Name: name})
	}
	if equal, all := r.Equal(); equal != 2 || all != 3 {
		t.Errorf("%d/%d equal", equal, all)
	}
}
