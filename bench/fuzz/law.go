package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// law says how the answer to a query follows from those to others of ours, so that
// no other engine is needed, and anything of our dialect may take part.
type law int

const (
	// For every row a predicate is true, false or NULL (ternary logic partitioning):
	// the three answers together are the answer without it.
	partitionWhere law = iota
	partitionOn
	partitionHaving
	// COUNT(*) of the rows that a predicate selects is the sum of its value as 1 and
	// 0 over all rows, where the optimizer cannot use it (NoREC).
	countSelected
)

func (l law) String() string { return [...]string{"TLP WHERE", "TLP ON", "TLP HAVING", "NoREC"}[l] }

// lawful is a query, a predicate over its rows or groups, and the law that relates
// them.
type lawful struct {
	law       law
	query     *query // without the predicate
	predicate *expr
}

// lawful makes a query for a law.
func (d dice) lawful(tables []*table, own []form) *lawful {
	s := &scope{dice: d, tables: tables, nested: 2, names: new(int), own: own}
	with := s.common()
	q := &query{limit: -1, from: s.relation(2), with: with}
	l := &lawful{query: q, law: pick(d, partitionWhere, partitionWhere, partitionWhere, partitionHaving, countSelected)}
	s.laterals(q)
	if q.from.join == "JOIN" && q.laterals == nil && s.one(3) {
		l.law = partitionOn
	}
	if s.one(3) {
		q.where = s.condition(2)
	}
	switch {
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

// part is the query with a predicate where the law has it.
func (l *lawful) part(text string) *query {
	q := *l.query
	q.with = nil
	p := same(plain(boolean), text, l.predicate)
	switch l.law {
	case partitionOn:
		from := *q.from
		from.on = both(from.on, p)
		q.from = &from
	case partitionHaving:
		q.having = both(q.having, p)
	default:
		q.where = both(q.where, p)
	}
	return &q
}

func both(a, b *expr) *expr {
	if a == nil {
		return b
	}
	return same(plain(boolean), "($0 AND $1)", a, b)
}

// other is the query that must give the same rows; nil if there is none.
func (l *lawful) other() *query {
	if l.law == partitionOn && l.query.from.join != "JOIN" {
		return nil
	}
	if l.law == countSelected {
		q := *l.query
		q.items = []*expr{same(plain(bigint), "COALESCE(SUM(IF($0, 1, 0)), 0)", l.predicate)}
		return &q
	}
	op := "UNION ALL"
	if l.query.distinct {
		op = "UNION"
	}
	parts := l.part("$0")
	for _, text := range []string{"(NOT $0)", "($0 IS NULL)"} {
		parts = &query{op: op, left: parts, right: l.part(text), limit: -1}
	}
	if !slices.ContainsFunc(l.query.items, isAggregate) {
		if len(l.query.group) > 0 {
			return nil
		}
	} else if l.law != partitionHaving {
		parts = l.composed(parts)
	}
	parts.with = l.query.with
	return parts
}

func isAggregate(e *expr) bool { return e.aggregate }

// composed puts the aggregates of the parts together.
func (l *lawful) composed(parts *query) *query {
	q := &query{from: &relation{query: parts, alias: "parts"}, limit: -1}
	for i, e := range l.query.items {
		column := same(e.typ, fmt.Sprintf("parts.c%d", i)).asColumn()
		switch {
		case !e.aggregate:
			q.group = append(q.group, column)
			q.items = append(q.items, column)
		case strings.HasPrefix(e.text[ours], "COUNT"):
			q.items = append(q.items, same(e.typ, "SUM($0)", column))
		default:
			name, _, _ := strings.Cut(e.text[ours], "(")
			q.items = append(q.items, same(e.typ, name+"($0)", column))
		}
	}
	return q
}

// whole is the query whose answer the law gives.
func (l *lawful) whole() *query {
	if l.law == countSelected {
		q := l.part("$0")
		q.with = l.query.with
		return q
	}
	return l.query
}

// law makes a query and asks whether its law holds.
func (x *round) law(ctx context.Context, i int, d dice) {
	l := d.lawful(x.tables, x.own)
	f := finding{name: fmt.Sprintf("law %d (%v)", i, l.law), simplify: func(s *shrinker) bool {
		changed := s.query(l.query)
		return s.expr(&l.predicate) || changed
	}}
	f.texts = func() []string {
		out := []string{l.whole().in(ours)}
		if q := l.other(); q != nil {
			out = append(out, q.in(ours))
		}
		return out
	}
	f.again = func() (verdict, string) {
		v, why, _ := x.holds(ctx, l)
		return v, why
	}
	v, why, other := x.holds(ctx, l)
	if x.judge(ctx, f, v, why, other) || other.err != nil || !d.one(3) {
		return
	}
	q := l.other()
	f.texts = func() []string { return []string{q.in(ours)} }
	f.simplify = func(s *shrinker) bool { return s.query(q) }
	x.otherMode(ctx, f, q, other, d)
}

// holds tells whether the law holds, and gives the answer of the other query.
func (x *round) holds(ctx context.Context, l *lawful) (verdict, string, answer) {
	q := l.other()
	if q == nil {
		return skipped, "no law", answer{}
	}
	whole, other := x.mine(ctx, l.whole()), x.mine(ctx, q)
	if v, why := failure(other, whole); v != agreed || other.err != nil {
		return v, why, other
	}
	if v, why := failure(whole, other); v != agreed {
		return v, why, other
	}
	types := q.types()
	a, b := lines(types, whole.Rows), lines(types, other.Rows)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		return wrong, firstDifference(a, b), other
	}
	return agreed, "", other
}

// firstDifference tells in what sorted rows differ.
func firstDifference(whole, parts []string) string {
	for i := range min(len(whole), len(parts)) {
		if whole[i] != parts[i] {
			return fmt.Sprintf("the whole has %s where the other has %s (%d and %d rows)", whole[i], parts[i], len(whole), len(parts))
		}
	}
	return fmt.Sprintf("the whole has %d rows, the other %d", len(whole), len(parts))
}
