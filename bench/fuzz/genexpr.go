package fuzz

import (
	"fmt"
	"slices"
	"strings"
)

// scope is what an expression may be made of.
type scope struct {
	dice
	tables []*table
	leaves []*expr // columns, or keys and aggregates
	whole  []*expr // nested columns, of which leaves has parts
	outer  []*expr // columns of the queries around
	// nested allows that many levels of subqueries.
	nested int
	names  *int   // numbers the aliases of a statement
	own    []form // may be used although DuckDB has not got them
}

func (s *scope) alias(prefix string) string {
	*s.names++
	return fmt.Sprintf("%s%d", prefix, *s.names)
}

// expr makes an expression of a type.
func (s *scope) expr(t typ, depth int) *expr {
	if t.isNested() {
		return s.nestedForm(t, depth)
	}
	if depth <= 0 || s.one(5) {
		return s.leafOf(t)
	}
	if s.one(6) {
		return s.anyForm(t, depth)
	}
	if len(s.whole) > 0 && s.one(8) {
		if e := s.fromNested(t, depth); e != nil {
			return e
		}
	}
	if s.own != nil && s.one(3) {
		if e := s.ownForm(t, depth); e != nil {
			return e
		}
	}
	switch {
	case t.kind == boolean:
		return s.condition(depth)
	case t.isInteger():
		return s.integerForm(t, depth)
	case t.isFloating():
		return s.floatingForm(t, depth)
	case t.kind == decimal:
		return s.decimalForm(t, depth)
	case t.kind == text:
		return s.textForm(depth)
	case t.kind == date:
		return s.dateForm(depth)
	}
	return s.anyForm(t, depth)
}

// leafOf is a column if there is one of the type, or of one that widens to it.
func (s *scope) leafOf(t typ) *expr {
	from := s.leaves
	if len(s.outer) > 0 && s.one(6) {
		from = s.outer
	}
	if t.isNested() {
		from = s.whole
	}
	if !s.one(7) {
		var fit []*expr
		for _, e := range from {
			if e.typ == t {
				fit = append(fit, e, e)
			} else if e.typ.widens(t) {
				fit = append(fit, e)
			}
		}
		if len(fit) > 0 {
			e := pick(s.dice, fit...)
			if e.typ != t {
				return cast(e, t)
			}
			return e
		}
	}
	if s.one(25) {
		return null(t)
	}
	return s.value(t)
}

// someType is the type of a leaf, or any.
func (s *scope) someType() typ {
	if len(s.leaves) > 0 && !s.one(5) {
		return pick(s.dice, s.leaves...).typ
	}
	return s.anyType()
}

// anyForm is a form that all types have.
func (s *scope) anyForm(t typ, depth int) *expr {
	d := depth - 1
	a, b := s.expr(t, d), s.expr(t, d)
	switch s.IntN(9) {
	case 0:
		return same(t, "CASE WHEN $2 THEN $0 ELSE $1 END", a, b, s.condition(d))
	case 1:
		return same(t, "CASE WHEN $1 THEN $0 END", a, s.condition(d))
	case 2:
		return same(t, "COALESCE($0, $1)", a, b)
	case 3:
		return same(t, "NULLIF($0, $1)", a, b)
	case 4:
		return each(t, "IF($2, $0, $1)", "CASE WHEN $2 THEN $0 ELSE $1 END", a, b, s.condition(d))
	case 5:
		u := s.someType()
		return same(t, "CASE $2 WHEN $3 THEN $0 WHEN $4 THEN $1 ELSE $0 END", a, b, s.expr(u, d), s.leafOf(u), s.leafOf(u))
	case 6:
		if t.kind != boolean {
			return same(t, "GREATEST($0, $1)", a, b)
		}
	case 7:
		if t.kind != boolean {
			return each(t, "LEAST($0, $1)", "CASE WHEN $0 IS NULL OR $1 IS NULL THEN NULL ELSE LEAST($0, $1) END", a, b)
		}
	case 8:
		if e := s.scalarSubquery(t); e != nil {
			return e
		}
	}
	return same(t, "COALESCE($0, $1, $2)", a, b, s.leafOf(t))
}

