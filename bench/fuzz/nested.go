package fuzz

import (
	"fmt"
	"slices"
	"strings"
)

// shape is a nested type; typ.precision of kind nested is its place in shapes.
type shape struct {
	outer string // ARRAY, MAP or STRUCT
	parts []typ  // the element; key and value; fields, named x, y, …
}

var shapes = []shape{
	{"ARRAY", []typ{plain(integer)}},
	{"ARRAY", []typ{plain(text)}},
	{"ARRAY", []typ{plain(bigint)}},
	{"MAP", []typ{plain(text), plain(bigint)}},
	{"MAP", []typ{plain(integer), plain(text)}},
	{"STRUCT", []typ{plain(integer), plain(text)}},
	{"ARRAY", []typ{{kind: nested, precision: 0}}},
	{"ARRAY", []typ{{kind: nested, precision: 5}}},
	{"MAP", []typ{plain(text), {kind: nested, precision: 0}}},
	{"STRUCT", []typ{plain(boolean), {kind: nested, precision: 1}, plain(date)}},
}

func (t typ) isNested() bool { return t.kind == nested }

func (t typ) shape() shape { return shapes[t.precision] }

// hasKeys tells whether values of the type can be equal: maps cannot.
func (t typ) hasKeys() bool {
	if !t.isNested() {
		return true
	}
	return t.shape().outer != "MAP" && !slices.ContainsFunc(t.shape().parts, func(p typ) bool { return !p.hasKeys() })
}

