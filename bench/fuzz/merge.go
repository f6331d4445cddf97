package fuzz

import (
	"fmt"
	"strings"
)

// merge makes a MERGE whose source has one row for each key, so that no row of the
// table has two partners.
func (s *scope) merge(c change) change {
	t := c.table
	on := *s
	for _, col := range t.columns {
		on.column(col.typ, t.name+"."+col.name)
	}
	target := on.leaves
	if len(target) == 0 {
		return s.insertion(c)
	}
	key := pick(s.dice, target...)
	q := s.source(key.typ)
	var source []*expr
	for i, u := range q.types() {
		source = append(source, same(u, fmt.Sprintf("s.c%d", i)).asColumn())
	}
	m := &merger{scope: s.withoutSub(), table: t}
	m.leaves, m.whole = append(append([]*expr(nil), target...), source...), on.whole
	m.kids = []*expr{same(plain(boolean), "($0 = $1)", key, source[0])}
	if s.one(3) {
		m.kids[0] = both(m.kids[0], m.condition(1))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "MERGE INTO %s USING $q s ON $0", t.name)
	for n := s.IntN(4); n > 0; n-- {
		b.WriteString(m.matched("MATCHED", n == 1))
	}
	m.leaves = target
	for n := s.IntN(2); n > 0; n-- {
		b.WriteString(m.matched("NOT MATCHED BY SOURCE", n == 1))
	}
	m.leaves, m.whole = source, nil
	for n := 1 + s.IntN(2); n > 0; n-- {
		b.WriteString(m.insert(n == 1))
	}
	e := same(plain(boolean), b.String(), m.kids...)
	e.sub = q
	c.text = [2]string{e.in(ours), e.in(duck)}
	return c
}

// source is a query with a row for each value of its first column.
func (s *scope) source(key typ) *query {
	in := *s
	in.nested = 0
	q := &query{limit: -1, from: in.relation(1)}
	q.group = []*expr{in.expr(key, 1)}
	q.items = []*expr{q.group[0]}
	for range 1 + s.IntN(3) {
		q.items = append(q.items, in.aggregateOf(in.someType(), 1))
	}
	if !q.group[0].hasColumn() { // GROUP BY takes no constant
		q.group, q.items[0] = nil, in.aggregateOf(key, 1)
	}
	return q
}

// merger makes the clauses of a MERGE.
type merger struct {
	*scope
	table *table
	kids  []*expr
}

func (m *merger) add(e *expr) string {
	m.kids = append(m.kids, e)
	return fmt.Sprintf("$%d", len(m.kids)-1)
}

// when begins a clause, of which only the last of its kind may have no condition.
func (m *merger) when(what string, last bool) string {
	text := " WHEN " + what
	if !last || !m.one(3) {
		text += " AND " + m.add(m.condition(1))
	}
	return text + " THEN "
}

// matched changes or deletes rows of the table.
func (m *merger) matched(what string, last bool) string {
	text := m.when(what, last)
	if m.one(3) {
		return text + "DELETE"
	}
	var sets []string
	for i, col := range m.table.columns[:len(m.table.columns)-m.table.parts] {
		if m.one(2) || i == 0 {
			sets = append(sets, col.name+" = "+m.add(m.expr(col.typ, 1)))
		}
	}
	return text + "UPDATE SET " + strings.Join(sets, ", ")
}

// insert adds a row for a row of the source.
func (m *merger) insert(last bool) string {
	text := m.when("NOT MATCHED", last)
	var names, values []string
	for i, col := range m.table.columns {
		switch {
		case i >= len(m.table.columns)-m.table.parts:
			values = append(values, m.add(m.partitions(col.typ)[0]))
		case i > 0 && !col.required && m.one(6):
			continue // it is NULL
		default:
			values = append(values, m.add(m.expr(col.typ, 1)))
		}
		names = append(names, col.name)
	}
	return text + "INSERT (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
}