// condition is a BOOLEAN.
func (s *scope) condition(depth int) *expr {
	t := plain(boolean)
	if depth <= 0 {
		if s.one(3) {
			return s.leafOf(t)
		}
		u := s.someType()
		return same(t, "($0 "+s.comparison()+" $1)", s.leafOf(u), s.leafOf(u))
	}
	d := depth - 1
	if s.own != nil && s.one(5) {
		return s.ownForm(t, depth)
	}
	if e := s.wholeKey(); e != nil && s.one(12) {
		op := pick(s.dice, [2]string{"=", "="}, [2]string{"<>", "<>"}, [2]string{"<=>", "IS NOT DISTINCT FROM"})
		return each(t, "($0 "+op[ours]+" $1)", "($0 "+op[duck]+" $1)", s.nestedForm(e.typ, d), s.nestedForm(e.typ, d))
	}
	u := s.someType()
	switch s.IntN(16) {
	case 0, 1:
		return same(t, "($0 AND $1)", s.condition(d), s.condition(d))
	case 2, 3:
		return same(t, "($0 OR $1)", s.condition(d), s.condition(d))
	case 4:
		return same(t, "(NOT $0)", s.condition(d))
	case 5:
		return same(t, "($0 IS NULL)", s.expr(u, d))
	case 6:
		return same(t, "($0 IS NOT NULL)", s.expr(u, d))
	case 7:
		return s.inList(u, d)
	case 8:
		return same(t, "($0 "+pick(s.dice, "", "NOT ")+"BETWEEN $1 AND $2)", s.expr(u, d), s.expr(u, d), s.expr(u, d))
	case 9:
		pattern := pick(s.dice, "%", "a%", "%a", "%b%", "_", "a_", "%a%b%", "", "abc", "_b%", "海%", "%%a", "x_y")
		return same(t, "($0 "+pick(s.dice, "", "NOT ")+"LIKE '"+pattern+"')", s.expr(plain(text), d))
	case 10:
		return each(t, "($0 <=> $1)", "($0 IS NOT DISTINCT FROM $1)", s.expr(u, d), s.expr(u, d))
	case 11:
		if e := s.existence(d); e != nil {
			return e
		}
	case 12:
		return same(t, "($0 IS DISTINCT FROM $1)", s.expr(u, d), s.expr(u, d))
	}
	return same(t, "($0 "+s.comparison()+" $1)", s.expr(u, d), s.expr(u, d))
}

func (s *scope) comparison() string { return pick(s.dice, "=", "=", "=", "<>", "<", "<=", ">", ">=") }

func (s *scope) inList(u typ, depth int) *expr {
	kids := []*expr{s.expr(u, depth)}
	var list []string
	for i := range 1 + s.IntN(5) {
		kids = append(kids, s.listItem(u))
		list = append(list, fmt.Sprintf("$%d", i+1))
	}
	return same(plain(boolean), "($0 "+pick(s.dice, "", "NOT ")+"IN ("+strings.Join(list, ", ")+"))", kids...)
}

func (s *scope) listItem(u typ) *expr {
	if s.one(4) {
		return s.leafOf(u)
	}
	return s.value(u)
}

// existence is EXISTS or IN of a subquery.
func (s *scope) existence(depth int) *expr {
	if s.nested <= 0 {
		return nil
	}
	in := s.inner()
	if s.one(2) {
		q := in.simple(1)
		e := same(plain(boolean), pick(s.dice, "", "(NOT ")+"EXISTS $q")
		if strings.HasPrefix(e.text[0], "(") {
			e.text[0] += ")"
			e.text[1] = e.text[0]
		}
		e.sub = q
		return e
	}
	u := s.someType()
	q := in.of([]typ{u})
	left := s.expr(u, depth)
	if s.one(4) {
		left = s.value(u)
	}
	e := same(plain(boolean), "($0 "+pick(s.dice, "", "NOT ")+"IN $q)", left)
	e.sub = q
	return e
}

// scalarSubquery is an aggregate over a query.
func (s *scope) scalarSubquery(t typ) *expr {
	if s.nested <= 0 || t.kind == boolean {
		return nil
	}
	in := s.inner()
	q := &query{limit: -1}
	q.from = in.relation(1)
	if !in.one(3) {
		q.where = in.condition(2)
	}
	in.outer = nil // an aggregate of outer columns only would be another's
	q.items = []*expr{in.aggregateOf(t, 1)}
	e := same(t, "$q")
	e.sub = q
	return e
}

// inner is the scope of a subquery.
func (s *scope) inner() *scope {
	in := *s
	in.nested--
	in.outer = slices.DeleteFunc(slices.Clone(s.leaves), func(e *expr) bool { return e.local })
	if s.nested < 2 {
		in.nested = 0
	}
	in.leaves, in.whole = nil, nil
	return &in
}
