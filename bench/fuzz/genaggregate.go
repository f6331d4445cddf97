package fuzz

import (
	"fmt"
	"strings"
)

// grouped makes an aggregation with items of these types.
func (s *scope) grouped(q *query, types []typ) {
	for range s.IntN(4) {
		var key *expr
		if len(s.leaves) > 0 && !s.one(3) {
			key = pick(s.dice, s.leaves...)
		} else {
			key = s.withoutSub().expr(s.someType(), 1)
		}
		if !key.hasColumn() {
			continue // folded, it is not recognised inside other constants
		}
		q.group = append(q.group, key)
	}
	var whole []*expr
	if e := s.wholeKey(); e != nil && s.one(4) {
		q.group, whole = append(q.group, e), []*expr{e}
	}
	if len(q.group) > 1 && len(s.outer) == 0 && s.one(4) {
		q.grouping = pick(s.dice, "ROLLUP", "CUBE", "GROUPING SETS")
	}
	in := *s
	in.nested, in.outer = 0, nil
	in.leaves, in.whole = append([]*expr(nil), q.group[:len(q.group)-len(whole)]...), whole
	rows := s.withoutSub()
	rows.outer = nil
	for _, t := range types {
		in.leaves = append(in.leaves, rows.aggregateOf(t, 1))
	}
	if s.one(3) {
		q.having = in.condition(1)
	}
	for _, t := range types {
		q.items = append(q.items, in.keyed(t))
	}
	if q.grouping != "" && s.one(2) { // tells the NULL of a set that lacks the key
		q.items[0] = same(types[0], "CASE WHEN GROUPING($1) = 1 THEN $0 END", q.items[0], pick(s.dice, q.group...))
	}
}

// keyed is an expression over keys and aggregates.
func (s *scope) keyed(t typ) *expr { return s.expr(t, s.IntN(2)) }

func (s *scope) withoutSub() *scope {
	c := *s
	c.nested = 0
	return &c
}

// aggregateOf is an aggregate of a type.
func (s *scope) aggregateOf(t typ, depth int) *expr {
	e := s.aggregateForm(t, depth)
	e.aggregate = true
	if s.one(6) {
		kid := s.withoutSub().condition(1)
		n := len(e.kids)
		for d := range e.text {
			i := strings.LastIndex(e.text[d], ")")
			if strings.HasPrefix(e.text[d], "CAST(") {
				i = strings.Index(e.text[d], " AS ") - 1
			}
			e.text[d] = e.text[d][:i+1] + fmt.Sprintf(" FILTER (WHERE $%d)", n) + e.text[d][i+1:]
		}
		e.kids = append(e.kids, kid)
	}
	return e
}

func (s *scope) aggregateForm(t typ, depth int) *expr {
	w := s.withoutSub()
	switch {
	case t.kind == bigint:
		switch s.IntN(5) {
		case 0:
			return same(t, "COUNT(*)")
		case 1:
			return same(t, "COUNT($0)", w.expr(s.someType(), depth))
		case 2:
			return same(t, "COUNT(DISTINCT $0)", w.expr(s.someType(), depth))
		case 3:
			u := plain(pick(s.dice, tinyint, smallint, integer))
			distinct := pick(s.dice, "", "", "DISTINCT ")
			return each(t, "SUM("+distinct+"$0)", "CAST(SUM("+distinct+"$0) AS BIGINT)", w.expr(u, depth))
		}
	case t.kind == double:
		if s.one(2) {
			u := plain(pick(s.dice, integer, smallint))
			// Of integers DuckDB rounds averages twice.
			return each(t, "AVG($0)", "AVG(CAST($0 AS DOUBLE))", w.expr(u, depth))
		}
		if s.one(2) {
			return s.sumOf(w.expr(t, depth))
		}
	case t.kind == decimal && t.precision >= 25:
		u := typ{decimal, 9, min(t.scale, 3)}
		return each(t, "CAST(SUM($0) AS "+t.in(ours)+")", "CAST(SUM($0) AS "+t.in(duck)+")", w.expr(u, depth))
	}
	if t.kind == boolean {
		return same(t, pick(s.dice, "BOOL_AND", "BOOL_OR")+"($0)", w.expr(t, depth))
	}
	return same(t, pick(s.dice, "MIN", "MAX")+"("+pick(s.dice, "", "", "DISTINCT ")+"$0)", w.expr(t, depth))
}

// sumOf is the sum or average of DOUBLEs. Ours is exact, while DuckDB's depends on
// the order of the rows if terms cancel; so they are rounded to what has no error in
// any order.
func (s *scope) sumOf(e *expr) *expr {
	terms := "CASE WHEN ABS($0) < 1048576 THEN ($0 - $0 % CAST(0.125 AS DOUBLE)) WHEN ABS($0) >= CAST('Infinity' AS DOUBLE) THEN $0 END"
	if e.summable {
		terms = "$0"
	}
	return same(e.typ, pick(s.dice, "SUM", "AVG")+"("+terms+")", e)
}
