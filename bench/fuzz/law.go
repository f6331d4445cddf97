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
	// A query has the same answer in all modes.
	sameInModes
)

func (l law) String() string {
	return [...]string{"TLP WHERE", "TLP ON", "TLP HAVING", "NoREC", "modes"}[l]
}

// lawful is a query, a predicate over its rows or groups, and the law that relates
// them.
type lawful struct {
	law       law
	query     *query // without the predicate
	predicate *expr
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
	if l.law == sameInModes {
		return l.query
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
	l := d.lawful(x.tables, x.own, x.aggregates)
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
	if x.judge(ctx, f, v, why, other) || other.err != nil || l.law != sameInModes && !d.one(3) {
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
	other := x.mine(ctx, q)
	whole := other
	if l.law != sameInModes {
		whole = x.mine(ctx, l.whole())
	}
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
