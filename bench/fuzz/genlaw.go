package fuzz

import (
	"fmt"
	"slices"
)

// lawful makes a query for a law.
func (d dice) lawful(tables []*table, own, aggregates []form) *lawful {
	s := &scope{dice: d, tables: tables, nested: 2, names: new(int), own: own}
	with := s.common()
	q := &query{limit: -1, from: s.relation(2), with: with}
	l := &lawful{query: q, law: pick(d, partitionWhere, partitionWhere, partitionWhere, partitionHaving, countSelected, sameInModes)}
	s.laterals(q)
	if q.from.join == "JOIN" && q.laterals == nil && s.one(3) {
		l.law = partitionOn
	}
	if s.one(3) {
		q.where = s.condition(2)
	}
	switch {
	case l.law == sameInModes && s.one(3):
		for range 1 + s.IntN(3) {
			q.items = append(q.items, s.ownWindow())
		}
	case l.law == sameInModes:
		s.aggregation(q, aggregates)
	case l.law == countSelected:
		q.items = []*expr{same(plain(bigint), "COUNT(*)")}
	case l.law == partitionHaving || s.one(3):
		s.composable(q)
	default:
		for range 1 + s.IntN(4) {
			q.items = append(q.items, s.expr(s.someType(), 2))
		}
		if q.distinct = s.one(6); !q.distinct && len(s.whole) > 0 && s.one(2) {
			q.items = append(q.items, s.nestedForm(pick(s.dice, s.whole...).typ, 2))
		}
	}
	if l.law == partitionHaving {
		s.leaves, s.whole, s.nested, s.outer = slices.Clone(q.items), nil, 0, nil
	}
	if l.law == partitionOn {
		s.nested = 0
	}
	l.predicate = s.condition(3)
	return l
}

// aggregation makes an aggregation of our dialect.
func (s *scope) aggregation(q *query, forms []form) {
	for range s.IntN(3) {
		if key := s.withoutSub().expr(s.someType(), 1); key.hasColumn() {
			q.group = append(q.group, key)
		}
	}
	q.items = slices.Clone(q.group)
	rows := s.withoutSub()
	rows.own = nil
	for range 1 + s.IntN(3) {
		e := rows.made(pick(s.dice, forms...), plain(text), 1)
		e.aggregate = true
		q.items = append(q.items, e)
	}
}

// ownWindow is a window function as our dialect has it: where the order of peers
// matters, all columns decide it.
func (s *scope) ownWindow() *expr {
	w := s.withoutSub()
	w.whole = nil // which the order leaves out
	var kids []*expr
	add := func(e *expr) string {
		kids = append(kids, e)
		return fmt.Sprintf("$%d", len(kids)-1)
	}
	number, any := add(w.expr(plain(pick(s.dice, integer, double, bigint)), 1)), add(w.leafOf(pick(s.dice, plain(text), plain(date), plain(integer))))
	partition := ""
	if len(s.leaves) > 0 && !s.one(3) {
		partition = "PARTITION BY " + add(pick(s.dice, s.leaves...)) + " "
	}
	over := partition + "ORDER BY " + s.totalOrder(add)
	call := pick(s.dice, "NTILE(3)", "PERCENT_RANK()", "CUME_DIST()", "LAG("+any+", 2)")
	if !s.one(3) {
		call = pick(s.dice, "COUNT("+any+")", "SUM("+number+")", "AVG("+number+")", "MAX("+any+")", "COLLECT_LIST("+any+")", "COLLECT_SET("+any+")", "STDDEV("+number+")", "MEDIAN("+number+")", "COUNT_IF("+number+" > 2)")
		unit := pick(s.dice, "ROWS", "RANGE", "GROUPS")
		switch {
		case unit == "RANGE":
			over = partition + "ORDER BY " + add(w.leafOf(plain(pick(s.dice, integer, double)))) + pick(s.dice, "", " DESC")
		case unit == "ROWS" && s.one(3):
			call = pick(s.dice, "NTH_VALUE("+any+", 2)", "FIRST_VALUE("+any+", true)", "LAST_VALUE("+any+", true)")
		case unit == "GROUPS":
			over = partition + "ORDER BY " + add(w.leafOf(s.someType()))
		}
		over += " " + unit + " BETWEEN " + pick(s.dice, "UNBOUNDED PRECEDING", "2 PRECEDING", "CURRENT ROW") + " AND " + pick(s.dice, "UNBOUNDED FOLLOWING", "3 FOLLOWING", "CURRENT ROW")
		over += pick(s.dice, "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES")
	}
	return same(plain(text), "TO_JSON(ARRAY("+call+" OVER ("+over+")))", kids...)
}

// composable makes an aggregation: keys, and aggregates that those of parts give.
func (s *scope) composable(q *query) {
	for range s.IntN(3) {
		if key := s.withoutSub().expr(s.someType(), 1); key.hasColumn() {
			q.group = append(q.group, key)
		}
	}
	q.items = slices.Clone(q.group)
	for range 1 + s.IntN(3) {
		e := s.composableAggregate()
		e.aggregate = true
		q.items = append(q.items, e)
	}
}

func (s *scope) composableAggregate() *expr {
	w := s.withoutSub()
	t := w.someType()
	switch s.IntN(5) {
	case 0:
		return same(plain(bigint), "COUNT(*)")
	case 1:
		return same(plain(bigint), "COUNT($0)", w.expr(t, 1))
	case 2:
		return same(plain(bigint), "SUM($0)", w.expr(plain(pick(s.dice, tinyint, smallint, integer)), 1))
	case 3:
		u := typ{decimal, 9, s.IntN(4)}
		return same(typ{decimal, 38, u.scale}, "SUM($0)", w.expr(u, 1))
	}
	names := []string{"MIN", "MAX"}
	if t.kind == boolean {
		names = []string{"BOOL_AND", "BOOL_OR"}
	}
	return same(t, pick(s.dice, names...)+"($0)", w.expr(t, 1))
}
