package fuzz

import (
	"fmt"
	"slices"
	"strings"
)

// mostRows bounds the rows that joins of a query may give.
const mostRows = 100_000

// relation makes what stands in FROM and puts its columns into the scope.
func (s *scope) relation(depth int) *relation {
	if depth <= 0 || s.one(3) {
		return s.single(mostRows)
	}
	before := s.leaves
	s.leaves = nil
	left := s.relation(depth - 1)
	leftLeaves, leftWhole := s.leaves, s.whole
	s.leaves = nil
	right := s.single(mostRows / max(1, left.rows))
	rightLeaves := s.leaves
	j := &relation{join: pick(s.dice, "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN"), left: left, right: right, rows: max(1, left.rows) * max(1, right.rows)}
	on := *s
	on.leaves = append(append([]*expr(nil), leftLeaves...), rightLeaves...)
	on.nested = 0
	j.on = on.joinCondition(leftLeaves, rightLeaves)
	s.leaves = append(before, leftLeaves...)
	if !strings.Contains(j.join, "SEMI") && !strings.Contains(j.join, "ANTI") {
		s.leaves = append(s.leaves, rightLeaves...)
	} else {
		s.whole = leftWhole
	}
	return j
}

// joinCondition equates columns, if it can, and may have more.
func (s *scope) joinCondition(left, right []*expr) *expr {
	t := plain(boolean)
	var on *expr
	for _, a := range left {
		for _, b := range right {
			if !a.typ.widens(b.typ) && !b.typ.widens(a.typ) || s.one(3) {
				continue
			}
			eq := same(t, "("+pick(s.dice, "$0 = $1", "$1 = $0")+")", a, b)
			if on == nil {
				on = eq
			} else if s.one(6) {
				on = same(t, "($0 AND $1)", on, eq)
			}
		}
	}
	if on == nil {
		return same(t, "($0 AND $1)", s.condition(1), s.condition(1))
	}
	if s.one(3) {
		on = same(t, "($0 AND $1)", on, s.condition(1))
	}
	return on
}

// single is a table or a query in parentheses.
func (s *scope) single(most int) *relation {
	if s.one(5) && s.nested > 0 {
		in := s.inner()
		in.outer = nil
		in.nested = 0
		q := in.simple(s.IntN(2))
		if s.one(3) {
			s.ordered(q)
		}
		r := &relation{query: q, alias: s.alias("q"), rows: q.from.rows}
		if r.rows > most {
			q.items = slices.DeleteFunc(q.items, func(e *expr) bool { return e.typ.isNested() })
			q.order, q.limit = true, most
		}
		for i, t := range q.types() {
			s.column(t, fmt.Sprintf("%s.c%d", r.alias, i))
		}
		return r
	}
	t := s.tables[0]
	for _, i := range s.Perm(len(s.tables)) {
		if t = s.tables[i]; t.size <= most {
			break
		}
	}
	r := &relation{table: t.name, alias: s.alias("r"), rows: t.size}
	if t.size > most {
		return s.first(t, most)
	}
	for _, c := range t.columns {
		s.column(c.typ, r.alias+"."+c.name)
		if c.summable {
			s.leaves[len(s.leaves)-1].summable = true
		}
	}
	return r
}

func (e *expr) asColumn() *expr {
	e.leaf, e.column = true, true
	return e
}

// first is so many rows of a table.
func (s *scope) first(t *table, rows int) *relation {
	q := &query{from: &relation{table: t.name, alias: s.alias("r"), rows: t.size}, order: true, limit: rows}
	r := &relation{query: q, alias: s.alias("q"), rows: rows}
	add := func(e *expr) {
		s.leaves = append(s.leaves, same(e.typ, fmt.Sprintf("%s.c%d", r.alias, len(q.items))).asColumn())
		q.items = append(q.items, e)
	}
	add(s.value(plain(text)))
	for _, c := range t.columns {
		if !c.typ.isNested() { // which may have no order
			add(same(c.typ, q.from.alias+"."+c.name).asColumn())
		}
	}
	return r
}
