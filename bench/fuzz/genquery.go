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
