package fuzz

import (
	"fmt"
	"slices"
	"strings"
)

// statement makes a query.
func (d dice) statement(tables []*table) *query {
	s := &scope{dice: d, tables: tables, nested: 2, names: new(int)}
	types := make([]typ, 1+d.IntN(4))
	for i := range types {
		types[i] = s.anyType()
	}
	with := s.common()
	var q *query
	if d.one(6) {
		q = s.setOperation(types)
	} else {
		q = s.simple(2)
	}
	q.with = with
	if d.one(3) {
		s.ordered(q)
	}
	return q
}

// common makes the queries of WITH, which stand beside the tables from then on.
func (s *scope) common() []*common {
	if !s.one(5) {
		return nil
	}
	var out []*common
	for range 1 + s.IntN(2) {
		in := *s
		in.nested = 0
		c := &common{name: s.alias("w"), query: in.simple(s.IntN(2))}
		if s.one(3) {
			s.ordered(c.query)
		}
		t := &table{name: c.name, size: c.query.from.rows}
		for i, u := range c.query.types() {
			t.columns = append(t.columns, column{name: fmt.Sprintf("c%d", i), typ: u})
		}
		out = append(out, c)
		s.tables = append(slices.Clone(s.tables), t, t)
	}
	return out
}

func (s *scope) ordered(q *query) {
	if slices.ContainsFunc(q.types(), typ.isNested) {
		return
	}
	q.order, q.desc = true, uint(s.Uint32())
	if s.one(2) {
		q.limit = s.IntN(12)
		if s.one(3) {
			q.offset = s.IntN(6)
		}
	}
}

func (s *scope) setOperation(types []typ) *query {
	op := pick(s.dice, "UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")
	a, b := *s, *s
	return &query{op: op, left: a.of(types), right: b.of(types), limit: -1}
}

// of makes a query with columns of these types.
func (s *scope) of(types []typ) *query {
	q := &query{limit: -1}
	q.from = s.relation(s.IntN(2))
	s.laterals(q)
	if s.one(2) {
		q.where = s.condition(2)
	}
	if s.one(4) {
		s.grouped(q, types)
		return q
	}
	for _, t := range types {
		q.items = append(q.items, s.expr(t, 1))
	}
	q.distinct = s.one(6)
	return q
}

// simple makes a SELECT over relations of up to a depth.
func (s *scope) simple(depth int) *query {
	q := &query{limit: -1}
	q.from = s.relation(depth)
	s.laterals(q)
	if !s.one(3) {
		q.where = s.condition(3)
	}
	if s.one(3) {
		types := make([]typ, 1+s.IntN(3))
		for i := range types {
			types[i] = s.someType()
		}
		s.grouped(q, types)
		return q
	}
	for range 1 + s.IntN(4) {
		q.items = append(q.items, s.expr(s.someType(), 2))
	}
	switch {
	case s.one(5):
		for i := range 1 + s.IntN(2) {
			q.items = append(q.items, s.window(i == 0))
		}
		if s.one(3) {
			w := s.window(false)
			q.qualify = same(plain(boolean), "($0 "+s.comparison()+" $1)", w, s.leafOf(w.typ))
		}
	case len(s.whole) > 0 && s.one(2): // which windows cannot tell apart
		t := pick(s.dice, s.whole...).typ
		q.items = append(q.items, s.nestedForm(t, s.IntN(3)))
		q.distinct = t.hasKeys() && s.one(3)
		return q
	}
	q.distinct = s.one(7)
	return q
}

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

// window is a window function. One that depends on the order of peers orders by
// all columns; only one may, as equal rows may change places between two.
func (s *scope) window(rows bool) *expr {
	w := s.withoutSub()
	partition := ""
	var kids []*expr
	add := func(e *expr) string {
		kids = append(kids, e)
		return fmt.Sprintf("$%d", len(kids)-1)
	}
	t := s.someType()
	if t.kind == boolean {
		t = plain(text)
	}
	argument := add(w.leafOf(t))
	if len(s.leaves) > 0 && !s.one(3) {
		partition = "PARTITION BY " + add(pick(s.dice, s.leaves...)) + " "
	}
	total := "ORDER BY " + s.totalOrder(add)
	some := "ORDER BY " + add(w.leafOf(s.someType())) + pick(s.dice, "", " DESC")
	frame := " ROWS BETWEEN " + pick(s.dice, "UNBOUNDED PRECEDING", "2 PRECEDING", "CURRENT ROW", "1 FOLLOWING") + " AND " + pick(s.dice, "UNBOUNDED FOLLOWING", "3 FOLLOWING", "1 FOLLOWING")
	groups := " RANGE BETWEEN " + pick(s.dice, "UNBOUNDED PRECEDING AND CURRENT ROW", "CURRENT ROW AND UNBOUNDED FOLLOWING", "UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
	big := plain(bigint)
	form := pick(s.dice, 1, 5, 6, 8)
	if rows {
		form = s.IntN(9)
	}
	switch form {
	case 0:
		return same(big, "ROW_NUMBER() OVER ("+partition+total+")", kids...)
	case 1:
		return same(big, pick(s.dice, "RANK", "DENSE_RANK")+"() OVER ("+partition+some+")", kids...)
	case 2:
		return same(t, pick(s.dice, "LAG", "LEAD")+"("+argument+fmt.Sprintf(", %d", s.IntN(3))+") OVER ("+partition+total+")", kids...)
	case 3:
		return same(t, pick(s.dice, "FIRST_VALUE", "LAST_VALUE")+"("+argument+") OVER ("+partition+total+frame+")", kids...)
	case 4:
		return same(t, pick(s.dice, "MIN", "MAX")+"("+argument+") OVER ("+partition+total+frame+")", kids...)
	case 5:
		return same(t, pick(s.dice, "MIN", "MAX")+"("+argument+") OVER ("+partition+some+groups+")", kids...)
	case 6:
		return same(big, "COUNT("+argument+") OVER ("+partition+some+groups+")", kids...)
	case 7:
		kids[0] = w.leafOf(plain(integer))
		return each(big, "SUM("+argument+") OVER ("+partition+total+frame+")", "CAST(SUM("+argument+") OVER ("+partition+total+frame+") AS BIGINT)", kids...)
	}
	return same(big, "COUNT(*) OVER ("+partition+")", kids...)
}

// totalOrder orders by all that can be seen.
func (s *scope) totalOrder(add func(*expr) string) string {
	if len(s.leaves) == 0 {
		return add(s.value(plain(text)))
	}
	var b strings.Builder
	first := s.IntN(len(s.leaves))
	for i := range s.leaves {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(add(s.leaves[(first+i)%len(s.leaves)]))
		b.WriteString(pick(s.dice, "", "", " DESC"))
	}
	return b.String()
}
