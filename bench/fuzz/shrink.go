package fuzz

import (
	"fmt"
	"slices"
	"strings"
)

// patience is how many simpler statements are tried for a finding.
const patience = 1500

// shrinker makes a finding small: it leaves out what the finding does not need.
type shrinker struct {
	fails func() bool // whether the statement still does what it did
	tries int
	// keys stay, because without them a statement is refused rightly.
	keys bool
}

// try keeps a change if the finding is still there.
func (s *shrinker) try(undo func()) bool {
	if s.tries++; s.tries <= patience && s.fails() {
		return true
	}
	undo()
	return false
}

// set changes a place of the tree.
func set[T any](s *shrinker, place *T, v T) bool {
	old := *place
	*place = v
	return s.try(func() { *place = old })
}

// query leaves out parts of q until nothing can go.
func (s *shrinker) query(q *query) (changed bool) {
	if q.op != "" {
		for _, side := range []*query{q.left, q.right} {
			if set(s, q, *side) {
				return true
			}
		}
		changed = s.query(q.left)
		changed = s.query(q.right) || changed
	}
	for i, c := range q.with {
		if set(s, &q.with, slices.Delete(slices.Clone(q.with), i, i+1)) {
			return true
		}
		changed = s.query(c.query) || changed
	}
	if q.order && (set(s, &q.order, false) || q.limit >= 0 && set(s, &q.limit, -1)) {
		changed = true
	}
	if q.op != "" {
		return changed
	}
	changed = s.clauses(q) || changed
	for i := range q.items {
		changed = s.expr(&q.items[i]) || changed
	}
	for i := 0; i < len(q.group) && !s.keys; i++ {
		changed = s.expr(&q.group[i]) || changed
	}
	for _, e := range []**expr{&q.where, &q.having, &q.qualify} {
		if *e != nil {
			changed = s.expr(e) || changed
		}
	}
	if q.from != nil {
		changed = s.relation(&q.from) || changed
	}
	return changed
}

func (s *shrinker) clauses(q *query) (changed bool) {
	if q.where != nil {
		changed = set(s, &q.where, nil)
	}
	if q.having != nil {
		changed = set(s, &q.having, nil) || changed
	}
	if q.qualify != nil {
		changed = set(s, &q.qualify, nil) || changed
	}
	if q.distinct {
		changed = set(s, &q.distinct, false) || changed
	}
	if q.grouping != "" {
		changed = set(s, &q.grouping, "") || changed
	}
	for i := 0; i < len(q.items) && len(q.items) > 1; {
		if set(s, &q.items, slices.Delete(slices.Clone(q.items), i, i+1)) {
			changed = true
		} else {
			i++
		}
	}
	for i := range q.laterals {
		if set(s, &q.laterals, slices.Delete(slices.Clone(q.laterals), i, i+1)) {
			return true
		}
		changed = s.expr(&q.laterals[i].value) || changed
	}
	for i := 0; i < len(q.group) && !s.keys; {
		if set(s, &q.group, slices.Delete(slices.Clone(q.group), i, i+1)) {
			changed = true
		} else {
			i++
		}
	}
	return changed
}

func (s *shrinker) relation(r **relation) (changed bool) {
	switch {
	case (*r).join != "":
		for _, side := range []*relation{(*r).left, (*r).right} {
			if set(s, r, side) {
				return true
			}
		}
		if !strings.HasPrefix((*r).join, "JOIN") && set(s, &(*r).join, "JOIN") {
			changed = true
		}
		changed = s.expr(&(*r).on) || changed
		changed = s.relation(&(*r).left) || changed
		changed = s.relation(&(*r).right) || changed
	case (*r).query != nil:
		changed = s.query((*r).query)
	}
	return changed
}

// expr replaces an expression by an operand or a literal.
func (s *shrinker) expr(place **expr) (changed bool) {
	e := *place
	if e.leaf {
		return false
	}
	simple := []*expr{null(e.typ)}
	if e.typ.kind == boolean {
		simple = []*expr{literal(e.typ, "true", "true"), literal(e.typ, "false", "false")}
	}
	for _, k := range e.kids {
		if k.typ == e.typ {
			simple = append(simple, k)
		}
	}
	for _, v := range simple {
		if set(s, place, v) {
			return true
		}
	}
	if e.sub != nil {
		changed = s.query(e.sub)
	}
	for i := range e.kids {
		changed = s.expr(&e.kids[i]) || changed
	}
	return changed
}

// rows leaves out rows of a table, half of them at first.
func (s *shrinker) rows(t *table, load func(*table) bool) {
	for size := len(t.rows); size > 0; size /= 2 {
		for from := 0; from < len(t.rows); {
			old := t.rows
			t.rows = slices.Delete(slices.Clone(old), from, min(from+size, len(old)))
			if !load(t) || !s.try(func() {}) {
				t.rows = old
				from += size
			}
		}
	}
	load(t)
}

// shrink makes a finding small and gives the statements that show it.
func (x *round) shrink(f finding, v verdict, load func(*table) bool) string {
	s := &shrinker{fails: func() bool { got, _ := f.again(); return got == v }, keys: v.isRefusal()}
	if !s.fails() {
		return "-- not seen again\n" + x.script(f)
	}
	for f.simplify(s) && s.tries < patience {
	}
	s.tries = 0
	for _, t := range x.tables {
		s.rows(t, load)
	}
	for f.simplify(s) && s.tries < patience {
	}
	_, why := f.again()
	return "-- " + why + "\n" + x.script(f)
}

// script is the statements of a finding with the tables that they need.
func (x *round) script(f finding) string {
	var b strings.Builder
	text := strings.Join(f.texts(), ";\n") + ";\n"
	for _, t := range x.tables {
		if strings.Contains(text, " "+t.name+" ") {
			for _, line := range t.statements(ours)[1:] {
				fmt.Fprintf(&b, "%.2000s;\n", line)
			}
		}
	}
	return b.String() + text
}