// wholeKey is a nested column that can be a key; nil if there is none.
func (s *scope) wholeKey() *expr {
	var fit []*expr
	for _, e := range s.whole {
		if e.typ.hasKeys() {
			fit = append(fit, e)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return pick(s.dice, fit...)
}

func field(i int) string { return string(rune('x' + i)) }

// in is the name of the type.
func (s shape) in(d dialect) string {
	parts := make([]string, len(s.parts))
	for i, p := range s.parts {
		switch parts[i] = p.in(d); {
		case s.outer == "STRUCT" && d == ours:
			parts[i] = field(i) + ":" + parts[i]
		case s.outer == "STRUCT":
			parts[i] = field(i) + " " + parts[i]
		}
	}
	switch {
	case d == ours:
		return s.outer + "<" + strings.Join(parts, ",") + ">"
	case s.outer == "ARRAY":
		return parts[0] + "[]"
	}
	return s.outer + "(" + strings.Join(parts, ", ") + ")"
}

func (d dice) anyNested() typ { return typ{kind: nested, precision: d.IntN(len(shapes))} }

// nestedValue is a value that is not NULL; what is in it may be.
func (d dice) nestedValue(t typ) *expr {
	sh := t.shape()
	n := pick(d, 0, 1, 1, 2, 2, 3, 5)
	if sh.outer == "STRUCT" {
		n = 1
	}
	var kids []*expr
	for range n {
		var entry []*expr
		for i, p := range sh.parts {
			if isKey := sh.outer == "MAP" && i == 0; !isKey && d.one(6) {
				entry = append(entry, null(p))
			} else {
				entry = append(entry, d.value(p))
			}
		}
		if sh.outer == "MAP" && slices.ContainsFunc(kids, func(e *expr) bool { return e.text == entry[0].text }) {
			continue // keys differ
		}
		kids = append(kids, entry...)
	}
	e := construct(t, kids)
	return literal(t, e.in(ours), e.in(duck))
}

// construct makes a nested value of its parts.
func construct(t typ, kids []*expr) *expr {
	sh := t.shape()
	var text [2]string
	for d := range text {
		var b strings.Builder
		b.WriteString("CAST(" + map[string][2]string{"ARRAY": {"ARRAY(", "["}, "MAP": {"MAP(", "MAP {"}, "STRUCT": {"NAMED_STRUCT(", "{"}}[sh.outer][d])
		for i := range kids {
			pair, colon := sh.outer == "MAP", dialect(d) == duck
			switch {
			case pair && i%2 == 1 && colon:
				b.WriteString(": ")
			case i > 0:
				b.WriteString(", ")
			}
			if sh.outer == "STRUCT" {
				b.WriteString("'" + field(i) + "'" + [2]string{", ", ": "}[d])
			}
			fmt.Fprintf(&b, "$%d", i)
		}
		b.WriteString(map[string][2]string{"ARRAY": {")", "]"}, "MAP": {")", "}"}, "STRUCT": {")", "}"}}[sh.outer][d])
		text[d] = b.String() + " AS " + t.in(dialect(d)) + ")"
	}
	return each(t, text[ours], text[duck], kids...)
}

// nestedForm is an expression of a nested type.
func (s *scope) nestedForm(t typ, depth int) *expr {
	sh, d := t.shape(), depth-1
	if depth <= 0 {
		return s.leafOf(t)
	}
	switch s.IntN(6) {
	case 0:
		return same(t, "CASE WHEN $2 THEN $0 ELSE $1 END", s.nestedForm(t, d), s.nestedForm(t, d), s.condition(d))
	case 1:
		return same(t, "COALESCE($0, $1)", s.nestedForm(t, d), s.nestedForm(t, d))
	case 2:
		n := len(sh.parts)
		if sh.outer == "ARRAY" {
			n = 1 + s.IntN(2)
		}
		kids := make([]*expr, n)
		for i := range kids {
			kids[i] = s.expr(sh.parts[i%len(sh.parts)], d)
		}
		if sh.outer == "MAP" {
			kids[0] = s.value(sh.parts[0]) // not NULL
		}
		return construct(t, kids)
	case 3:
		if sh.outer == "ARRAY" && !sh.parts[0].isNested() {
			return each(t, "FILTER($0, x -> x > $1)", "list_filter($0, lambda x: x > $1)", s.nestedForm(t, d), s.value(sh.parts[0]))
		}
	case 4:
		if sh.outer == "ARRAY" && !sh.parts[0].isNested() {
			return each(t, "SORT_ARRAY($0)", "list_sort($0, 'ASC', 'NULLS FIRST')", s.nestedForm(t, d))
		}
	}
	return s.leafOf(t)
}

// column puts a column into the scope; a nested one with what can be taken out of it.
func (s *scope) column(t typ, name string) {
	if !t.isNested() {
		s.leaves = append(s.leaves, same(t, name).asColumn())
		return
	}
	s.whole = append(s.whole, same(t, name).asColumn())
	from := len(s.leaves)
	s.inside(t, [2]string{name, name}, 1)
	for _, e := range s.leaves[from:] {
		e.local = !t.hasKeys()
	}
}

// inside puts parts of a nested column into the scope.
func (s *scope) inside(t typ, name [2]string, depth int) {
	sh := t.shape()
	add := func(t typ, ourText, duckText string) {
		if !t.isNested() {
			s.leaves = append(s.leaves, each(t, ourText, duckText).asColumn())
		} else if depth > 0 {
			s.inside(t, [2]string{ourText, duckText}, depth-1)
		}
	}
	switch sh.outer {
	case "ARRAY":
		i := s.IntN(3)
		add(sh.parts[0], fmt.Sprintf("%s[%d]", name[ours], i), fmt.Sprintf("%s[%d]", name[duck], i+1))
		add(plain(bigint), "CAST(SIZE("+name[ours]+") AS BIGINT)", "CAST(LEN("+name[duck]+") AS BIGINT)")
	case "MAP":
		key := s.value(sh.parts[0])
		add(sh.parts[1], name[ours]+"["+key.text[ours]+"]", name[duck]+"["+key.text[duck]+"]")
		add(plain(bigint), "CAST(SIZE("+name[ours]+") AS BIGINT)", "CAST(CARDINALITY("+name[duck]+") AS BIGINT)")
	case "STRUCT":
		for i, p := range sh.parts {
			add(p, name[ours]+"."+field(i), name[duck]+"."+field(i))
		}
	}
}

// fromNested is an expression of a type over a nested value; nil if there is none.
func (s *scope) fromNested(t typ, depth int) *expr {
	d := depth - 1
	switch {
	case t.kind == boolean:
		of := typ{kind: nested, precision: s.IntN(3)}
		return each(t, "ARRAY_CONTAINS($0, $1)", "list_contains($0, $1)", s.nestedForm(of, d), s.value(of.shape().parts[0]))
	case t.kind == bigint && s.one(2):
		of := s.anyNested()
		switch of.shape().outer {
		case "ARRAY":
			return each(t, "CAST(SIZE($0) AS BIGINT)", "CAST(LEN($0) AS BIGINT)", s.nestedForm(of, d))
		case "MAP":
			return each(t, "CAST(SIZE($0) AS BIGINT)", "CAST(CARDINALITY($0) AS BIGINT)", s.nestedForm(of, d))
		}
	}
	for i, sh := range shapes {
		if sh.outer == "ARRAY" && sh.parts[0] == t {
			n := s.IntN(3)
			return each(t, fmt.Sprintf("($0)[%d]", n), fmt.Sprintf("($0)[%d]", n+1), s.nestedForm(typ{kind: nested, precision: i}, d))
		}
	}
	return nil
}
